package jobs

import (
	"context"
	"fmt"
	"time"

	"ruche/internal/platform/db"
)

// runner is one call of Run. Its loop alone touches its fields; handlers hand
// their results over through the channel.
type runner struct {
	q       *Queue
	workers int
	ready   []claimed // claimed, not started yet
	running map[claimName]claimed
	done    []result // not written yet
	results chan result
}

// Run claims and runs jobs, up to so many at a time, until ctx ends. Then it
// claims no more, gives back what it had not started, waits three seconds for
// what runs, one more for what was told to stop, and returns within five. Jobs
// that did not hear are left to their leases; the error says how many.
func (q *Queue) Run(ctx context.Context, workers int) error {
	workers = max(1, workers)
	r := &runner{q: q, workers: workers, running: map[claimName]claimed{}, results: make(chan result, workers)}
	// Handlers outlive ctx by the grace.
	work, stop := context.WithCancel(db.Background(context.WithoutCancel(ctx)))
	defer stop()
	r.loop(ctx, work)
	return r.drain(work, stop)
}

func (r *runner) loop(ctx, work context.Context) {
	beat := time.NewTicker(r.q.lease / 3)
	defer beat.Stop()
	for ctx.Err() == nil {
		pause := r.turn(ctx, work)
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-r.q.wake:
		case <-timer.C:
		case res := <-r.results:
			r.take(res)
		case <-beat.C:
			r.prolong(work)
		}
		timer.Stop()
	}
}

// turn writes what is done, claims what there is room for and starts it. It
// returns how long nothing need happen unless something does.
func (r *runner) turn(ctx, work context.Context) time.Duration {
	for range len(r.results) {
		r.take(<-r.results)
	}
	// As many again as there are workers: the next ones start without waiting
	// for a transaction, and claims come in batches.
	want := 2*r.workers - len(r.running) - len(r.ready)
	got, pause, err := r.q.step(db.Background(ctx), r.done, want)
	if err != nil {
		if ctx.Err() == nil {
			r.q.log.ErrorContext(ctx, "jobs could not be claimed or finished", "error", err)
		}
		return r.q.poll
	}
	r.done = nil
	r.ready = append(r.ready, got...)
	r.start(work)
	if want <= 0 || len(got) > 0 {
		return r.q.poll // no room, or all that was due is taken; a result or a signal comes sooner
	}
	return max(pause, breather)
}

func (r *runner) start(work context.Context) {
	for len(r.ready) > 0 && len(r.running) < r.workers {
		c := r.ready[0]
		r.ready = r.ready[1:]
		r.running[c.name()] = c
		go func() { r.results <- r.q.run(work, c) }()
	}
}

func (r *runner) take(res result) {
	delete(r.running, res.name())
	r.done = append(r.done, res)
}

// prolong keeps the leases of what is claimed and not finished.
func (r *runner) prolong(ctx context.Context) {
	held := append([]claimed{}, r.ready...)
	for _, c := range r.running {
		held = append(held, c)
	}
	if len(held) == 0 {
		return
	}
	until := r.q.clock.Now().Add(r.q.lease)
	err := r.q.db.Write(ctx, func(tx *db.Tx) error { return prolong(ctx, tx, held, until) })
	if err != nil {
		r.q.log.WarnContext(ctx, "the leases of running jobs could not be prolonged", "error", err)
	}
}

func (r *runner) drain(work context.Context, stop context.CancelFunc) error {
	for _, c := range r.ready {
		r.done = append(r.done, result{claimed: c, released: true})
	}
	grace, leave := time.NewTimer(r.q.grace), time.NewTimer(r.q.leave)
	defer grace.Stop()
	defer leave.Stop()
	for waiting := true; waiting && len(r.running) > 0; {
		select {
		case res := <-r.results:
			r.take(res)
		case <-grace.C:
			stop()
		case <-leave.C:
			waiting = false
		}
	}
	if err := r.last(work); err != nil {
		return err
	}
	if n := len(r.running); n > 0 {
		return fmt.Errorf("jobs: %d handlers did not stop in time, their jobs run again once their leases end", n)
	}
	return nil
}

// last writes the results of the drain.
func (r *runner) last(work context.Context) error {
	if len(r.done) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(work), time.Second)
	defer cancel()
	now := r.q.clock.Now()
	err := r.q.db.Write(ctx, func(tx *db.Tx) error { return r.q.settle(ctx, tx, r.done, now) })
	if err != nil {
		return fmt.Errorf("jobs: writing what was done before stopping: %w", err)
	}
	return nil
}
