package mail_test

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// peer is a relay, a real SMTP server, whose answers a test decides. What a test
// sets is set before mails are sent.
type peer struct {
	url string

	onMail, onRcpt, onData error
	dropAtReset            bool

	mu sync.Mutex
	// drops is how many times more the connection is cut when the body has been
	// read, before any answer.
	drops    int
	received []string
	rcpts    []string
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{url: "smtp://" + l.Addr().String()}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &peerSession{peer: p, conn: c.Conn()}, nil
	}))
	s.Domain = "relay.example"
	s.ErrorLog = quiet{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l) // ends with its listener
	}()
	t.Cleanup(func() {
		_ = s.Close()
		_ = l.Close()
		<-done
	})
	return p
}

func (p *peer) mails() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.received...)
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}

func (quiet) Println(...any) {}

type peerSession struct {
	*peer
	conn net.Conn
}

func (s *peerSession) Reset() {
	if s.dropAtReset && len(s.mails()) > 0 {
		_ = s.conn.Close()
	}
}

func (s *peerSession) Logout() error { return nil }

func (s *peerSession) Mail(string, *smtp.MailOptions) error { return s.onMail }

func (s *peerSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rcpts = append(s.rcpts, to)
	return s.onRcpt
}

func (s *peerSession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received = append(s.received, string(data))
	if s.drops > 0 {
		s.drops--
		_ = s.conn.Close()
		return errors.New("gone")
	}
	return s.onData
}
