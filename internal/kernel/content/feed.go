package content

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// Look is how far a feed looks at first: among the latest spaces of a person, and
// the latest scopes of those. Each further look is six times as far. It decides
// how fast a feed is read, never what it holds.
type Look struct {
	Spaces, Scopes int
	// Many is from how many on the spaces of a person are sought among the latest of all.
	Many int
}

// usual is where most feeds end at the first look, as measured.
func usual() Look { return Look{Spaces: 60, Scopes: 31, Many: 1000} }

const (
	wider = 6
	// maxArms keeps the statement under what SQLite takes: 500 parts of a compound.
	maxArms = 400
)

// Feed lists the published items over all spaces of which the actor is a member,
// newest first, from the one after the cursor; next is nil at the end.
//
// It reads in steps, as the number of spaces must not matter: the spaces where
// something was published last, their latest scopes that the actor may read, then
// the newest items of each scope, which are merged. That is exact as long as the
// page ends before the last space and scope that were looked at; where it does
// not, it looks further and begins again.
func Feed(ctx context.Context, tx *db.Tx, a actor.Actor, after Cursor, limit int) ([]Row, *Cursor, error) {
	return FeedFrom(ctx, tx, a, usual(), after, limit)
}

// FeedFrom is Feed that looks at first as far as it is told.
func FeedFrom(ctx context.Context, tx *db.Tx, a actor.Actor, look Look, after Cursor, limit int) ([]Row, *Cursor, error) {
	for n := look.Spaces; ; n *= wider {
		spaces, end, err := latestSpaces(ctx, tx, a, look.Many, n)
		if err != nil {
			return nil, nil, err
		}
		f := feed{actor: a, spaces: spaces, look: look.Scopes, after: after, limit: limit + 1}
		if end != nil {
			f.floor = clock.Millis(end.At) // what is older is of no use before a further look
		}
		rows, err := f.read(ctx, tx)
		if err != nil {
			return nil, nil, err
		}
		if end == nil || reaches(rows, limit+1, *end) {
			return page(rows, limit, nil)
		}
	}
}

// reaches tells whether a full page ends at or before a place: nothing that was
// not looked at could stand in it.
func reaches(rows []Row, full int, end Cursor) bool {
	if len(rows) < full {
		return false
	}
	last := rows[len(rows)-1]
	return last.PublishedAt.After(end.At) || last.PublishedAt.Equal(end.At) && !less(last.ID, end.ID)
}

func less(a, b id.ID) bool { return string(a[:]) < string(b[:]) }

// latestSpaces lists the actor's spaces by their newest item. end is the place of
// the last one when there are more.
//
// Those of a member of many are sought first among the latest of all spaces, half as many as
// they have; where that finds too few, all of theirs are gathered, as those of others are.
func latestSpaces(ctx context.Context, tx *db.Tx, a actor.Actor, many, limit int) (spaces []id.ID, end *Cursor, err error) {
	var places []Cursor
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var space, last id.ID
		var at int64
		err := rows.Scan(&space, &at, &last)
		spaces, places = append(spaces, space), append(places, Cursor{At: clock.FromMillis(at), ID: last})
		return err
	}, `WITH walked AS MATERIALIZED (SELECT sa.space_id, sa.last_at, sa.last_id
			FROM (SELECT space_id, last_at, last_id FROM space_access WHERE last_at > 0 ORDER BY last_at DESC, last_id DESC
				LIMIT (SELECT CASE WHEN COUNT(*) >= $1 THEN COUNT(*) / 2 ELSE 0 END FROM memberships WHERE account_id = $2)) sa
			WHERE EXISTS (SELECT 1 FROM memberships m WHERE m.account_id = $2 AND m.space_id = sa.space_id LIMIT 1 OFFSET 0)
			ORDER BY sa.last_at DESC, sa.last_id DESC LIMIT $3)
		SELECT space_id, last_at, last_id FROM walked WHERE (SELECT COUNT(*) FROM walked) = $3
		UNION ALL SELECT * FROM (SELECT sa.space_id, sa.last_at, sa.last_id FROM memberships m JOIN space_access sa ON sa.space_id = m.space_id
			WHERE m.account_id = $2 AND sa.last_at > 0 AND (SELECT COUNT(*) FROM walked) < $3 ORDER BY sa.last_at DESC, sa.last_id DESC LIMIT $3) gathered
		ORDER BY last_at DESC, last_id DESC`, many, a.Account, limit+1)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the latest spaces: %w", err)
	}
	if len(spaces) > limit {
		spaces, end = spaces[:limit], &places[limit]
	}
	return spaces, end, nil
}

