package remark

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/mention"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/platform/markup"
)

// MaxBody bounds a comment, in characters.
const MaxBody = 20_000

// maxStored bounds the text of a comment as it is stored, in bytes: what is shown
// of it.
const maxStored = markup.MaxCommentBytes

// What happens to remarks.
const (
	EventAdded   activity.Kind = "remark.added"
	EventEdited  activity.Kind = "remark.edited"
	EventRemoved activity.Kind = "remark.removed"
)

// Remark is a comment, or an answer when Parent is set. Body is Markdown, empty
// once Removed.
type Remark struct {
	ID        id.ID
	Item      id.ID
	Parent    id.ID
	Author    id.ID
	Body      string
	CreatedAt time.Time
	EditedAt  time.Time // zero if never
	Removed   bool

	AuthorName  string
	AuthorClass account.Class
	AuthorOrg   string
	AuthorHue   int
	AuthorRole  space.Role
}

// Thread is a comment with its answers, oldest first.
type Thread struct {
	Remark
	Replies []Remark
}

// Remarks is the room's use cases.
type Remarks struct {
	db     *db.DB
	clock  clock.Clock
	outbox *activity.Outbox
}

// New returns the use cases.
func New(d *db.DB, c clock.Clock, o *activity.Outbox) *Remarks {
	return &Remarks{db: d, clock: c, outbox: o}
}

// Said is a comment to be written under an item, or an answer to one of its comments
// when Parent is set; an answer to an answer joins the same thread.
type Said struct {
	Item, Parent id.ID
	Body         string
	// Chosen are those whom the writer picked while typing their names.
	Chosen []mention.Target
	// With does what goes with it in the same transaction, such as joining files.
	With func(ctx context.Context, tx *db.Tx, r Remark) error
}

// Add writes a comment. fault.Invalid names the field "body".
func (r *Remarks) Add(ctx context.Context, a actor.Actor, n Said) (Remark, error) {
	body, err := checkBody(n.Body)
	if err != nil {
		return Remark{}, err
	}
	var added Remark
	now := r.clock.Now()
	err = r.db.Write(ctx, func(tx *db.Tx) error {
		it, _, err := r.writable(ctx, tx, a, n.Item, access.ItemComment)
		if err != nil {
			return err
		}
		root, err := threadOf(ctx, tx, it.ID, n.Parent)
		if err != nil {
			return err
		}
		text, err := mention.ResolveWithin(ctx, tx, a, it.Scope, body, maxStored, n.Chosen)
		if err != nil {
			return err
		}
		added = Remark{ID: id.New(), Item: it.ID, Parent: root, Author: a.Account, Body: text, CreatedAt: now}
		if err := Insert(ctx, tx, added); err != nil {
			return err
		}
		if err := mention.Set(ctx, tx, a, it.Scope, it.ID, added.ID, text, now); err != nil {
			return err
		}
		if n.With != nil {
			if err := n.With(ctx, tx, added); err != nil {
				return err
			}
		}
		return r.outbox.Append(ctx, tx, a, activity.Event{Kind: EventAdded, Space: it.Space, Item: it.ID, Remark: added.ID})
	})
	return added, err
}

// Insert writes the row of a remark as it is given; it checks no right. Imports
// and demo data use it, Add stands on it.
func Insert(ctx context.Context, tx *db.Tx, r Remark) error {
	_, err := tx.Exec(ctx, `INSERT INTO remarks (id, item_id, parent_id, author_id, body, created_at, edited_at, removed_at) VALUES ($1, $2, $3, $4, $5, $6, 0, 0)`,
		r.ID, r.Item, r.Parent, r.Author, r.Body, clock.Millis(r.CreatedAt))
	if err != nil {
		return fmt.Errorf("adding a comment: %w", err)
	}
	return nil
}

