package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"

	"ruche/internal/platform/db"
	"ruche/internal/testkit"
)

// TestStatementsAreKept: more texts than a connection keeps, each run twice, and a
// table that changes under those that were kept.
func TestStatementsAreKept(t *testing.T) {
	t.Parallel()
	d := testkit.DB(t)
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), `CREATE TABLE things (n INTEGER)`); err != nil {
			return err
		}
		for n := range 3 {
			if _, err := tx.Exec(t.Context(), `INSERT INTO things (n) VALUES ($1)`, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	numbers := func(ctx context.Context, tx *db.Tx, query string, args ...any) (out []int) {
		err := tx.All(ctx, func(rows *sql.Rows) error {
			var n int
			err := rows.Scan(&n)
			out = append(out, n)
			return err
		}, query, args...)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for round := range 2 {
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			for i := range 500 {
				most := 1 + (i+round)%3
				if got := numbers(t.Context(), tx, fmt.Sprintf(`SELECT n AS n%d FROM things WHERE n >= $1 ORDER BY n LIMIT $2`, i), 0, most); len(got) != most {
					t.Fatalf("statement %d, run %d: %v, want %d of them", i, round+1, got, most)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	const whole = `SELECT n FROM things WHERE n >= $1 ORDER BY n`
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		before := numbers(t.Context(), tx, whole, 1)
		if _, err := tx.Exec(t.Context(), `ALTER TABLE things ADD COLUMN more INTEGER`); err != nil {
			return err
		}
		if _, err := tx.Exec(t.Context(), `INSERT INTO things (n, more) VALUES ($1, $2)`, 3, 4); err != nil {
			return err
		}
		if after := numbers(t.Context(), tx, whole, 1); fmt.Sprint(before, after) != "[1 2] [1 2 3]" {
			t.Errorf("before a column came and after: %v, %v", before, after)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// A statement that failed, or whose reading was given up, runs again.
	for range 2 {
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			err := tx.All(t.Context(), func(*sql.Rows) error { return context.Canceled }, whole, 0)
			if err == nil {
				t.Error("a reading that was given up succeeded")
			}
			if got := numbers(t.Context(), tx, whole, 0); len(got) != 4 {
				t.Errorf("after it: %v", got)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
