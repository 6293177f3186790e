package app_test

import (
	"context"
	"testing"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
)

// TestWhatIsOldIsForgotten: events that were dispatched, jobs that were given up, and
// sessions that are over; what waits stays, however old.
func TestWhatIsOldIsForgotten(t *testing.T) {
	t.Parallel()
	h := open(t)
	published(t, h.as(lead), "Ancien", "x")
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM events`); n == 0 {
		t.Fatal("nothing happened")
	}
	h.write(func(ctx context.Context, tx *db.Tx) error {
		for i, dead := range []int64{0, clock.Millis(h.clock.Now())} {
			_, err := tx.Exec(ctx, `INSERT INTO jobs (id, kind, payload, run_at, again, attempt, max_attempts, last_error, created_at, dead_at)
				SELECT e.id, 'nobody', '{}', $1, 0, 0, 1, '', $2, $3 FROM events e ORDER BY e.id LIMIT 1 OFFSET $4`, clock.Millis(h.clock.Now().AddDate(5, 0, 0)), 0, dead, i)
			if err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `UPDATE events SET dispatched = 0 WHERE id = (SELECT id FROM events ORDER BY id DESC LIMIT 1)`)
		return err
	})
	h.clock.Advance(29 * 24 * time.Hour)
	h.run()
	before := h.number(`SELECT COUNT(*) FROM events`)
	h.clock.Advance(62 * 24 * time.Hour)
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM events WHERE dispatched = 1`); before < 2 || n != 0 {
		t.Errorf("of %d events %d are kept after ninety days", before, n)
	}
	if n := h.number(`SELECT COUNT(*) FROM events WHERE dispatched = 0`); n != 1 {
		t.Errorf("%d events that wait are kept, want 1", n)
	}
	if n := h.number(`SELECT COUNT(*) FROM jobs WHERE kind = 'nobody'`); n != 1 {
		t.Errorf("%d jobs are kept, want the one that waits", n)
	}
	if n := h.number(`SELECT COUNT(*) FROM sessions`); n != 0 {
		t.Errorf("%d sessions are kept", n)
	}
}

// TestAnAccountThatIsOverHasNoSession: within two hours of its end its sessions are
// gone, and those of others are not. No page answered it since the end itself.
func TestAnAccountThatIsOverHasNoSession(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, other := h.as(contributor), h.as(lead)
	who := h.actor(contributor).Account
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE accounts SET expires_at = $1 WHERE id = $2`, clock.Millis(h.clock.Now().Add(time.Minute)), who)
		return err
	})
	if a := p.get("/compte"); a.status != 200 {
		t.Fatalf("before the end: %d", a.status)
	}
	h.clock.Advance(time.Minute)
	if a := p.get("/compte"); a.location() == "" {
		t.Errorf("at the end: %d", a.status)
	}
	h.clock.Advance(2 * time.Hour)
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM sessions WHERE account_id = $1`, who); n != 0 {
		t.Errorf("%d sessions of an account that is over are kept", n)
	}
	if a := other.get("/compte"); a.status != 200 {
		t.Errorf("someone else: %d", a.status)
	}
}
