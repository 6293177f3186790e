package db

import (
	"context"
	"sync"
)

type backgroundKey struct{}

// Background marks what runs under ctx as work nobody waits for: on SQLite its
// writes let those of people pass first.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

func background(ctx context.Context) bool {
	marked, _ := ctx.Value(backgroundKey{}).(bool)
	return marked
}

// patience is how many writers of people in a row may pass a waiting job: under
// a load that never ends, events and leases still move.
const patience = 64

// turnstile lets one writer in at a time: those of people in the order they
// came, then those of jobs.
type turnstile struct {
	mu     sync.Mutex
	busy   bool
	passed int                // people in a row while a job waits
	queues [2][]chan struct{} // 0: people, 1: background
}

// enter waits for the turn and returns what gives it back.
func (t *turnstile) enter(ctx context.Context, background bool) (func(), error) {
	t.mu.Lock()
	if !t.busy {
		t.busy = true
		t.mu.Unlock()
		return t.leave, nil
	}
	lane := 0
	if background {
		lane = 1
	}
	mine := make(chan struct{})
	t.queues[lane] = append(t.queues[lane], mine)
	t.mu.Unlock()
	select {
	case <-mine:
		return t.leave, nil
	case <-ctx.Done():
		t.giveUp(lane, mine)
		return nil, ctx.Err()
	}
}

// giveUp leaves the queue; a turn granted in the meantime is passed on.
func (t *turnstile) giveUp(lane int, mine chan struct{}) {
	t.mu.Lock()
	for i, c := range t.queues[lane] {
		if c == mine {
			t.queues[lane] = append(t.queues[lane][:i], t.queues[lane][i+1:]...)
			t.mu.Unlock()
			return
		}
	}
	t.mu.Unlock()
	t.leave()
}

func (t *turnstile) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	lane := 0
	if len(t.queues[0]) == 0 || len(t.queues[1]) > 0 && t.passed >= patience {
		lane = 1
	}
	if len(t.queues[lane]) == 0 {
		t.busy, t.passed = false, 0
		return
	}
	t.passed++
	if lane == 1 || len(t.queues[1]) == 0 {
		t.passed = 0
	}
	next := t.queues[lane][0]
	t.queues[lane] = t.queues[lane][1:]
	close(next)
}