// feed reads the newest items of some scopes.
type feed struct {
	actor  actor.Actor
	look   int // how many scopes at first
	after  Cursor
	limit  int
	floor  int64 // in milliseconds: the page is of use only where it ends above it
	spaces []id.ID
	within func(*db.Builder) *db.Builder // narrows the scopes sc, if it is there
}

// scopes appends the condition on sc, of scopes in question, in some spaces.
func (f feed) scopes(b *db.Builder, spaces ...id.ID) *db.Builder {
	db.In(b.Add(`sc.last_at >= ? AND sc.space_id IN `, max(1, f.floor)), spaces)
	if f.within != nil {
		f.within(b.Add(` AND `))
	}
	return b
}

// read returns the newest items, exactly, whatever the number of scopes.
func (f feed) read(ctx context.Context, tx *db.Tx) ([]Row, error) {
	if len(f.spaces) == 0 {
		return nil, nil
	}
	for n := f.look; n <= maxArms; n *= wider {
		scopes, end, err := f.latest(ctx, tx, n)
		if err != nil || len(scopes) == 0 && end == nil {
			return nil, err
		}
		if len(scopes) == 0 {
			continue // none of so many may be read: further
		}
		rows, err := f.merge(ctx, tx, scopes)
		if err != nil || end == nil || reaches(rows, f.limit, *end) {
			return rows, err
		}
	}
	// So many scopes above the page: all of them, by the items themselves.
	b := db.NewBuilder().Add(`SELECT ` + RowColumns + ` FROM items i JOIN accounts a ON a.id = i.author_id
		WHERE i.state = 2 AND i.scope_id IN (SELECT sc.id FROM scopes sc WHERE `)
	access.Readable(f.below(f.scopes(b, f.spaces...).Add(`)`)).Add(` AND `), "i", f.actor).
		Add(` ORDER BY i.published_at DESC, i.id DESC LIMIT ?`, f.limit)
	return list(ctx, tx, b)
}

// candidates is how many scopes are weighed for each that is wanted: the right of a
// scope costs more than finding it, and where few may be read, most are not.
const candidates = 2

// latestScope is a scope and when something was published in it last, in
// milliseconds.
type latestScope struct {
	id access.ScopeID
	at int64
}

// latest lists readable scopes by their newest item, among the latest candidates. end
// is the place of the first one left out, or of the last candidate when there are
// more.
func (f feed) latest(ctx context.Context, tx *db.Tx, limit int) (scopes []latestScope, end *Cursor, err error) {
	most := limit * candidates
	b := db.NewBuilder().Add(`SELECT sc.id, sc.last_at, sc.last_id, CASE WHEN `)
	access.ReadableScope(b, "sc", f.actor).Add(` THEN 1 ELSE 0 END FROM (SELECT * FROM (`)
	arms := [][]id.ID{f.spaces}
	if f.floor == 0 && len(f.spaces) <= maxArms {
		arms = slices.Collect(slices.Chunk(f.spaces, 1)) // one of them may have thousands, and nothing bounds how old they are
	}
	for i, spaces := range arms {
		if i > 0 {
			b.Add(` UNION ALL `)
		}
		f.scopes(b.Add(`SELECT * FROM (SELECT sc.* FROM scopes sc WHERE `), spaces...).Add(` ORDER BY sc.last_at DESC, sc.last_id DESC LIMIT ?) arm`, most+1)
	}
	b.Add(`) sc ORDER BY sc.last_at DESC, sc.last_id DESC LIMIT ?) sc ORDER BY sc.last_at DESC, sc.last_id DESC`, most+1)
	query, args, err := b.Build()
	if err != nil {
		return nil, nil, err
	}
	seen := 0
	scopes = make([]latestScope, 0, limit)
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var scope access.ScopeID
		var at int64
		var last id.ID
		var reads int
		err := rows.Scan(&scope, &at, &last, &reads)
		place := Cursor{At: clock.FromMillis(at), ID: last}
		seen++
		switch {
		case end != nil:
		case seen > most, reads == 1 && len(scopes) == limit:
			end = &place
		case reads == 1:
			scopes = append(scopes, latestScope{scope, at})
		}
		return err
	}, query, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the latest scopes: %w", err)
	}
	return scopes, end, nil
}

