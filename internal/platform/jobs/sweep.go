package jobs

import (
	"context"
	"fmt"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
)

// deadLife is how long a job that was given up is shown to administrators.
const deadLife = 90 * 24 * time.Hour

// Sweep forgets jobs that were given up ninety days ago.
func (q *Queue) Sweep(ctx context.Context) error {
	before := clock.Millis(q.clock.Now().Add(-deadLife))
	err := q.db.Write(db.Background(ctx), func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM jobs WHERE dead_at <> 0 AND dead_at < $1`, before)
		return err
	})
	if err != nil {
		return fmt.Errorf("forgetting jobs: %w", err)
	}
	return nil
}
