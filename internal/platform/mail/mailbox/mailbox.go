package mailbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/mail"
)

const (
	maxMessage    = 25 << 20 // bytes
	maxRecipients = 50
	stopWithin    = 3 * time.Second
)

// Options say where the mailbox listens and keeps mails.
type Options struct {
	// SMTPAddr and HTTPAddr are addresses of this machine, such as
	// "127.0.0.1:1025"; port 0 takes a free one.
	SMTPAddr, HTTPAddr string
	// Dir is the folder of the .eml files; it is made if need be.
	Dir string
}

// Server is a mailbox at work.
type Server struct {
	smtp      *smtp.Server
	http      *http.Server
	smtpAt    net.Listener
	httpAt    net.Listener
	store     *store
	stopOnce  sync.Once
	stopError error
	served    sync.WaitGroup
}

// Start opens both addresses and serves until the context ends or Close is
// called. An address that other machines can reach gives fault.Invalid; one that
// is taken, or a folder that cannot be written, fault.Unavailable.
func Start(ctx context.Context, o Options) (*Server, error) {
	words, err := i18n.New(i18n.French, mail.Catalogue())
	if err != nil {
		return nil, fault.Wrap(fault.Internal, err, "fault.internal")
	}
	st, err := openStore(o.Dir)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, fmt.Errorf("folder of mails: %w", err), "fault.unavailable")
	}
	smtpListener, err := listen(ctx, o.SMTPAddr)
	if err != nil {
		return nil, errors.Join(err, st.close())
	}
	httpListener, err := listen(ctx, o.HTTPAddr)
	if err != nil {
		return nil, errors.Join(err, smtpListener.Close(), st.close())
	}
	s := &Server{
		smtp:   newSMTP(st),
		http:   newHTTP(&pages{store: st, words: words, clock: clock.System()}),
		smtpAt: smtpListener,
		httpAt: httpListener,
		store:  st,
	}
	s.served.Go(func() { _ = s.smtp.Serve(smtpListener) }) // ends with Close
	s.served.Go(func() { _ = s.http.Serve(httpListener) }) // ends with Shutdown
	context.AfterFunc(ctx, func() { _ = s.Close() })
	return s, nil
}

// URL returns the address of the page, without a slash at its end.
func (s *Server) URL() string { return "http://" + s.httpAt.Addr().String() }

// SMTPURL returns the address to give to mail.Config.
func (s *Server) SMTPURL() string { return "smtp://" + s.smtpAt.Addr().String() + "?tls=off" }

// Close stops both servers within three seconds and waits for them. It may be
// called more than once.
func (s *Server) Close() error {
	s.stopOnce.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
		defer cancel()
		errSMTP := s.smtp.Shutdown(ctx)
		if errSMTP != nil {
			errSMTP = s.smtp.Close()
		}
		errHTTP := s.http.Shutdown(ctx)
		if errHTTP != nil {
			errHTTP = s.http.Close()
		}
		// A server stopped before it had begun to serve does not know its
		// listener, and would wait at it for ever.
		for _, l := range []net.Listener{s.smtpAt, s.httpAt} {
			_ = l.Close()
		}
		s.served.Wait()
		s.stopError = errors.Join(errSMTP, errHTTP, s.store.close())
	})
	return s.stopError
}

// listen opens an address of this machine.
func listen(ctx context.Context, addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, fmt.Errorf("mailbox address %q: %w", addr, err), "fault.invalid")
	}
	if host == "localhost" {
		host = "127.0.0.1" // not left to a resolver
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.IsLoopback() {
		return nil, fault.Wrap(fault.Invalid,
			fmt.Errorf("mailbox address %q: want an address of this machine, such as 127.0.0.1:%s", addr, port),
			"fault.invalid")
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, fmt.Errorf("mailbox: %w", err), "fault.unavailable")
	}
	return l, nil
}
