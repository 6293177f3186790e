package content

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// What happens to the links of an item.
const (
	EventShared   activity.Kind = "content.shared"
	EventUnshared activity.Kind = "content.unshared"
)

// MaxLinks bounds the links of one item that stand at the same time.
const MaxLinks = 20

// GuestLink is a link of an item that stands.
type GuestLink struct {
	ID        id.ID
	By        string // the name of who made it
	CreatedAt time.Time
	ExpiresAt time.Time
}

// GuestLinks lists the links of an item that stand at an instant, the newest first.
func GuestLinks(ctx context.Context, tx *db.Tx, item id.ID, now time.Time) (out []GuestLink, err error) {
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var l GuestLink
		var created, expires int64
		err := rows.Scan(&l.ID, &l.By, &created, &expires)
		l.CreatedAt, l.ExpiresAt = clock.FromMillis(created), clock.FromMillis(expires)
		out = append(out, l)
		return err
	}, `SELECT g.id, a.name, g.created_at, g.expires_at FROM guest_links g JOIN accounts a ON a.id = g.created_by
		WHERE g.item_id = $1 AND g.expires_at > $2 AND g.revoked_at = 0 ORDER BY g.created_at DESC, g.id DESC LIMIT $3`, item, clock.Millis(now), MaxLinks)
	if err != nil {
		return nil, fmt.Errorf("listing links: %w", err)
	}
	return out, nil
}

// Share makes a link by which anyone who holds it reads an item and what lies
// under it, until an instant. The token is 32 random bytes in base64url, shown
// once: only its SHA-256 is kept. fault.Invalid where MaxLinks stand already. The
// caller has locked the space and checked the right.
func Share(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID, now, until time.Time) (link id.ID, token string, err error) {
	stand, err := GuestLinks(ctx, tx, item, now)
	if err != nil {
		return id.ID{}, "", err
	}
	if len(stand) >= MaxLinks {
		return id.ID{}, "", fault.New(fault.Invalid, "content.share.many", "max", MaxLinks)
	}
	link, token = id.New(), account.NewToken()
	_, err = tx.Exec(ctx, `INSERT INTO guest_links (id, token_hash, item_id, created_by, created_at, expires_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, 0)`,
		link, account.TokenHash(token), item, a.Account, clock.Millis(now), clock.Millis(until))
	if err != nil {
		return id.ID{}, "", fmt.Errorf("sharing an item: %w", err)
	}
	return link, token, nil
}

// Revoke ends a link of an item at once; fault.NotFound for one that does not stand.
func Revoke(ctx context.Context, tx *db.Tx, item, link id.ID, now time.Time) error {
	n, err := tx.Exec(ctx, `UPDATE guest_links SET revoked_at = $1 WHERE id = $2 AND item_id = $3 AND revoked_at = 0`, clock.Millis(now), link, item)
	if err != nil {
		return fmt.Errorf("revoking a link: %w", err)
	}
	if n == 0 {
		return fault.NotFoundError()
	}
	return nil
}

// ForGuest returns an item for whoever holds the token of a link: the item shared
// or one that lies under it, published or archived, with the very readers that the
// shared one has. What was restricted under it stays closed. A link gives no more than
// whoever made it has: it is dead while they may not read what they shared.
// fault.NotFound otherwise, as for a token that is unknown, over or revoked.
func ForGuest(ctx context.Context, tx *db.Tx, token string, item id.ID, now time.Time) (Item, error) {
	at := clock.Millis(now)
	b := db.NewBuilder().Add(`WITH RECURSIVE up(id) AS (
			SELECT i.id FROM items i WHERE i.id = ? UNION SELECT i.parent_id FROM items i JOIN up ON up.id = i.id WHERE i.parent_id IS NOT NULL)
		SELECT `+Columns+` FROM items i JOIN guest_links g ON g.token_hash = ? AND g.expires_at > ? AND g.revoked_at = 0
		JOIN items shared ON shared.id = g.item_id AND shared.state IN (2, 3) AND shared.scope_id = i.scope_id
		JOIN accounts x ON x.id = g.created_by AND x.state = 'active' AND (x.expires_at = 0 OR x.expires_at > ?)
		WHERE i.id = ? AND i.state IN (2, 3) AND shared.id IN (SELECT id FROM up) AND `, item, account.TokenHash(token), at, at, item)
	query, args, err := access.ReadableBy(b, "shared", "x").Build()
	if err != nil {
		return Item{}, err
	}
	it, err := Scan(tx.QueryRow(ctx, query, args...).Scan)
	if db.IsNoRows(err) {
		return Item{}, fault.NotFoundError()
	}
	return it, err
}

// SharedBy returns the item that a link shares, under the conditions of ForGuest.
func SharedBy(ctx context.Context, tx *db.Tx, token string, now time.Time) (Item, error) {
	var item id.ID
	err := tx.QueryRow(ctx, `SELECT item_id FROM guest_links WHERE token_hash = $1`, account.TokenHash(token)).Scan(&item)
	if db.IsNoRows(err) {
		return Item{}, fault.NotFoundError()
	}
	if err != nil {
		return Item{}, fmt.Errorf("following a link: %w", err)
	}
	return ForGuest(ctx, tx, token, item, now)
}

// FieldsOf reads the text fields of the last revision of an item, for a caller that has
// found the item for its reader.
func FieldsOf(ctx context.Context, tx *db.Tx, it Item) (map[string]string, error) {
	text, _, err := textAt(ctx, tx, it.ID, it.Revision)
	return text.Fields, err
}
