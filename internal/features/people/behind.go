package people

import (
	"context"
	"sync"
)

// maxBehind bounds how much is done at once behind the requests.
const maxBehind = 8

// behind does what no answer waits for: noting that a session is used, sending
// a link whose existence the time of an answer must not tell.
type behind struct {
	slots chan struct{}
	work  sync.WaitGroup
}

func newBehind() *behind { return &behind{slots: make(chan struct{}, maxBehind)} }

// try runs f behind the request, or tells that there is too much to do.
// f gets a context that outlives the request and keeps its values.
func (b *behind) try(ctx context.Context, f func(ctx context.Context)) bool {
	select {
	case b.slots <- struct{}{}:
	default:
		return false
	}
	ctx = context.WithoutCancel(ctx)
	b.work.Go(func() {
		defer func() { <-b.slots }()
		f(ctx)
	})
	return true
}

func (b *behind) drain(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		b.work.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}
