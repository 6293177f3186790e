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
)

// EventAnnounced says that an item is announced to all who may read it.
const EventAnnounced activity.Kind = "content.announced"

// AnnouncementLife is how long an announcement that someone does not read stays on top
// of their home.
const AnnouncementLife = 30 * 24 * time.Hour

// Announce marks a published item as important for all who may read it, once. The
// caller has locked the space and checked the right. fault.Invalid for one that is not
// published, or was announced before.
func Announce(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, now time.Time) error {
	if it.State != Published {
		return fault.New(fault.Invalid, "content.state")
	}
	n, err := tx.Exec(ctx, `INSERT INTO item_announcements (item_id, space_id, by_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT (item_id) DO NOTHING`,
		it.ID, it.Space, a.Account, clock.Millis(now))
	if err != nil {
		return fmt.Errorf("announcing an item: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Invalid, "content.announced")
	}
	return nil
}

// Announced lists what is announced in the spaces of the actor, of late, and what they
// have not read since, the last first.
func Announced(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time, limit int) ([]Row, error) {
	b := db.NewBuilder().Add(`SELECT `+RowColumns+` FROM memberships m JOIN item_announcements n ON n.space_id = m.space_id AND n.at > ?
		JOIN items i ON i.id = n.item_id JOIN accounts a ON a.id = i.author_id
		WHERE m.account_id = ? AND n.by_id <> ? AND i.author_id <> ? AND i.state = 2
		AND NOT EXISTS (SELECT 1 FROM item_marks k WHERE k.account_id = m.account_id AND k.item_id = n.item_id AND k.seen_at >= n.at) AND `,
		clock.Millis(now.Add(-AnnouncementLife)), a.Account, a.Account, a.Account)
	return list(ctx, tx, access.Readable(b, "i", a).Add(` ORDER BY n.at DESC, i.id DESC LIMIT ?`, limit))
}
