package content

import (
	"context"
	"database/sql"
	"fmt"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Restrict closes an item, and all that lies under it, to everyone but those
// named (and the leads); or changes who is named when it is restricted already.
// Nobody reads it who could not read what lies above it. The caller has locked
// the space and checked the right.
func Restrict(ctx context.Context, tx *db.Tx, it Item, entries []access.Entry) (Item, error) {
	if it.Restricted {
		if err := access.SetEntries(ctx, tx, it.Space, it.Audience, entries); err != nil {
			return it, err
		}
		return it, access.Changed(ctx, tx, it.Space)
	}
	audience, err := access.NewAudience(ctx, tx, it.Space, it.Audience, entries)
	if err != nil {
		return it, err
	}
	return reread(ctx, tx, it, audience, true)
}

// Open gives a restricted item, and all that lies under it, back to whoever reads
// what lies above it. The caller has locked the space and checked the right.
func Open(ctx context.Context, tx *db.Tx, it Item) (Item, error) {
	if !it.Restricted {
		return it, nil
	}
	above, err := audienceAbove(ctx, tx, it)
	if err != nil {
		return it, err
	}
	gone := it.Audience
	if it, err = reread(ctx, tx, it, above, false); err != nil {
		return it, err
	}
	return it, access.Dissolve(ctx, tx, gone)
}

func audienceAbove(ctx context.Context, tx *db.Tx, it Item) (audience id.ID, err error) {
	if it.Parent.IsZero() {
		return id.ID{}, nil
	}
	if err := tx.QueryRow(ctx, `SELECT audience_id FROM items WHERE id = $1`, it.Parent).Scan(&audience); err != nil {
		return id.ID{}, fmt.Errorf("reading the audience above an item: %w", err)
	}
	return audience, nil
}

// Move puts an item, and all that lies under it, under another item of the same
// service of the same space, or at its top when parent is zero. It is then read
// by no more people than its new place is. fault.NotFound for a place that the
// actor may not read; fault.Invalid for a place inside the item itself. The
// caller has locked the space and checked the right in both places.
func Move(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, parent id.ID) (Item, error) {
	above, err := inherited(ctx, tx, a, New{Space: it.Space, Service: it.Service, Parent: parent})
	if err != nil {
		return it, err
	}
	inside, err := Under(ctx, tx, parent, it.ID)
	if err != nil {
		return it, err
	}
	if inside {
		return it, fault.New(fault.Invalid, "content.move.inside")
	}
	if _, err := tx.Exec(ctx, `UPDATE items SET parent_id = $1 WHERE id = $2`, parent, it.ID); err != nil {
		return it, fmt.Errorf("moving an item: %w", err)
	}
	it.Parent = parent
	switch {
	case it.Restricted:
		if err := access.Nest(ctx, tx, []id.ID{it.Audience}, above); err != nil {
			return it, err
		}
		return it, access.Changed(ctx, tx, it.Space)
	case it.Audience != above:
		return reread(ctx, tx, it, above, false)
	}
	return it, nil
}

// Under tells whether an item is another one or lies under it, however deep.
func Under(ctx context.Context, tx *db.Tx, item, top id.ID) (bool, error) {
	var n int
	err := tx.QueryRow(ctx, `WITH RECURSIVE up(id) AS (
			SELECT id FROM items WHERE id = $1 UNION SELECT i.parent_id FROM items i JOIN up ON up.id = i.id WHERE i.parent_id IS NOT NULL)
		SELECT COUNT(*) FROM up WHERE id = $2`, item, top).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("walking up the tree: %w", err)
	}
	return n > 0, nil
}

// reread gives an item and what lies under it another audience. Nodes under it
// that are restricted by themselves stay so, within the new audience.
//
// All of it is one transaction: a narrowing in slices would let what was not
// reached yet be read.
func reread(ctx context.Context, tx *db.Tx, it Item, audience id.ID, restricted bool) (Item, error) {
	// CROSS JOIN has SQLite walk down from the node; it would else go through every
	// item for each of the tree.
	const open = `WITH RECURSIVE tree(id) AS (
		SELECT id FROM items WHERE id = ? UNION ALL SELECT i.id FROM tree CROSS JOIN items i WHERE i.parent_id = tree.id AND i.restricted = 0) `
	was := it.Scope
	scope, err := access.Scope(ctx, tx, it.Space, it.Service, audience)
	if err != nil {
		return it, err
	}
	// The restricted nodes at the edge, before their parents change.
	b := db.NewBuilder().Add(open, it.ID).Add(`SELECT i.audience_id FROM tree CROSS JOIN items i WHERE i.parent_id = tree.id AND i.restricted = 1`)
	edge, err := ids(ctx, tx, b)
	if err != nil {
		return it, fmt.Errorf("walking down the tree: %w", err)
	}
	query, args, err := db.NewBuilder().Add(open, it.ID).
		Add(`UPDATE items SET audience_id = ?, scope_id = ? WHERE id IN (SELECT id FROM tree)`, audience, scope).Build()
	if err != nil {
		return it, err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return it, fmt.Errorf("changing the audience of a tree: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE items SET restricted = $1 WHERE id = $2`, restricted, it.ID); err != nil {
		return it, fmt.Errorf("changing the audience of an item: %w", err)
	}
	if err := access.Nest(ctx, tx, edge, audience); err != nil {
		return it, err
	}
	if err := access.Refresh(ctx, tx, it.Space, was, scope); err != nil {
		return it, err
	}
	it.Audience, it.Scope, it.Restricted = audience, scope, restricted
	return it, access.Changed(ctx, tx, it.Space)
}

func ids(ctx context.Context, tx *db.Tx, b *db.Builder) (out []id.ID, err error) {
	query, args, err := b.Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var one id.ID
		err := rows.Scan(&one)
		out = append(out, one)
		return err
	}, query, args...)
	return out, err
}
