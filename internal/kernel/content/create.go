package content

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/mention"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// New is what an item is created from. Draft, Scheduled and Published are the
// states to start in.
type New struct {
	Space   id.ID
	Service int
	Kind    string
	Parent  id.ID
	Text
	State State
	// PublishAt is when a Scheduled item is to be published.
	PublishAt time.Time
	// Chosen are those whom the writer picked while typing their names.
	Chosen []mention.Target
	// Readers restrict the item to them, and to the leads, from its first moment.
	Readers []access.Entry
}

// Create adds an item at revision 1, read by whoever reads its parent, or by some of
// them only. The caller
// holds the space's lock, which makes the address unique: one taken gets a number,
// whether or not the actor may read what took it. fault.NotFound for a parent
// that the actor may not read, or of another space or service.
func Create(ctx context.Context, tx *db.Tx, a actor.Actor, n New, now time.Time) (Item, error) {
	it := Item{
		ID: id.New(), Space: n.Space, Service: n.Service, Kind: n.Kind, Parent: n.Parent, Title: n.Title, Body: n.Body,
		State: n.State, Author: a.Account, CreatedAt: now, UpdatedAt: now, Revision: 1,
	}
	switch n.State {
	case Published:
		it.PublishedAt = now
	case Scheduled:
		it.PublishAt = n.PublishAt
	case Draft, Archived, Trashed:
	}
	var err error
	if it.Audience, err = inherited(ctx, tx, a, n); err != nil {
		return Item{}, err
	}
	if len(n.Readers) > 0 {
		if it.Audience, err = access.NewAudience(ctx, tx, it.Space, it.Audience, n.Readers); err != nil {
			return Item{}, err
		}
		it.Restricted = true
	}
	if it.Scope, err = access.Scope(ctx, tx, it.Space, it.Service, it.Audience); err != nil {
		return Item{}, err
	}
	if it.Body, err = mention.ResolveWithin(ctx, tx, a, it.Scope, it.Body, MaxBody, n.Chosen); err != nil {
		return Item{}, err
	}
	if it.Slug, err = freeSlug(ctx, tx, n.Space, n.Service, space.Slug(n.Title)); err != nil {
		return Item{}, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO items (id, space_id, service, kind, parent_id, audience_id, restricted, scope_id, title, slug, body, state, author_id, created_at, updated_at, published_at, publish_at, trashed_at, trashed_from, revision)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0, 0, 1)`,
		it.ID, it.Space, it.Service, it.Kind, it.Parent, it.Audience, it.Restricted, it.Scope, it.Title, it.Slug, it.Body, int(it.State), it.Author,
		clock.Millis(it.CreatedAt), clock.Millis(it.UpdatedAt), clock.Millis(it.PublishedAt), clock.Millis(it.PublishAt))
	if err != nil {
		return Item{}, fmt.Errorf("creating an item: %w", err)
	}
	if it.State == Published {
		if err := access.Refresh(ctx, tx, it.Space, it.Scope); err != nil {
			return Item{}, err
		}
	}
	if kept := n.Fields[FieldTags]; kept != "" {
		if err := tag(ctx, tx, it, kept); err != nil {
			return Item{}, err
		}
	}
	if err := mention.Set(ctx, tx, a, it.Scope, it.ID, id.ID{}, it.Body, now); err != nil {
		return Item{}, err
	}
	n.Body = it.Body
	if err := attach.EmbedAll(ctx, tx, a, it.ID, n.embeds(), now); err != nil {
		return Item{}, err
	}
	return it, keep(ctx, tx, a, it, n.Fields, NoNote, 0)
}

// inherited returns the audience of the parent, zero where there is none.
func inherited(ctx context.Context, tx *db.Tx, a actor.Actor, n New) (id.ID, error) {
	if n.Parent.IsZero() {
		return id.ID{}, nil
	}
	parent, err := ByID(ctx, tx, a, n.Parent)
	if err != nil {
		return id.ID{}, err
	}
	if parent.Space != n.Space || parent.Service != n.Service {
		return id.ID{}, fault.NotFoundError()
	}
	return parent.Audience, nil
}

// freeSlug finds an address nobody uses in the service of the space, with one
// query: the numbers taken come back together ('.' is the byte after '-').
func freeSlug(ctx context.Context, tx *db.Tx, spaceID id.ID, service int, base string) (string, error) {
	taken := map[string]bool{}
	err := tx.All(ctx, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		taken[s] = true
		return err
	}, `SELECT slug FROM items WHERE space_id = $1 AND service = $2 AND (slug = $3 OR slug >= $4 AND slug < $5)`,
		spaceID, service, base, base+"-", base+".")
	if err != nil {
		return "", fmt.Errorf("choosing an address: %w", err)
	}
	slug := base
	for i := 2; taken[slug]; i++ {
		slug = base + "-" + strconv.Itoa(i)
	}
	return slug, nil
}
