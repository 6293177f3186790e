package limit

import (
	"context"
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
)

// sweepChunk bounds how many rows one transaction of Sweep deletes.
const sweepChunk = 1000

// Limiter counts in the database. It is safe for concurrent use.
type Limiter struct {
	db    *db.DB
	clock clock.Clock
}

// New returns a limiter on a database migrated by Migrations.
func New(d *db.DB, c clock.Clock) *Limiter { return &Limiter{db: d, clock: c} }

//go:embed migrations
var migrations embed.FS

// Migrations returns the schema of the limiter, as db.MigrationSet wants it.
func Migrations() fs.FS {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}

// Tables returns the names of the tables that the limiter owns.
func Tables() []string { return []string{"rate_limits"} }

// Allow counts one attempt of key under the limit called name, and tells
// whether it is among the first most of its window, which lasts per from its
// first attempt. If not, retryAfter is what remains of the window. It opens its
// own transaction, so it is called outside any other: an attempt counts
// whatever becomes of what it tried.
func (l *Limiter) Allow(ctx context.Context, name, key string, most int, per time.Duration) (ok bool, retryAfter time.Duration, err error) {
	if most < 1 || per <= 0 {
		return false, 0, fmt.Errorf("limit: %s allows %d attempts per %v", name, most, per)
	}
	now := l.clock.Now()
	w := window{bucket: bucket(name, key), most: most, now: now, end: now.Add(per)}
	var until time.Time
	err = l.db.Read(ctx, func(tx *db.Tx) error {
		var err error
		until, err = w.refused(ctx, tx)
		return err
	})
	if err == nil && until.IsZero() {
		err = l.db.Write(ctx, func(tx *db.Tx) error {
			var err error
			if ok, err = w.count(ctx, tx); err != nil || ok {
				return err
			}
			until, err = w.refused(ctx, tx) // another was faster
			return err
		})
	}
	if err != nil {
		return false, 0, fmt.Errorf("counting an attempt for the limit %s: %w", name, err)
	}
	if ok {
		return true, 0, nil
	}
	return false, until.Sub(now), nil
}

// Reset forgets the attempts of key, as after a successful sign-in.
func (l *Limiter) Reset(ctx context.Context, name, key string) error {
	err := l.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM rate_limits WHERE bucket = $1`, bucket(name, key))
		return err
	})
	if err != nil {
		return fmt.Errorf("resetting the limit %s: %w", name, err)
	}
	return nil
}

// Sweep deletes what windows gone by have left. It is run every hour or so.
func (l *Limiter) Sweep(ctx context.Context) error {
	ctx = db.Background(ctx)
	now := clock.Millis(l.clock.Now())
	for {
		var n int64
		err := l.db.Write(ctx, func(tx *db.Tx) error {
			var err error
			// The time again outside: a row counted anew since the choice stays.
			n, err = tx.Exec(ctx, `
				DELETE FROM rate_limits WHERE bucket IN
					(SELECT bucket FROM rate_limits WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)
				AND expires_at <= $1`, now, sweepChunk)
			return err
		})
		if err != nil {
			return fmt.Errorf("sweeping the limits: %w", err)
		}
		if n < sweepChunk {
			return nil
		}
	}
}

// window is one attempt to be counted: a window that it opens would last from
// now to end.
type window struct {
	bucket   []byte
	most     int
	now, end time.Time
}

// refused returns the end of the running window if it is full, else the zero time.
func (w window) refused(ctx context.Context, tx *db.Tx) (time.Time, error) {
	var until int64
	err := tx.QueryRow(ctx, `
		SELECT expires_at FROM rate_limits
		WHERE bucket = $1 AND hits >= $2 AND expires_at > $3 AND expires_at <= $4`,
		w.bucket, w.most, clock.Millis(w.now), clock.Millis(w.end)).Scan(&until)
	if db.IsNoRows(err) {
		return time.Time{}, nil
	}
	return clock.FromMillis(until), err
}

// count adds the attempt to the running window, or opens one where none runs; a
// window that would end later than one opened now was left by a clock set back
// or a longer limit. It tells false, and changes nothing, if the window is full.
func (w window) count(ctx context.Context, tx *db.Tx) (bool, error) {
	n, err := tx.Exec(ctx, `
		INSERT INTO rate_limits (bucket, hits, expires_at) VALUES ($1, 1, $2)
		ON CONFLICT (bucket) DO UPDATE SET
			hits = CASE WHEN rate_limits.expires_at <= $3 OR rate_limits.expires_at > $2 THEN 1 ELSE rate_limits.hits + 1 END,
			expires_at = CASE WHEN rate_limits.expires_at <= $3 OR rate_limits.expires_at > $2 THEN $2 ELSE rate_limits.expires_at END
		WHERE rate_limits.hits < $4 OR rate_limits.expires_at <= $3 OR rate_limits.expires_at > $2`,
		w.bucket, clock.Millis(w.end), clock.Millis(w.now), w.most)
	return n == 1, err
}

// bucket names the counter of a key without telling the key. The name's length
// goes first, so that no two pairs make one text.
func bucket(name, key string) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d:%s:%s", len(name), name, key))
	return sum[:]
}
