package content

import (
	"context"
	"fmt"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// MaxPins is how many items a space keeps at hand: more would be at nobody's hand.
const MaxPins = 12

// Events of what is kept at hand.
const (
	EventPinned   activity.Kind = "content.pinned"
	EventUnpinned activity.Kind = "content.unpinned"
)

// Pin keeps a published item at hand on the home of its space; pinning it again
// changes nothing. The caller has locked the space and checked the right.
// fault.Invalid past MaxPins.
func Pin(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, now time.Time) error {
	if it.State != Published && it.State != Archived {
		return fault.New(fault.Invalid, "content.state")
	}
	var n int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM item_pins WHERE space_id = $1 AND item_id <> $2`, it.Space, it.ID).Scan(&n); err != nil {
		return fmt.Errorf("pinning an item: %w", err)
	}
	if n >= MaxPins {
		return fault.New(fault.Invalid, "content.pins.many", "max", MaxPins)
	}
	_, err := tx.Exec(ctx, `INSERT INTO item_pins (item_id, space_id, by_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (item_id) DO NOTHING`,
		it.ID, it.Space, a.Account, clock.Millis(now))
	if err != nil {
		return fmt.Errorf("pinning an item: %w", err)
	}
	return nil
}

// Unpin takes an item away from what its space keeps at hand.
func Unpin(ctx context.Context, tx *db.Tx, it Item) error {
	if _, err := tx.Exec(ctx, `DELETE FROM item_pins WHERE item_id = $1`, it.ID); err != nil {
		return fmt.Errorf("unpinning an item: %w", err)
	}
	return nil
}

// Pinned lists what a space keeps at hand and the actor may read, the last pinned
// first.
func Pinned(ctx context.Context, tx *db.Tx, a actor.Actor, space id.ID) ([]Row, error) {
	b := db.NewBuilder().Add(`SELECT `+RowColumns+` FROM item_pins p JOIN items i ON i.id = p.item_id JOIN accounts a ON a.id = i.author_id
		WHERE p.space_id = ? AND i.state IN (2, 3) AND `, space)
	return list(ctx, tx, access.Readable(b, "i", a).Add(` ORDER BY p.at DESC, i.id DESC LIMIT ?`, MaxPins))
}

// Page runs a query of RowColumns that a feature began on its own tables, of published
// items, newest first, from the one after the cursor; next is nil at the end. It adds
// to the conditions of b what the actor may read.
func Page(ctx context.Context, tx *db.Tx, a actor.Actor, b *db.Builder, after Cursor, limit int) ([]Row, *Cursor, error) {
	b.Add(` AND i.state = 2`)
	if !after.ID.IsZero() {
		b.Add(` AND (i.published_at, i.id) < (?, ?)`, clock.Millis(after.At), after.ID)
	}
	rows, err := list(ctx, tx, access.Readable(b.Add(` AND `), "i", a).Add(` ORDER BY i.published_at DESC, i.id DESC LIMIT ?`, limit+1))
	return page(rows, limit, err)
}
