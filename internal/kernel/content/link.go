package content

import (
	"context"
	"fmt"
	"strings"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// maxLinks bounds the links of one text that are followed.
const maxLinks = 200

// Place is where an item stands: its service is told by the path of the service.
type Place struct{ SpaceSlug, ServicePath, Slug string }

// ParsePath reads the address of an item, without its origin: "/p/ID" gives the
// id, "/espaces/SPACE/SERVICE/ITEM" a place. ok is false for any other.
func ParsePath(path string) (item id.ID, p Place, ok bool) {
	path, _, _ = strings.Cut(path, "#")
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case len(parts) >= 2 && parts[0] == "p":
		item, err := id.Parse(parts[1])
		return item, Place{}, err == nil
	case len(parts) == 4 && parts[0] == "espaces" && parts[2] != "-" && parts[3] != "-":
		return id.ID{}, Place{parts[1], parts[2], parts[3]}, true
	}
	return id.ID{}, Place{}, false
}

// Link writes anew which items a text leads to: that of an item, or of one of its
// remarks when remark is set. paths are the addresses in it that stay on this
// instance; serviceOf gives the number of a service by its path, -1 for none. It
// asks for no right: whoever is shown a link is asked for it.
func Link(ctx context.Context, tx *db.Tx, item, remark id.ID, paths []string, serviceOf func(path string) int) error {
	b := db.NewBuilder().Add(`DELETE FROM item_links WHERE item_id = ? AND remark_id`, item)
	if remark.IsZero() {
		b.Add(` IS NULL`)
	} else {
		b.Add(` = ?`, remark)
	}
	if err := exec(ctx, tx, b); err != nil {
		return err
	}
	var ids []id.ID
	var places []Place
	for _, path := range paths[:min(len(paths), maxLinks)] {
		to, p, ok := ParsePath(path)
		switch {
		case !ok || to == item:
		case !to.IsZero():
			ids = append(ids, to)
		case serviceOf(p.ServicePath) >= 0:
			places = append(places, p)
		}
	}
	if len(ids)+len(places) == 0 {
		return nil
	}
	b = db.NewBuilder().Add(`INSERT INTO item_links (item_id, remark_id, to_id) SELECT DISTINCT f.id, `)
	if remark.IsZero() {
		b.Add(`NULLIF(f.id, f.id)`)
	} else {
		b.Add(`(SELECT r.id FROM remarks r WHERE r.id = ?)`, remark)
	}
	b.Add(`, t.id FROM items f, items t JOIN spaces s ON s.id = t.space_id WHERE f.id = ? AND t.id <> f.id AND (t.id IN `, item)
	db.In(b, ids)
	for _, p := range places {
		b.Add(` OR (s.slug = ? AND t.service = ? AND t.slug = ?)`, p.SpaceSlug, serviceOf(p.ServicePath), p.Slug)
	}
	return exec(ctx, tx, b.Add(`)`))
}

func exec(ctx context.Context, tx *db.Tx, b *db.Builder) error {
	query, args, err := b.Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("noting links: %w", err)
	}
	return nil
}

// MovedTo tells where an item that was moved is now, if the actor may read it
// there; ok is false for one that was not. The place is that of the item, or zero
// to ask by its id.
func MovedTo(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID, spaceID id.ID, service int, slug string) (to id.ID, ok bool, err error) {
	b := db.NewBuilder().Add(`SELECT i.id FROM item_moves v JOIN items i ON i.id = v.to_id WHERE `)
	if item.IsZero() {
		b.Add(`v.space_id = ? AND v.service = ? AND v.slug = ? AND `, spaceID, service, slug)
	} else {
		b.Add(`v.from_id = ? AND `, item)
	}
	query, args, err := access.Readable(b, "i", a).Add(` ORDER BY v.at DESC, v.from_id DESC LIMIT 1`).Build()
	if err != nil {
		return to, false, err
	}
	err = tx.QueryRow(ctx, query, args...).Scan(&to)
	if db.IsNoRows(err) {
		return to, false, nil
	}
	return to, err == nil, err
}
