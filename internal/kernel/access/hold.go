package access

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// Hold is a page of an item that someone keeps open, in a session.
type Hold struct{ Session, Item id.ID }

// Held tells, at an instant, which of the sessions stand and which of the items
// may still be read in them. It is one query, of 200 holds at most.
func Held(ctx context.Context, tx *db.Tx, holds []Hold, now time.Time) (standing map[id.ID]bool, readable map[Hold]bool, err error) {
	// The first, empty branch gives the parameters of the others their type.
	b := db.NewBuilder().Add(`SELECT h.session_id, h.item_id, CASE WHEN i.id IS NULL THEN 0 ELSE 1 END
		FROM (SELECT id AS session_id, id AS item_id FROM items WHERE 1 = 0`)
	for _, h := range holds {
		b.Add(` UNION ALL SELECT ?, ?`, h.Session, h.Item)
	}
	b.Add(`) h JOIN sessions s ON s.id = h.session_id JOIN accounts a ON a.id = s.account_id
		LEFT JOIN items i ON i.id = h.item_id AND `)
	predicate(b, "i", "a.id", agency("a"), true)
	at := clock.Millis(now)
	query, args, err := b.Add(` WHERE s.expires_at > ? AND a.state = 'active' AND (a.expires_at = 0 OR a.expires_at > ?)`, at, at).Build()
	if err != nil {
		return nil, nil, err
	}
	standing, readable = map[id.ID]bool{}, map[Hold]bool{}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var h Hold
		var reads int
		if err := rows.Scan(&h.Session, &h.Item, &reads); err != nil {
			return err
		}
		standing[h.Session] = true
		if reads == 1 {
			readable[h] = true
		}
		return nil
	}, query, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("reading again who may read: %w", err)
	}
	return standing, readable, nil
}
