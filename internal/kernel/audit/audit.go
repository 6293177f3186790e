package audit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"ruche/internal/kernel/activity"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// EventRead says that an auditor read the log.
const EventRead activity.Kind = "audit.read"

// Entry is one line of the log. The zero ids are of what an event does not name.
type Entry struct {
	Seq     int64 // 1, 2, 3… without a gap
	Event   id.ID
	At      time.Time
	Kind    activity.Kind
	Account id.ID // who did it; zero for the program
	Space   id.ID
	Item    id.ID
	Subject id.ID // whom or what it was done to
	Detail  string
	prev    []byte
	hash    []byte
}

// Hash is the digest of the entry, in hexadecimal.
func (e Entry) Hash() string { return hex.EncodeToString(e.hash) }

// digest is SHA-256 over the fields in their order, each after its length as a
// 32-bit big-endian number, the digest before first.
func (e Entry) digest(prev []byte) []byte {
	h := sha256.New()
	put := func(b []byte) {
		_ = binary.Write(h, binary.BigEndian, uint32(len(b))) //nolint:gosec // a hash takes all, and no field has four gigabytes
		h.Write(b)
	}
	number := func(n int64) { put(binary.BigEndian.AppendUint64(nil, uint64(n))) } //nolint:gosec // its bits
	put([]byte("ruche audit 1"))
	put(prev)
	number(e.Seq)
	number(clock.Millis(e.At))
	put([]byte(e.Kind))
	for _, one := range []id.ID{e.Event, e.Account, e.Space, e.Item, e.Subject} {
		put(one[:])
	}
	put([]byte(e.Detail))
	return h.Sum(nil)
}

// Log is the audit log.
type Log struct{ db *db.DB }

// New returns the log.
func New(d *db.DB) *Log { return &Log{db: d} }

// Record adds an event, once. It is a subscriber of the outbox.
func (l *Log) Record(ctx context.Context, e activity.Event) error {
	return l.db.Write(db.Background(ctx), func(tx *db.Tx) error {
		var seq int64
		var prev []byte
		if _, err := tx.Exec(ctx, `INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, $1) ON CONFLICT (id) DO NOTHING`, make([]byte, sha256.Size)); err != nil {
			return fmt.Errorf("beginning the audit log: %w", err)
		}
		// Whoever adds holds the head: the chain is one.
		if err := tx.QueryRow(ctx, `SELECT seq, hash FROM audit_head WHERE id = 1`+tx.LockClause()).Scan(&seq, &prev); err != nil {
			return fmt.Errorf("reading the head of the audit log: %w", err)
		}
		var known int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM audit_entries WHERE event_id = $1`, e.ID).Scan(&known); err != nil || known > 0 {
			return err
		}
		subject := e.Subject
		if subject.IsZero() {
			subject = e.Remark
		}
		entry := Entry{Seq: seq + 1, Event: e.ID, At: e.At, Kind: e.Kind, Account: e.Account, Space: e.Space, Item: e.Item, Subject: subject, Detail: e.Detail}
		hash := entry.digest(prev)
		_, err := tx.Exec(ctx, `INSERT INTO audit_entries (seq, event_id, at, kind, account_id, space_id, item_id, subject_id, detail, prev, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			entry.Seq, entry.Event, clock.Millis(entry.At), string(entry.Kind), entry.Account, entry.Space, entry.Item, entry.Subject, entry.Detail, prev, hash)
		if err != nil {
			return fmt.Errorf("adding to the audit log: %w", err)
		}
		if _, err := tx.Exec(ctx, `UPDATE audit_head SET seq = $1, hash = $2 WHERE id = 1`, entry.Seq, hash); err != nil {
			return fmt.Errorf("adding to the audit log: %w", err)
		}
		return nil
	})
}

// Broken says that the log is not what was written: Seq is the first entry that is
// wrong, missing, or too many.
type Broken struct{ Seq int64 }

// Error implements error.
func (b *Broken) Error() string {
	return fmt.Sprintf("the audit log was changed: entry %d is not what was written, or is missing", b.Seq)
}

const pageOfEntries = 1000

const columns = `e.seq, e.event_id, e.at, e.kind, e.account_id, e.space_id, e.item_id, e.subject_id, e.detail, e.prev, e.hash`

// Each gives every entry in its order. It reads a page at a time, so that the log
// may grow meanwhile.
func (l *Log) Each(ctx context.Context, give func(e Entry) error) error {
	for after := int64(0); ; {
		var page []Entry
		err := l.db.Read(ctx, func(tx *db.Tx) (err error) {
			page, err = list(ctx, tx, db.NewBuilder().Add(`SELECT `+columns+` FROM audit_entries e WHERE e.seq > ? ORDER BY e.seq LIMIT ?`, after, pageOfEntries))
			return err
		})
		if err != nil {
			return err
		}
		for _, e := range page {
			if err := give(e); err != nil {
				return err
			}
			after = e.Seq
		}
		if len(page) < pageOfEntries {
			return nil
		}
	}
}

