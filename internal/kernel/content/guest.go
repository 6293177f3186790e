package content

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Share makes a link by which anyone who holds it reads an item and what lies
// under it, until an instant. The token is 32 random bytes in base64url, shown
// once: only its SHA-256 is kept. The caller has locked the space and checked the
// right.
func Share(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID, now, until time.Time) (link id.ID, token string, err error) {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	link, token = id.New(), base64.RawURLEncoding.EncodeToString(raw)
	_, err = tx.Exec(ctx, `INSERT INTO guest_links (id, token_hash, item_id, created_by, created_at, expires_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, 0)`,
		link, guestHash(token), item, a.Account, clock.Millis(now), clock.Millis(until))
	if err != nil {
		return id.ID{}, "", fmt.Errorf("sharing an item: %w", err)
	}
	return link, token, nil
}

// Revoke ends a link at once; ending one that is over is fine.
func Revoke(ctx context.Context, tx *db.Tx, item, link id.ID, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE guest_links SET revoked_at = $1 WHERE id = $2 AND item_id = $3 AND revoked_at = 0`, clock.Millis(now), link, item)
	if err != nil {
		return fmt.Errorf("revoking a link: %w", err)
	}
	return nil
}

// ForGuest returns an item for whoever holds the token of a link: the item shared
// or one that lies under it, published or archived, with the very readers that the
// shared one has. What was restricted under it stays closed. fault.NotFound
// otherwise, as for a token that is unknown, over or revoked.
func ForGuest(ctx context.Context, tx *db.Tx, token string, item id.ID, now time.Time) (Item, error) {
	b := db.NewBuilder().Add(`WITH RECURSIVE up(id) AS (
			SELECT i.id FROM items i WHERE i.id = ? UNION SELECT i.parent_id FROM items i JOIN up ON up.id = i.id WHERE i.parent_id IS NOT NULL)
		SELECT `+Columns+` FROM items i JOIN guest_links g ON g.token_hash = ? AND g.expires_at > ? AND g.revoked_at = 0
		JOIN items shared ON shared.id = g.item_id AND shared.state IN (2, 3) AND shared.scope_id = i.scope_id
		WHERE i.id = ? AND i.state IN (2, 3) AND shared.id IN (SELECT id FROM up)`, item, guestHash(token), clock.Millis(now), item)
	query, args, err := b.Build()
	if err != nil {
		return Item{}, err
	}
	it, err := Scan(tx.QueryRow(ctx, query, args...).Scan)
	if db.IsNoRows(err) {
		return Item{}, fault.NotFoundError()
	}
	return it, err
}

func guestHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
