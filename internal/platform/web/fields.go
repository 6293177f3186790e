package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
)

// Form is what a person typed, read input by input, and what is wrong with it.
// Readers note a wrong input and return a value that can be shown again; Err
// tells in the end. Pages show Values beside Errors.
type Form struct {
	// Values hold what was typed, by the name of the input.
	Values url.Values
	// Errors hold the sentence beside each wrong input; Explain fills them.
	Errors map[string]string
	fields []fault.Field
}

// NewForm returns the form that ParseForm read, or an empty one for a request
// without a body.
func NewForm(r *http.Request) *Form {
	f := &Form{Values: url.Values{}, Errors: map[string]string{}}
	for name, list := range r.PostForm {
		f.Values[name] = slices.Clone(list)
	}
	return f
}

// NewQuery returns the query of the address as a form, for searches and
// filters.
func NewQuery(r *http.Request) *Form {
	values := r.URL.Query()
	cleanValues(values)
	return &Form{Values: values, Errors: map[string]string{}}
}

// Get returns what was typed in an input, as it is.
func (f *Form) Get(name string) string { return f.Values.Get(name) }

// Set puts a value into an input, for the first showing of a form.
func (f *Form) Set(name, value string) { f.Values.Set(name, value) }

// Line reads a text of one line, of most characters (runes) or fewer: runs of
// white space become one space, ends are trimmed. It is empty when nothing was
// typed. A control character, or an invisible one that turns the text around,
// is refused.
func (f *Form) Line(name string, most int) string {
	v := strings.Join(strings.Fields(f.Get(name)), " ")
	if strings.ContainsFunc(v, unsafeInLine) {
		f.Refuse(name, "web.form.characters")
		return v
	}
	return f.atMost(name, v, most)
}

// Text reads a text of several lines, of most characters (runes) or fewer.
// White space at its end and lines of white space before it go; the rest stays
// as typed, with LF line ends.
func (f *Form) Text(name string, most int) string {
	v := strings.TrimRightFunc(f.Get(name), unicode.IsSpace)
	for {
		line, rest, found := strings.Cut(v, "\n")
		if !found || strings.TrimSpace(line) != "" {
			break
		}
		v = rest
	}
	if strings.ContainsFunc(v, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }) {
		f.Refuse(name, "web.form.characters")
		return v
	}
	return f.atMost(name, v, most)
}

// Raw reads a value of most characters (runes) or fewer, untouched: passwords
// and tokens.
func (f *Form) Raw(name string, most int) string { return f.atMost(name, f.Get(name), most) }

func (f *Form) atMost(name, v string, most int) string {
	if n := utf8.RuneCountInString(v); n > most {
		f.Refuse(name, "web.form.too_long", "max", most, "length", n)
	}
	return v
}

// Int reads a whole number from low to high; an empty or wrong one is refused
// and gives low.
func (f *Form) Int(name string, low, high int) int {
	n, err := strconv.Atoi(strings.TrimSpace(f.Get(name)))
	if err != nil || n < low || n > high {
		f.Refuse(name, "web.form.number", "min", low, "max", high)
		return low
	}
	return n
}

// Checked reads a checkbox: whether the browser sent it at all.
func (f *Form) Checked(name string) bool { return f.Values.Has(name) }

// Choice reads one of the allowed values; another one is refused and gives "".
func (f *Form) Choice(name string, allowed ...string) string {
	if v := f.Get(name); slices.Contains(allowed, v) {
		return v
	}
	f.Refuse(name, "web.form.choice")
	return ""
}

// ID reads an id; a wrong one is refused and gives the zero ID, as does an
// empty one, which is not refused.
func (f *Form) ID(name string) id.ID {
	v := strings.TrimSpace(f.Get(name))
	if v == "" {
		return id.ID{}
	}
	parsed, err := id.Parse(v)
	if err != nil {
		f.Refuse(name, "web.form.choice")
		return id.ID{}
	}
	return parsed
}

// Require refuses the inputs in which nothing but white space was typed.
func (f *Form) Require(names ...string) {
	for _, name := range names {
		if strings.TrimSpace(f.Get(name)) == "" {
			f.Refuse(name, "web.form.missing")
		}
	}
}

// Refuse notes why an input is wrong; the first reason stays.
func (f *Form) Refuse(name, key string, args ...any) {
	if slices.ContainsFunc(f.fields, func(known fault.Field) bool { return known.Name == name }) {
		return
	}
	f.fields = append(f.fields, fault.Field{Name: name, Key: key, Args: args})
}

// Err returns fault.Invalid with the wrong inputs in the order in which they
// were refused, or nil.
func (f *Form) Err() error {
	if len(f.fields) == 0 {
		return nil
	}
	return fault.InvalidFields(f.fields...)
}

// Explain fills Errors with the sentences of an error, in the language of the
// context.
func (f *Form) Explain(ctx context.Context, err error) {
	for _, e := range FieldErrors(ctx, err) {
		f.Errors[e.Name] = e.Text
	}
}

// FieldError is the sentence beside one input.
type FieldError struct{ Name, Text string }

// FieldErrors returns the sentences of an error's inputs in their order, one
// an input, in the language of the context: for the summary above a form.
func FieldErrors(ctx context.Context, err error) []FieldError {
	var list []FieldError
	for _, field := range fault.FieldsOf(err) {
		if slices.ContainsFunc(list, func(known FieldError) bool { return known.Name == field.Name }) {
			continue
		}
		list = append(list, FieldError{Name: field.Name, Text: i18n.T(ctx, field.Key, field.Args...)})
	}
	return list
}

// FormErrors returns the same by the name of the input: for the page that is
// drawn again with status 422.
func FormErrors(ctx context.Context, err error) map[string]string {
	byName := map[string]string{}
	for _, e := range FieldErrors(ctx, err) {
		byName[e.Name] = e.Text
	}
	return byName
}

// Message returns the sentence of an error that a person may read, in the
// language of the context: that of its key, or else of its kind.
func Message(ctx context.Context, err error) string {
	var f *fault.Error
	if errors.As(err, &f) && f.Key != "" {
		return i18n.T(ctx, f.Key, f.Args...)
	}
	return i18n.T(ctx, "fault."+fault.KindOf(err).String())
}

// unsafeInLine finds controls, and the marks that reorder what follows them
// (Unicode UAX #9), with which a name can pass for another.
func unsafeInLine(c rune) bool {
	return unicode.IsControl(c) || c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069' || c == '\u2028' || c == '\u2029'
}
