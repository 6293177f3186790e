package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/jobs"
	"ruche/internal/testkit"
)

// running starts the queue and returns what stops it and gives Run's error.
func running(t *testing.T, q *jobs.Queue, workers int) func() error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	ended := make(chan error, 1)
	go func() { ended <- q.Run(ctx, workers) }()
	return func() error {
		cancel()
		return within(t, ended, "the queue to stop")
	}
}

// within receives, or fails the test after a time no machine is that slow for.
func within[T any](t *testing.T, from <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(30 * time.Second):
		t.Fatalf("waited in vain for %s", what)
		panic("unreachable")
	}
}

func TestACommitWakesTheWorkers(t *testing.T) {
	t.Parallel()
	d, _, q := newQueue(t)
	q.SetTimes(never, never, time.Second, 2*time.Second)
	ran := make(chan jobs.Job)
	q.Register("greet", func(_ context.Context, j jobs.Job) error {
		ran <- j
		return nil
	})
	stop := running(t, q, 2)
	for range 3 {
		enqueue(t, d, q, jobs.Job{Kind: "greet"})
		within(t, ran, "the job, without a poll")
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if n := rows(t, d); n != 0 {
		t.Fatalf("%d rows are left", n)
	}
}

func TestAPollFindsTheJobsOfOtherNodes(t *testing.T) {
	t.Parallel()
	d, c, here := newQueue(t)
	there := jobs.New(d, c, slog.New(slog.DiscardHandler))
	ran := make(chan jobs.Job)
	handler := func(_ context.Context, j jobs.Job) error {
		ran <- j
		return nil
	}
	here.Register("greet", handler)
	there.Register("greet", handler)
	here.SetTimes(10*time.Millisecond, never, time.Second, 2*time.Second)
	stop := running(t, here, 1)
	enqueue(t, d, there, jobs.Job{Kind: "greet"})
	within(t, ran, "the job of the other node")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

func TestManyJobsOnTwoNodesRunOnceEach(t *testing.T) {
	t.Parallel()
	config, c := testkit.DBConfig(t, set()), clock.NewManual(start())
	const many = 200
	var mu sync.Mutex
	seen, all := map[string]int{}, make(chan struct{})
	handler := func(_ context.Context, j jobs.Job) error {
		mu.Lock()
		defer mu.Unlock()
		seen[string(j.Payload)]++
		if len(seen) == many && seen[string(j.Payload)] == 1 {
			close(all)
		}
		return nil
	}
	d := testkit.Open(t, config)
	var batch []jobs.Job
	for i := range many {
		batch = append(batch, jobs.Job{Kind: "count", Payload: fmt.Append(nil, i)})
	}
	var stops []func() error
	for i := range 2 {
		q := jobs.New(testkit.Open(t, config), c, slog.New(slog.DiscardHandler))
		q.SetTimes(10*time.Millisecond, never, time.Second, 2*time.Second)
		q.Register("count", handler)
		if i == 0 {
			enqueue(t, d, q, batch...)
		}
		stops = append(stops, running(t, q, 4))
	}
	within(t, all, "all jobs")
	for _, stop := range stops {
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	}
	for payload, n := range seen {
		if n != 1 {
			t.Errorf("job %s ran %d times", payload, n)
		}
	}
	if n := rows(t, d); n != 0 {
		t.Fatalf("%d rows are left", n)
	}
}

func TestNoMoreAtOnceThanWorkers(t *testing.T) {
	t.Parallel()
	d, _, q := newQueue(t)
	q.SetTimes(10*time.Millisecond, never, time.Second, 2*time.Second)
	var now, most atomic.Int64
	done := make(chan struct{}, 40)
	q.Register("busy", func(context.Context, jobs.Job) error {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer now.Add(-1)
		done <- struct{}{}
		return nil
	})
	for range 40 {
		enqueue(t, d, q, jobs.Job{Kind: "busy"})
	}
	stop := running(t, q, 3)
	for range 40 {
		within(t, done, "the jobs")
	}
	if err := stop(); err != nil || most.Load() > 3 {
		t.Fatalf("%d at once, %v", most.Load(), err)
	}
}

func TestALeaseThatEndsGivesTheJobToAnother(t *testing.T) {
	t.Parallel()
	config, c := testkit.DBConfig(t, set()), clock.NewManual(start())
	stalled := jobs.New(testkit.Open(t, config), c, slog.New(slog.DiscardHandler))
	other := jobs.New(testkit.Open(t, config), c, slog.New(slog.DiscardHandler))
	d := testkit.Open(t, config)
	stalled.SetTimes(never, never, 20*time.Second, 25*time.Second) // it never prolongs
	began, resume := make(chan struct{}), make(chan struct{})
	stalled.Register("slow", func(context.Context, jobs.Job) error {
		close(began)
		<-resume
		return nil
	})
	attempt := 0
	other.Register("slow", func(_ context.Context, j jobs.Job) error {
		attempt = j.Attempt
		return errors.New("later")
	})
	enqueue(t, d, stalled, jobs.Job{Kind: "slow"})
	stop := running(t, stalled, 1)
	within(t, began, "the stalled node to begin")
	pending(t, other, 0)
	c.Advance(never)
	pending(t, other, 1)
	close(resume)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if attempt != 2 || rows(t, d) != 1 {
		t.Fatalf("attempt %d, %d rows: the late worker ended a job it no longer held", attempt, rows(t, d))
	}
}

func TestLeasesAreProlongedWhileAHandlerRuns(t *testing.T) {
	t.Parallel()
	config := testkit.DBConfig(t, set())
	busy := jobs.New(testkit.Open(t, config), clock.System(), slog.New(slog.DiscardHandler))
	d := testkit.Open(t, config)
	ended := make(chan error, 1)
	busy.SetTimes(never, 3*time.Second, 20*time.Second, 25*time.Second)
	busy.Register("slow", func(ctx context.Context, j jobs.Job) error {
		first := runAt(t, d)
		for runAt(t, d) == first {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
		}
		ended <- nil
		return nil
	})
	enqueue(t, d, busy, jobs.Job{Kind: "slow"})
	stop := running(t, busy, 1)
	if err := within(t, ended, "the lease to move"); err != nil {
		t.Fatal(err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

func TestAJobThatKillsItsWorkersIsGivenUp(t *testing.T) {
	t.Parallel()
	d, c, q := newQueue(t)
	ran := 0
	q.Register("deadly", func(context.Context, jobs.Job) error {
		ran++
		return nil
	})
	enqueue(t, d, q, jobs.Job{Kind: "deadly", MaxAttempts: 2})
	for range 2 { // a worker dies between its claim and its result
		ctx, cancel := context.WithCancel(t.Context())
		killer := jobs.New(d, c, slog.New(slog.DiscardHandler))
		killer.Register("deadly", func(context.Context, jobs.Job) error {
			cancel()
			return nil
		})
		if _, err := killer.RunPending(ctx); !errors.Is(err, context.Canceled) {
			t.Fatalf("err = %v", err)
		}
		c.Advance(never)
	}
	pending(t, q, 1)
	dead, err := q.Dead(t.Context(), 10)
	if err != nil || len(dead) != 1 || ran != 0 || !strings.Contains(dead[0].Error, "disappeared") {
		t.Fatalf("ran %d times, dead %+v, %v", ran, dead, err)
	}
}

// What is due may be locked for a while (PostgreSQL, an enqueue of the same key
// whose transaction goes on): that is no reason to ask without a pause.
func TestALockedJobIsNotAskedForWithoutPause(t *testing.T) {
	t.Parallel()
	d, _, q := newQueue(t)
	ran := make(chan struct{}, 1)
	q.Register("greet", func(context.Context, jobs.Job) error {
		ran <- struct{}{}
		return nil
	})
	enqueue(t, d, q, jobs.Job{Kind: "greet"})
	ctx, counter := db.WithCounter(t.Context())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		if _, err := tx.Exec(t.Context(), `SELECT id FROM jobs`+tx.LockClause()); err != nil {
			return err
		}
		go func() { ended <- q.Run(ctx, 1) }()
		<-time.After(500 * time.Millisecond)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := counter.Queries(); n > 200 { // three a look, ten looks
		t.Errorf("%d statements in half a second", n)
	}
	within(t, ran, "the job, once nobody holds it")
	cancel()
	if err := within(t, ended, "Run"); err != nil {
		t.Fatal(err)
	}
}

func TestStoppingLetsHandlersEndAndGivesBackTheRest(t *testing.T) {
	t.Parallel()
	d, _, q := newQueue(t)
	q.SetTimes(never, never, 20*time.Second, 25*time.Second)
	began, resume := make(chan struct{}), make(chan struct{})
	ran := 0
	q.Register("slow", func(context.Context, jobs.Job) error {
		ran++
		if ran == 1 {
			close(began)
			<-resume
		}
		return nil
	})
	enqueue(t, d, q, jobs.Job{Kind: "slow"}, jobs.Job{Kind: "slow"})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- q.Run(ctx, 1) }()
	within(t, began, "the first job")
	cancel()
	close(resume)
	if err := within(t, ended, "Run"); err != nil {
		t.Fatal(err)
	}
	if ran != 1 || rows(t, d) != 1 {
		t.Fatalf("%d ran, %d rows left; want the first done and the second waiting", ran, rows(t, d))
	}
	pending(t, q, 1) // at once: not at the end of a lease
}

func TestAJobCutShortRunsAgainAtNoCost(t *testing.T) {
	t.Parallel()
	d, _, q := newQueue(t)
	q.SetTimes(never, never, 10*time.Millisecond, 20*time.Second)
	began := make(chan struct{}, 1)
	var attempts []int
	q.Register("slow", func(ctx context.Context, j jobs.Job) error {
		attempts = append(attempts, j.Attempt)
		if len(attempts) == 1 {
			began <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	})
	enqueue(t, d, q, jobs.Job{Kind: "slow", MaxAttempts: 1})
	stop := running(t, q, 1)
	within(t, began, "the job")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	pending(t, q, 1)
	if len(attempts) != 2 || attempts[1] != 1 || rows(t, d) != 0 {
		t.Fatalf("attempts %v, %d rows", attempts, rows(t, d))
	}
}

func TestADeafHandlerIsLeftBehind(t *testing.T) {
	t.Parallel()
	d, c, q := newQueue(t)
	q.SetTimes(never, never, time.Millisecond, 20*time.Millisecond)
	began, resume := make(chan struct{}), make(chan struct{})
	t.Cleanup(func() { close(resume) })
	q.Register("deaf", func(context.Context, jobs.Job) error {
		close(began)
		<-resume
		return nil
	})
	enqueue(t, d, q, jobs.Job{Kind: "deaf"})
	stop := running(t, q, 1)
	within(t, began, "the job")
	if err := stop(); err == nil || !strings.Contains(err.Error(), "1 handlers") {
		t.Fatalf("err = %v", err)
	}
	other := jobs.New(d, c, slog.New(slog.DiscardHandler))
	other.Register("deaf", func(context.Context, jobs.Job) error { return nil })
	pending(t, other, 0)
	c.Advance(2 * never)
	pending(t, other, 1)
}

// TestAHandlerHasItsTime: one that goes on for too long is told to end, which counts
// as a failure, and the worker takes the next job.
func TestAHandlerHasItsTime(t *testing.T) {
	t.Parallel()
	d, _, q := newQueue(t)
	q.SetTimes(never, never, time.Second, 2*time.Second)
	q.SetMost(20 * time.Millisecond)
	q.Register("endless", func(ctx context.Context, _ jobs.Job) error {
		<-ctx.Done()
		return ctx.Err()
	})
	ran := make(chan struct{}, 1)
	q.Register("next", func(context.Context, jobs.Job) error {
		ran <- struct{}{}
		return nil
	})
	enqueue(t, d, q, jobs.Job{Kind: "endless", MaxAttempts: 1})
	enqueue(t, d, q, jobs.Job{Kind: "next"})
	stop := running(t, q, 1)
	within(t, ran, "the job behind")
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	dead, err := q.Dead(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(dead) != 1 || dead[0].Kind != "endless" || !strings.Contains(dead[0].Error, "more than 20ms") {
		t.Errorf("given up: %+v", dead)
	}
}
