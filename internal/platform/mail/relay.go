package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"ruche/internal/platform/fault"
)

// sendTimeout bounds one attempt, from the connection to the answer.
const sendTimeout = 60 * time.Second

// relay is the server that takes our mails.
type relay struct {
	host string
	// tls says that TLS starts with the connection.
	tls  bool
	opts []gomail.Option
}

// newRelay reads the SMTP URL. The error never holds the URL, in which there
// may be a password.
func newRelay(rawURL, domain string) (*relay, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Hostname() == "" || (u.Path != "" && u.Path != "/") {
		return nil, wrongSetting("RUCHE_SMTP_URL", "want smtp://user:password@host:587 or smtps://host:465")
	}
	r := &relay{host: u.Hostname()}
	port := 587
	policy := gomail.TLSMandatory
	if loopback(r.host) {
		policy = gomail.TLSOpportunistic
	}
	switch u.Scheme {
	case "smtp":
	case "smtps":
		port, r.tls = 465, true
	default:
		return nil, wrongSetting("RUCHE_SMTP_URL", "the scheme must be smtp or smtps")
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil || port < 1 || port > 65535 {
			return nil, wrongSetting("RUCHE_SMTP_URL", "the port must be a number from 1 to 65535")
		}
	}
	switch u.Query().Get("tls") {
	case "":
	case "required":
		policy = gomail.TLSMandatory
	case "optional":
		policy = gomail.TLSOpportunistic
	case "off":
		policy = gomail.NoTLS
	default:
		return nil, wrongSetting("RUCHE_SMTP_URL", "tls must be required, optional or off")
	}
	if r.tls {
		policy = gomail.TLSOpportunistic // dial has begun it; there is no STARTTLS to ask for
	}
	r.opts = append(r.opts, gomail.WithPort(port), gomail.WithTLSPolicy(policy),
		gomail.WithHELO(domain), gomail.WithTimeout(sendTimeout))
	if u.User != nil {
		password, _ := u.User.Password()
		// The library picks the strongest mechanism offered and sends no
		// password without TLS.
		r.opts = append(r.opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	if _, err := gomail.NewClient(r.host, r.opts...); err != nil {
		return nil, wrongSetting("RUCHE_SMTP_URL", "not understood")
	}
	return r, nil
}

func wrongSetting(name, why string) error {
	return fault.Wrap(fault.Invalid, fmt.Errorf("%s: %s", name, why), "mail.invalid")
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// parseFrom reads the sender. Unlike a person's address it may have a domain of
// one label, as on a developer's machine.
func parseFrom(from string) (*mail.Address, string, error) {
	a, err := mail.ParseAddress(from)
	if err != nil || hasControl(from) {
		return nil, "", wrongSetting("RUCHE_MAIL_FROM", "want an address such as Ruche <ruche@example.org>")
	}
	_, domain, _ := strings.Cut(a.Address, "@")
	return a, domain, nil
}

// outcome is what an attempt gave.
type outcome struct {
	sent bool
	// permanent means that trying again would give the same.
	permanent bool
	// reason tells why it was not sent, without any address.
	reason string
}

// deliver makes one attempt.
func (r *relay) deliver(ctx context.Context, m *gomail.Msg) outcome {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	// The library heeds the context only while it dials. Closing the connection
	// ends the rest, so that a silent relay does not hold the program's stop.
	stop := func() bool { return true }
	defer func() { stop() }()
	dial := gomail.WithDialContextFunc(func(dialCtx context.Context, network, addr string) (net.Conn, error) {
		conn, err := r.dial(dialCtx, network, addr)
		if err == nil {
			stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
		}
		return conn, err
	})
	client, err := gomail.NewClient(r.host, append(slices.Clone(r.opts), dial)...)
	if err != nil {
		return outcome{reason: "settings"}
	}
	err = client.DialAndSendWithContext(ctx, m)
	// What fails after the relay has answered 250 to the body (RSET, QUIT) does
	// not matter: it has the mail, and a second one would be one too many.
	if err == nil || m.IsDelivered() {
		return outcome{sent: true}
	}
	return judge(err)
}

func (r *relay) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	if !r.tls {
		var d net.Dialer
		return d.DialContext(ctx, network, addr)
	}
	d := tls.Dialer{Config: &tls.Config{ServerName: r.host, MinVersion: tls.VersionTLS12}}
	return d.DialContext(ctx, network, addr)
}

// judge sorts a failure. Only an answer of 5xx to the recipient or to the body
// is about the mail; one to the sender or to our password is about the settings,
// and mails must outlive the time that it takes to mend them.
func judge(err error) outcome {
	var sendErr *gomail.SendError
	if !errors.As(err, &sendErr) {
		return outcome{reason: "connection" + networkReason(err)}
	}
	out := outcome{reason: sendErr.Reason.String()}
	code := sendErr.ErrorCode()
	if code > 0 {
		out.reason += " " + strconv.Itoa(code)
	}
	if status := sendErr.EnhancedStatusCode(); status != "" {
		out.reason += " " + status
	}
	aboutMail := sendErr.Reason == gomail.ErrSMTPRcptTo || sendErr.Reason == gomail.ErrSMTPDataClose
	out.permanent = aboutMail && code >= 500 && code <= 599
	return out
}

// networkReason names a failure of the network without the addresses that the
// standard library puts in its messages.
func networkReason(err error) string {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return ": timeout"
	case errors.As(err, &dns):
		return ": host not found"
	case errors.As(err, &op):
		return ": " + op.Op
	}
	return ""
}

// compose builds the message. All but the boundary is the same at each attempt.
func (o *Outbox) compose(m row) *gomail.Msg {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(o.from)
	msg.ToMailAddress(&mail.Address{Name: m.To.Name, Address: m.To.Email})
	msg.Subject(m.subject)
	msg.SetDateWithValue(m.Created)
	msg.SetMessageIDWithValue(m.messageID)
	// No answering machine shall answer a machine (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	for name, value := range m.headers {
		msg.SetGenHeader(gomail.Header(name), value)
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.text)
	if m.html != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.html)
	}
	return msg
}
