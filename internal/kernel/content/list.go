package content

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// ByID returns an item that the actor may read; fault.NotFound otherwise.
func ByID(ctx context.Context, tx *db.Tx, a actor.Actor, itemID id.ID) (Item, error) {
	b := db.NewBuilder().Add(`SELECT `+Columns+` FROM items i WHERE i.id = ? AND `, itemID)
	return one(ctx, tx, access.Readable(b, "i", a))
}

// RowBySlug returns the item at an address within a service of a space, with what
// its by-line shows, if the actor may read it; fault.NotFound otherwise.
func RowBySlug(ctx context.Context, tx *db.Tx, a actor.Actor, spaceID id.ID, service int, slug string) (Row, error) {
	b := db.NewBuilder().Add(`SELECT `+RowColumns+` FROM items i JOIN accounts a ON a.id = i.author_id WHERE i.space_id = ? AND i.service = ? AND i.slug = ? AND `,
		spaceID, service, slug)
	rows, err := list(ctx, tx, access.Readable(b, "i", a))
	if err != nil {
		return Row{}, err
	}
	if len(rows) == 0 {
		return Row{}, fault.NotFoundError()
	}
	return rows[0], nil
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
	// Pinned: the space keeps it at hand. Set by who lists both.
	Pinned bool
}

// RowColumns are those that ScanRow reads, of items AS i and their authors AS a.
const RowColumns = Columns + `, a.name, a.class, a.organisation, a.hue,
	(SELECT COUNT(*) FROM remarks r WHERE r.item_id = i.id AND r.removed_at = 0)`

// ScanRow reads RowColumns, then more.
func ScanRow(read func(dest ...any) error, more ...any) (r Row, err error) {
	err = new(reader).row(&r, read, more...)
	return r, err
}

// row reads RowColumns into a row where it lies, then more.
func (r *reader) row(row *Row, read func(dest ...any) error, more ...any) error {
	return r.item(&row.Item, read, append([]any{&row.AuthorName, &row.AuthorClass, &row.AuthorOrg, &row.AuthorHue, &row.Remarks}, more...)...)
}

// Latest lists the published items of one service of a space that the actor may
// read, newest first, from the one after the cursor; next is nil at the end.
func Latest(ctx context.Context, tx *db.Tx, a actor.Actor, spaceID id.ID, service int, after Cursor, limit int) ([]Row, *Cursor, error) {
	f := feed{actor: a, spaces: []id.ID{spaceID}, look: usual().Scopes, after: after, limit: limit + 1, within: func(b *db.Builder) *db.Builder {
		return b.Add(`sc.service = ?`, service)
	}}
	rows, err := f.read(ctx, tx)
	return page(rows, limit, err)
}

func page(rows []Row, limit int, err error) ([]Row, *Cursor, error) {
	if err != nil || len(rows) <= limit {
		return rows, nil, err
	}
	last := rows[limit-1]
	return rows[:limit], &Cursor{At: last.PublishedAt, ID: last.ID}, nil
}

// Drafts lists the actor's own drafts in a service of a space, scheduled ones
// included, the last edited first, 50 at most.
func Drafts(ctx context.Context, tx *db.Tx, a actor.Actor, spaceID id.ID, service int) ([]Row, error) {
	b := access.SpaceIn(db.NewBuilder().Add(`SELECT `+RowColumns+` FROM `), spaceID, a).Add(` CROSS JOIN items i JOIN accounts a ON a.id = i.author_id
		WHERE i.author_id = ? AND i.state <> 2 /* for the index */ AND i.state IN (1, 4) AND i.space_id = ? AND i.service = ? AND `, a.Account, spaceID, service)
	return list(ctx, tx, access.ReadableThere(b, "i", a).Add(` ORDER BY i.updated_at DESC, i.id DESC LIMIT 50`))
}

// usualPage is how many rows most lists have: room is made for them at once.
const usualPage = 32

func list(ctx context.Context, tx *db.Tx, b *db.Builder) ([]Row, error) {
	query, args, err := b.Build()
	if err != nil {
		return nil, err
	}
	var out []Row
	var through reader
	err = tx.All(ctx, func(rows *sql.Rows) error {
		if out == nil {
			out = make([]Row, 0, usualPage)
		}
		out = append(out, Row{})
		return through.row(&out[len(out)-1], rows.Scan)
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing items: %w", err)
	}
	return out, nil
}
