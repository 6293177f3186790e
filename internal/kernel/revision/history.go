package revision

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Revision is an item as it was at one time. Number begins at 1.
type Revision struct {
	Number int64
	At     time.Time
	State  content.State
	Note   content.Note
	// Restores is the revision whose text this one took, zero for others.
	Restores int64

	Author      id.ID
	AuthorName  string
	AuthorOrg   string
	AuthorClass account.Class
	AuthorHue   int
}

const columns = `v.revision, v.at, v.state, v.note, v.note_of, v.author_id, a.name, a.organisation, a.class, a.hue`

func scan(read func(dest ...any) error, more ...any) (r Revision, err error) {
	var at int64
	err = read(append([]any{&r.Number, &at, &r.State, &r.Note, &r.Restores, &r.Author, &r.AuthorName, &r.AuthorOrg, &r.AuthorClass, &r.AuthorHue}, more...)...)
	r.At = clock.FromMillis(at)
	return r, err
}

// visible begins a query of the revisions of an item that the actor may read: an
// item that they read, as it is and as its readers had it. Its past before, as a
// draft, scheduled, or in the trash, is its author's alone.
func visible(more string, a actor.Actor, item id.ID) *db.Builder {
	b := db.NewBuilder().Add(`SELECT `+columns+more+` FROM item_revisions v JOIN items i ON i.id = v.item_id JOIN accounts a ON a.id = v.author_id
		WHERE v.item_id = ? AND (v.state IN (2, 3) OR v.revision = i.revision OR i.author_id = ?) AND `, item, a.Account)
	return access.Readable(b, "i", a)
}

// List lists the revisions of an item, newest first, from the one before the
// number given, 0 for the newest; next is 0 at the end.
func List(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID, before int64, limit int) (out []Revision, next int64, err error) {
	b := visible("", a, item)
	if before > 0 {
		b.Add(` AND v.revision < ?`, before)
	}
	query, args, err := b.Add(` ORDER BY v.revision DESC LIMIT ?`, limit+1).Build()
	if err != nil {
		return nil, 0, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		r, err := scan(rows.Scan)
		out = append(out, r)
		return err
	}, query, args...)
	if err != nil {
		return nil, 0, fmt.Errorf("listing revisions: %w", err)
	}
	if len(out) > limit {
		out = out[:limit]
		next = out[limit-1].Number
	}
	return out, next, nil
}

// At returns a revision of an item with its text; fault.NotFound where the item
// has none such, or none that the actor may read.
func At(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID, number int64) (Revision, content.Text, error) {
	return one(ctx, tx, visible(`, v.title, v.body, v.fields`, a, item).Add(` AND v.revision = ?`, number))
}

// Before returns the revision that the actor may read before one, with its text;
// fault.NotFound where it is the first.
func Before(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID, number int64) (Revision, content.Text, error) {
	return one(ctx, tx, visible(`, v.title, v.body, v.fields`, a, item).Add(` AND v.revision < ? ORDER BY v.revision DESC LIMIT 1`, number))
}

func one(ctx context.Context, tx *db.Tx, b *db.Builder) (r Revision, t content.Text, err error) {
	query, args, err := b.Build()
	if err != nil {
		return r, t, err
	}
	var fields string
	r, err = scan(tx.QueryRow(ctx, query, args...).Scan, &t.Title, &t.Body, &fields)
	if db.IsNoRows(err) {
		return r, t, fault.NotFoundError()
	}
	if err != nil {
		return r, t, fmt.Errorf("reading a revision: %w", err)
	}
	t.Fields, err = content.ParseFields(fields)
	return r, t, err
}
