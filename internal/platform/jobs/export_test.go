package jobs

import "time"

// SetTimes shortens the constants of a queue.
func (q *Queue) SetTimes(poll, lease, grace, leave time.Duration) {
	q.poll, q.lease, q.grace, q.leave = poll, lease, grace, leave
}

// Backoff is the wait after the n-th attempt.
func Backoff(n int) time.Duration { return backoff(n) }

// SetMost shortens how long a handler may run.
func (q *Queue) SetMost(most time.Duration) { q.most = most }
