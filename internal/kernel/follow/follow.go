package follow

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Mode is what someone wants to hear of an item. The numbers are stored.
type Mode int

// The modes. Muted is to hear nothing but what names oneself in person.
const (
	Neither Mode = 0
	Follows Mode = 1
	Muted   Mode = 2
)

// Reason is why someone follows an item. The texts are stored, for ever.
type Reason string

// The reasons. What was chosen is never changed by what happens.
const (
	NoReason  Reason = ""
	Chosen    Reason = "chosen"
	Author    Reason = "author"
	Commented Reason = "commented"
)

// Mark is what someone has to do with an item.
type Mark struct {
	Mode   Mode
	Reason Reason
	Seen   time.Time // zero for never
}

// Choose sets what the actor wants to hear of an item that they may read.
// fault.NotFound otherwise, fault.Invalid for a mode that is none.
func Choose(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID, m Mode) error {
	if _, err := content.ByID(ctx, tx, a, item); err != nil {
		return err
	}
	if m < Neither || m > Muted {
		return fault.New(fault.Invalid, "follow.mode")
	}
	_, err := tx.Exec(ctx, `INSERT INTO item_marks (account_id, item_id, mode, reason, seen_at) VALUES ($1, $2, $3, $4, 0)
		ON CONFLICT (account_id, item_id) DO UPDATE SET mode = excluded.mode, reason = excluded.reason`, a.Account, item, int(m), string(Chosen))
	if err != nil {
		return fmt.Errorf("following: %w", err)
	}
	return nil
}

// Join makes someone follow an item because of what they did there, unless they
// chose otherwise or follow it already.
func Join(ctx context.Context, tx *db.Tx, account, item id.ID, why Reason) error {
	_, err := tx.Exec(ctx, `INSERT INTO item_marks (account_id, item_id, mode, reason, seen_at) VALUES ($1, $2, 1, $3, 0)
		ON CONFLICT (account_id, item_id) DO UPDATE SET mode = 1, reason = excluded.reason WHERE item_marks.reason = ''`, account, item, string(why))
	if err != nil {
		return fmt.Errorf("following: %w", err)
	}
	return nil
}

// Followed is an item that someone follows, with what is new in it.
type Followed struct {
	content.Row
	Reason Reason
	// Latest is when it last changed or was commented; New is how many comments
	// of others came since it was seen, Changed whether its text did.
	Latest  time.Time
	New     int
	Changed bool
}

// maxFollowed bounds how many items of one person are weighed, the last followed
// first.
const maxFollowed = 5000

// List lists what the actor follows and may read, published or archived, the last
// that changed first, from the one after the cursor; next is nil at the end.
func List(ctx context.Context, tx *db.Tx, a actor.Actor, after content.Cursor, limit int) (out []Followed, next *content.Cursor, err error) {
	// What is followed is weighed by its latest event, then the page alone is read.
	b := db.NewBuilder().Add(`SELECT `+content.RowColumns+`, p.reason, p.latest,
		(SELECT COUNT(*) FROM remarks n WHERE n.item_id = i.id AND n.created_at > p.seen_at AND n.removed_at = 0 AND n.author_id <> ?),
		CASE WHEN p.seen_at > 0 AND i.updated_at > p.seen_at THEN 1 ELSE 0 END
		FROM (SELECT f.item_id, f.reason, f.seen_at, f.latest FROM (
			SELECT k.item_id, k.reason, k.seen_at, CASE WHEN c.updated_at > COALESCE(l.at, 0) THEN c.updated_at ELSE l.at END AS latest
			FROM (SELECT item_id, reason, seen_at FROM item_marks WHERE account_id = ? AND mode = 1 ORDER BY item_id DESC LIMIT ?) k
			JOIN items c ON c.id = k.item_id
			LEFT JOIN (SELECT item_id, MAX(created_at) AS at FROM remarks WHERE item_id IN
				(SELECT item_id FROM item_marks WHERE account_id = ? AND mode = 1) GROUP BY item_id) l ON l.item_id = k.item_id
			WHERE c.state IN (2, 3) AND `, a.Account, a.Account, maxFollowed, a.Account)
	access.Readable(b, "c", a).Add(`) f`)
	if !after.ID.IsZero() {
		b.Add(` WHERE (f.latest, f.item_id) < (?, ?)`, clock.Millis(after.At), after.ID)
	}
	b.Add(` ORDER BY f.latest DESC, f.item_id DESC LIMIT ?) p JOIN items i ON i.id = p.item_id JOIN accounts a ON a.id = i.author_id
		ORDER BY p.latest DESC, i.id DESC`, limit+1)
	query, args, err := b.Build()
	if err != nil {
		return nil, nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var f Followed
		var latest int64
		var changed int
		var err error
		f.Row, err = content.ScanRow(rows.Scan, &f.Reason, &latest, &f.New, &changed)
		f.Latest, f.Changed = clock.FromMillis(latest), changed == 1
		out = append(out, f)
		return err
	}, query, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("listing what is followed: %w", err)
	}
	if len(out) > limit {
		out = out[:limit]
		next = &content.Cursor{At: out[limit-1].Latest, ID: out[limit-1].ID}
	}
	return out, next, nil
}
