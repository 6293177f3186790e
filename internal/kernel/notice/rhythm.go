package notice

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// Rhythm is when someone is mailed what they are told of. The texts are stored, for ever.
type Rhythm string

// The rhythms. A digest gathers what was not read by then; Never leaves the bell alone.
const (
	AtOnce Rhythm = "now"
	Daily  Rhythm = "daily"
	Weekly Rhythm = "weekly"
	Never  Rhythm = "never"
)

// Quiet is when someone wants no mail of what they are told of. The texts are stored, for
// ever.
type Quiet string

// The quiet hours: from 20 h to 8 h, which is what everyone begins with; Saturdays and
// Sundays too; none.
const (
	Nights   Quiet = ""
	Weekends Quiet = "weekends"
	NoQuiet  Quiet = "none"
)

// The hours of the day between which mails of this kind leave; digests leave at the first.
const (
	morning = 8
	evening = 20
)

// Open is the first instant, from one on, at which a mail may leave, by the days and the
// hours of a time zone.
func (q Quiet) Open(at time.Time, zone *time.Location) time.Time {
	if q == NoQuiet {
		return at
	}
	open := at.In(zone)
	switch {
	case open.Hour() >= evening:
		open = morningOf(open, 1)
	case open.Hour() < morning:
		open = morningOf(open, 0)
	}
	for q == Weekends && (open.Weekday() == time.Saturday || open.Weekday() == time.Sunday) {
		open = morningOf(open, 1)
	}
	return open
}

// Due is when the digest leaves that holds what someone is told of at an instant: the
// next morning, or that of the next Monday; zero for a rhythm without digest.
func (r Rhythm) Due(at time.Time, zone *time.Location) time.Time {
	local := at.In(zone)
	switch r {
	case Daily:
		return morningOf(local, 1)
	case Weekly:
		return morningOf(local, 7-(int(local.Weekday())+6)%7)
	case AtOnce, Never:
	}
	return time.Time{}
}

// morningOf is the morning of a day, some days after that of an instant.
func morningOf(at time.Time, days int) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day()+days, morning, 0, 0, 0, at.Location())
}

// Rhythms lists what someone chose by kind, everywhere for the zero space; what was not
// chosen is left out.
func Rhythms(ctx context.Context, tx *db.Tx, account, space id.ID) (map[Kind]Rhythm, error) {
	query, args, err := in(db.NewBuilder().Add(`SELECT kind, rhythm FROM notice_rhythms WHERE account_id = ?`, account), space).Build()
	if err != nil {
		return nil, err
	}
	out := map[Kind]Rhythm{}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var kind Kind
		var rhythm Rhythm
		err := rows.Scan(&kind, &rhythm)
		out[kind] = rhythm
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading when someone is mailed: %w", err)
	}
	return out, nil
}

func in(b *db.Builder, space id.ID) *db.Builder {
	if space.IsZero() {
		return b.Add(` AND space_id IS NULL`)
	}
	return b.Add(` AND space_id = ?`, space)
}

// SetRhythms keeps what someone chooses by kind, in place of what they had chosen there.
func SetRhythms(ctx context.Context, tx *db.Tx, account, space id.ID, chosen map[Kind]Rhythm) error {
	query, args, err := in(db.NewBuilder().Add(`DELETE FROM notice_rhythms WHERE account_id = ?`, account), space).Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("choosing when one is mailed: %w", err)
	}
	for kind, rhythm := range chosen {
		if rhythm == Never {
			if err := forget(ctx, tx, account, space, kind); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `INSERT INTO notice_rhythms (account_id, space_id, kind, rhythm) VALUES ($1, $2, $3, $4)`, account, space, string(kind), string(rhythm))
		if err != nil {
			return fmt.Errorf("choosing when one is mailed: %w", err)
		}
	}
	return nil
}

// forget leaves out of the digests to come what someone wants no more mail of.
func forget(ctx context.Context, tx *db.Tx, account, space id.ID, kind Kind) error {
	b := db.NewBuilder().Add(`UPDATE notices SET mail_due = 0 WHERE account_id = ? AND mail_due <> 0 AND kind = ? AND `, account, string(kind))
	if space.IsZero() {
		b.Add(`NOT EXISTS (SELECT 1 FROM notice_rhythms r JOIN items i ON i.space_id = r.space_id WHERE i.id = notices.item_id AND r.account_id = notices.account_id AND r.kind = notices.kind)`)
	} else {
		b.Add(`item_id IN (SELECT id FROM items WHERE space_id = ?)`, space)
	}
	query, args, err := b.Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("leaving a digest: %w", err)
	}
	return nil
}

