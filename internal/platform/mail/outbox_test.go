package mail_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/platform/jobs"
	"ruche/internal/platform/mail"
	"ruche/internal/testkit"
)

// house is an outbox with all that it stands on.
type house struct {
	db     *db.DB
	clock  *clock.Manual
	queue  *jobs.Queue
	outbox *mail.Outbox
}

func start() time.Time { return time.Date(2026, 11, 24, 13, 30, 0, 0, time.UTC) }

func newHouse(t *testing.T, smtpURL string) *house {
	t.Helper()
	h := &house{
		db: testkit.DB(t,
			db.MigrationSet{Name: "jobs", FS: jobs.Migrations()},
			db.MigrationSet{Name: "mail", FS: mail.Migrations()}),
		clock: clock.NewManual(start()),
	}
	h.restart(t, smtpURL)
	return h
}

// restart starts the program anew on the same database.
func (h *house) restart(t *testing.T, smtpURL string) {
	t.Helper()
	h.queue = jobs.New(h.db, h.clock, slog.New(slog.DiscardHandler))
	var err error
	h.outbox, err = mail.New(h.db, h.clock, h.queue, mail.Config{SMTPURL: smtpURL, From: "Ruche <ruche@example.org>"})
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) enqueue(t *testing.T, m mail.Message) id.ID {
	t.Helper()
	var mailID id.ID
	err := h.db.Write(t.Context(), func(tx *db.Tx) error {
		var err error
		mailID, err = h.outbox.Enqueue(t.Context(), tx, m)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return mailID
}

// run does what the workers do until nothing is due.
func (h *house) run(t *testing.T) {
	t.Helper()
	if _, err := h.queue.RunPending(t.Context()); err != nil {
		t.Fatal(err)
	}
	dead, err := h.queue.Dead(t.Context(), 10)
	if err != nil || len(dead) > 0 {
		t.Fatalf("dead jobs %+v %v", dead, err)
	}
}

type stored struct {
	state, lastError, subject, text, html, headers string
	attempts                                       int
}

func (h *house) stored(t *testing.T, mailID id.ID) stored {
	t.Helper()
	var s stored
	err := h.db.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT state, last_error, subject, text, html, headers, attempts FROM mails WHERE id = $1`, mailID).
			Scan(&s.state, &s.lastError, &s.subject, &s.text, &s.html, &s.headers, &s.attempts)
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (h *house) count(t *testing.T) (n int) {
	t.Helper()
	err := h.db.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT count(*) FROM mails`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (h *house) waiting(t *testing.T) int {
	t.Helper()
	n, err := h.outbox.Waiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func sample() mail.Message {
	return mail.Message{
		To:      mail.Address{Name: `Hélène "H" Garnier`, Email: "helene@partenaire.example"},
		Subject: "Invitation à rejoindre « Démat. ADS » et un titre qui dépasse la longueur d’une ligne de message",
		Text:    "Bonjour, voilà.\n.\nUne ligne après un point.\n" + strings.Repeat("é", 2000) + "\n",
		HTML:    "<p>Bonjour, voilà.</p>",
		Headers: map[string]string{
			"list-unsubscribe":      "<https://ruche.example.org/x>, <mailto:y@example.org>",
			"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		},
	}
}

func with(change func(*mail.Message)) mail.Message {
	m := sample()
	m.Headers = maps.Clone(m.Headers)
	change(&m)
	return m
}

func TestSent(t *testing.T) {
	p := newPeer(t)
	h := newHouse(t, p.url)
	mailID := h.enqueue(t, sample())
	if got := h.stored(t, mailID); got.state != "queued" || got.text != sample().Text || h.waiting(t) != 1 || len(p.mails()) != 0 {
		t.Errorf("before: %+v", got)
	}
	h.run(t)
	want := stored{state: "sent", headers: "{}", attempts: 1}
	if got := h.stored(t, mailID); got != want {
		t.Errorf("after: %+v, want %+v", got, want)
	}
	if h.waiting(t) != 0 || len(p.mails()) != 1 {
		t.Errorf("%d wait, %d sent", h.waiting(t), len(p.mails()))
	}
	h.clock.Advance(time.Hour)
	h.run(t)
	if len(p.mails()) != 1 {
		t.Errorf("%d mails", len(p.mails()))
	}
}

// TestNothingLeavesForAChangeThatDidNotHappen rolls the change back.
func TestNothingLeavesForAChangeThatDidNotHappen(t *testing.T) {
	p := newPeer(t)
	h := newHouse(t, p.url)
	undone := errors.New("undone")
	err := h.db.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := h.outbox.Enqueue(t.Context(), tx, sample()); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	h.run(t)
	if len(p.mails()) != 0 || h.count(t) != 0 {
		t.Errorf("%d mails, %d rows", len(p.mails()), h.count(t))
	}
}

func TestOneMailPerKey(t *testing.T) {
	p := newPeer(t)
	h := newHouse(t, p.url)
	keyed := with(func(m *mail.Message) { m.Key = "digest:1" })
	first := h.enqueue(t, keyed)
	if again := h.enqueue(t, keyed); again != first {
		t.Errorf("%s and %s", first, again)
	}
	h.run(t)
	if again := h.enqueue(t, keyed); again != first {
		t.Errorf("%s and %s after it was sent", first, again)
	}
	other := h.enqueue(t, with(func(m *mail.Message) { m.Key = "digest:2" }))
	h.enqueue(t, sample())
	h.enqueue(t, sample())
	h.run(t)
	if other == first || len(p.mails()) != 4 || h.count(t) != 4 {
		t.Errorf("%d mails, %d rows", len(p.mails()), h.count(t))
	}
}

func TestRefused(t *testing.T) {
	h := newHouse(t, newPeer(t).url)
	long := strings.Repeat("a", 1<<20)
	for name, change := range map[string]func(*mail.Message){
		"no address":              func(m *mail.Message) { m.To.Email = "" },
		"two addresses":           func(m *mail.Message) { m.To.Email = "a@b.example,c@d.example" },
		"line in address":         func(m *mail.Message) { m.To.Email = "a@b.example\r\nBcc: c@d.example" },
		"line in name":            func(m *mail.Message) { m.To.Name = "Hélène\r\nBcc: c@d.example" },
		"no subject":              func(m *mail.Message) { m.Subject = " " },
		"line in subject":         func(m *mail.Message) { m.Subject = "a\nBcc: c@d.example" },
		"carriage return":         func(m *mail.Message) { m.Subject = "a\rBcc: c@d.example" },
		"line separator":          func(m *mail.Message) { m.Subject = "a\u2028b" },
		"next line":               func(m *mail.Message) { m.Subject = "a\u0085b" },
		"long subject":            func(m *mail.Message) { m.Subject = strings.Repeat("é", 301) },
		"no text":                 func(m *mail.Message) { m.Text = "\n" },
		"text too large":          func(m *mail.Message) { m.Text = long + "a" },
		"HTML too large":          func(m *mail.Message) { m.HTML = long + "a" },
		"another header":          func(m *mail.Message) { m.Headers["Bcc"] = "c@d.example" },
		"header of the transport": func(m *mail.Message) { m.Headers["Received"] = "x" },
		"line in header name":     func(m *mail.Message) { m.Headers["List-Id\r\nBcc"] = "c@d.example" },
		"line in header":          func(m *mail.Message) { m.Headers["List-Id"] = "<a>\r\nBcc: c@d.example" },
		"letters in header":       func(m *mail.Message) { m.Headers["List-Id"] = "<é>" },
		"empty header":            func(m *mail.Message) { m.Headers["List-Id"] = "" },
		"long header":             func(m *mail.Message) { m.Headers["References"] = strings.Repeat("a", 901) },
	} {
		err := h.db.Write(t.Context(), func(tx *db.Tx) error {
			_, err := h.outbox.Enqueue(t.Context(), tx, with(change))
			return err
		})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: error %v, want Invalid", name, err)
		}
	}
	if n := h.count(t); n != 0 {
		t.Errorf("%d rows", n)
	}
	h.enqueue(t, with(func(m *mail.Message) { m.Text = long; m.Subject = strings.Repeat("é", 300) }))
}

func TestKeptInCanonicalForm(t *testing.T) {
	p := newPeer(t)
	h := newHouse(t, p.url)
	h.enqueue(t, with(func(m *mail.Message) {
		m.To = mail.Address{Name: "  A\u202e  B ", Email: "A@MAIRIE-ÉVREUX.example"}
		m.Subject, m.Text = "Bonjour\u202e", "Bonjour\u2066\n"
	}))
	h.run(t)
	if len(p.rcpts) != 1 || p.rcpts[0] != "A@xn--mairie-vreux-heb.example" {
		t.Errorf("%q", p.rcpts)
	}
	raw := strings.Join(p.mails(), "")
	for _, want := range []string{"To: \"A B\" <A@xn--mairie-vreux-heb.example>\r\n", "Subject: Bonjour\r\n", "\r\n\r\nBonjour\r\n"} {
		if !strings.Contains(raw, want) {
			t.Errorf("no %q in\n%.900s", want, raw)
		}
	}
}

// TestDropAfterData: the relay may or may not have kept the mail. It is sent
// again, a minute later, under the same Message-ID and date.
func TestDropAfterData(t *testing.T) {
	p := newPeer(t)
	p.drops = 1
	h := newHouse(t, p.url)
	mailID := h.enqueue(t, sample())
	h.run(t)
	if got := h.stored(t, mailID); got.state != "queued" || got.attempts != 1 || got.lastError == "" || got.text == "" {
		t.Errorf("after the drop: %+v", got)
	}
	h.clock.Advance(time.Minute - time.Millisecond)
	h.run(t)
	if len(p.mails()) != 1 {
		t.Error("tried again at once")
	}
	h.clock.Advance(time.Millisecond)
	h.run(t)
	if got := h.stored(t, mailID); got.state != "sent" || got.attempts != 2 || got.lastError != "" {
		t.Errorf("in the end: %+v", got)
	}
	mails := p.mails()
	if len(mails) != 2 {
		t.Fatalf("%d mails", len(mails))
	}
	for _, header := range []string{"Message-ID: <" + mailID.String() + "@example.org>\r\n", "Date: Tue, 24 Nov 2026 13:30:00 +0000\r\n"} {
		for i, raw := range mails {
			if strings.Count(raw, header) != 1 {
				t.Errorf("mail %d has no %q:\n%.800s", i, header, raw)
			}
		}
	}
}

// TestDropAfterAnswer: the relay has the mail, whatever comes next.
func TestDropAfterAnswer(t *testing.T) {
	p := newPeer(t)
	p.dropAtReset = true
	h := newHouse(t, p.url)
	mailID := h.enqueue(t, sample())
	h.run(t)
	if got := h.stored(t, mailID); got.state != "sent" {
		t.Errorf("%+v", got)
	}
}

// TestWaitsForARelay writes mails while there is none.
func TestWaitsForARelay(t *testing.T) {
	h := newHouse(t, "")
	if h.outbox.Configured() {
		t.Error("configured without a relay")
	}
	first := h.enqueue(t, sample())
	h.run(t)
	h.clock.Advance(48 * time.Hour)
	second := h.enqueue(t, sample())
	h.run(t)
	if got := h.stored(t, first); got.state != "queued" || got.attempts != 0 || h.waiting(t) != 2 {
		t.Errorf("%+v, %d wait", got, h.waiting(t))
	}

	p := newPeer(t)
	h.restart(t, p.url)
	h.clock.Advance(2 * time.Hour)
	h.run(t)
	if !h.outbox.Configured() || h.stored(t, first).state != "sent" || h.stored(t, second).state != "sent" || len(p.mails()) != 2 {
		t.Errorf("%+v, %d mails", h.stored(t, first), len(p.mails()))
	}
}

func TestTooOldWhenTheRelayComes(t *testing.T) {
	h := newHouse(t, "")
	mailID := h.enqueue(t, sample())
	h.run(t)
	h.clock.Advance(mail.GiveUp)
	p := newPeer(t)
	h.restart(t, p.url)
	h.run(t)
	if got := h.stored(t, mailID); got.state != "failed" || got.lastError != "expired" || got.text != "" || len(p.mails()) != 0 {
		t.Errorf("%+v, %d mails", got, len(p.mails()))
	}
}

// TestGivenUp keeps a relay away for five days.
func TestGivenUp(t *testing.T) {
	h := newHouse(t, "smtp://127.0.0.1:1")
	mailID := h.enqueue(t, sample())
	for range 200 {
		h.run(t)
		if h.stored(t, mailID).state != "queued" {
			break
		}
		h.clock.Advance(4 * time.Hour)
	}
	got := h.stored(t, mailID)
	if got.state != "failed" || got.lastError != "connection: dial" || got.text != "" || got.attempts < 20 {
		t.Errorf("%+v", got)
	}
	if after := h.clock.Now().Sub(start()); after < mail.GiveUp || after > mail.GiveUp+8*time.Hour {
		t.Errorf("given up after %v", after)
	}
}

func TestForgotten(t *testing.T) {
	h := newHouse(t, newPeer(t).url)
	h.enqueue(t, sample())
	h.run(t)
	h.clock.Advance(29 * 24 * time.Hour)
	h.run(t)
	if h.count(t) != 1 {
		t.Error("forgotten too soon")
	}
	h.enqueue(t, sample())
	h.clock.Advance(2 * 24 * time.Hour)
	h.run(t)
	if h.count(t) != 1 {
		t.Errorf("%d rows, want the newer one", h.count(t))
	}
}

func TestRecheck(t *testing.T) {
	p := newPeer(t)
	h := newHouse(t, p.url)
	broken := true
	var asked []mail.Queued
	h.outbox.Recheck("people.invitation", func(ctx context.Context, tx *db.Tx, m mail.Queued) (bool, error) {
		asked = append(asked, m)
		if m.Ref == "broken" && broken {
			return false, errors.New("broken")
		}
		var n int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM mails`).Scan(&n); err != nil {
			return false, err
		}
		return m.Ref != "withdrawn", nil
	})
	kind := func(ref string) mail.Message {
		return with(func(m *mail.Message) { m.Kind, m.Ref = "people.invitation", ref })
	}
	kept, withdrawn := h.enqueue(t, kind("kept")), h.enqueue(t, kind("withdrawn"))
	other := h.enqueue(t, with(func(m *mail.Message) { m.Kind, m.Ref = "people.other", "withdrawn" }))
	failing := h.enqueue(t, kind("broken"))
	h.run(t)
	if got := h.stored(t, kept); got.state != "sent" {
		t.Errorf("kept: %+v", got)
	}
	if got, want := h.stored(t, withdrawn), (stored{state: "withdrawn", headers: "{}"}); got != want {
		t.Errorf("withdrawn: %+v", got)
	}
	if got := h.stored(t, other); got.state != "sent" {
		t.Errorf("other: %+v", got)
	}
	if got := h.stored(t, failing); got.state != "queued" || len(p.mails()) != 2 {
		t.Errorf("broken: %+v, %d mails", got, len(p.mails()))
	}
	want := mail.Queued{ID: kept, Kind: "people.invitation", Ref: "kept", To: sample().To, Created: start()}
	if len(asked) != 3 || asked[0] != want {
		t.Errorf("asked %+v, want %+v first", asked, want)
	}
	broken = false
	h.clock.Advance(time.Minute)
	h.run(t)
	if got := h.stored(t, failing); got.state != "sent" {
		t.Errorf("mended: %+v", got)
	}
}

// TestTwoJobsForOneMail: a lease that ran out makes another node run the job
// again.
func TestTwoJobsForOneMail(t *testing.T) {
	p := newPeer(t)
	h := newHouse(t, p.url)
	mailID := h.enqueue(t, sample())
	err := h.db.Write(t.Context(), func(tx *db.Tx) error {
		return h.queue.Enqueue(t.Context(), tx, jobs.Job{Kind: "mail.send", Payload: []byte(`{"mail":"` + mailID.String() + `"}`)})
	})
	if err != nil {
		t.Fatal(err)
	}
	h.run(t)
	if len(p.mails()) != 1 {
		t.Errorf("%d mails", len(p.mails()))
	}
}

func TestStatementsOfEachMail(t *testing.T) {
	h := newHouse(t, newPeer(t).url)
	ctx, counter := db.WithCounter(t.Context())
	err := h.db.Write(ctx, func(tx *db.Tx) error {
		_, err := h.outbox.Enqueue(ctx, tx, sample())
		return err
	})
	if err != nil || counter.Queries() > 2 {
		t.Errorf("%d statements to enqueue, %v", counter.Queries(), err)
	}
}
