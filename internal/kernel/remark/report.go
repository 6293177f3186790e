package remark

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// What happens to what readers report. The event's remark is the id of the report.
const (
	EventReported activity.Kind = "remark.reported"
	EventHandled  activity.Kind = "remark.report_handled"
)

// Reason is why something is reported. The texts are stored, for ever.
type Reason string

// The reasons.
const (
	Hurtful  Reason = "hurtful"
	Personal Reason = "personal"
	Unlawful Reason = "unlawful"
	OffTopic Reason = "off_topic"
	Other    Reason = "other"
)

// Reasons lists them in the order in which they are offered.
func Reasons() []Reason { return []Reason{Hurtful, Personal, Unlawful, OffTopic, Other} }

// Fate is what became of a report. The numbers are stored.
type Fate int

// The fates.
const (
	Waiting Fate = 1
	Kept    Fate = 2
	Taken   Fate = 3
)

// maxQuote bounds what is kept of the text reported, in bytes.
const maxQuote = 4000

// Report is something reported to the leads of a space.
type Report struct {
	ID, Item, Remark, Space, By, Author id.ID
	Reason                              Reason
	Word, Quote, Answer                 string
	At, HandledAt                       time.Time
	Fate                                Fate
	ByName, AuthorName, HandledByName   string
	Title                               string
}

// Report tells the leads of an item, or of one of its remarks, that something is
// wrong with it. Any reader may; twice for the same thing is once. fault.Invalid
// names the fields "motif" and "mot".
func (r *Remarks) Report(ctx context.Context, a actor.Actor, itemID, remarkID id.ID, reason Reason, word string) error {
	word = strings.TrimSpace(word)
	if !slices.Contains(Reasons(), reason) {
		return fault.InvalidFields(fault.Field{Name: "motif", Key: "remark.reason.empty"})
	}
	if utf8.RuneCountInString(word) > MaxWord {
		return fault.InvalidFields(fault.Field{Name: "mot", Key: "remark.word.long", Args: []any{"max", MaxWord}})
	}
	now := r.clock.Now()
	return r.db.Write(ctx, func(tx *db.Tx) error {
		it, _, err := r.locked(ctx, tx, a, itemID)
		if err != nil {
			return err
		}
		quote, author := it.Title+"\n\n"+it.Body, it.Author
		if !remarkID.IsZero() {
			rm, err := ByID(ctx, tx, a, it.ID, remarkID)
			if err != nil {
				return err
			}
			quote, author = rm.Body, rm.Author
		}
		if author == a.Account {
			return fault.New(fault.Invalid, "remark.report.own")
		}
		if quote = strings.ToValidUTF8(quote[:min(len(quote), maxQuote)], ""); quote == "" {
			quote = "…"
		}
		var same int
		b := db.NewBuilder().Add(`SELECT COUNT(*) FROM reports WHERE item_id = ? AND by_id = ? AND state = 1 AND remark_id`, it.ID, a.Account)
		if remarkID.IsZero() {
			b.Add(` IS NULL`)
		} else {
			b.Add(` = ?`, remarkID)
		}
		query, args, err := b.Build()
		if err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, query, args...).Scan(&same); err != nil || same > 0 {
			return err
		}
		made := id.New()
		_, err = tx.Exec(ctx, `INSERT INTO reports (id, item_id, remark_id, space_id, by_id, author_id, reason, word, quote, at, state, handled_at, answer)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 0, '')`, made, it.ID, remarkID, it.Space, a.Account, author, string(reason), word, quote, clock.Millis(now))
		if err != nil {
			return fmt.Errorf("reporting: %w", err)
		}
		return r.outbox.Append(ctx, tx, a, activity.Event{Kind: EventReported, Space: it.Space, Item: it.ID, Remark: made})
	})
}

const reportColumns = `q.id, q.item_id, q.remark_id, q.space_id, q.by_id, q.author_id, q.reason, q.word, q.quote, q.answer, q.at, q.handled_at, q.state, b.name, w.name, COALESCE(h.name, ''), i.title
	FROM reports q JOIN accounts b ON b.id = q.by_id JOIN accounts w ON w.id = q.author_id LEFT JOIN accounts h ON h.id = q.handled_by JOIN items i ON i.id = q.item_id`

