package content

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// EventMoved says that an item came from another space, with its comments.
const EventMoved activity.Kind = "content.moved"

// copiedAtOnce is how many comments one statement writes.
const copiedAtOnce = 200

// Transfer gives an item a place in another space: a new item there, with its text, its
// history, its comments and reactions, their authors and their times; what led to
// the old one leads to the new. The old one goes to the trash. What the audience of
// the old one restricted is read by all readers of the service in the new space.
//
// The caller has locked both spaces and checked the rights in both. fault.Invalid
// for an item that is neither published nor archived, or under which others stand.
// remarks tells which comment of the new item each of the old one became.
func Transfer(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, to id.ID, now time.Time) (moved Item, remarks map[id.ID]id.ID, err error) {
	if it.State != Published && it.State != Archived {
		return moved, nil, fault.New(fault.Invalid, "content.state")
	}
	if err := alone(ctx, tx, it); err != nil {
		return moved, nil, err
	}
	scope, err := access.Scope(ctx, tx, to, it.Service, id.ID{})
	if err != nil {
		return moved, nil, err
	}
	slug, err := freeSlug(ctx, tx, to, it.Service, it.Slug)
	if err != nil {
		return moved, nil, err
	}
	fresh := id.New()
	if err := transplant(ctx, tx, it, fresh, to, scope, slug); err != nil {
		return moved, nil, err
	}
	if remarks, err = copyRemarks(ctx, tx, it.ID, fresh); err != nil {
		return moved, nil, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM item_moves WHERE from_id = $1`, it.ID); err != nil {
		return moved, nil, fmt.Errorf("moving an item: %w", err)
	}
	for _, s := range []struct {
		query string
		args  []any
	}{
		{`UPDATE item_moves SET to_id = $1 WHERE to_id = $2`, []any{fresh, it.ID}}, // what came here before goes on to there
		{`INSERT INTO item_moves (from_id, space_id, service, slug, to_id, by_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			[]any{it.ID, it.Space, it.Service, it.Slug, fresh, a.Account, clock.Millis(now)}},
		{`UPDATE item_links SET to_id = $1 WHERE to_id = $2`, []any{fresh, it.ID}},
	} {
		if _, err := tx.Exec(ctx, s.query, s.args...); err != nil {
			return moved, nil, fmt.Errorf("moving an item: %w", err)
		}
	}
	if _, err := Trash(ctx, tx, a, it, now); err != nil {
		return moved, nil, err
	}
	if err := access.Refresh(ctx, tx, to, scope); err != nil {
		return moved, nil, err
	}
	moved, err = ForProgram(ctx, tx, fresh)
	return moved, remarks, err
}

