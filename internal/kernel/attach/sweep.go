package attach

import (
	"context"
	"database/sql"
	"fmt"

	"ruche/internal/platform/blob"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
)

// Reference is a column of the schema that names a blob.
type Reference struct{ Table, Column string }

// Sweep forgets uploads that nobody joined in ninety days and files of remarks that
// were removed, then the blobs that nothing refers to any more, a day after they
// were last kept, and at last their bytes. references are those of the whole schema.
func (s *Attachments) Sweep(ctx context.Context, references []Reference) error {
	ctx, now := db.Background(ctx), s.clock.Now()
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		if err := run(ctx, tx, db.NewBuilder().Add(`DELETE FROM uploads WHERE at < ?`, clock.Millis(now.Add(-uploadLife)))); err != nil {
			return err
		}
		return run(ctx, tx, db.NewBuilder().Add(`DELETE FROM attachments WHERE remark_id IN (SELECT r.id FROM remarks r JOIN attachments x ON x.remark_id = r.id WHERE r.removed_at <> 0)`))
	})
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		b := db.NewBuilder().Add(`DELETE FROM blobs WHERE kept_at < ?`, clock.Millis(now.Add(-blob.Orphan)))
		for _, r := range references { // names are constants of ours
			b.Add(` AND NOT EXISTS (SELECT 1 FROM ` + r.Table + ` x WHERE x.` + r.Column + ` = blobs.digest)`)
		}
		return run(ctx, tx, b)
	})
	if err != nil {
		return err
	}
	// The bytes are as old as the clock of the machine says, whatever the clock is.
	_, err = s.store.Sweep(ctx, clock.System().Now().Add(-blob.Orphan), func(ctx context.Context, d blob.Digest) (known bool, err error) {
		err = s.db.Read(ctx, func(tx *db.Tx) error {
			var n int
			err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM blobs WHERE digest = $1`, d).Scan(&n)
			known = n > 0
			return err
		})
		if err != nil {
			return false, fmt.Errorf("asking whether a blob is known: %w", err)
		}
		return known, nil
	})
	return err
}

// Damaged compares every blob that rows speak of with its name, and returns those
// whose bytes are not there or not what was kept.
func (s *Attachments) Damaged(ctx context.Context) (bad []blob.Digest, err error) {
	const page = 500
	var after blob.Digest
	for {
		var digests []blob.Digest
		err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
			digests, err = known(ctx, tx, after, page)
			return err
		})
		if err != nil {
			return bad, err
		}
		for _, d := range digests {
			if s.store.Verify(d) != nil {
				bad = append(bad, d)
			}
		}
		if len(digests) < page {
			return bad, nil
		}
		after = digests[page-1]
	}
}

func known(ctx context.Context, tx *db.Tx, after blob.Digest, limit int) (out []blob.Digest, err error) {
	b := db.NewBuilder().Add(`SELECT digest FROM blobs`)
	if !after.IsZero() {
		b.Add(` WHERE digest > ?`, after)
	}
	query, args, err := b.Add(` ORDER BY digest LIMIT ?`, limit).Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var d blob.Digest
		err := rows.Scan(&d)
		out = append(out, d)
		return err
	}, query, args...)
	return out, err
}