// Reports lists what was reported in a space, what waits first, then the newest, for
// who leads it and may read it; what concerns the actor's own words is for others.
// before is the last of the page before, zero for the first; 50 a page.
func Reports(ctx context.Context, tx *db.Tx, a actor.Actor, spaceID, before id.ID, waiting bool) (out []Report, more bool, err error) {
	const page = 50
	b := db.NewBuilder().Add(`SELECT `+reportColumns+` WHERE q.space_id = ? AND q.author_id <> ?`, spaceID, a.Account)
	if waiting {
		b.Add(` AND q.state = 1`)
	} else {
		b.Add(` AND q.state <> 1`)
	}
	if !before.IsZero() {
		b.Add(` AND q.id < ?`, before)
	}
	query, args, err := access.Readable(b.Add(` AND `), "i", a).Add(` ORDER BY q.id DESC LIMIT ?`, page+1).Build()
	if err != nil {
		return nil, false, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		rep, err := scanReport(rows.Scan)
		out = append(out, rep)
		return err
	}, query, args...)
	if err != nil {
		return nil, false, fmt.Errorf("listing reports: %w", err)
	}
	if len(out) > page {
		return out[:page], true, nil
	}
	return out, false, nil
}

func scanReport(scan func(...any) error) (r Report, err error) {
	var at, handled int64
	err = scan(&r.ID, &r.Item, &r.Remark, &r.Space, &r.By, &r.Author, &r.Reason, &r.Word, &r.Quote, &r.Answer, &at, &handled, &r.Fate, &r.ByName, &r.AuthorName, &r.HandledByName, &r.Title)
	r.At, r.HandledAt = clock.FromMillis(at), clock.FromMillis(handled)
	return r, err
}

// ReportForProgram reads a report whoever may read it, for mails.
func ReportForProgram(ctx context.Context, tx *db.Tx, report id.ID) (Report, error) {
	r, err := scanReport(tx.QueryRow(ctx, `SELECT `+reportColumns+` WHERE q.id = $1`, report).Scan)
	if db.IsNoRows(err) {
		return r, fault.NotFoundError()
	}
	return r, err
}

// Handle closes a report: what it is of is kept, or taken away (an item to the
// trash, a remark removed), with a word for who reported it. For who manages the
// service, but not on their own words. One that somebody closed is closed once:
// fault.Conflict.
func (r *Remarks) Handle(ctx context.Context, a actor.Actor, spaceID, reportID id.ID, fate Fate, answer string) error {
	answer = strings.TrimSpace(answer)
	if utf8.RuneCountInString(answer) > MaxWord {
		return fault.InvalidFields(fault.Field{Name: "mot", Key: "remark.word.long", Args: []any{"max", MaxWord}})
	}
	if fate != Kept && fate != Taken {
		return fault.New(fault.Invalid, "fault.invalid")
	}
	now := r.clock.Now()
	return r.db.Write(ctx, func(tx *db.Tx) error {
		rep, err := ReportForProgram(ctx, tx, reportID)
		if err != nil {
			return err
		}
		if rep.Space != spaceID {
			return fault.NotFoundError() // another space's
		}
		it, v, err := r.locked(ctx, tx, a, rep.Item)
		if err != nil {
			return err
		}
		if err := v.Check(access.RemarkRemove, it.Service); err != nil {
			return err
		}
		if rep.Author == a.Account {
			return fault.New(fault.Denied, "remark.report.yours")
		}
		n, err := tx.Exec(ctx, `UPDATE reports SET state = $1, handled_by = $2, handled_at = $3, answer = $4 WHERE id = $5 AND state = 1`, int(fate), a.Account, clock.Millis(now), answer, rep.ID)
		if err != nil {
			return fmt.Errorf("closing a report: %w", err)
		}
		if n == 0 {
			return fault.New(fault.Conflict, "remark.report.closed")
		}
		if fate == Taken {
			if err := r.takeAway(ctx, tx, a, it, rep.Remark, now); err != nil {
				return err
			}
		}
		return r.outbox.Append(ctx, tx, a, activity.Event{Kind: EventHandled, Space: it.Space, Item: it.ID, Remark: rep.ID})
	})
}

// takeAway removes what was reported, in the way that it would be without a report.
func (r *Remarks) takeAway(ctx context.Context, tx *db.Tx, a actor.Actor, it content.Item, remarkID id.ID, now time.Time) error {
	if remarkID.IsZero() {
		if _, err := content.Trash(ctx, tx, a, it, now); err != nil {
			return err
		}
		return r.outbox.Append(ctx, tx, a, activity.Event{Kind: content.EventTrashed, Space: it.Space, Item: it.ID})
	}
	n, err := tx.Exec(ctx, `UPDATE remarks SET body = '', removed_at = $1 WHERE id = $2 AND item_id = $3 AND removed_at = 0`, clock.Millis(now), remarkID, it.ID)
	if err != nil {
		return fmt.Errorf("removing a comment: %w", err)
	}
	if n == 0 {
		return nil // its author removed it meanwhile
	}
	return r.outbox.Append(ctx, tx, a, activity.Event{Kind: EventRemoved, Space: it.Space, Item: it.ID, Remark: remarkID})
}
