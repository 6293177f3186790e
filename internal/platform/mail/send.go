package mail

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/platform/jobs"
)

const (
	// giveUp is how long a mail is tried: RFC 5321, section 4.5.4.1, asks for
	// four to five days.
	giveUp = 5 * 24 * time.Hour
	// keep is how long the row of a mail that has left is kept, so that support
	// can answer "did it leave?".
	keep = 30 * 24 * time.Hour
	// sweepLimit bounds each pass of the sweep.
	sweepLimit = 500
)

// What became of a mail, in the column state.
const (
	stateSent      = "sent"
	stateWithdrawn = "withdrawn"
	stateFailed    = "failed"
)

// row is a mail as the table holds it.
type row struct {
	Queued
	subject, text, html string
	headers             map[string]string
	messageID           string
	attempts            int
}

// send is the handler of a send job. What can go wrong with the relay is
// planned here, in the mail's own row and by its own patience; an error is
// returned only when the database failed.
func (o *Outbox) send(ctx context.Context, j jobs.Job) error {
	var p payload
	if err := json.Unmarshal(j.Payload, &p); err != nil {
		return fault.Wrap(fault.Internal, err, "fault.internal")
	}
	if o.relay == nil {
		return nil // the sweep finds the mail once there is a relay
	}
	m, ok, err := o.take(ctx, p.Mail)
	if err != nil || !ok {
		return err
	}
	outcome := o.relay.deliver(ctx, o.compose(m))
	if err := ctx.Err(); err != nil && !outcome.sent {
		return err // stopping: not the relay's fault, and no attempt
	}
	// What the relay has taken is written down even if the program stops: else
	// it would be sent once more.
	return o.record(context.WithoutCancel(ctx), m, outcome)
}

// take reads a mail that is to leave now, and withdraws one whose recheck says
// that it may not.
func (o *Outbox) take(ctx context.Context, mailID id.ID) (m row, ok bool, err error) {
	err = o.db.Write(ctx, func(tx *db.Tx) error {
		m, ok = row{}, false
		var found bool
		var err error
		if m, found, err = load(ctx, tx, mailID); err != nil || !found {
			return err
		}
		recheck := o.rechecks[m.Kind]
		if recheck == nil {
			ok = true
			return nil
		}
		if ok, err = recheck(ctx, tx, m.Queued); err != nil || ok {
			return err
		}
		return o.finish(ctx, tx, m, stateWithdrawn, "")
	})
	return m, ok, err
}

func load(ctx context.Context, tx *db.Tx, mailID id.ID) (row, bool, error) {
	var m row
	var headers string
	var created int64
	err := tx.QueryRow(ctx, `
		SELECT id, kind, ref, to_name, to_email, subject, text, html, headers, message_id, attempts, created_at
		FROM mails WHERE id = $1 AND state = 'queued'`+tx.LockClause(), mailID).
		Scan(&m.ID, &m.Kind, &m.Ref, &m.To.Name, &m.To.Email, &m.subject, &m.text, &m.html, &headers,
			&m.messageID, &m.attempts, &created)
	if db.IsNoRows(err) {
		return row{}, false, nil
	}
	if err != nil {
		return row{}, false, err
	}
	m.Created = clock.FromMillis(created)
	if err := json.Unmarshal([]byte(headers), &m.headers); err != nil {
		return row{}, false, fault.Wrap(fault.Internal, err, "fault.internal")
	}
	return m, true, nil
}

// record writes what an attempt gave, and plans the next one if need be.
func (o *Outbox) record(ctx context.Context, m row, out outcome) error {
	now := o.clock.Now()
	return o.db.Write(ctx, func(tx *db.Tx) error {
		switch {
		case out.sent:
			return o.finish(ctx, tx, m, stateSent, "")
		case out.permanent || now.Sub(m.Created) >= giveUp:
			return o.finish(ctx, tx, m, stateFailed, out.reason)
		}
		next := now.Add(pause(m.attempts))
		changed, err := tx.Exec(ctx, `
			UPDATE mails SET attempts = $1, last_error = $2, due_at = $3 WHERE id = $4 AND state = 'queued'`,
			m.attempts+1, out.reason, clock.Millis(next), m.ID)
		if err != nil {
			return err
		}
		if changed == 0 {
			return nil
		}
		return o.schedule(ctx, tx, m.ID, m.attempts+1, next)
	})
}

// finish ends a mail and erases its words.
func (o *Outbox) finish(ctx context.Context, tx *db.Tx, m row, state, reason string) error {
	attempts := m.attempts
	if state != stateWithdrawn {
		attempts++
	}
	_, err := tx.Exec(ctx, `
		UPDATE mails SET state = $1, attempts = $2, last_error = $3, done_at = $4,
			subject = '', text = '', html = '', headers = '{}'
		WHERE id = $5 AND state = 'queued'`,
		state, attempts, reason, clock.Millis(o.clock.Now()), m.ID)
	return err
}

// pause is how long to wait after an attempt, the first being 0: from one minute
// doubling to four hours.
func pause(attempt int) time.Duration {
	return min(time.Minute<<min(attempt, 10), 4*time.Hour)
}

func attemptKey(mailID id.ID, attempt int) string {
	return "mail:" + mailID.String() + ":" + strconv.Itoa(attempt)
}

// sweep finds mails that wait without a job, as those written while there was
// no relay do, and forgets old ones. It runs once per cluster.
func (o *Outbox) sweep(ctx context.Context) error {
	now := o.clock.Now()
	if o.relay != nil {
		if err := o.revive(ctx, now); err != nil {
			return err
		}
	}
	return o.forget(ctx, now)
}

// revive plans the mails that are overdue. One that still has its job gets no
// second, since the keys are the same.
func (o *Outbox) revive(ctx context.Context, now time.Time) error {
	return o.db.Write(ctx, func(tx *db.Tx) error {
		late, err := overdue(ctx, tx, clock.Millis(now.Add(-10*time.Minute)))
		if err != nil {
			return err
		}
		for _, m := range late {
			if now.Sub(m.Created) >= giveUp {
				if err := o.finish(ctx, tx, m, stateFailed, "expired"); err != nil {
					return err
				}
				continue
			}
			if err := o.schedule(ctx, tx, m.ID, m.attempts, time.Time{}); err != nil {
				return err
			}
		}
		return nil
	})
}

func overdue(ctx context.Context, tx *db.Tx, before int64) (found []row, err error) {
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var m row
		var created int64
		if err := rows.Scan(&m.ID, &m.attempts, &created); err != nil {
			return err
		}
		m.Created = clock.FromMillis(created)
		found = append(found, m)
		return nil
	}, `SELECT id, attempts, created_at FROM mails
		WHERE state = 'queued' AND due_at < $1 ORDER BY due_at, id LIMIT $2`, before, sweepLimit)
	return found, err
}

// forget deletes the rows of mails that ended long ago.
func (o *Outbox) forget(ctx context.Context, now time.Time) error {
	return o.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `
			DELETE FROM mails WHERE id IN (
				SELECT id FROM mails WHERE done_at > 0 AND done_at < $1 ORDER BY done_at, id LIMIT $2)`,
			clock.Millis(now.Add(-keep)), sweepLimit)
		return err
	})
}
