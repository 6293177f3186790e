package mail_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	gomessage "github.com/emersion/go-message/mail"
	"github.com/emersion/go-smtp"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/jobs"
	"ruche/internal/platform/mail"
)

func TestWhatIsSent(t *testing.T) {
	p, m := newPeer(t), sample()
	h := newHouse(t, p.url)
	mailID := h.enqueue(t, m)
	h.run(t)
	if len(p.mails()) != 1 || len(p.rcpts) != 1 || p.rcpts[0] != m.To.Email {
		t.Fatalf("%d mails to %v", len(p.mails()), p.rcpts)
	}
	r, err := gomessage.CreateReader(strings.NewReader(p.mails()[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if subject, err := r.Header.Subject(); err != nil || subject != m.Subject {
		t.Errorf("subject %q %v", subject, err)
	}
	if date, err := r.Header.Date(); err != nil || !date.Equal(start()) {
		t.Errorf("date %v %v", date, err)
	}
	if messageID, err := r.Header.MessageID(); err != nil || messageID != mailID.String()+"@example.org" {
		t.Errorf("message id %q %v", messageID, err)
	}
	if to, err := r.Header.AddressList("To"); err != nil || len(to) != 1 || to[0].Name != m.To.Name || to[0].Address != m.To.Email {
		t.Errorf("to %v %v", to, err)
	}
	if from, err := r.Header.AddressList("From"); err != nil || len(from) != 1 || from[0].Name != "Ruche" || from[0].Address != "ruche@example.org" {
		t.Errorf("from %v %v", from, err)
	}
	for name, want := range map[string]string{
		"Auto-Submitted": "auto-generated", "List-Unsubscribe": m.Headers["list-unsubscribe"],
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "User-Agent": "", "X-Mailer": "", "Bcc": "",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if kind, _, err := r.Header.ContentType(); err != nil || kind != "multipart/alternative" {
		t.Errorf("content type %q %v", kind, err)
	}
	// The last alternative is the one that programs prefer (RFC 2046, 5.1.4).
	part(t, r, "text/plain", m.Text)
	part(t, r, "text/html", m.HTML)
	for line := range strings.Lines(p.mails()[0]) {
		if len(line) > 1000 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

func part(t *testing.T, r *gomessage.Reader, kind, body string) {
	t.Helper()
	p, err := r.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	header, ok := p.Header.(*gomessage.InlineHeader)
	if !ok {
		t.Fatalf("part %T", p.Header)
	}
	if got, _, err := header.ContentType(); err != nil || got != kind {
		t.Errorf("part %q %v, want %q", got, err, kind)
	}
	data, err := io.ReadAll(p.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.ReplaceAll(string(data), "\r\n", "\n"); got != body {
		t.Errorf("%s: %.200q, want %.200q", kind, got, body)
	}
}

func TestTextAlone(t *testing.T) {
	p := newPeer(t)
	h := newHouse(t, p.url)
	h.enqueue(t, with(func(m *mail.Message) { m.HTML = "" }))
	h.run(t)
	if body := strings.Join(p.mails(), ""); strings.Contains(body, "multipart") || !strings.Contains(body, "Content-Type: text/plain") {
		t.Errorf("%.600s", body)
	}
}

func TestRelayRefuses(t *testing.T) {
	answer := func(code int, status [3]int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: status, Message: "no thanks, helene@partenaire.example"}
	}
	cases := map[string]struct {
		set           func(*peer)
		state, reason string
	}{
		"unknown reader":       {func(p *peer) { p.onRcpt = answer(550, [3]int{5, 1, 1}) }, "failed", "sending SMTP RCPT TO command 550 5.1.1"},
		"reader's box is full": {func(p *peer) { p.onRcpt = answer(452, [3]int{4, 2, 2}) }, "queued", "sending SMTP RCPT TO command 452 4.2.2"},
		"grey list":            {func(p *peer) { p.onRcpt = answer(451, [3]int{4, 7, 1}) }, "queued", "sending SMTP RCPT TO command 451 4.7.1"},
		"content refused":      {func(p *peer) { p.onData = answer(554, [3]int{5, 6, 0}) }, "failed", "closing SMTP DATA writer 554 5.6.0"},
		"content put off":      {func(p *peer) { p.onData = answer(451, [3]int{4, 3, 0}) }, "queued", "closing SMTP DATA writer 451 4.3.0"},
		"sender refused":       {func(p *peer) { p.onMail = answer(550, [3]int{5, 7, 1}) }, "queued", "sending SMTP MAIL FROM command 550 5.7.1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t)
			c.set(p)
			h := newHouse(t, p.url)
			mailID := h.enqueue(t, sample())
			h.run(t)
			got := h.stored(t, mailID)
			if got.state != c.state || got.lastError != c.reason || got.attempts != 1 || (got.text == "") != (c.state == "failed") {
				t.Errorf("%+v, want %s, %q", got, c.state, c.reason)
			}
		})
	}
}

func TestNothingLeavesInClearAgainstTheSettings(t *testing.T) {
	for name, settings := range map[string]func(url string) string{
		"TLS required":     func(url string) string { return url + "?tls=required" },
		"password, no TLS": func(url string) string { return strings.Replace(url, "://", "://ruche:top-secret@", 1) },
		"TLS from the start": func(url string) string {
			return strings.Replace(url, "smtp://", "smtps://", 1)
		},
	} {
		p := newPeer(t)
		h := newHouse(t, settings(p.url))
		mailID := h.enqueue(t, sample())
		h.run(t)
		got := h.stored(t, mailID)
		if got.state != "queued" || got.attempts != 1 || len(p.mails()) != 0 || len(p.rcpts) != 0 || strings.Contains(got.lastError, "secret") {
			t.Errorf("%s: %+v, %d mails", name, got, len(p.mails()))
		}
	}
}

func TestUnknownHost(t *testing.T) {
	h := newHouse(t, "smtp://relay.invalid:25?tls=off")
	mailID := h.enqueue(t, sample())
	h.run(t)
	if got := h.stored(t, mailID); got.state != "queued" || got.attempts != 1 || !strings.HasPrefix(got.lastError, "connection") || strings.Contains(got.lastError, "relay") {
		t.Errorf("%+v", got)
	}
}

// TestStopWhileTheRelayIsSilent accepts the connection and says nothing: the
// program's stop ends the attempt, which then does not count.
func TestStopWhileTheRelayIsSilent(t *testing.T) {
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	h := newHouse(t, "smtp://"+l.Addr().String())
	mailID := h.enqueue(t, sample())

	ctx, stop := context.WithCancel(t.Context())
	hungUp := make(chan error, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			hungUp <- err
			return
		}
		defer func() { _ = conn.Close() }()
		stop()
		_, err = conn.Read(make([]byte, 1))
		hungUp <- err
	}()
	if _, err := h.queue.RunPending(ctx); err == nil {
		t.Error("the run did not notice the stop")
	}
	if err := <-hungUp; err == nil {
		t.Error("something was said to a relay that said nothing")
	}
	if got := h.stored(t, mailID); got.state != "queued" || got.attempts != 0 {
		t.Errorf("%+v", got)
	}
}

func TestSettings(t *testing.T) {
	try := func(c mail.Config) error {
		_, err := mail.New(nil, clock.System(), jobs.New(nil, clock.System(), slog.New(slog.DiscardHandler)), c)
		return err
	}
	const from = "Ruche <ruche@localhost>"
	for _, url := range []string{
		"", "smtp://relay.example", "smtp://relay.example:25/", "smtps://relay.example", "smtp://u:p@relay.example:587",
		"smtp://u%40x:p%2Fq@[::1]:25?tls=off", "smtp://127.0.0.1:1025?tls=optional", "smtps://relay.example:465?tls=required",
	} {
		if err := try(mail.Config{SMTPURL: url, From: from}); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	for _, url := range []string{
		"relay.example", "relay.example:25", "http://relay.example", "smtp://", "smtp://:25", "smtp://relay.example:0", "smtp://relay.example:99999",
		"smtp://u:top-secret@relay.example:x", "smtp://u:top-secret@relay.example/path", "smtp://u:top-secret@relay.example?tls=maybe", "smtp://u:top-secret@[::1",
	} {
		err := try(mail.Config{SMTPURL: url, From: from})
		if fault.KindOf(err) != fault.Invalid || err == nil || !strings.Contains(err.Error(), "RUCHE_SMTP_URL") {
			t.Errorf("%s: %v", url, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error holds the password: %v", url, err)
		}
	}
	for _, wrong := range []string{"", "ruche", "Ruche <ruche>", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example"} {
		if err := try(mail.Config{From: wrong}); fault.KindOf(err) != fault.Invalid || err == nil || !strings.Contains(err.Error(), "RUCHE_MAIL_FROM") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestPause(t *testing.T) {
	for attempt := range 200 {
		if p := mail.Pause(attempt); p < time.Minute || p > 4*time.Hour {
			t.Fatalf("attempt %d: %v", attempt, p)
		}
	}
	if mail.Pause(0) != time.Minute || mail.Pause(3) != 8*time.Minute || mail.Pause(60) != 4*time.Hour {
		t.Errorf("%v %v %v", mail.Pause(0), mail.Pause(3), mail.Pause(60))
	}
}