// Edit changes the actor's own comment. Nobody edits another's.
func (r *Remarks) Edit(ctx context.Context, a actor.Actor, itemID, remarkID id.ID, body string, chosen ...mention.Target) error {
	body, err := checkBody(body)
	if err != nil {
		return err
	}
	now := r.clock.Now()
	return r.db.Write(ctx, func(tx *db.Tx) error {
		it, _, err := r.writable(ctx, tx, a, itemID, access.RemarkEditOwn)
		if err != nil {
			return err
		}
		var before string
		err = tx.QueryRow(ctx, `SELECT body FROM remarks WHERE id = $1 AND item_id = $2 AND author_id = $3`, remarkID, it.ID, a.Account).Scan(&before)
		if err != nil && !db.IsNoRows(err) {
			return fmt.Errorf("editing a comment: %w", err)
		}
		text, err := mention.ResolveWithin(ctx, tx, a, it.Scope, body, maxStored, chosen, before)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE remarks SET body = $1, edited_at = $2 WHERE id = $3 AND item_id = $4 AND author_id = $5 AND removed_at = 0`,
			text, clock.Millis(now), remarkID, it.ID, a.Account)
		if err != nil {
			return fmt.Errorf("editing a comment: %w", err)
		}
		if n == 0 {
			return fault.NotFoundError()
		}
		if err := mention.Set(ctx, tx, a, it.Scope, it.ID, remarkID, text, now); err != nil {
			return err
		}
		return r.outbox.Append(ctx, tx, a, activity.Event{Kind: EventEdited, Space: it.Space, Item: it.ID, Remark: remarkID})
	})
}

// Remove takes a comment away: its author's, or anyone's for who manages the
// service. Its text is erased; its place stays while answers hang from it.
func (r *Remarks) Remove(ctx context.Context, a actor.Actor, itemID, remarkID id.ID) error {
	now := r.clock.Now()
	return r.db.Write(ctx, func(tx *db.Tx) error {
		it, v, err := r.writable(ctx, tx, a, itemID, access.ItemRead)
		if err != nil {
			return err
		}
		b := db.NewBuilder().Add(`UPDATE remarks SET body = '', removed_at = ? WHERE id = ? AND item_id = ? AND removed_at = 0`,
			clock.Millis(now), remarkID, it.ID)
		if !v.Can(access.RemarkRemove, it.Service) {
			if err := v.Check(access.RemarkEditOwn, it.Service); err != nil {
				return err
			}
			b.Add(` AND author_id = ?`, a.Account)
		}
		query, args, err := b.Build()
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, query, args...)
		if err != nil {
			return fmt.Errorf("removing a comment: %w", err)
		}
		if n == 0 {
			return fault.NotFoundError()
		}
		if err := mention.Set(ctx, tx, a, it.Scope, it.ID, remarkID, "", now); err != nil {
			return err
		}
		return r.outbox.Append(ctx, tx, a, activity.Event{Kind: EventRemoved, Space: it.Space, Item: it.ID, Remark: remarkID})
	})
}

// writable locks the item's space and returns the item as it is from then on, if
// the actor may read it and do the action in its service. Comments are written and
// edited under what is published only; removing one stays possible after.
func (r *Remarks) writable(ctx context.Context, tx *db.Tx, a actor.Actor, itemID id.ID, action access.Action) (content.Item, access.View, error) {
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
	if err != nil {
		return it, v, err
	}
	if err := v.Check(action, it.Service); err != nil {
		return it, v, err
	}
	if it.State != content.Published && (action == access.ItemComment || action == access.ItemVote || action == access.RemarkEditOwn) {
		return it, v, fault.New(fault.Denied, "remark.closed")
	}
	return it, v, nil
}

// threadOf returns the comment that begins the thread of the one answered.
func threadOf(ctx context.Context, tx *db.Tx, itemID, answered id.ID) (id.ID, error) {
	if answered.IsZero() {
		return id.ID{}, nil
	}
	var root id.ID
	err := tx.QueryRow(ctx, `SELECT COALESCE(parent_id, id) FROM remarks WHERE id = $1 AND item_id = $2`, answered, itemID).Scan(&root)
	if db.IsNoRows(err) {
		return id.ID{}, fault.NotFoundError() // another item's comment, or none
	}
	return root, err
}

func checkBody(body string) (string, error) {
	body = strings.TrimSpace(body)
	if body == "" {
		return "", fault.InvalidFields(fault.Field{Name: "body", Key: "remark.body.empty"})
	}
	if utf8.RuneCountInString(body) > MaxBody {
		return "", fault.InvalidFields(fault.Field{Name: "body", Key: "remark.body.long", Args: []any{"max", MaxBody}})
	}
	return body, nil
}

const columns = `r.id, r.item_id, r.parent_id, r.author_id, r.body, r.created_at, r.edited_at, r.removed_at, a.name, a.class, a.organisation, a.hue, COALESCE(m.role, 0)`

const joins = ` FROM remarks r JOIN accounts a ON a.id = r.author_id JOIN items i ON i.id = r.item_id
	LEFT JOIN memberships m ON m.space_id = i.space_id AND m.account_id = r.author_id`

// Cursor is where a page of threads begins: after this comment. With In, it is an answer
// of that comment, whose thread goes on: the page begins with the comment once more, and
// the answers after this one.
type Cursor struct {
	At time.Time
	ID id.ID
	In id.ID
}

// maxAnswers is how many answers a page of threads has at most, over all.
const maxAnswers = 100

// Threads lists the comments of an item, which the caller has read for the actor,
// oldest first, each with its answers, from the one after the cursor: so many comments at
// most, and a hundred answers. It runs two queries.
func Threads(ctx context.Context, tx *db.Tx, a actor.Actor, itemID id.ID, after Cursor, limit int) (out []Thread, next *Cursor, err error) {
	b := db.NewBuilder().Add(`SELECT `+columns+joins+` WHERE r.item_id = ? AND r.parent_id IS NULL`, itemID)
	switch {
	case !after.In.IsZero():
		b.Add(` AND (r.created_at, r.id) >= (SELECT fil.created_at, fil.id FROM remarks fil WHERE fil.id = ? AND fil.item_id = r.item_id AND fil.parent_id IS NULL)`, after.In)
	case !after.ID.IsZero():
		b.Add(` AND (r.created_at, r.id) > (?, ?)`, clock.Millis(after.At), after.ID)
	}
	access.Readable(b.Add(` AND `), "i", a).Add(` ORDER BY r.created_at, r.id LIMIT ?`, limit+1)
	roots, err := list(ctx, tx, b)
	if err != nil {
		return nil, nil, err
	}
	if len(roots) > limit {
		roots = roots[:limit]
		next = &Cursor{At: roots[limit-1].CreatedAt, ID: roots[limit-1].ID}
	}
	if len(roots) == 0 {
		return nil, nil, nil
	}
	answers, more, err := answersTo(ctx, tx, a, roots, after)
	if err != nil {
		return nil, nil, err
	}
	place := map[id.ID]int{}
	for i, r := range roots {
		out = append(out, Thread{Remark: r})
		place[r.ID] = i
	}
	for _, r := range answers {
		i := place[r.Parent]
		out[i].Replies = append(out[i].Replies, r)
	}
	if more != nil {
		last := answers[len(answers)-1]
		i := place[last.Parent]
		out = out[:i+1]
		if next = (&Cursor{At: last.CreatedAt, ID: last.ID, In: last.Parent}); more.Parent != last.Parent {
			next = &Cursor{At: out[i].CreatedAt, ID: out[i].ID}
		}
	}
	return withoutGhosts(out), next, nil
}

// answersTo lists the answers to comments that the actor reads, in the order of those
// and their own, as many as a page has, and the one after them, if there is one.
func answersTo(ctx context.Context, tx *db.Tx, a actor.Actor, roots []Remark, after Cursor) (out []Remark, more *Remark, err error) {
	ids := make([]id.ID, 0, len(roots))
	for _, r := range roots {
		ids = append(ids, r.ID)
	}
	// The page is cut before its rows are weighed: all are of one item, and read or not
	// as it is.
	b := db.NewBuilder().Add(`SELECT ` + columns + ` FROM (SELECT r.id, root.created_at AS root_at, root.id AS root_id, r.created_at AS at
		FROM remarks root CROSS JOIN remarks r WHERE r.parent_id = root.id AND r.removed_at = 0 AND root.id IN `)
	db.In(b, ids)
	if !after.In.IsZero() {
		b.Add(` AND (root.id <> ? OR (r.created_at, r.id) > (?, ?))`, after.In, clock.Millis(after.At), after.ID)
	}
	b.Add(` ORDER BY root.created_at, root.id, r.created_at, r.id LIMIT ?) page
		JOIN remarks r ON r.id = page.id JOIN accounts a ON a.id = r.author_id JOIN items i ON i.id = r.item_id
		LEFT JOIN memberships m ON m.space_id = i.space_id AND m.account_id = r.author_id WHERE `, maxAnswers+1)
	access.Readable(b, "i", a).Add(` ORDER BY page.root_at, page.root_id, page.at, page.id`)
	out, err = list(ctx, tx, b)
	if err == nil && len(out) > maxAnswers {
		more, out = &out[maxAnswers], out[:maxAnswers]
	}
	return out, more, err
}

// Before returns the cursor from which a page of Threads begins with the thread
// that a remark belongs to, or with the answer itself where too many stand before it in
// the thread; fault.NotFound for a remark that the item has not, or that the actor may
// not read.
func Before(ctx context.Context, tx *db.Tx, a actor.Actor, itemID, remarkID id.ID) (Cursor, error) {
	b := db.NewBuilder().Add(`SELECT root.created_at, root.id, r.created_at, (SELECT COUNT(*) FROM (SELECT e.id FROM remarks e WHERE e.parent_id = r.parent_id AND e.removed_at = 0
			AND (e.created_at, e.id) < (r.created_at, r.id) LIMIT ?) earlier) FROM remarks r JOIN items i ON i.id = r.item_id
		JOIN remarks root ON root.id = COALESCE(r.parent_id, r.id) WHERE r.id = ? AND r.item_id = ? AND `, maxAnswers, remarkID, itemID)
	query, args, err := access.Readable(b, "i", a).Build()
	if err != nil {
		return Cursor{}, err
	}
	var rootAt, at int64
	var root id.ID
	var earlier int
	err = tx.QueryRow(ctx, query, args...).Scan(&rootAt, &root, &at, &earlier)
	if db.IsNoRows(err) {
		return Cursor{}, fault.NotFoundError()
	}
	if err != nil {
		return Cursor{}, fmt.Errorf("looking for the page of a comment: %w", err)
	}
	// The millisecond before it, at the highest id: nothing older is shown.
	c := Cursor{At: clock.FromMillis(rootAt - 1)}
	if earlier == maxAnswers {
		c = Cursor{At: clock.FromMillis(at - 1), In: root}
	}
	for i := range c.ID {
		c.ID[i] = 0xff
	}
	return c, nil
}

// withoutGhosts drops removed comments from which nothing hangs.
func withoutGhosts(threads []Thread) []Thread {
	kept := threads[:0]
	for _, t := range threads {
		if !t.Removed || len(t.Replies) > 0 {
			kept = append(kept, t)
		}
	}
	return kept
}

// Count tells how many comments and answers an item has.
func Count(ctx context.Context, tx *db.Tx, itemID id.ID) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM remarks WHERE item_id = $1 AND removed_at = 0`, itemID).Scan(&n)
	return n, err
}

func list(ctx context.Context, tx *db.Tx, b *db.Builder) ([]Remark, error) {
	query, args, err := b.Build()
	if err != nil {
		return nil, err
	}
	var out []Remark
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var r Remark
		var created, edited, removed int64
		err := rows.Scan(&r.ID, &r.Item, &r.Parent, &r.Author, &r.Body, &created, &edited, &removed, &r.AuthorName, &r.AuthorClass, &r.AuthorOrg, &r.AuthorHue, &r.AuthorRole)
		r.CreatedAt, r.EditedAt, r.Removed = clock.FromMillis(created), clock.FromMillis(edited), removed != 0
		out = append(out, r)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing comments: %w", err)
	}
	return out, nil
}

// ByID returns a comment of an item that the actor may read; fault.NotFound for
// a removed one, and for another item's.
func ByID(ctx context.Context, tx *db.Tx, a actor.Actor, itemID, remarkID id.ID) (Remark, error) {
	b := db.NewBuilder().Add(`SELECT `+columns+joins+` WHERE r.id = ? AND r.item_id = ? AND r.removed_at = 0 AND `, remarkID, itemID)
	found, err := list(ctx, tx, access.Readable(b, "i", a))
	if err != nil {
		return Remark{}, err
	}
	if len(found) == 0 {
		return Remark{}, fault.NotFoundError()
	}
	return found[0], nil
}

// TextForProgram returns the text of a remark, whoever may read it: for mails,
// each of which is weighed on its own. Empty for one removed or gone.
func TextForProgram(ctx context.Context, tx *db.Tx, remarkID id.ID) (text string, err error) {
	err = tx.QueryRow(ctx, `SELECT body FROM remarks WHERE id = $1`, remarkID).Scan(&text)
	if err != nil && !db.IsNoRows(err) {
		return "", fmt.Errorf("reading a comment: %w", err)
	}
	return text, nil
}
