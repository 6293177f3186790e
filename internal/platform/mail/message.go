package mail

import (
	"net/textproto"
	"slices"
	"strings"
	"time"

	"ruche/internal/platform/fault"
)

const (
	maxSubject = 300     // characters
	maxBody    = 1 << 20 // bytes, of each part
	maxHeader  = 900     // bytes, so that a line stays within the 998 of RFC 5322
)

// Message is a mail to send.
type Message struct {
	// To is the one reader. Mails to several are several mails: nobody learns
	// who else received one.
	To Address
	// Subject is one line of at most 300 characters.
	Subject string
	// Text is the plain text, which every mail has.
	Text string
	// HTML is the other form of the same words, or empty.
	HTML string
	// Headers are further headers among those that AllowedHeaders lists, in
	// printable ASCII.
	Headers map[string]string
	// Key makes the mail unique: a second one with the same key is the first.
	// Empty: none.
	Key string
	// Kind names what the mail is about, for its recheck: "people.invitation".
	Kind string
	// Ref is what the kind's recheck needs to find its subject again, such as
	// an id.
	Ref string
	// NotBefore is when the mail may leave; zero: at once.
	NotBefore time.Time
}

// AllowedHeaders returns the names of the headers that a Message may set:
// unsubscribing (RFC 2369, RFC 8058), the identity of a list (RFC 2919), and
// the thread of a conversation (RFC 5322).
func AllowedHeaders() []string {
	return []string{"List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "In-Reply-To", "References"}
}

// OneClick are the headers by which a mail program unsubscribes at one click, by POST to
// an address that asks for nothing more (RFC 2369, RFC 8058).
func OneClick(address string) map[string]string {
	return map[string]string{"List-Unsubscribe": "<" + address + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
}

// checked returns the message with its address in canonical form and without
// what overrides the writing direction. It refuses one that could not be sent,
// or would carry what a person has slipped into a header.
func (m Message) checked() (Message, error) {
	email, err := canonical(m.To.Email)
	if err != nil {
		return Message{}, err
	}
	ok := !hasControl(m.To.Name) && !hasControl(m.Subject) &&
		strings.TrimSpace(m.Subject) != "" && len([]rune(m.Subject)) <= maxSubject &&
		strings.TrimSpace(m.Text) != "" && len(m.Text) <= maxBody && len(m.HTML) <= maxBody
	headers := make(map[string]string, len(m.Headers))
	for name, value := range m.Headers {
		name = textproto.CanonicalMIMEHeaderKey(name)
		ok = ok && slices.Contains(AllowedHeaders(), name) && printable(value)
		headers[name] = value
	}
	if !ok {
		return Message{}, fault.New(fault.Invalid, "mail.invalid")
	}
	m.To = Address{Name: cleanName(m.To.Name), Email: email}
	m.Subject, m.Text, m.Headers = stripOverrides(m.Subject), stripOverrides(m.Text), headers
	return m, nil
}

func printable(value string) bool {
	if value == "" || len(value) > maxHeader {
		return false
	}
	for i := range len(value) {
		if value[i] < ' ' || value[i] > '~' {
			return false
		}
	}
	return true
}
