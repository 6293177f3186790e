package follow

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"ruche/internal/kernel/notice"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

const (
	// seenEvery is how often what was seen is written; seenMost, how many such
	// notes wait at most: past it the oldest page views are seen later.
	seenEvery = 2 * time.Second
	seenMost  = 10_000
	seenBatch = 200 // notes of one statement
)

// Seen notes what people see, and writes it now and then: reading a page waits for
// no writer, and two hundred readers are one transaction. What was not written when
// the program is killed is shown as new once more.
type Seen struct {
	db      *db.DB
	log     *slog.Logger
	mu      sync.Mutex
	waiting map[seenKey]time.Time
	visits  map[id.ID]time.Time // that wait
	visited map[id.ID]time.Time // as they were last noted
}

type seenKey struct{ account, item id.ID }

// NewSeen returns a note-taker; Run writes its notes.
func NewSeen(d *db.DB, log *slog.Logger) *Seen {
	return &Seen{db: d, log: log, waiting: map[seenKey]time.Time{}, visits: map[id.ID]time.Time{}, visited: map[id.ID]time.Time{}}
}

// Saw notes that someone saw an item as it was at an instant.
func (s *Seen) Saw(account, item id.ID, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := seenKey{account, item}
	if len(s.waiting) < seenMost && at.After(s.waiting[key]) {
		s.waiting[key] = at
	}
}

// Waiting lists what someone saw that is not written as seen yet.
func (s *Seen) Waiting(account id.ID) (sights []notice.Sight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, at := range s.waiting {
		if key.account == account {
			sights = append(sights, notice.Sight{Account: account, Item: key.item, At: at})
		}
	}
	return sights
}

// Run writes the notes until ctx ends, the last ones then.
func (s *Seen) Run(ctx context.Context) error {
	tick := time.NewTicker(seenEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-tick.C:
			s.try(ctx)
		case <-ctx.Done():
		}
	}
	last, done := context.WithTimeout(context.WithoutCancel(ctx), seenEvery)
	defer done()
	s.try(last)
	return nil
}

func (s *Seen) try(ctx context.Context) {
	if err := s.Flush(ctx); err != nil {
		s.log.ErrorContext(ctx, "what was seen is not noted", "error", err)
	}
}

// Flush writes the notes that wait. Those that could not be written are forgotten:
// they would keep the next ones waiting.
func (s *Seen) Flush(ctx context.Context) error {
	s.mu.Lock()
	notes := s.waiting
	visits := s.visits
	s.waiting, s.visits = map[seenKey]time.Time{}, map[id.ID]time.Time{}
	s.mu.Unlock()
	if err := s.writeVisits(ctx, visits); err != nil {
		return err
	}
	batch := make(map[seenKey]time.Time, min(len(notes), seenBatch))
	for key, at := range notes {
		batch[key] = at
		if len(batch) == seenBatch {
			if err := s.write(ctx, batch); err != nil {
				return err
			}
			clear(batch)
		}
	}
	return s.write(ctx, batch)
}

// write writes notes; those of an item or an account that is gone are left out.
func (s *Seen) write(ctx context.Context, notes map[seenKey]time.Time) error {
	var sights []notice.Sight
	for key, at := range notes {
		sights = append(sights, notice.Sight{Account: key.account, Item: key.item, At: at})
	}
	return s.db.Write(db.Background(ctx), func(tx *db.Tx) error { return Saw(ctx, tx, sights) })
}

// Saw notes that people saw items as they were at an instant, and so read what they were
// told of them. Who or what is gone is left out.
func Saw(ctx context.Context, tx *db.Tx, sights []notice.Sight) error {
	if len(sights) == 0 {
		return nil
	}
	b := db.NewBuilder().Add(`INSERT INTO item_marks (account_id, item_id, mode, reason, seen_at) SELECT n.account_id, n.item_id, 0, '', n.at FROM (`)
	for i, s := range sights {
		if i > 0 {
			b.Add(` UNION ALL `)
		}
		b.Add(`SELECT p.id AS account_id, i.id AS item_id, CAST(? AS BIGINT) AS at FROM accounts p, items i WHERE p.id = ? AND i.id = ?`, clock.Millis(s.At), s.Account, s.Item)
	}
	// WHERE keeps SQLite from reading ON as a join's.
	query, args, err := b.Add(`) n WHERE n.at > 0 ON CONFLICT (account_id, item_id) DO UPDATE SET seen_at = excluded.seen_at WHERE item_marks.seen_at < excluded.seen_at`).Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("noting what was seen: %w", err)
	}
	return notice.Saw(ctx, tx, sights)
}
