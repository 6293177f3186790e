package bulk

import (
	"context"
	"fmt"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/content"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// item is a row to be written.
type item struct {
	id, parent, audience, author id.ID
	space                        int
	scope                        access.ScopeID
	restricted                   bool
	state                        content.State
	at                           time.Time
	title                        string
}

const words = "Le compte rendu de la réunion, les chiffres du trimestre et les suites à donner. Chacun complète sa partie avant vendredi ; le reste attendra la prochaine séance."

// makeItems makes the items in the order of the tree: what stands above, first.
func (m *maker) makeItems(ctx context.Context) (int, error) {
	nodes, err := m.audiences(ctx)
	if err != nil {
		return 0, err
	}
	s := m.Size
	all := make([]item, 0, s.Items)
	add := func(place int, parent *item, node *audience) item {
		it := item{space: place, scope: m.scopes[place], at: m.when(), state: content.Published, title: fmt.Sprintf("Billet %07d", len(all))}
		some := m.members[place]
		it.author = some[m.rng.IntN(len(some))]
		switch n := m.rng.IntN(100); {
		case parent != nil || node != nil: // what stands in a tree is published
		case n < 3:
			it.state = content.Draft
		case n < 6:
			it.state = content.Archived
		case n == 6:
			it.state = content.Trashed
		}
		if parent != nil {
			it.parent, it.audience, it.scope = parent.id, parent.audience, parent.scope
		}
		if node != nil {
			it.audience, it.scope, it.restricted = node.id, node.scope, true
		}
		it.id = m.newID(it.at)
		all = append(all, it)
		return it
	}
	folder := add(0, nil, nil)
	folder.state = content.Published
	all[0].state = content.Published
	m.world.Folder = folder.id
	for range s.Folder {
		add(0, &folder, nil)
	}
	tree := add(0, nil, nil)
	all[len(all)-1].state = content.Published
	m.world.Tree = tree.id
	for made := 0; made < s.Tree; {
		branch := add(0, &tree, nil)
		for made++; made < s.Tree && made%100 != 0; made++ {
			add(0, &branch, nil)
		}
	}
	for i := range nodes {
		node := add(nodes[i].space, nil, &nodes[i])
		if nodes[i].space == 0 {
			m.world.Restricted = node.id
		}
		for range 4 {
			add(nodes[i].space, &node, nil)
		}
	}
	inBig := 0
	for i := range all {
		if all[i].space == 0 {
			inBig++
		}
	}
	for ; inBig < s.BigItems; inBig++ {
		if it := add(0, nil, nil); it.state == content.Published {
			m.world.Plain = it.id
		}
	}
	for len(all) < s.Items {
		// Few spaces have much, most have little.
		r := m.rng.Float64()
		add(1+int(r*r*r*float64(s.Spaces-1)), nil, nil)
	}
	return len(all), m.writeItems(ctx, all)
}

func (m *maker) writeItems(ctx context.Context, all []item) error {
	now := clock.Millis(m.Now)
	err := m.insert(ctx, `items (id, space_id, service, kind, parent_id, audience_id, restricted, scope_id, title, slug, body, state, author_id, created_at, updated_at, published_at, publish_at, trashed_at, trashed_from, revision)`, 20, len(all), func(i int) []any {
		it, published, trashed, from := all[i], int64(0), int64(0), 0
		at := clock.Millis(it.at)
		if it.state != content.Draft {
			published = at
		}
		if it.state == content.Trashed {
			trashed, from = now, int(content.Published)
		}
		return []any{it.id, m.spaces[it.space], m.Service, "post", it.parent, it.audience, it.restricted, it.scope, it.title, fmt.Sprintf("billet-%07d", i), words, int(it.state), it.author, at, at, published, 0, trashed, from, 1}
	})
	if err != nil {
		return err
	}
	err = m.insert(ctx, `item_revisions (item_id, revision, author_id, at, title, body, state, fields, note, note_of)`, 10, len(all), func(i int) []any {
		return []any{all[i].id, 1, all[i].author, clock.Millis(all[i].at), all[i].title, words, int(all[i].state), `{"lede":"","tags":""}`, "", 0}
	})
	if err != nil {
		return err
	}
	return m.insert(ctx, `blog_posts (item_id, lede)`, 2, len(all), func(i int) []any { return []any{all[i].id, ""} })
}

// audience is a restricted node to be.
type audience struct {
	id    id.ID
	space int
	scope access.ScopeID
}

// audiences makes the audiences of the restricted nodes, by the kernel: of groups and
// of people, one of ten in the first space.
func (m *maker) audiences(ctx context.Context) ([]audience, error) {
	out := make([]audience, m.Size.Nodes)
	entries := make([][]access.Entry, len(out))
	for i := range out {
		if i%10 != 0 {
			out[i].space = m.rng.IntN(m.Size.Spaces)
		}
		groups, people := m.groups[out[i].space], m.members[out[i].space]
		if len(groups) > 0 {
			entries[i] = append(entries[i], access.Entry{Group: groups[m.rng.IntN(len(groups))]})
		}
		for range i % 3 {
			entries[i] = append(entries[i], access.Entry{Account: people[m.rng.IntN(len(people))]})
		}
		if len(entries[i]) == 0 {
			entries[i] = []access.Entry{{Account: people[0]}}
		}
	}
	err := m.each(ctx, len(out), 200, func(tx *db.Tx, i int) (err error) {
		if out[i].id, err = access.NewAudience(ctx, tx, m.spaces[out[i].space], id.ID{}, entries[i]); err != nil {
			return err
		}
		out[i].scope, err = access.Scope(ctx, tx, m.spaces[out[i].space], m.Service, out[i].id)
		return err
	})
	return out, err
}

// makeRemarks comments on published items.
func (m *maker) makeRemarks(ctx context.Context) (int, error) {
	var items []id.ID
	err := m.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id FROM items WHERE state = 2 ORDER BY id LIMIT $1`, m.Size.Remarks)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var one id.ID
			if err := rows.Scan(&one); err != nil {
				return err
			}
			items = append(items, one)
		}
		return rows.Err()
	})
	if err != nil {
		return 0, err
	}
	err = m.insert(ctx, `remarks (id, item_id, parent_id, author_id, body, created_at, edited_at, removed_at)`, 8, m.Size.Remarks, func(i int) []any {
		at := m.when()
		return []any{m.newID(at), items[i%len(items)], nil, m.people[m.rng.IntN(len(m.people))], "Merci, c’est clair.", clock.Millis(at), 0, 0}
	})
	return m.Size.Remarks, err
}

// newest writes which published item is the newest of each scope and of each space,
// as access.Refresh does for one.
func (m *maker) newest(ctx context.Context) (int, error) {
	return len(m.spaces), m.db.Write(ctx, func(tx *db.Tx) error {
		for _, query := range []string{
			`UPDATE scopes SET last_at = COALESCE((SELECT i.published_at FROM items i WHERE i.scope_id = scopes.id AND i.state = 2 ORDER BY i.published_at DESC, i.id DESC LIMIT 1), 0),
				last_id = (SELECT i.id FROM items i WHERE i.scope_id = scopes.id AND i.state = 2 ORDER BY i.published_at DESC, i.id DESC LIMIT 1)`,
			`UPDATE space_access SET last_at = COALESCE((SELECT s.last_at FROM scopes s WHERE s.space_id = space_access.space_id ORDER BY s.last_at DESC, s.last_id DESC LIMIT 1), 0),
				last_id = (SELECT s.last_id FROM scopes s WHERE s.space_id = space_access.space_id ORDER BY s.last_at DESC, s.last_id DESC LIMIT 1)`,
		} {
			if _, err := tx.Exec(ctx, query); err != nil {
				return err
			}
		}
		return nil
	})
}
