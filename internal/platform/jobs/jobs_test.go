package jobs_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/jobs"
	"ruche/internal/testkit"
)

// never is a poll interval that no test lives to see.
const never = time.Hour

func start() time.Time { return time.Date(2026, 11, 24, 14, 30, 0, 0, time.UTC) }

func set() db.MigrationSet { return db.MigrationSet{Name: "jobs", FS: jobs.Migrations()} }

func newQueue(t *testing.T) (*db.DB, *clock.Manual, *jobs.Queue) {
	t.Helper()
	d, c := testkit.DB(t, set()), clock.NewManual(start())
	return d, c, jobs.New(d, c, slog.New(slog.DiscardHandler))
}

func enqueue(t *testing.T, d *db.DB, q *jobs.Queue, all ...jobs.Job) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		for _, j := range all {
			if err := q.Enqueue(t.Context(), tx, j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func pending(t *testing.T, q *jobs.Queue, want int) {
	t.Helper()
	got, err := q.RunPending(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Fatalf("%d jobs ran, want %d", got, want)
	}
}

func rows(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT COUNT(*) FROM jobs`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAJobRunsOnceWithWhatItWasGiven(t *testing.T) {
	t.Parallel()
	d, _, q := newQueue(t)
	var got []jobs.Job
	q.Register("greet", func(_ context.Context, j jobs.Job) error {
		got = append(got, j)
		return nil
	})
	enqueue(t, d, q, jobs.Job{Kind: "greet", Payload: []byte(`{"name":"Zoé"}`), Key: "zoe"})
	pending(t, q, 1)
	pending(t, q, 0)
	if len(got) != 1 || string(got[0].Payload) != `{"name":"Zoé"}` || got[0].Key != "zoe" || got[0].Attempt != 1 || got[0].ID.IsZero() {
		t.Fatalf("the handler saw %+v", got)
	}
	if n := rows(t, d); n != 0 {
		t.Fatalf("%d rows are left", n)
	}
}

func TestARolledBackJobDoesNotRun(t *testing.T) {
	t.Parallel()
	d, _, q := newQueue(t)
	q.Register("greet", func(context.Context, jobs.Job) error { return nil })
	no := errors.New("no")
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		if err := q.Enqueue(t.Context(), tx, jobs.Job{Kind: "greet"}); err != nil {
			return err
		}
		return no
	})
	if !errors.Is(err, no) {
		t.Fatal(err)
	}
	pending(t, q, 0)
}

func TestAnUnknownKindIsRefused(t *testing.T) {
	t.Parallel()
	d, _, q := newQueue(t)
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		return q.Enqueue(t.Context(), tx, jobs.Job{Kind: "gret"})
	})
	if err == nil || !strings.Contains(err.Error(), "gret") {
		t.Fatalf("err = %v", err)
	}
}

func TestAKindOfAnotherProgramIsLeftAlone(t *testing.T) {
	t.Parallel()
	d, c, newer := newQueue(t)
	older := jobs.New(d, c, slog.New(slog.DiscardHandler))
	newer.Register("new", func(context.Context, jobs.Job) error { return nil })
	older.Register("old", func(context.Context, jobs.Job) error { return nil })
	enqueue(t, d, newer, jobs.Job{Kind: "new"})
	pending(t, older, 0)
	pending(t, newer, 1)
}

func TestAJobWaitsForItsTime(t *testing.T) {
	t.Parallel()
	d, c, q := newQueue(t)
	q.Register("greet", func(context.Context, jobs.Job) error { return nil })
	enqueue(t, d, q, jobs.Job{Kind: "greet", RunAt: start().Add(time.Hour)})
	pending(t, q, 0)
	c.Advance(time.Hour)
	pending(t, q, 1)
}

func TestAFailureIsTriedAgainLater(t *testing.T) {
	t.Parallel()
	d, c, q := newQueue(t)
	var attempts []int
	q.Register("flaky", func(_ context.Context, j jobs.Job) error {
		attempts = append(attempts, j.Attempt)
		switch j.Attempt {
		case 1:
			return errors.New("not yet")
		case 2:
			panic("worse")
		}
		return nil
	})
	enqueue(t, d, q, jobs.Job{Kind: "flaky"})
	pending(t, q, 1)
	pending(t, q, 0) // it waits
	c.Advance(time.Minute)
	pending(t, q, 1)
	c.Advance(time.Minute)
	pending(t, q, 1)
	c.Advance(time.Hour)
	pending(t, q, 0)
	if len(attempts) != 3 || rows(t, d) != 0 {
		t.Fatalf("attempts %v, %d rows left", attempts, rows(t, d))
	}
}

func TestAJobThatAlwaysFailsIsADeadLetter(t *testing.T) {
	t.Parallel()
	d, c, q := newQueue(t)
	ran := 0
	q.Register("doomed", func(context.Context, jobs.Job) error {
		ran++
		return errors.New("the stamp is missing " + strings.Repeat("é", 600))
	})
	enqueue(t, d, q, jobs.Job{Kind: "doomed", Key: "k", Payload: []byte(`{"n":1}`), MaxAttempts: 3})
	for range 5 {
		if _, err := q.RunPending(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.Advance(2 * time.Hour)
	}
	dead, err := q.Dead(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	if ran != 3 || len(dead) != 1 {
		t.Fatalf("%d attempts, %d dead", ran, len(dead))
	}
	one := dead[0]
	if one.Attempt != 3 || string(one.Payload) != `{"n":1}` || !strings.HasPrefix(one.Error, "the stamp") || len(one.Error) > 500 || one.At.Before(start()) {
		t.Fatalf("dead letter %+v", one)
	}
	enqueue(t, d, q, jobs.Job{Kind: "doomed", Key: "k"}) // what is dead holds no key
	pending(t, q, 1)
}

func TestBackoffGrowsAndHasAnEnd(t *testing.T) {
	t.Parallel()
	for n, middle := range map[int]time.Duration{1: 5 * time.Second, 2: 10 * time.Second, 5: 80 * time.Second, 11: time.Hour, 1000: time.Hour} {
		for range 50 {
			if got := jobs.Backoff(n); got < middle*3/4 || got > middle*5/4 {
				t.Fatalf("after attempt %d: %v, want about %v", n, got, middle)
			}
		}
	}
}

func TestAKeyIsOneJob(t *testing.T) {
	t.Parallel()
	d, _, q := newQueue(t)
	var got []string
	q.Register("index", func(_ context.Context, j jobs.Job) error {
		got = append(got, string(j.Payload))
		return nil
	})
	enqueue(t, d, q,
		jobs.Job{Kind: "index", Key: "a", Payload: []byte("1")},
		jobs.Job{Kind: "index", Key: "a", Payload: []byte("2")},
		jobs.Job{Kind: "index", Key: "b", Payload: []byte("3")},
		jobs.Job{Kind: "index", Payload: []byte("4")},
		jobs.Job{Kind: "index", Payload: []byte("4")})
	enqueue(t, d, q, jobs.Job{Kind: "index", Key: "a", Payload: []byte("5")})
	pending(t, q, 4)
	for _, payload := range got {
		if payload == "2" || payload == "5" {
			t.Fatalf("ran %v: the second of a key ran", got)
		}
	}
	enqueue(t, d, q, jobs.Job{Kind: "index", Key: "a"})
	pending(t, q, 1)
}

func TestAKeyEnqueuedWhileItRunsRunsAgain(t *testing.T) {
	t.Parallel()
	d, c, q := newQueue(t)
	ran := 0
	q.Register("index", func(_ context.Context, j jobs.Job) error {
		ran++
		if ran > 2 {
			return nil
		}
		enqueue(t, d, q, jobs.Job{Kind: "index", Key: "a"}, jobs.Job{Kind: "index", Key: "a"})
		if ran == 2 {
			return errors.New("and the last attempt fails")
		}
		return nil
	})
	enqueue(t, d, q, jobs.Job{Kind: "index", Key: "a", MaxAttempts: 1})
	pending(t, q, 3)
	c.Advance(time.Hour)
	pending(t, q, 0)
	if n := rows(t, d); n != 0 {
		t.Fatalf("%d rows are left", n)
	}
}

func TestAPeriodicJobRunsOnceInTheCluster(t *testing.T) {
	t.Parallel()
	config, c := testkit.DBConfig(t, set()), clock.NewManual(start())
	var ran atomic.Int64
	var nodes []*jobs.Queue
	for range 2 {
		q := jobs.New(testkit.Open(t, config), c, slog.New(slog.DiscardHandler))
		q.Every("sweep", time.Hour, func(context.Context) error {
			ran.Add(1)
			return nil
		})
		nodes = append(nodes, q)
	}
	both := func(want int64) {
		t.Helper()
		errs := make(chan error, len(nodes))
		for _, q := range nodes {
			go func() {
				_, err := q.RunPending(t.Context())
				errs <- err
			}()
		}
		for range nodes {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
		if got := ran.Load(); got != want {
			t.Fatalf("%d runs, want %d", got, want)
		}
	}
	both(1)
	both(1)
	c.Advance(time.Hour)
	both(2)
	c.Advance(10 * time.Hour) // what was missed is not made up for
	both(3)
	c.Set(start()) // a clock set back does not stop it for hours
	both(4)
}

func TestAPeriodicJobThatFailsIsLeftToTheNextRun(t *testing.T) {
	t.Parallel()
	d, c, q := newQueue(t)
	ran := 0
	q.Every("sweep", 24*time.Hour, func(context.Context) error {
		ran++
		return errors.New("no")
	})
	for range 6 {
		if _, err := q.RunPending(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.Advance(time.Minute)
	}
	dead, err := q.Dead(t.Context(), 10)
	if ran != 3 || len(dead) != 0 || err != nil || rows(t, d) != 0 {
		t.Fatalf("%d attempts, %d dead, %d rows, %v", ran, len(dead), rows(t, d), err)
	}
	c.Advance(24 * time.Hour)
	pending(t, q, 1)
}

func TestIdleOnlyReads(t *testing.T) {
	t.Parallel()
	d, _, q := newQueue(t)
	q.Every("sweep", time.Hour, func(context.Context) error { return nil })
	q.Register("greet", func(context.Context, jobs.Job) error { return nil })
	pending(t, q, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	// A write would wait for this one.
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		if d.Engine() == db.Postgres {
			if _, err := tx.Exec(t.Context(), `LOCK TABLE jobs, job_schedules IN EXCLUSIVE MODE`); err != nil {
				return err
			}
		}
		n, err := q.RunPending(ctx)
		if n != 0 {
			t.Errorf("%d jobs ran", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func runAt(t *testing.T, d *db.DB) (at int64) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT MAX(run_at) FROM jobs`).Scan(&at)
	})
	if err != nil {
		t.Error(err) // it is called by handlers too
	}
	return at
}
