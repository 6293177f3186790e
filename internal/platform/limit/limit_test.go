package limit_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/limit"
	"ruche/internal/testkit"
)

func set() db.MigrationSet { return db.MigrationSet{Name: "limit", FS: limit.Migrations()} }

func newLimiter(t *testing.T) (*db.DB, *clock.Manual, *limit.Limiter) {
	t.Helper()
	d, c := testkit.DB(t, set()), clock.NewManual(time.Date(2026, 11, 24, 14, 30, 0, 0, time.UTC))
	return d, c, limit.New(d, c)
}

func allow(t *testing.T, l *limit.Limiter, name, key string, want bool) time.Duration {
	t.Helper()
	ok, retry, err := l.Allow(t.Context(), name, key, 3, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if ok != want || ok != (retry == 0) {
		t.Fatalf("Allow(%s, %s) = %v, %v; want %v", name, key, ok, retry, want)
	}
	return retry
}

func TestTheWindowFillsAndEnds(t *testing.T) {
	t.Parallel()
	_, c, l := newLimiter(t)
	for range 3 {
		allow(t, l, "sign_in", "zoe", true)
		c.Advance(10 * time.Second)
	}
	if retry := allow(t, l, "sign_in", "zoe", false); retry != 30*time.Second {
		t.Fatalf("retry after %v, want what remains of the minute", retry)
	}
	c.Advance(29 * time.Second)
	allow(t, l, "sign_in", "zoe", false)
	c.Advance(time.Second)
	for range 3 {
		allow(t, l, "sign_in", "zoe", true)
	}
	allow(t, l, "sign_in", "zoe", false)
}

func TestKeysAndNamesCountApart(t *testing.T) {
	t.Parallel()
	_, _, l := newLimiter(t)
	for range 3 {
		allow(t, l, "sign_in", "zoe", true)
	}
	allow(t, l, "sign_in", "zoe", false)
	allow(t, l, "sign_in", "amir", true)
	allow(t, l, "mail", "zoe", true)
	allow(t, l, "sign_in:z", "oe", true)
}

func TestResetForgets(t *testing.T) {
	t.Parallel()
	_, _, l := newLimiter(t)
	for range 3 {
		allow(t, l, "sign_in", "zoe", true)
	}
	if err := l.Reset(t.Context(), "sign_in", "zoe"); err != nil {
		t.Fatal(err)
	}
	allow(t, l, "sign_in", "zoe", true)
}

func TestAClockSetBackLocksNobodyOut(t *testing.T) {
	t.Parallel()
	_, c, l := newLimiter(t)
	for range 3 {
		allow(t, l, "sign_in", "zoe", true)
	}
	c.Advance(-24 * time.Hour)
	allow(t, l, "sign_in", "zoe", true)
}

func TestNoMoreThanMaxAtOnce(t *testing.T) {
	t.Parallel()
	config, c := testkit.DBConfig(t, set()), clock.NewManual(time.Date(2026, 11, 24, 14, 30, 0, 0, time.UTC))
	nodes := []*limit.Limiter{limit.New(testkit.Open(t, config), c), limit.New(testkit.Open(t, config), c)}
	var passed atomic.Int64
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			ok, _, err := nodes[i%2].Allow(t.Context(), "sign_in", "zoe", 7, time.Minute)
			if err != nil {
				t.Error(err)
			}
			if ok {
				passed.Add(1)
			}
		})
	}
	wg.Wait()
	if passed.Load() != 7 {
		t.Fatalf("%d passed, want 7", passed.Load())
	}
}

func TestALimitThatAllowsNothingIsAMistake(t *testing.T) {
	t.Parallel()
	_, _, l := newLimiter(t)
	if _, _, err := l.Allow(t.Context(), "sign_in", "zoe", 0, time.Minute); err == nil {
		t.Error("no attempt at all was accepted as a limit")
	}
	if _, _, err := l.Allow(t.Context(), "sign_in", "zoe", 1, 0); err == nil {
		t.Error("no time at all was accepted as a window")
	}
}

func buckets(t *testing.T, d *db.DB) (all [][]byte) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.All(t.Context(), func(rows *sql.Rows) error {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return err
			}
			all = append(all, b)
			return nil
		}, `SELECT bucket FROM rate_limits`)
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTheKeyIsNotStored(t *testing.T) {
	t.Parallel()
	d, _, l := newLimiter(t)
	allow(t, l, "sign_in", "zoe@example.org", true)
	all := buckets(t, d)
	if len(all) != 1 || len(all[0]) != 32 || bytes.Contains(all[0], []byte("zoe")) {
		t.Fatalf("buckets %q", all)
	}
}

func TestSweepTakesWhatIsOver(t *testing.T) {
	t.Parallel()
	d, c, l := newLimiter(t)
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for i := range 2100 {
			_, err := tx.Exec(t.Context(), `INSERT INTO rate_limits (bucket, hits, expires_at) VALUES ($1, 1, 1)`, fmt.Appendf(nil, "%032d", i))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	allow(t, l, "sign_in", "zoe", true)
	if err := l.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(buckets(t, d)); n != 1 {
		t.Fatalf("%d rows are left, want the one whose window runs", n)
	}
	c.Advance(time.Minute)
	if err := l.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(buckets(t, d)); n != 0 {
		t.Fatalf("%d rows are left", n)
	}
}
