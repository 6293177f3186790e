package follow

import (
	"context"
	"fmt"
	"time"

	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

const (
	// visitGap is how long after its last page a visit is over.
	visitGap = 30 * time.Minute
	// visitEvery is how often one and the same visit is noted again.
	visitEvery = time.Minute
)

// Visit notes that someone is here.
func (s *Seen) Visit(account id.ID, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.Sub(s.visited[account]) < visitEvery {
		return
	}
	if len(s.visited) >= seenMost {
		clear(s.visited)
	}
	s.visited[account] = at
	if len(s.visits) < seenMost {
		s.visits[account] = at
	}
}

// writeVisits writes the visits that were noted. Where the last one is over, it becomes
// the one before.
func (s *Seen) writeVisits(ctx context.Context, visits map[id.ID]time.Time) error {
	batch := make(map[id.ID]time.Time, min(len(visits), seenBatch))
	for account, at := range visits {
		batch[account] = at
		if len(batch) == seenBatch {
			if err := s.writeSome(ctx, batch); err != nil {
				return err
			}
			clear(batch)
		}
	}
	return s.writeSome(ctx, batch)
}

func (s *Seen) writeSome(ctx context.Context, visits map[id.ID]time.Time) error {
	if len(visits) == 0 {
		return nil
	}
	b := db.NewBuilder().Add(`INSERT INTO visits (account_id, seen_at, before_at) VALUES `)
	first := true
	for account, at := range visits {
		if !first {
			b.Add(`, `)
		}
		first = false
		b.Add(`(?, ?, 0)`, account, clock.Millis(at))
	}
	query, args, err := b.Add(` ON CONFLICT (account_id) DO UPDATE SET
		before_at = CASE WHEN excluded.seen_at - visits.seen_at > ? THEN visits.seen_at ELSE visits.before_at END, seen_at = excluded.seen_at
		WHERE visits.seen_at < excluded.seen_at`, visitGap.Milliseconds()).Build()
	if err != nil {
		return err
	}
	return s.db.Write(db.Background(ctx), func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return fmt.Errorf("noting visits: %w", err)
		}
		return nil
	})
}

// LastVisit is when the actor was last here before this visit, or marked all that is
// new as seen; zero for never.
func LastVisit(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time) (time.Time, error) {
	var seen, before int64
	err := tx.QueryRow(ctx, `SELECT seen_at, before_at FROM visits WHERE account_id = $1`, a.Account).Scan(&seen, &before)
	if db.IsNoRows(err) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the last visit: %w", err)
	}
	if at := clock.FromMillis(seen); now.Sub(at) > visitGap {
		return at, nil // this visit is not noted yet
	}
	return clock.FromMillis(before), nil
}

// SetLastVisit says from when on something is new to the actor.
func SetLastVisit(ctx context.Context, tx *db.Tx, a actor.Actor, at, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO visits (account_id, seen_at, before_at) VALUES ($1, $2, $3)
		ON CONFLICT (account_id) DO UPDATE SET seen_at = excluded.seen_at, before_at = excluded.before_at`, a.Account, clock.Millis(now), clock.Millis(at))
	if err != nil {
		return fmt.Errorf("noting what is seen: %w", err)
	}
	return nil
}
