package mail

import (
	"context"
	"embed"
	"encoding/json"
	"io/fs"
	"net/mail"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/platform/jobs"
)

//go:embed migrations
var migrations embed.FS

//go:embed catalogue
var catalogue embed.FS

// Migrations returns the migrations of the table mails, for db.MigrationSet.
func Migrations() fs.FS { return sub(migrations, "migrations") }

// Catalogue returns the package's words, for i18n.New.
func Catalogue() fs.FS { return sub(catalogue, "catalogue") }

// Tables returns the names of the tables that the package owns.
func Tables() []string { return []string{"mails"} }

func sub(fsys embed.FS, dir string) fs.FS {
	s, err := fs.Sub(fsys, dir)
	if err != nil { // only for an invalid path, and those here are constant
		return fsys
	}
	return s
}

// Kinds of the package's jobs.
const (
	jobSend  = "mail.send"
	jobSweep = "mail.sweep"
)

// Config says through whom mails leave, and in whose name.
type Config struct {
	// SMTPURL is the relay: smtp://user:password@host:587 with STARTTLS, or
	// smtps://host:465 with TLS from the start. STARTTLS is required, except
	// towards this very machine; "?tls=optional" or "?tls=off" says otherwise.
	// Empty: mails wait.
	SMTPURL string
	// From is the sender: "Ruche <ruche@example.org>".
	From string
	// Domain ends Message-IDs and greets the relay; empty takes From's.
	Domain string
}

// Queued is what a recheck is told of a mail about to leave.
type Queued struct {
	ID        id.ID
	Kind, Ref string
	To        Address
	Created   time.Time
}

// Recheck tells whether a mail may still leave. It runs in a transaction of its
// own, just before sending, perhaps several times.
type Recheck func(ctx context.Context, tx *db.Tx, m Queued) (bool, error)

// Outbox is the table of mails and the work of sending them.
type Outbox struct {
	db       *db.DB
	clock    clock.Clock
	queue    *jobs.Queue
	relay    *relay // nil without an SMTP URL
	from     *mail.Address
	domain   string
	rechecks map[string]Recheck
}

// New returns the outbox and registers its jobs on the queue. A wrong setting
// gives fault.Invalid, whose cause names it.
func New(d *db.DB, c clock.Clock, queue *jobs.Queue, cfg Config) (*Outbox, error) {
	from, domain, err := parseFrom(cfg.From)
	if err != nil {
		return nil, err
	}
	if cfg.Domain != "" {
		domain = cfg.Domain
	}
	o := &Outbox{db: d, clock: c, queue: queue, from: from, domain: domain, rechecks: map[string]Recheck{}}
	if cfg.SMTPURL != "" {
		if o.relay, err = newRelay(cfg.SMTPURL, domain); err != nil {
			return nil, err
		}
	}
	queue.Register(jobSend, o.send)
	queue.Every(jobSweep, time.Hour, o.sweep)
	return o, nil
}

// Recheck registers the recheck of a kind; it is called while the program is
// put together, before mails are sent.
func (o *Outbox) Recheck(kind string, f Recheck) { o.rechecks[kind] = f }

// Configured reports whether there is a relay.
func (o *Outbox) Configured() bool { return o.relay != nil }

// Waiting returns how many mails have not left yet.
func (o *Outbox) Waiting(ctx context.Context) (int, error) {
	var n int
	err := o.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM mails WHERE state = 'queued'`).Scan(&n)
	})
	return n, err
}

// Enqueue writes the mail and its job in the caller's transaction and returns
// the mail's id, which for a key already used is the first mail's. It refuses
// with fault.Invalid an address that is none, a line end in a header, a header
// that is not allowed, and a body that is empty or over a megabyte.
func (o *Outbox) Enqueue(ctx context.Context, tx *db.Tx, m Message) (id.ID, error) {
	m, err := m.checked()
	if err != nil {
		return id.ID{}, err
	}
	headers, err := json.Marshal(m.Headers)
	if err != nil {
		return id.ID{}, fault.Wrap(fault.Internal, err, "fault.internal")
	}
	var key any
	if m.Key != "" {
		key = m.Key
	}
	mailID, now := id.New(), clock.Millis(o.clock.Now())
	due := max(now, clock.Millis(m.NotBefore))
	inserted, err := tx.Exec(ctx, `
		INSERT INTO mails (id, kind, ref, idem_key, to_name, to_email, subject, text, html, headers,
			message_id, state, attempts, last_error, created_at, due_at, done_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', 0, '', $12, $13, 0)
		ON CONFLICT (idem_key) DO NOTHING`,
		mailID, m.Kind, m.Ref, key, m.To.Name, m.To.Email, m.Subject, m.Text, m.HTML,
		string(headers), mailID.String()+"@"+o.domain, now, due)
	if err != nil {
		return id.ID{}, err
	}
	if inserted == 0 {
		err := tx.QueryRow(ctx, `SELECT id FROM mails WHERE idem_key = $1`, m.Key).Scan(&mailID)
		return mailID, err
	}
	return mailID, o.schedule(ctx, tx, mailID, 0, m.NotBefore)
}

// payload is the JSON of a send job.
type payload struct {
	Mail id.ID `json:"mail"`
}

// schedule enqueues the job of an attempt. Its key is that of the attempt, not
// of the mail: the job under way still holds its own while it plans the next.
func (o *Outbox) schedule(ctx context.Context, tx *db.Tx, mailID id.ID, attempt int, at time.Time) error {
	data, err := json.Marshal(payload{Mail: mailID})
	if err != nil {
		return fault.Wrap(fault.Internal, err, "fault.internal")
	}
	return o.queue.Enqueue(ctx, tx, jobs.Job{
		Kind:    jobSend,
		Payload: data,
		Key:     attemptKey(mailID, attempt),
		RunAt:   at,
	})
}