// alone refuses an item under which others stand: each would have to move too.
func alone(ctx context.Context, tx *db.Tx, it Item) error {
	var n int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT id FROM items WHERE parent_id = $1 LIMIT 1) under`, it.ID).Scan(&n); err != nil {
		return fmt.Errorf("moving an item: %w", err)
	}
	if n > 0 {
		return fault.New(fault.Invalid, "content.move.children")
	}
	return nil
}

// transplant copies the rows of an item that name no remark.
func transplant(ctx context.Context, tx *db.Tx, it Item, fresh, to id.ID, scope access.ScopeID, slug string) error {
	_, err := tx.Exec(ctx, `INSERT INTO items (id, space_id, service, kind, parent_id, audience_id, restricted, scope_id, title, slug, body, state, author_id, created_at, updated_at, published_at, publish_at, trashed_at, trashed_from, revision)
		VALUES ($1, $2, $3, $4, NULL, NULL, 0, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, 0, 0, $14)`,
		fresh, to, it.Service, it.Kind, scope, it.Title, slug, it.Body, int(it.State), it.Author,
		clock.Millis(it.CreatedAt), clock.Millis(it.UpdatedAt), clock.Millis(it.PublishedAt), it.Revision)
	if err != nil {
		return fmt.Errorf("moving an item: %w", err)
	}
	for _, query := range []string{
		`INSERT INTO item_revisions (item_id, revision, author_id, at, title, body, state, fields, note, note_of)
			SELECT n.id, v.revision, v.author_id, v.at, v.title, v.body, v.state, v.fields, v.note, v.note_of FROM item_revisions v, items n WHERE n.id = $1 AND v.item_id = $2`,
		`INSERT INTO item_tags (item_id, space_id, key, label) SELECT n.id, n.space_id, t.key, t.label FROM item_tags t, items n WHERE n.id = $1 AND t.item_id = $2`,
		`INSERT INTO item_marks (account_id, item_id, mode, reason, seen_at) SELECT k.account_id, n.id, k.mode, k.reason, k.seen_at FROM item_marks k, items n WHERE n.id = $1 AND k.item_id = $2`,
		`INSERT INTO acknowledgement_requests (item_id, by_id, at) SELECT n.id, q.by_id, q.at FROM acknowledgement_requests q, items n WHERE n.id = $1 AND q.item_id = $2`,
		`INSERT INTO acknowledgements (item_id, account_id, revision, at) SELECT n.id, k.account_id, k.revision, k.at FROM acknowledgements k, items n WHERE n.id = $1 AND k.item_id = $2`,
		`INSERT INTO item_links (item_id, remark_id, to_id) SELECT n.id, NULLIF(n.id, n.id), l.to_id FROM item_links l, items n WHERE n.id = $1 AND l.item_id = $2 AND l.remark_id IS NULL`,
		`INSERT INTO mentions (item_id, remark_id, account_id, group_id, by_id, at)
			SELECT n.id, NULLIF(n.id, n.id), m.account_id, NULLIF(n.id, n.id), m.by_id, m.at FROM mentions m, items n WHERE n.id = $1 AND m.item_id = $2 AND m.remark_id IS NULL AND m.account_id IS NOT NULL`,
		`INSERT INTO votes (item_id, account_id, at) SELECT n.id, t.account_id, t.at FROM votes t, items n WHERE n.id = $1 AND t.item_id = $2`,
		`INSERT INTO reactions (item_id, remark_id, account_id, sign, at) SELECT n.id, NULLIF(n.id, n.id), r.account_id, r.sign, r.at FROM reactions r, items n WHERE n.id = $1 AND r.item_id = $2 AND r.remark_id IS NULL`,
	} {
		if _, err := tx.Exec(ctx, query, fresh, it.ID); err != nil {
			return fmt.Errorf("moving an item: %w", err)
		}
	}
	return nil
}

type copied struct {
	id, parent, author       id.ID
	body                     string
	created, edited, removed int64
}

// copyRemarks copies the comments of an item under another, with their reactions
// and the people that they name. Groups are of the space that they came from: their
// names become words.
func copyRemarks(ctx context.Context, tx *db.Tx, from, to id.ID) (map[id.ID]id.ID, error) {
	var all []copied
	err := tx.All(ctx, func(rows *sql.Rows) error {
		var c copied
		err := rows.Scan(&c.id, &c.parent, &c.author, &c.body, &c.created, &c.edited, &c.removed)
		all = append(all, c)
		return err
	}, `SELECT id, parent_id, author_id, body, created_at, edited_at, removed_at FROM remarks WHERE item_id = $1 ORDER BY CASE WHEN parent_id IS NULL THEN 0 ELSE 1 END, created_at, id`, from)
	if err != nil {
		return nil, fmt.Errorf("moving comments: %w", err)
	}
	fresh := map[id.ID]id.ID{}
	for _, c := range all {
		fresh[c.id] = id.New()
	}
	for len(all) > 0 {
		some := all[:min(len(all), copiedAtOnce)]
		all = all[len(some):]
		if err := writeCopies(ctx, tx, to, some, fresh); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

// writeCopies writes some comments, then what hangs from each of them, by a list
// of old and new ids that the statements join.
func writeCopies(ctx context.Context, tx *db.Tx, to id.ID, some []copied, fresh map[id.ID]id.ID) error {
	b := db.NewBuilder().Add(`INSERT INTO remarks (id, item_id, parent_id, author_id, body, created_at, edited_at, removed_at) VALUES `)
	for i, c := range some {
		if i > 0 {
			b.Add(`, `)
		}
		b.Add(`(?, ?, ?, ?, ?, ?, ?, ?)`, fresh[c.id], to, fresh[c.parent], c.author, c.body, c.created, c.edited, c.removed)
	}
	if err := exec(ctx, tx, b); err != nil {
		return err
	}
	for _, hanging := range []string{
		`INSERT INTO reactions (item_id, remark_id, account_id, sign, at) SELECT n.item_id, n.id, r.account_id, r.sign, r.at FROM reactions r`,
		`INSERT INTO mentions (item_id, remark_id, account_id, group_id, by_id, at) SELECT n.item_id, n.id, r.account_id, NULLIF(n.id, n.id), r.by_id, r.at
			FROM (SELECT * FROM mentions WHERE account_id IS NOT NULL) r`,
		`INSERT INTO item_links (item_id, remark_id, to_id) SELECT n.item_id, n.id, r.to_id FROM item_links r`,
	} {
		b := db.NewBuilder().Add(hanging + ` JOIN (`)
		for i, c := range some {
			if i > 0 {
				b.Add(` UNION ALL `)
			}
			b.Add(`SELECT o.id AS old, m.id AS fresh FROM remarks o, remarks m WHERE o.id = ? AND m.id = ?`, c.id, fresh[c.id])
		}
		if err := exec(ctx, tx, b.Add(`) pair ON pair.old = r.remark_id JOIN remarks n ON n.id = pair.fresh`)); err != nil {
			return err
		}
	}
	return nil
}
