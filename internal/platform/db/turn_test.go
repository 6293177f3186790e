package db

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
)

// queue waits in the turnstile in a goroutine of its own, and returns once it is
// in the queue.
func (t *turnstile) queue(ctx context.Context, background bool, then func(release func(), err error)) {
	lane := 0
	if background {
		lane = 1
	}
	waiting := func() int {
		t.mu.Lock()
		defer t.mu.Unlock()
		return len(t.queues[lane])
	}
	before := waiting()
	go func() { then(t.enter(ctx, background)) }()
	for waiting() == before {
		runtime.Gosched()
	}
}

func TestPeoplePassBeforeJobsAndInOrder(t *testing.T) {
	t.Parallel()
	var turn turnstile
	release, err := turn.enter(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	var order []string
	var wg sync.WaitGroup
	wait := func(name string, background bool) {
		wg.Add(1)
		turn.queue(t.Context(), background, func(release func(), err error) {
			defer wg.Done()
			if err != nil {
				t.Error(err)
				return
			}
			order = append(order, name) // alone by now
			release()
		})
	}
	wait("job 1", true)
	wait("person 1", false)
	wait("job 2", true)
	wait("person 2", false)
	release()
	wg.Wait()
	if want := []string{"person 1", "person 2", "job 1", "job 2"}; !slices.Equal(order, want) {
		t.Fatalf("order %v, want %v", order, want)
	}
	if turn.busy {
		t.Fatal("nobody is in, and it is busy")
	}
}

func TestAJobIsNotPassedForEver(t *testing.T) {
	t.Parallel()
	var turn turnstile
	release, err := turn.enter(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	const people = patience + 10
	var before int // people who passed before the job
	var job bool
	var wg sync.WaitGroup
	wait := func(background bool, then func()) {
		wg.Add(1)
		turn.queue(t.Context(), background, func(release func(), err error) {
			defer wg.Done()
			if err != nil {
				t.Error(err)
				return
			}
			then() // alone by now
			release()
		})
	}
	wait(true, func() { job = true })
	for range people {
		wait(false, func() {
			if !job {
				before++
			}
		})
	}
	release()
	wg.Wait()
	if !job || before != patience {
		t.Fatalf("%d people passed before the job, want %d", before, patience)
	}
}

func TestWhoGivesUpLosesNobodysTurn(t *testing.T) {
	t.Parallel()
	var turn turnstile
	release, err := turn.enter(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	gone, passed := make(chan error, 1), make(chan error, 1)
	turn.queue(ctx, false, func(_ func(), err error) { gone <- err })
	turn.queue(t.Context(), false, func(release func(), err error) {
		if err == nil {
			release()
		}
		passed <- err
	})
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Fatalf("err = %v", err)
	}
	release()
	if err := <-passed; err != nil {
		t.Fatal(err)
	}
}

// Cancelling and granting race: whichever wins, the turn is never lost.
func TestATurnIsNeverLost(t *testing.T) {
	t.Parallel()
	var turn turnstile
	inside := 0
	var wg sync.WaitGroup
	for i := range 2000 {
		wg.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if i%3 == 0 {
				go cancel()
			}
			release, err := turn.enter(ctx, i%2 == 0)
			if err != nil {
				return
			}
			inside++
			if inside != 1 {
				t.Error(fmt.Sprint(inside, " at once"))
			}
			inside--
			release()
		})
	}
	wg.Wait()
	release, err := turn.enter(t.Context(), false)
	if err != nil || len(turn.queues[0])+len(turn.queues[1]) != 0 {
		t.Fatalf("%v, %d still queue", err, len(turn.queues[0])+len(turn.queues[1]))
	}
	release()
}
