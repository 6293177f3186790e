package content

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// State is where an item is in its life. The numbers are stored.
type State int

// The states.
const (
	Draft     State = 1
	Published State = 2
	Archived  State = 3
	Scheduled State = 4
	Trashed   State = 5
)

// Item is what was published. Body is Markdown; PublishedAt is zero for a draft.
type Item struct {
	ID          id.ID
	Space       id.ID
	Service     int
	Kind        string
	Parent      id.ID
	Title       string
	Slug        string
	Body        string
	State       State
	Author      id.ID
	CreatedAt   time.Time
	UpdatedAt   time.Time
	PublishedAt time.Time
	Revision    int64
}

// Limits, in characters for the title and in bytes for the body.
const (
	MaxTitle = 200
	MaxBody  = 1 << 20
)

// Columns are those that Scan reads, of items AS i.
const Columns = `i.id, i.space_id, i.service, i.kind, i.parent_id, i.title, i.slug, i.body, i.state, i.author_id, i.created_at, i.updated_at, i.published_at, i.revision`

// Scan reads Columns, then more.
func Scan(read func(dest ...any) error, more ...any) (it Item, err error) {
	var created, updated, published int64
	err = read(append([]any{&it.ID, &it.Space, &it.Service, &it.Kind, &it.Parent, &it.Title, &it.Slug, &it.Body, &it.State, &it.Author, &created, &updated, &published, &it.Revision}, more...)...)
	it.CreatedAt, it.UpdatedAt, it.PublishedAt = clock.FromMillis(created), clock.FromMillis(updated), clock.FromMillis(published)
	return it, err
}

// New is what an item is created from. Draft or Published are the states to
// start in.
type New struct {
	Space   id.ID
	Service int
	Kind    string
	Parent  id.ID
	Title   string
	Body    string
	State   State
}

// Create adds an item at revision 1. The caller holds the space's lock, which
// makes the address unique: one taken gets a number, whether or not the actor
// may read what took it.
func Create(ctx context.Context, tx *db.Tx, a actor.Actor, n New, now time.Time) (Item, error) {
	it := Item{
		ID: id.New(), Space: n.Space, Service: n.Service, Kind: n.Kind, Parent: n.Parent, Title: n.Title, Body: n.Body,
		State: n.State, Author: a.Account, CreatedAt: now, UpdatedAt: now, Revision: 1,
	}
	if n.State == Published {
		it.PublishedAt = now
	}
	var err error
	if it.Slug, err = freeSlug(ctx, tx, n.Space, n.Service, space.Slug(n.Title)); err != nil {
		return Item{}, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO items (id, space_id, service, kind, parent_id, title, slug, body, state, author_id, created_at, updated_at, published_at, revision)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)`,
		it.ID, it.Space, it.Service, it.Kind, it.Parent, it.Title, it.Slug, it.Body, int(it.State), it.Author,
		clock.Millis(it.CreatedAt), clock.Millis(it.UpdatedAt), clock.Millis(it.PublishedAt))
	if err != nil {
		return Item{}, fmt.Errorf("creating an item: %w", err)
	}
	return it, keep(ctx, tx, a, it)
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

// Change is what a write wants an item to become.
type Change struct {
	Title string
	Body  string
	State State
	// Touched says that the feature's own row changes with it.
	Touched bool
}

// Apply writes a change that started from the base revision. Equal: revision +
// 1 and a row of history. Stale: fault.Conflict, and nothing is written; the
// caller shows both texts. The caller has locked the space and checked the right.
func Apply(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, base int64, c Change, now time.Time) (Item, error) {
	if it.Revision != base {
		return it, fault.New(fault.Conflict, "content.conflict")
	}
	if it.Title == c.Title && it.Body == c.Body && it.State == c.State && !c.Touched {
		return it, nil
	}
	was := it.Revision
	if it.State == Draft && c.State == Published {
		it.PublishedAt = now
	}
	it.Title, it.Body, it.State, it.UpdatedAt, it.Revision = c.Title, c.Body, c.State, now, was+1
	n, err := tx.Exec(ctx, `UPDATE items SET title = $1, body = $2, state = $3, updated_at = $4, published_at = $5, revision = $6 WHERE id = $7 AND revision = $8`,
		it.Title, it.Body, int(it.State), clock.Millis(now), clock.Millis(it.PublishedAt), it.Revision, it.ID, was)
	if err != nil {
		return it, fmt.Errorf("changing an item: %w", err)
	}
	if n == 0 {
		return it, fault.New(fault.Conflict, "content.conflict")
	}
	return it, keep(ctx, tx, a, it)
}

func keep(ctx context.Context, tx *db.Tx, a actor.Actor, it Item) error {
	_, err := tx.Exec(ctx, `INSERT INTO item_revisions (item_id, revision, author_id, at, title, body, state) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		it.ID, it.Revision, a.Account, clock.Millis(it.UpdatedAt), it.Title, it.Body, int(it.State))
	if err != nil {
		return fmt.Errorf("keeping a revision: %w", err)
	}
	return nil
}

