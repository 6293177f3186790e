package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of failure an error is, and so how it is answered.
type Kind uint8

// The kinds, from "ours" to "theirs". The zero value is Internal: an error
// nobody classified is never shown as the reader's mistake.
const (
	// Internal is a defect or a broken machine; its cause is never shown.
	Internal Kind = iota
	// Invalid is an input that a person can correct; Fields say where.
	Invalid
	// Unauthenticated means that nobody is signed in and somebody must be.
	Unauthenticated
	// Denied is an action on something its author may read but not do.
	Denied
	// NotFound is absent or unreadable, which no answer tells apart.
	NotFound
	// Conflict is a write that started from a revision no longer current.
	Conflict
	// TooLarge is an input over its limit in bytes.
	TooLarge
	// TooMany is a rate limit reached.
	TooMany
	// Unavailable is a dependency that does not answer: database, disk, mail.
	Unavailable
	// Full is a disk without room: what was read before can still be read.
	Full
)

// String names the kind in snake case, for logs and metrics.
func (k Kind) String() string {
	switch k {
	case Invalid:
		return "invalid"
	case Unauthenticated:
		return "unauthenticated"
	case Denied:
		return "denied"
	case NotFound:
		return "not_found"
	case Conflict:
		return "conflict"
	case TooLarge:
		return "too_large"
	case TooMany:
		return "too_many"
	case Unavailable:
		return "unavailable"
	case Full:
		return "full"
	case Internal:
		return "internal"
	}
	return "internal"
}

// Error is a failure with its kind. Key is the i18n key of the sentence shown
// to the person, Args its name and value pairs; Cause stays in the log.
type Error struct {
	Kind   Kind
	Key    string
	Args   []any
	Fields []Field
	Cause  error
}

// Field is the reason why one input of a form is refused: the input's name, and
// the i18n key and arguments of the sentence shown beside it.
type Field struct {
	Name string
	Key  string
	Args []any
}

// New returns an error of a kind without a cause.
func New(k Kind, key string, args ...any) *Error {
	return &Error{Kind: k, Key: key, Args: args}
}

// Wrap returns an error of a kind around the cause.
func Wrap(k Kind, cause error, key string, args ...any) *Error {
	return &Error{Kind: k, Key: key, Args: args, Cause: cause}
}

// NotFoundError returns the one answer for what is absent or may not be read.
func NotFoundError() *Error { return New(NotFound, "fault.not_found") }

// InvalidFields returns an Invalid error that says which inputs are wrong.
func InvalidFields(fields ...Field) *Error {
	return &Error{Kind: Invalid, Key: "fault.invalid", Fields: fields}
}

// Error writes the kind, the key, the fields and the cause, for the log.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)", e.Kind, e.Key)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " %s=%s", f.Name, f.Key)
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// Unwrap gives the cause, for errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.Cause }

// KindOf returns the kind of the outermost Error in the chain, Internal where
// there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// FieldsOf returns the refused inputs named by the error, nil where it names none.
func FieldsOf(err error) []Field {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Fields
	}
	return nil
}