// Verify follows the chain from its beginning and compares it with its head. It
// returns how many entries there are and the digest of the last, which is worth
// keeping elsewhere. The error is a *Broken where something does not hold.
func (l *Log) Verify(ctx context.Context) (entries int64, head string, err error) {
	prev := make([]byte, sha256.Size)
	err = l.Each(ctx, func(e Entry) error {
		if e.Seq != entries+1 || string(e.prev) != string(prev) || string(e.digest(prev)) != string(e.hash) {
			return &Broken{Seq: entries + 1}
		}
		entries, prev = e.Seq, e.hash
		return nil
	})
	if err != nil {
		return entries, "", err
	}
	var seq int64
	var hash []byte
	err = l.db.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(ctx, `SELECT seq, hash FROM audit_head WHERE id = 1`).Scan(&seq, &hash)
	})
	if db.IsNoRows(err) && entries == 0 {
		return 0, hex.EncodeToString(prev), nil // nothing was ever written
	}
	if err != nil {
		return entries, "", fmt.Errorf("reading the head of the audit log: %w", err)
	}
	if seq < entries || seq == entries && string(hash) != string(prev) {
		return entries, "", &Broken{Seq: entries}
	}
	if seq > entries { // more was added meanwhile, or the end was cut off
		var there int64
		err := l.db.Read(ctx, func(tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT COUNT(*) FROM audit_entries WHERE seq > $1 AND seq <= $2`, entries, seq).Scan(&there)
		})
		if err != nil {
			return entries, "", fmt.Errorf("reading the audit log: %w", err)
		}
		if there != seq-entries {
			return entries, "", &Broken{Seq: entries + 1}
		}
	}
	return entries, hex.EncodeToString(prev), nil
}

// Line is an entry with the names of today of what it names; empty for what is gone.
type Line struct {
	Entry
	AccountName, SubjectName, SpaceName string
}

// Filter is what one looks for: the zero values look for everything.
type Filter struct {
	Kind       string
	From, Till time.Time // from the first on, before the second
	Before     int64     // entries before this one
}

// Lines lists entries, the newest first, at most limit. The caller has checked the
// auditor's right.
func Lines(ctx context.Context, tx *db.Tx, f Filter, limit int) (out []Line, err error) {
	b := db.NewBuilder().Add(`SELECT ` + columns + `, COALESCE(a.name, ''), COALESCE(s.name, ''), COALESCE(p.name, '') FROM audit_entries e
		LEFT JOIN accounts a ON a.id = e.account_id LEFT JOIN accounts s ON s.id = e.subject_id LEFT JOIN spaces p ON p.id = e.space_id WHERE 1 = 1`)
	if f.Kind != "" {
		b.Add(` AND e.kind = ?`, f.Kind)
	}
	if !f.From.IsZero() {
		b.Add(` AND e.at >= ?`, clock.Millis(f.From))
	}
	if !f.Till.IsZero() {
		b.Add(` AND e.at < ?`, clock.Millis(f.Till))
	}
	if f.Before > 0 {
		b.Add(` AND e.seq < ?`, f.Before)
	}
	query, args, err := b.Add(` ORDER BY e.seq DESC LIMIT ?`, limit).Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var l Line
		var err error
		l.Entry, err = scan(rows.Scan, &l.AccountName, &l.SubjectName, &l.SpaceName)
		out = append(out, l)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	return out, nil
}

func list(ctx context.Context, tx *db.Tx, b *db.Builder) (out []Entry, err error) {
	query, args, err := b.Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		e, err := scan(rows.Scan)
		out = append(out, e)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the audit log: %w", err)
	}
	return out, nil
}

func scan(read func(...any) error, more ...any) (e Entry, err error) {
	var at int64
	err = read(append([]any{&e.Seq, &e.Event, &at, &e.Kind, &e.Account, &e.Space, &e.Item, &e.Subject, &e.Detail, &e.prev, &e.hash}, more...)...)
	e.At = clock.FromMillis(at)
	return e, err
}

// Plain is an entry as it is written out: ids and digests as text, the time in UTC
// (RFC 3339), nothing for what an event does not name.
type Plain struct {
	Seq     int64  `json:"seq"`
	At      string `json:"at"`
	Kind    string `json:"kind"`
	Event   string `json:"event"`
	Account string `json:"account,omitempty"`
	Space   string `json:"space,omitempty"`
	Item    string `json:"item,omitempty"`
	Subject string `json:"subject,omitempty"`
	Detail  string `json:"detail,omitempty"`
	Prev    string `json:"prev"`
	Hash    string `json:"sha256"`
}

// Plain returns the entry as it is written out.
func (e Entry) Plain() Plain {
	text := func(one id.ID) string {
		if one.IsZero() {
			return ""
		}
		return one.String()
	}
	return Plain{
		Seq: e.Seq, At: e.At.UTC().Format(time.RFC3339Nano), Kind: string(e.Kind), Event: e.Event.String(), Account: text(e.Account), Space: text(e.Space),
		Item: text(e.Item), Subject: text(e.Subject), Detail: e.Detail, Prev: hex.EncodeToString(e.prev), Hash: e.Hash(),
	}
}
