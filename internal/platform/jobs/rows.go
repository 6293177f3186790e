package jobs

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// A claimed job is one that this process may run until its lease ends. The
// lease names the claim: whoever lost it can no longer touch the row.
type claimed struct {
	Job
	lease id.ID
}

// A claimName tells claims apart: a job whose lease has ended may be claimed
// again by the very process that still runs it.
type claimName struct{ job, lease id.ID }

func (c claimed) name() claimName { return claimName{c.ID, c.lease} }

// insert writes a job. The row of a key that exists is locked by the conflict,
// so that no worker finishes it before the caller has committed.
func insert(ctx context.Context, tx *db.Tx, j Job, now time.Time) error {
	var key any
	if j.Key != "" {
		key = j.Key
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO jobs (id, kind, payload, job_key, run_at, again, attempt, max_attempts, last_error, created_at, dead_at)
		VALUES ($1, $2, $3, $4, $5, 0, 0, $6, '', $7, 0)
		ON CONFLICT (job_key) WHERE job_key IS NOT NULL AND dead_at = 0
		DO UPDATE SET again = CASE WHEN jobs.lease IS NULL THEN 0 ELSE 1 END`,
		j.ID, j.Kind, string(j.Payload), key, clock.Millis(j.RunAt), j.MaxAttempts, clock.Millis(now))
	return err
}

// claim leases up to limit due jobs of the kinds, the longest due first.
func claim(ctx context.Context, tx *db.Tx, kinds []string, limit int, lease id.ID, now, until time.Time) ([]claimed, error) {
	b := db.NewBuilder()
	// Materialized: PostgreSQL might else choose (and lock) the rows more than once.
	b.Add(`WITH due AS MATERIALIZED (SELECT id FROM jobs WHERE dead_at = 0 AND run_at <= ? AND kind IN `, clock.Millis(now))
	db.In(b, kinds)
	b.Add(` ORDER BY run_at, id LIMIT ?`+tx.SkipLockedClause()+`)
		UPDATE jobs SET lease = ?, run_at = ?, attempt = attempt + 1, again = 0
		WHERE id IN (SELECT id FROM due)
		RETURNING id, kind, payload, COALESCE(job_key, ''), attempt, max_attempts`, limit, lease, clock.Millis(until))
	query, args, err := b.Build()
	if err != nil {
		return nil, err
	}
	var out []claimed
	err = tx.All(ctx, func(rows *sql.Rows) error {
		c := claimed{lease: lease}
		var payload string
		if err := rows.Scan(&c.ID, &c.Kind, &payload, &c.Key, &c.Attempt, &c.MaxAttempts); err != nil {
			return err
		}
		c.Payload = []byte(payload)
		out = append(out, c)
		return nil
	}, query, args...)
	// RETURNING promises no order; birth is the nearest to it.
	slices.SortFunc(out, func(a, b claimed) int { return strings.Compare(string(a.ID[:]), string(b.ID[:])) })
	return out, err
}

// held appends the condition that a row is one of the claims, still ours.
func held(b *db.Builder, claims []claimed) {
	b.Add("(")
	for i, c := range claims {
		if i > 0 {
			b.Add(" OR ")
		}
		b.Add("(id = ? AND lease = ?)", c.ID, c.lease)
	}
	b.Add(")")
}

// on runs a statement about the claims that ends in the condition of held.
func on(ctx context.Context, tx *db.Tx, claims []claimed, query string, args ...any) (int64, error) {
	if len(claims) == 0 {
		return 0, nil
	}
	b := db.NewBuilder()
	b.Add(query, args...)
	held(b, claims)
	text, all, err := b.Build()
	if err != nil {
		return 0, err
	}
	return tx.Exec(ctx, text, all...)
}

// finish deletes what is done, and sends back to the queue what was enqueued
// anew meanwhile. In this order: what the first statement leaves is marked.
func finish(ctx context.Context, tx *db.Tx, claims []claimed, now time.Time) (again int64, err error) {
	if _, err := on(ctx, tx, claims, `DELETE FROM jobs WHERE again = 0 AND `); err != nil {
		return 0, err
	}
	return requeue(ctx, tx, claims, now)
}

func requeue(ctx context.Context, tx *db.Tx, claims []claimed, now time.Time) (int64, error) {
	return on(ctx, tx, claims, `
		UPDATE jobs SET lease = NULL, again = 0, attempt = 0, run_at = ?, last_error = ''
		WHERE again = 1 AND `, clock.Millis(now))
}

// bury keeps a job as a dead letter, unless it was enqueued anew meanwhile:
// then it starts over.
func bury(ctx context.Context, tx *db.Tx, c claimed, reason string, now time.Time) error {
	_, err := on(ctx, tx, []claimed{c}, `
		UPDATE jobs SET lease = NULL, last_error = ?, dead_at = ? WHERE again = 0 AND `, reason, clock.Millis(now))
	if err != nil {
		return err
	}
	_, err = requeue(ctx, tx, []claimed{c}, now)
	return err
}

// retry plans the next attempt.
func retry(ctx context.Context, tx *db.Tx, c claimed, reason string, at time.Time) error {
	_, err := on(ctx, tx, []claimed{c}, `
		UPDATE jobs SET lease = NULL, again = 0, last_error = ?, run_at = ? WHERE `, reason, clock.Millis(at))
	return err
}

// release gives back what was not run to its end through no fault of its own.
func release(ctx context.Context, tx *db.Tx, claims []claimed, now time.Time) error {
	_, err := on(ctx, tx, claims, `
		UPDATE jobs SET lease = NULL, again = 0, attempt = attempt - 1, run_at = ? WHERE `, clock.Millis(now))
	return err
}

// prolong moves the end of the leases.
func prolong(ctx context.Context, tx *db.Tx, claims []claimed, until time.Time) error {
	_, err := on(ctx, tx, claims, `UPDATE jobs SET run_at = ? WHERE `, clock.Millis(until))
	return err
}

// nextDue returns when the earliest job of the kinds is due; false for none.
func nextDue(ctx context.Context, tx *db.Tx, kinds []string) (time.Time, bool, error) {
	b := db.NewBuilder()
	b.Add(`SELECT run_at FROM jobs WHERE dead_at = 0 AND kind IN `)
	db.In(b, kinds)
	b.Add(` ORDER BY run_at, id LIMIT 1`)
	query, args, err := b.Build()
	if err != nil {
		return time.Time{}, false, err
	}
	var at int64
	err = tx.QueryRow(ctx, query, args...).Scan(&at)
	if db.IsNoRows(err) {
		return time.Time{}, false, nil
	}
	return clock.FromMillis(at), err == nil, err
}

// schedules returns when each periodic job runs next, as the cluster knows it.
func schedules(ctx context.Context, tx *db.Tx) (map[string]time.Time, error) {
	next := map[string]time.Time{}
	err := tx.All(ctx, func(rows *sql.Rows) error {
		var name string
		var at int64
		if err := rows.Scan(&name, &at); err != nil {
			return err
		}
		next[name] = clock.FromMillis(at)
		return nil
	}, `SELECT name, next_at FROM job_schedules`)
	return next, err
}

// takeSchedule moves a periodic job to its next run and tells whether this
// transaction was the one to do it.
func takeSchedule(ctx context.Context, tx *db.Tx, name string, now, next time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `
		INSERT INTO job_schedules (name, next_at) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at
		WHERE job_schedules.next_at <= $3 OR job_schedules.next_at > excluded.next_at`,
		name, clock.Millis(next), clock.Millis(now))
	return n == 1, err
}

func listDead(ctx context.Context, tx *db.Tx, limit int) ([]DeadJob, error) {
	var dead []DeadJob
	err := tx.All(ctx, func(rows *sql.Rows) error {
		var j DeadJob
		var payload string
		var runAt, deadAt int64
		err := rows.Scan(&j.ID, &j.Kind, &payload, &j.Key, &runAt, &j.Attempt, &j.MaxAttempts, &j.Error, &deadAt)
		if err != nil {
			return err
		}
		j.Payload, j.RunAt, j.At = []byte(payload), clock.FromMillis(runAt), clock.FromMillis(deadAt)
		dead = append(dead, j)
		return nil
	}, `
		SELECT id, kind, payload, COALESCE(job_key, ''), run_at, attempt, max_attempts, last_error, dead_at
		FROM jobs WHERE dead_at > 0 ORDER BY dead_at DESC, id DESC LIMIT $1`, limit)
	return dead, err
}
