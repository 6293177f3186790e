package jobs

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"strings"
	"time"

	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// errWorkersDied is the last word on a job whose every worker disappeared.
var errWorkersDied = errors.New("each worker that took the job disappeared")

// A result is what became of a claimed job.
type result struct {
	claimed
	err      error
	released bool // not run to its end because the program stops
}

// step writes what became of the jobs in done, starts the periodic jobs that
// are due and claims up to want others, in one transaction; with nothing of
// that to do, it only reads. It returns what it claimed, and how long nothing
// more will be due as far as this process knows.
func (q *Queue) step(ctx context.Context, done []result, want int) (got []claimed, pause time.Duration, err error) {
	now, kinds, lease := q.clock.Now(), q.kinds(), id.New()
	due, starts, pause, err := q.look(ctx, kinds, now)
	if err != nil {
		return nil, 0, err
	}
	if len(done) == 0 && len(starts) == 0 && (!due || want <= 0) {
		return nil, pause, nil
	}
	err = q.db.Write(ctx, func(tx *db.Tx) error {
		got = nil
		if err := q.settle(ctx, tx, done, now); err != nil {
			return err
		}
		for name, interval := range starts {
			if err := q.startPeriodic(ctx, tx, name, now, now.Add(interval)); err != nil {
				return err
			}
		}
		if want <= 0 {
			return nil
		}
		var err error
		got, err = claim(ctx, tx, kinds, want, lease, now, now.Add(q.lease))
		return err
	})
	return got, pause, err
}

// look reads whether a job is due, which periodic jobs are, and how long to
// wait at most before looking again.
func (q *Queue) look(ctx context.Context, kinds []string, now time.Time) (due bool, starts map[string]time.Duration, pause time.Duration, err error) {
	pause = q.poll
	err = q.db.Read(ctx, func(tx *db.Tx) error {
		at, some, err := nextDue(ctx, tx, kinds)
		if err != nil {
			return err
		}
		if some {
			due = !at.After(now)
			pause = min(pause, max(at.Sub(now), 0))
		}
		next, err := schedules(ctx, tx)
		if err != nil {
			return err
		}
		starts = q.starts(next, now)
		return nil
	})
	return due, starts, pause, err
}

// starts returns the periodic jobs to start now. One whose next run is further
// away than its interval is among them: the interval has become shorter, or a
// clock was wrong.
func (q *Queue) starts(next map[string]time.Time, now time.Time) map[string]time.Duration {
	q.mu.RLock()
	defer q.mu.RUnlock()
	starts := map[string]time.Duration{}
	for name, p := range q.periodic {
		at, known := next[name]
		if !known || !at.After(now) || at.After(now.Add(p.interval)) {
			starts[name] = p.interval
		}
	}
	return starts
}

// startPeriodic makes the run of a periodic job a job like another, with its
// lease and attempts, unless another node just did.
func (q *Queue) startPeriodic(ctx context.Context, tx *db.Tx, name string, now, next time.Time) error {
	mine, err := takeSchedule(ctx, tx, name, now, next)
	if err != nil || !mine {
		return err
	}
	kind := periodicKind + name
	return q.Enqueue(ctx, tx, Job{Kind: kind, Key: kind, RunAt: now, MaxAttempts: periodicAttempts})
}

// settle writes what became of jobs.
func (q *Queue) settle(ctx context.Context, tx *db.Tx, done []result, now time.Time) error {
	var finished, given []claimed
	for _, r := range done {
		switch {
		case r.released:
			given = append(given, r.claimed)
		case r.err == nil:
			finished = append(finished, r.claimed)
		case r.Attempt < r.MaxAttempts:
			if err := retry(ctx, tx, r.claimed, reason(r.err), now.Add(backoff(r.Attempt))); err != nil {
				return err
			}
		case strings.HasPrefix(r.Kind, periodicKind):
			finished = append(finished, r.claimed) // the next run is planned already
		default:
			if err := bury(ctx, tx, r.claimed, reason(r.err), now); err != nil {
				return err
			}
		}
	}
	again, err := finish(ctx, tx, finished, now)
	if err != nil {
		return err
	}
	if again > 0 {
		tx.AfterCommit(q.signal)
	}
	return release(ctx, tx, given, now)
}

// run runs a job's handler; a panic in it is an error.
func (q *Queue) run(ctx context.Context, c claimed) (r result) {
	r.claimed = c
	if c.Attempt > c.MaxAttempts { // its leases ended before its handler ever did
		r.err = errWorkersDied
		q.report(ctx, r)
		return r
	}
	q.mu.RLock()
	handler := q.handlers[c.Kind]
	q.mu.RUnlock()
	defer func() {
		if p := recover(); p != nil {
			r.err = fmt.Errorf("panic: %v", p)
			q.log.ErrorContext(ctx, "job panicked", "kind", c.Kind, "job", c.ID, "stack", string(debug.Stack()))
		}
		r.released = r.err != nil && ctx.Err() != nil
		if r.err != nil && !r.released {
			q.report(ctx, r)
		}
	}()
	bounded, cancel := context.WithTimeout(ctx, q.most)
	defer cancel()
	if r.err = handler(bounded, c.Job); r.err != nil && bounded.Err() != nil && ctx.Err() == nil {
		r.err = fmt.Errorf("it took more than %s: %w", q.most, r.err)
	}
	return r
}

func (q *Queue) report(ctx context.Context, r result) {
	if r.Attempt >= r.MaxAttempts {
		q.log.ErrorContext(ctx, "job given up", "kind", r.Kind, "job", r.ID, "attempt", r.Attempt, "error", r.err)
		return
	}
	q.log.WarnContext(ctx, "job failed", "kind", r.Kind, "job", r.ID, "attempt", r.Attempt, "error", r.err)
}

// backoff is how long a job waits after its n-th attempt: 5 s, doubled each
// time up to an hour, give or take a quarter, so that what failed together is
// not tried together.
func backoff(n int) time.Duration {
	wait := time.Hour
	if n < 11 {
		wait = min(wait, 5*time.Second<<max(n-1, 0))
	}
	return wait - wait/4 + rand.N(wait/2) // #nosec G404 -- jitter, not a secret
}

// reason is what is kept of an error.
func reason(err error) string {
	const most = 500
	text := strings.ToValidUTF8(strings.ReplaceAll(err.Error(), "\x00", ""), "")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "")
	}
	return text
}
