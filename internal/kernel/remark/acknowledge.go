package remark

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// What happens to the reading of an item that its readers are asked to confirm.
const (
	EventAsked        activity.Kind = "remark.reading_asked"
	EventAcknowledged activity.Kind = "remark.reading_acknowledged"
)

// AskReading asks the readers of an item to say that they have read it, or asks no
// more; who said so stays known. For who may edit the item, which is published.
func (r *Remarks) AskReading(ctx context.Context, a actor.Actor, itemID id.ID, ask bool) error {
	now := r.clock.Now()
	return r.db.Write(ctx, func(tx *db.Tx) error {
		it, v, err := r.locked(ctx, tx, a, itemID)
		if err != nil {
			return err
		}
		if err := content.MayEdit(a, v, it); err != nil {
			return err
		}
		if it.State != content.Published {
			return fault.New(fault.Invalid, "content.state")
		}
		query, args := `DELETE FROM acknowledgement_requests WHERE item_id = $1`, []any{it.ID}
		if ask {
			query, args = `INSERT INTO acknowledgement_requests (item_id, by_id, at) VALUES ($1, $2, $3) ON CONFLICT (item_id) DO NOTHING`, []any{it.ID, a.Account, clock.Millis(now)}
		}
		n, err := tx.Exec(ctx, query, args...)
		if err != nil {
			return fmt.Errorf("asking for a reading: %w", err)
		}
		if n == 0 || !ask {
			return nil
		}
		return r.outbox.Append(ctx, tx, a, activity.Event{Kind: EventAsked, Space: it.Space, Item: it.ID})
	})
}

// Acknowledge says that the actor has read an item as it is now. fault.Invalid for
// one whose reading is not asked for.
func (r *Remarks) Acknowledge(ctx context.Context, a actor.Actor, itemID id.ID) error {
	now := r.clock.Now()
	return r.db.Write(ctx, func(tx *db.Tx) error {
		it, _, err := r.locked(ctx, tx, a, itemID)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `INSERT INTO acknowledgements (item_id, account_id, revision, at)
			SELECT q.item_id, p.id, CAST($1 AS BIGINT), CAST($2 AS BIGINT) FROM acknowledgement_requests q, accounts p WHERE q.item_id = $3 AND p.id = $4
			ON CONFLICT (item_id, account_id) DO UPDATE SET revision = excluded.revision, at = excluded.at`, it.Revision, clock.Millis(now), it.ID, a.Account)
		if err != nil {
			return fmt.Errorf("saying that something was read: %w", err)
		}
		if n == 0 {
			return fault.New(fault.Invalid, "remark.reading.not_asked")
		}
		return r.outbox.Append(ctx, tx, a, activity.Event{Kind: EventAcknowledged, Space: it.Space, Item: it.ID})
	})
}

// locked locks the space of an item that the actor may read, and returns both as
// they are from then on.
func (r *Remarks) locked(ctx context.Context, tx *db.Tx, a actor.Actor, itemID id.ID) (content.Item, access.View, error) {
	it, err := content.ByID(ctx, tx, a, itemID)
	if err != nil {
		return it, access.View{}, err
	}
	if _, err := space.Lock(ctx, tx, it.Space); err != nil {
		return it, access.View{}, err
	}
	if it, err = content.ByID(ctx, tx, a, itemID); err != nil { // it may have changed before the lock
		return it, access.View{}, err
	}
	v, err := access.ByID(ctx, tx, a, it.Space)
	return it, v, err
}

// Readings tells when each of some accounts said that they had read an item; one
// who did not is not in it.
func Readings(ctx context.Context, tx *db.Tx, item id.ID, accounts []id.ID) (map[id.ID]time.Time, error) {
	query, args, err := db.In(db.NewBuilder().Add(`SELECT account_id, at FROM acknowledgements WHERE item_id = ? AND account_id IN `, item), accounts).Build()
	if err != nil {
		return nil, err
	}
	out := map[id.ID]time.Time{}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var who id.ID
		var at int64
		err := rows.Scan(&who, &at)
		out[who] = clock.FromMillis(at)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing who has read: %w", err)
	}
	return out, nil
}
