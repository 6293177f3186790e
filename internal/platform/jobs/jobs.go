package jobs

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

const (
	// defaultAttempts is how often a job is tried, back-off being what it is:
	// about an hour and a half.
	defaultAttempts = 10
	// periodicAttempts is how often a periodic run is tried before it is left to
	// the next one.
	periodicAttempts = 3
	// periodicKind precedes the name of a periodic job in the column kind.
	periodicKind = "every:"
	// pollEvery bounds how late a job enqueued by another node is seen.
	pollEvery = 2 * time.Second
	// breather is the least pause after a claim that got nothing: what is due may
	// be locked by a transaction that goes on for a while.
	breather = 50 * time.Millisecond
	// leaseFor is how long after a worker died its jobs run again.
	leaseFor = time.Minute
	// graceFor is how long running handlers may go on when the queue stops, and
	// leaveFor when it stops waiting for those that don't hear: with the second
	// given to the last write, Run ends within five.
	graceFor = 3 * time.Second
	leaveFor = 4 * time.Second
	// mostFor is how long one run of a handler may take. Its lease is prolonged for as
	// long as it runs: one that waits for ever would hold a worker for ever.
	mostFor = 15 * time.Minute
)

// Job is one piece of work.
type Job struct {
	// ID names the job; zero lets Enqueue choose.
	ID id.ID
	// Kind says which handler runs it.
	Kind string
	// Payload is JSON, read by the handler alone.
	Payload []byte
	// Key is unique among the jobs not done: two enqueued with one key are one
	// job, with the payload of the first. Empty means no key.
	Key string
	// RunAt is the instant before which the job does not run; zero means now.
	RunAt time.Time
	// MaxAttempts is how often it is tried before it is dead; zero means 10.
	MaxAttempts int
	// Attempt counts from 1 while a handler runs.
	Attempt int
}

// Handler does the work of one kind. It may run twice for one job, also at the
// same time when a node stalls, so it is idempotent. When ctx ends the program
// is stopping: an error then costs no attempt. It also ends, at the cost of an attempt,
// after fifteen minutes: longer work is cut into jobs.
type Handler func(ctx context.Context, j Job) error

type periodic struct {
	interval time.Duration
	run      func(ctx context.Context) error
}

// Queue enqueues and runs jobs. It is safe for concurrent use.
type Queue struct {
	db    *db.DB
	clock clock.Clock
	log   *slog.Logger
	wake  chan struct{}

	// As the constants above; tests shorten them.
	poll, lease, grace, leave, most time.Duration

	mu       sync.RWMutex
	handlers map[string]Handler
	periodic map[string]periodic
}

// New returns a queue that runs nothing yet.
func New(d *db.DB, c clock.Clock, log *slog.Logger) *Queue {
	return &Queue{
		db: d, clock: c, log: log, wake: make(chan struct{}, 1),
		poll: pollEvery, lease: leaseFor, grace: graceFor, leave: leaveFor, most: mostFor,
		handlers: map[string]Handler{}, periodic: map[string]periodic{},
	}
}

//go:embed migrations
var migrations embed.FS

// Migrations returns the schema of the queue, as db.MigrationSet wants it.
func Migrations() fs.FS {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Tables returns the names of the tables that the queue owns.
func Tables() []string { return []string{"jobs", "job_schedules"} }

// Register says who runs the jobs of a kind. A second handler for one kind is a
// mistake of the program and panics.
func (q *Queue) Register(kind string, h Handler) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, taken := q.handlers[kind]; taken || kind == "" || h == nil {
		panic(fmt.Sprintf("jobs: the kind %q needs one handler", kind))
	}
	q.handlers[kind] = h
}

// Every runs h once per interval over all nodes, for the first time at once. A
// run that fails is tried twice more, then left to the next. A run that is due
// while the one before still works follows it. A second h for one name panics.
func (q *Queue) Every(name string, interval time.Duration, h func(ctx context.Context) error) {
	if interval <= 0 || h == nil {
		panic(fmt.Sprintf("jobs: the periodic job %q needs an interval and a function", name))
	}
	q.Register(periodicKind+name, func(ctx context.Context, _ Job) error { return h(ctx) })
	q.mu.Lock()
	defer q.mu.Unlock()
	q.periodic[name] = periodic{interval, h}
}

// Enqueue writes the job in the caller's transaction: it runs once that is
// committed, and never if it is not. Where a job with its key waits already,
// nothing is added; where it runs, it will run once more, since it may have
// read what was true before this transaction. A kind that nobody registered is
// an error.
func (q *Queue) Enqueue(ctx context.Context, tx *db.Tx, j Job) error {
	q.mu.RLock()
	_, known := q.handlers[j.Kind]
	q.mu.RUnlock()
	if !known {
		return fmt.Errorf("jobs: no handler for the kind %q", j.Kind)
	}
	if j.ID.IsZero() {
		j.ID = id.New()
	}
	if j.MaxAttempts <= 0 {
		j.MaxAttempts = defaultAttempts
	}
	now := q.clock.Now()
	if j.RunAt.IsZero() {
		j.RunAt = now
	}
	if err := insert(ctx, tx, j, now); err != nil {
		return fmt.Errorf("enqueueing a job of kind %s: %w", j.Kind, err)
	}
	tx.AfterCommit(q.signal)
	return nil
}

// signal wakes a sleeping Run; one signal waiting is enough.
func (q *Queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// RunPending runs every job that is due, one after the other, until none is,
// and returns how many ran. Those that fail wait for their next attempt. It is
// for tests and commands; a job that enqueues itself at once keeps it going.
func (q *Queue) RunPending(ctx context.Context) (int, error) {
	const batch = 16
	ctx = db.Background(ctx)
	var done []result
	for ran := 0; ; {
		claimed, _, err := q.step(ctx, done, batch)
		if err != nil || len(claimed) == 0 {
			return ran, err
		}
		done = done[:0]
		for _, c := range claimed {
			done = append(done, q.run(ctx, c))
			ran++
		}
	}
}

// DeadJob is a job that will not be tried again.
type DeadJob struct {
	Job
	// Error is what the last attempt said, cut at 500 bytes.
	Error string
	// At is when it was given up.
	At time.Time
}

// Dead returns the jobs given up, the latest first.
func (q *Queue) Dead(ctx context.Context, limit int) ([]DeadJob, error) {
	var dead []DeadJob
	err := q.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		dead, err = listDead(ctx, tx, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the dead jobs: %w", err)
	}
	return dead, nil
}

// kinds returns the kinds that this queue can run, sorted.
func (q *Queue) kinds() []string {
	q.mu.RLock()
	defer q.mu.RUnlock()
	kinds := make([]string, 0, len(q.handlers))
	for kind := range q.handlers {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	return kinds
}
