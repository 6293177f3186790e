package content

import (
	"context"
	"fmt"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
)

// Change is what a write wants an item to become.
type Change struct {
	Title string
	Body  string
	State State
	// Touched says that the feature's own row changes with it.
	Touched bool
}

// Apply writes a change that started from the base revision. Equal: revision +
// 1 and a row of history. Stale: fault.Conflict, and nothing is written; the
// caller shows both texts. The caller has locked the space and checked the right.
func Apply(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, base int64, c Change, now time.Time) (Item, error) {
	if it.Revision != base {
		return it, fault.New(fault.Conflict, "content.conflict")
	}
	if it.Title == c.Title && it.Body == c.Body && it.State == c.State && !c.Touched {
		return it, nil
	}
	was, changed := it.Revision, it.State != c.State
	if it.State == Draft && c.State == Published {
		it.PublishedAt = now
	}
	it.Title, it.Body, it.State, it.UpdatedAt, it.Revision = c.Title, c.Body, c.State, now, was+1
	n, err := tx.Exec(ctx, `UPDATE items SET title = $1, body = $2, state = $3, updated_at = $4, published_at = $5, revision = $6 WHERE id = $7 AND revision = $8`,
		it.Title, it.Body, int(it.State), clock.Millis(now), clock.Millis(it.PublishedAt), it.Revision, it.ID, was)
	if err != nil {
		return it, fmt.Errorf("changing an item: %w", err)
	}
	if n == 0 {
		return it, fault.New(fault.Conflict, "content.conflict")
	}
	if changed {
		if err := access.Refresh(ctx, tx, it.Space, it.Scope); err != nil {
			return it, err
		}
	}
	return it, keep(ctx, tx, a, it)
}

func keep(ctx context.Context, tx *db.Tx, a actor.Actor, it Item) error {
	_, err := tx.Exec(ctx, `INSERT INTO item_revisions (item_id, revision, author_id, at, title, body, state) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		it.ID, it.Revision, a.Account, clock.Millis(it.UpdatedAt), it.Title, it.Body, int(it.State))
	if err != nil {
		return fmt.Errorf("keeping a revision: %w", err)
	}
	return nil
}
