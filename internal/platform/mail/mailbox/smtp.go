package mailbox

import (
	"io"
	"time"

	"github.com/emersion/go-smtp"
)

// newSMTP makes a server that takes any mail.
func newSMTP(st *store) *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{store: st}, nil
	}))
	s.Domain = "localhost"
	s.MaxMessageBytes = maxMessage
	s.MaxRecipients = maxRecipients
	s.ReadTimeout = time.Minute
	s.WriteTimeout = time.Minute
	s.EnableSMTPUTF8 = true
	s.ErrorLog = silent{}
	return s
}

// silent drops the library's own log: its lines may hold addresses.
type silent struct{}

// Printf implements smtp.Logger.
func (silent) Printf(string, ...any) {}

// Println implements smtp.Logger.
func (silent) Println(...any) {}

// session is one conversation.
type session struct {
	store *store
	from  string
	to    []string
}

// Reset implements smtp.Session.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return s.store.save(s.from, s.to, data)
}
