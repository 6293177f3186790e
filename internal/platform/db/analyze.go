package db

import (
	"context"
	"fmt"
)

// Analyze has the engine look at its tables again, so that it plans by what is in
// them: after much was loaded. On SQLite it looks at a thousand rows of each index.
func (d *DB) Analyze(ctx context.Context) error {
	return d.Write(ctx, func(tx *Tx) error {
		statements := []string{"ANALYZE"}
		if d.Engine() == SQLite {
			statements = []string{"PRAGMA analysis_limit = 1000", "ANALYZE"}
		}
		for _, s := range statements {
			if _, err := tx.Exec(ctx, s); err != nil {
				return fmt.Errorf("looking at the tables: %w", err)
			}
		}
		return nil
	})
}
