package db_test

import (
	"fmt"
	"testing"

	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/testkit"
)

// A server plans by what its tables hold, although nobody ever asks it to look at them.
func TestWhatTablesHoldIsLookedAt(t *testing.T) {
	d := testkit.DB(t, boxes())
	write(t, d, func(tx *db.Tx) error {
		for i := range 200 {
			if err := put(t.Context(), tx, box{id.New(), fmt.Sprint("box ", i), false}); err != nil {
				return err
			}
		}
		return nil
	})
	if err := d.Optimize(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d.Engine() == db.Postgres {
		return // its autovacuum does it
	}
	var looked int
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT COUNT(*) FROM sqlite_stat1 WHERE tbl = 'boxes'`).Scan(&looked)
	})
	if err != nil || looked == 0 {
		t.Errorf("%d indexes of the table looked at, %v", looked, err)
	}
}
