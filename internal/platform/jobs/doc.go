// Package jobs is the durable queue: work that must happen after a transaction,
// at least once, whatever dies in between. A job is a row written by the
// transaction that wants it; a worker of any node claims it with a lease, runs
// its handler and deletes it. A lease that nobody prolongs ends, and the job
// runs again elsewhere. What fails waits longer each time, then is kept as a
// dead letter.
//
// It owns the tables jobs and job_schedules. It knows no kind of job but those
// registered with it, runs nothing exactly once, and keeps no order between
// jobs: handlers are idempotent.
package jobs