// SpacesApart lists the spaces in which someone chose another rhythm than everywhere.
func SpacesApart(ctx context.Context, tx *db.Tx, account id.ID) (map[id.ID]bool, error) {
	out := map[id.ID]bool{}
	err := tx.All(ctx, func(rows *sql.Rows) error {
		var space id.ID
		err := rows.Scan(&space)
		out[space] = true
		return err
	}, `SELECT DISTINCT space_id FROM notice_rhythms WHERE account_id = $1 AND space_id IS NOT NULL`, account)
	if err != nil {
		return nil, fmt.Errorf("listing spaces with a rhythm of their own: %w", err)
	}
	return out, nil
}

// Timing is when one person is mailed.
type Timing struct {
	Rhythm Rhythm
	Quiet  Quiet
}

// Timings tells when people are mailed of a kind in a space.
func Timings(ctx context.Context, tx *db.Tx, people []id.ID, space id.ID, kind Kind) (map[id.ID]Timing, error) {
	b := db.NewBuilder().Add(`SELECT p.id, p.quiet, COALESCE(own.rhythm, every.rhythm, '`+string(AtOnce)+`') FROM accounts p
		LEFT JOIN notice_rhythms own ON own.account_id = p.id AND own.space_id = ? AND own.kind = ?
		LEFT JOIN notice_rhythms every ON every.account_id = p.id AND every.space_id IS NULL AND every.kind = ? WHERE p.id IN `, space, string(kind), string(kind))
	query, args, err := db.In(b, people).Build()
	if err != nil {
		return nil, err
	}
	out := map[id.ID]Timing{}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var person id.ID
		var t Timing
		err := rows.Scan(&person, &t.Quiet, &t.Rhythm)
		out[person] = t
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading when people are mailed: %w", err)
	}
	return out, nil
}

// Awaiting lists some of those to whom a digest is due, by account, from the one after
// the one given.
func Awaiting(ctx context.Context, tx *db.Tx, after id.ID, now time.Time, limit int) (out []id.ID, err error) {
	b := db.NewBuilder().Add(`SELECT DISTINCT account_id FROM notices WHERE mail_due > 0 AND mail_due <= ?`, clock.Millis(now))
	if !after.IsZero() {
		b.Add(` AND account_id > ?`, after)
	}
	query, args, err := b.Add(` ORDER BY account_id LIMIT ?`, limit).Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var account id.ID
		err := rows.Scan(&account)
		out = append(out, account)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing whose digest is due: %w", err)
	}
	return out, nil
}

// Digested notes that what was due to someone by now is mailed, or was read: when it was
// due is kept as a negative number, so that DueAgain finds it.
func Digested(ctx context.Context, tx *db.Tx, account id.ID, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE notices SET mail_due = -mail_due WHERE account_id = $1 AND mail_due > 0 AND mail_due <= $2`, account, clock.Millis(now))
	if err != nil {
		return fmt.Errorf("noting a digest: %w", err)
	}
	return nil
}

// Wanted tells whether anything that a digest told someone of items is still unread, and
// still to be mailed: they may have stopped digests since.
func Wanted(ctx context.Context, tx *db.Tx, account id.ID, items []id.ID) (bool, error) {
	if len(items) == 0 {
		return false, nil
	}
	b := db.NewBuilder().Add(`SELECT COUNT(*) FROM notices WHERE account_id = ? AND mail_due < 0 AND read_at < at AND item_id IN `, account)
	query, args, err := db.In(b, items).Build()
	if err != nil {
		return false, err
	}
	var n int
	if err := tx.QueryRow(ctx, query, args...).Scan(&n); err != nil {
		return false, fmt.Errorf("asking whether a digest is wanted: %w", err)
	}
	return n > 0, nil
}

// DueAgain has what a digest told someone of items mailed once more, where it is still
// unread: the digest told of something that they may read no more, and did not leave.
func DueAgain(ctx context.Context, tx *db.Tx, account id.ID, items []id.ID, at time.Time) error {
	if len(items) == 0 {
		return nil
	}
	b := db.NewBuilder().Add(`UPDATE notices SET mail_due = ? WHERE account_id = ? AND mail_due < 0 AND read_at < at AND item_id IN `, clock.Millis(at), account)
	query, args, err := db.In(b, items).Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("having a digest mailed again: %w", err)
	}
	return nil
}
