package content

import (
	"context"
	"database/sql"
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

// What happens to items, whatever their feature.
const (
	EventPublished activity.Kind = "content.published"
	EventChanged   activity.Kind = "content.changed"
	EventArchived  activity.Kind = "content.archived"
	EventReopened  activity.Kind = "content.reopened"
	EventTrashed   activity.Kind = "content.trashed"
	EventUntrashed activity.Kind = "content.untrashed"
	EventPurged    activity.Kind = "content.purged"
)

// TrashLife is how long an item stays in the trash before it is gone.
const TrashLife = 30 * 24 * time.Hour

// enter moves an item to the state of a change, with the times that go with it.
// An item that comes out of the trash keeps the time at which it was published.
func (it *Item) enter(c Change, now time.Time) {
	was := it.State
	it.State = c.State
	it.PublishAt = time.Time{}
	switch {
	case c.State == Scheduled:
		it.PublishAt = c.PublishAt
	case c.State == Published && it.PublishedAt.IsZero():
		it.PublishedAt = now
	case c.State == Trashed && was != Trashed:
		it.TrashedAt, it.TrashedFrom = now, was
	}
	if c.State != Trashed {
		it.TrashedAt, it.TrashedFrom = time.Time{}, 0
	}
}

// Archive closes an item: it is read and no longer in the latest lists, nor
// commented. Only what is published is archived: fault.Invalid. The caller has
// locked the space and checked the right.
func Archive(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, now time.Time) (Item, error) {
	if it.State != Published {
		return it, fault.New(fault.Invalid, "content.state")
	}
	return move(ctx, tx, a, it, Archived, now)
}

// Reopen publishes an archived item again, at its place in time.
func Reopen(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, now time.Time) (Item, error) {
	if it.State != Archived {
		return it, fault.New(fault.Invalid, "content.state")
	}
	return move(ctx, tx, a, it, Published, now)
}

// Trash puts an item in the trash, where its author and the leads see it until it
// is purged. One that is there already stays.
func Trash(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, now time.Time) (Item, error) {
	if it.State == Trashed {
		return it, nil
	}
	return move(ctx, tx, a, it, Trashed, now)
}

// Untrash takes an item out of the trash, to the state that it had. One that was
// to be published meanwhile is a draft again: nothing is published by surprise. One
// that was moved elsewhere is in two places from then on, and leads there no more.
func Untrash(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, now time.Time) (Item, error) {
	if it.State != Trashed {
		return it, fault.New(fault.Invalid, "content.state")
	}
	to := it.TrashedFrom
	if to == Scheduled {
		to = Draft
	}
	if _, err := tx.Exec(ctx, `DELETE FROM item_moves WHERE from_id = $1`, it.ID); err != nil {
		return it, fmt.Errorf("taking an item out of the trash: %w", err)
	}
	return move(ctx, tx, a, it, to, now)
}

// move changes the state and nothing else.
func move(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, to State, now time.Time) (Item, error) {
	text, _, err := textAt(ctx, tx, it.ID, it.Revision)
	if err != nil {
		return it, err
	}
	done, err := Apply(ctx, tx, a, it, it.Revision, Change{Text: text, State: to}, now)
	return done.Item, err
}

// Due lists scheduled items whose hour has come, the earliest first.
func Due(ctx context.Context, tx *db.Tx, now time.Time, limit int) ([]Item, error) {
	return items(ctx, tx, `WHERE i.state = 4 AND i.publish_at <= $1 ORDER BY i.publish_at, i.id LIMIT $2`, clock.Millis(now), limit)
}

// Publish publishes a scheduled item whose hour has come. The caller has locked
// its space and read it again. published is false when it is due no more.
func Publish(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, now time.Time) (published bool, err error) {
	if it.State != Scheduled || it.PublishAt.After(now) {
		return false, nil
	}
	_, err = move(ctx, tx, a, it, Published, now)
	return err == nil, err
}

// Expired lists items that have been in the trash for TrashLife, the oldest first.
func Expired(ctx context.Context, tx *db.Tx, now time.Time, limit int) ([]Item, error) {
	return items(ctx, tx, `WHERE i.state = 5 AND i.trashed_at <= $1 ORDER BY i.trashed_at, i.id LIMIT $2`, clock.Millis(now.Add(-TrashLife)), limit)
}

// items reads items for the program itself: it asks nobody's right, and what it
// reads goes to no page.
func items(ctx context.Context, tx *db.Tx, where string, args ...any) (out []Item, err error) {
	err = tx.All(ctx, func(rows *sql.Rows) error {
		it, err := Scan(rows.Scan)
		out = append(out, it)
		return err
	}, `SELECT `+Columns+` FROM items i `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("listing items: %w", err)
	}
	return out, nil
}

// ForProgram reads one item without asking anybody's right, for a job of the
// program; fault.NotFound where it is gone.
func ForProgram(ctx context.Context, tx *db.Tx, item id.ID) (Item, error) {
	found, err := items(ctx, tx, `WHERE i.id = $1`, item)
	if err == nil && len(found) == 0 {
		err = fault.NotFoundError()
	}
	if err != nil {
		return Item{}, err
	}
	return found[0], nil
}

// ForProgramAt is ForProgram by an address within a service of a space.
func ForProgramAt(ctx context.Context, tx *db.Tx, space id.ID, service int, slug string) (Item, error) {
	found, err := items(ctx, tx, `WHERE i.space_id = $1 AND i.service = $2 AND i.slug = $3`, space, service, slug)
	if err == nil && len(found) == 0 {
		err = fault.NotFoundError()
	}
	if err != nil {
		return Item{}, err
	}
	return found[0], nil
}

// TrashOf lists what is in the trash of a space and the actor may read, the last
// put there first, from the one after the cursor; next is nil at the end.
func TrashOf(ctx context.Context, tx *db.Tx, a actor.Actor, spaceID id.ID, after Cursor, limit int) ([]Row, *Cursor, error) {
	b := db.NewBuilder().Add(`SELECT `+RowColumns+` FROM items i JOIN accounts a ON a.id = i.author_id WHERE i.space_id = ? AND i.state = 5`, spaceID)
	if !after.ID.IsZero() {
		b.Add(` AND (i.trashed_at, i.id) < (?, ?)`, clock.Millis(after.At), after.ID)
	}
	rows, err := list(ctx, tx, access.Readable(b.Add(` AND `), "i", a).Add(` ORDER BY i.trashed_at DESC, i.id DESC LIMIT ?`, limit+1))
	if err != nil || len(rows) <= limit {
		return rows, nil, err
	}
	last := rows[limit-1]
	return rows[:limit], &Cursor{At: last.TrashedAt, ID: last.ID}, nil
}