// ByID returns an item that the actor may read; fault.NotFound otherwise.
func ByID(ctx context.Context, tx *db.Tx, a actor.Actor, itemID id.ID) (Item, error) {
	b := db.NewBuilder().Add(`SELECT `+Columns+` FROM items i WHERE i.id = ? AND `, itemID)
	return one(ctx, tx, access.Readable(b, "i", a))
}

// BySlug returns the item at an address within a service of a space, if the
// actor may read it; fault.NotFound otherwise.
func BySlug(ctx context.Context, tx *db.Tx, a actor.Actor, spaceID id.ID, service int, slug string) (Item, error) {
	b := db.NewBuilder().Add(`SELECT `+Columns+` FROM items i WHERE i.space_id = ? AND i.service = ? AND i.slug = ? AND `, spaceID, service, slug)
	return one(ctx, tx, access.Readable(b, "i", a))
}

func one(ctx context.Context, tx *db.Tx, b *db.Builder) (Item, error) {
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

// Cursor is where a page of items, newest first, begins: after this one.
type Cursor struct {
	At time.Time
	ID id.ID
}

// Row is an item in a list, with what its by-line shows.
type Row struct {
	Item
	AuthorName  string
	AuthorClass string
	AuthorOrg   string
	AuthorHue   int
	Remarks     int
}

const rowColumns = Columns + `, a.name, a.class, a.organisation, a.hue,
	(SELECT COUNT(*) FROM remarks r WHERE r.item_id = i.id AND r.removed_at = 0)`

func scanRow(rows *sql.Rows) (r Row, err error) {
	r.Item, err = Scan(rows.Scan, &r.AuthorName, &r.AuthorClass, &r.AuthorOrg, &r.AuthorHue, &r.Remarks)
	return r, err
}

// Latest lists the published items of one service of a space, newest first,
// from the one after the cursor; next is nil at the end.
func Latest(ctx context.Context, tx *db.Tx, a actor.Actor, spaceID id.ID, service int, after Cursor, limit int) ([]Row, *Cursor, error) {
	b := db.NewBuilder().Add(`SELECT `+rowColumns+` FROM items i JOIN accounts a ON a.id = i.author_id
		WHERE i.space_id = ? AND i.service = ? AND i.state = 2`, spaceID, service)
	if !after.ID.IsZero() {
		b.Add(` AND (i.published_at, i.id) < (?, ?)`, clock.Millis(after.At), after.ID)
	}
	access.Readable(b.Add(` AND `), "i", a).Add(` ORDER BY i.published_at DESC, i.id DESC LIMIT ?`, limit+1)
	rows, err := list(ctx, tx, b)
	if err != nil || len(rows) <= limit {
		return rows, nil, err
	}
	last := rows[limit-1]
	return rows[:limit], &Cursor{At: last.PublishedAt, ID: last.ID}, nil
}

// Drafts lists the actor's own drafts in a service of a space, the last edited
// first, 50 at most.
func Drafts(ctx context.Context, tx *db.Tx, a actor.Actor, spaceID id.ID, service int) ([]Row, error) {
	b := db.NewBuilder().Add(`SELECT `+rowColumns+` FROM items i JOIN accounts a ON a.id = i.author_id
		WHERE i.author_id = ? AND i.state <> 2 /* for the index */ AND i.state = 1 AND i.space_id = ? AND i.service = ? AND `, a.Account, spaceID, service)
	return list(ctx, tx, access.Readable(b, "i", a).Add(` ORDER BY i.updated_at DESC, i.id DESC LIMIT 50`))
}

// Feed lists the newest published items over the spaces of which the actor is a
// member, newest first.
func Feed(ctx context.Context, tx *db.Tx, a actor.Actor, spaces []id.ID, limit int) ([]Row, error) {
	if len(spaces) == 0 {
		return nil, nil
	}
	b := db.NewBuilder().Add(`SELECT ` + rowColumns + ` FROM items i JOIN accounts a ON a.id = i.author_id WHERE i.state = 2 AND i.space_id IN `)
	access.Readable(db.In(b, spaces).Add(` AND `), "i", a).Add(` ORDER BY i.published_at DESC, i.id DESC LIMIT ?`, limit)
	return list(ctx, tx, b)
}

func list(ctx context.Context, tx *db.Tx, b *db.Builder) ([]Row, error) {
	query, args, err := b.Build()
	if err != nil {
		return nil, err
	}
	var out []Row
	err = tx.All(ctx, func(rows *sql.Rows) error {
		r, err := scanRow(rows)
		out = append(out, r)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing items: %w", err)
	}
	return out, nil
}
