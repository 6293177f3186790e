package db_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ruche/internal/platform/db"
)

// TestWhatIsReadAgainIsNotReadFromTheFile: connections that went through more than they may
// keep, each in turn, still keep what they read the last time.
func TestWhatIsReadAgainIsNotReadFromTheFile(t *testing.T) { // alone: it counts what the process reads
	ctx := t.Context()
	d, err := db.Open(ctx, db.Config{Path: filepath.Join(t.TempDir(), "large.db"), ReadConns: 2, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	write(t, d, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `CREATE TABLE large (id INTEGER PRIMARY KEY, body BLOB)`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO large WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) SELECT i, zeroblob(3000) FROM n`)
		return err
	})
	through := func(ctx context.Context, tx *db.Tx, rows int) {
		t.Helper()
		var sum int64
		if err := tx.QueryRow(ctx, `SELECT SUM(LENGTH(body)) FROM (SELECT body FROM large ORDER BY id LIMIT $1)`, rows).Scan(&sum); err != nil || sum != int64(rows)*3000 {
			t.Fatalf("reading %d rows gave %d: %v", rows, sum, err)
		}
	}
	read := func(f func(ctx context.Context, tx *db.Tx) error) {
		t.Helper()
		if err := d.Read(ctx, func(tx *db.Tx) error { return f(ctx, tx) }); err != nil {
			t.Fatal(err)
		}
	}
	for range 8 { // one connection goes through it all, then the other
		read(func(ctx context.Context, tx *db.Tx) error {
			through(ctx, tx, 30_000)
			return d.Read(ctx, func(tx *db.Tx) error { through(ctx, tx, 30_000); return nil })
		})
	}
	const some = 500
	worst := 0
	for range 20 {
		read(func(ctx context.Context, tx *db.Tx) error { through(ctx, tx, some); return nil })
		before := fromFiles(t)
		read(func(ctx context.Context, tx *db.Tx) error { through(ctx, tx, some); return nil })
		worst = max(worst, fromFiles(t)-before)
	}
	if worst > some/10 {
		t.Errorf("%d reads of the file for %d rows that were just read", worst, some)
	}
}

// fromFiles is how many times the process read from a file so far.
func fromFiles(t *testing.T) (n int) {
	t.Helper()
	raw, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if _, err := fmt.Sscanf(line, "syscr: %d", &n); err == nil {
			return n
		}
	}
	t.Fatal("the system does not count reads")
	return 0
}