// merge reads the newest items of each scope and keeps the newest of all. The
// right is asked again of each item: the scopes were only where to look.
func (f feed) merge(ctx context.Context, tx *db.Tx, scopes []latestScope) ([]Row, error) {
	// As many scopes as the first page has rows fill it with their newest items alone:
	// nothing older than the last of those can stand in it.
	floor := f.floor
	if f.after.ID.IsZero() && len(scopes) >= f.limit {
		floor = scopes[f.limit-1].at
	}
	b := db.NewBuilder().Add(`SELECT ` + RowColumns + ` FROM (SELECT arms.id FROM (`)
	for i, scope := range scopes {
		if i > 0 {
			b.Add(` UNION ALL `)
		}
		f.below(b.Add(`SELECT * FROM (SELECT i.id, i.published_at FROM items i WHERE i.scope_id = ? AND i.state = 2 AND i.published_at >= ?`, int64(scope.id), floor)).
			Add(` ORDER BY i.published_at DESC, i.id DESC LIMIT ?) arm`, f.limit)
	}
	// The page is cut before its rows are read: each arm gives as many.
	b.Add(`) arms ORDER BY arms.published_at DESC, arms.id DESC LIMIT ?`, f.limit).Add(`) newest JOIN items i ON i.id = newest.id JOIN accounts a ON a.id = i.author_id WHERE `)
	// They are put in order here: a database would carry their texts through its sort.
	rows, err := list(ctx, tx, access.Readable(b, "i", f.actor))
	slices.SortFunc(rows, func(x, y Row) int {
		return cmp.Or(y.PublishedAt.Compare(x.PublishedAt), bytes.Compare(y.ID[:], x.ID[:]))
	})
	return rows, err
}

func (f feed) below(b *db.Builder) *db.Builder {
	if f.after.ID.IsZero() {
		return b
	}
	return b.Add(` AND (i.published_at, i.id) < (?, ?)`, clock.Millis(f.after.At), f.after.ID)
}

// maxUnread bounds what Unread counts: beyond it, "100 and more" says enough.
const (
	maxUnread = 100
	// newScopes is in how many scopes at most it looks.
	newScopes = 5000
)

// Unread counts what others published since an instant in the spaces of which the
// actor is a member, 100 at most.
func Unread(ctx context.Context, tx *db.Tx, a actor.Actor, since time.Time) (n int, err error) {
	// The scopes come first, and few enough: PostgreSQL would else go, now and then, through
	// all that is new anywhere until it has found enough of one's own. What is published in
	// a scope has the same readers: the right is weighed once for all of it.
	b := db.NewBuilder().Add(`SELECT COUNT(*) FROM (SELECT i.id FROM (
			SELECT sc.id FROM memberships m JOIN space_access sa ON sa.space_id = m.space_id JOIN scopes sc ON sc.space_id = m.space_id
			WHERE m.account_id = ? AND sc.last_at > ? AND `, a.Account, clock.Millis(since))
	query, args, err := access.ReadableScopeThere(b, "sc", a).Add(` ORDER BY m.space_id LIMIT ?) mine
		CROSS JOIN items i WHERE i.scope_id = mine.id AND i.state = 2 AND i.published_at > ? AND i.author_id <> ? LIMIT ?) unread`,
		newScopes, clock.Millis(since), a.Account, maxUnread).Build()
	if err != nil {
		return 0, err
	}
	if err := tx.QueryRow(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting what is new: %w", err)
	}
	return n, nil
}

// ChildCursor is where a page of children begins: after this title and item.
type ChildCursor struct {
	Title string
	ID    id.ID
}

// Children lists the items under another that the actor may read, in any state,
// by title and without their bodies, from the one after the cursor; next is nil at the
// end.
func Children(ctx context.Context, tx *db.Tx, a actor.Actor, parent id.ID, after ChildCursor, limit int) ([]Item, *ChildCursor, error) {
	b := access.SpaceOf(db.NewBuilder().Add(`SELECT `+listed+` FROM `), parent, a).Add(` CROSS JOIN items i WHERE i.parent_id = ?`, parent)
	if !after.ID.IsZero() {
		b.Add(` AND (i.title, i.id) > (?, ?)`, after.Title, after.ID)
	}
	query, args, err := access.ReadableThere(b.Add(` AND `), "i", a).Add(` ORDER BY i.title, i.id LIMIT ?`, limit+1).Build()
	if err != nil {
		return nil, nil, err
	}
	out := make([]Item, 0, limit+1) // hundreds: they are read where they will lie
	var through reader
	err = tx.All(ctx, func(rows *sql.Rows) error {
		out = append(out, Item{})
		return through.item(&out[len(out)-1], rows.Scan)
	}, query, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("listing what lies under an item: %w", err)
	}
	if len(out) <= limit {
		return out, nil, nil
	}
	last := out[limit-1]
	return out[:limit], &ChildCursor{Title: last.Title, ID: last.ID}, nil
}
