package db

import (
	"context"
	"fmt"
)

// Optimize has SQLite look again at the tables that grew or shrank much since it looked last: at a
// thousand rows of each index, so that it is a matter of moments. PostgreSQL does it by itself.
// Connections that are open plan by what they knew until they are an hour old.
func (d *DB) Optimize(ctx context.Context) error {
	if d.Engine() != SQLite {
		return nil
	}
	return d.Write(ctx, func(tx *Tx) error {
		for _, s := range []string{"PRAGMA analysis_limit = 1000", "PRAGMA optimize = 0x10002"} { // 0x10000: all tables, read of late or not
			if _, err := tx.Exec(ctx, s); err != nil {
				return fmt.Errorf("looking at the tables: %w", err)
			}
		}
		return nil
	})
}

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
