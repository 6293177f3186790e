package activity

import (
	"context"
	"fmt"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
)

const (
	// eventLife is how long an event is kept once its deliveries were made: those that
	// fail are tried for days, and nothing else reads it.
	eventLife = 30 * 24 * time.Hour
	sweptOnce = 1000 // events of one transaction
)

// Sweep forgets events that were dispatched thirty days ago, some at a time.
func (o *Outbox) Sweep(ctx context.Context) error {
	before := clock.Millis(o.clock.Now().Add(-eventLife))
	for {
		var gone int64
		err := o.db.Write(db.Background(ctx), func(tx *db.Tx) (err error) {
			gone, err = tx.Exec(ctx, `DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < $1 AND dispatched = 1 ORDER BY at LIMIT $2)`, before, sweptOnce)
			return err
		})
		if err != nil {
			return fmt.Errorf("forgetting events: %w", err)
		}
		if gone < sweptOnce {
			return nil
		}
	}
}
