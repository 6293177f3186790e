package content

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"time"
	"unicode/utf8"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/mention"
	"ruche/internal/kernel/merge"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Text is what a revision holds of an item: its title, its body, and the text
// fields of its feature by name, such as a post's standfirst.
type Text struct {
	Title, Body string
	Fields      map[string]string
}

// Note says how a revision came about, when it was not simply written.
type Note string

// The notes. A restored revision names the one whose text it took.
const (
	NoNote   Note = ""
	Merged   Note = "merged"
	Restored Note = "restored"
)

// Change is what a write wants an item to become.
type Change struct {
	Text
	State State
	// PublishAt is when an item that becomes Scheduled is to be published.
	PublishAt time.Time
	// Restores is the revision whose text this is, zero when it was typed.
	Restores int64
	// Theirs names fields whose text the writer gives up for the one that the base
	// has: what they chose of a clash.
	Theirs []string
	// Chosen are those whom the writer picked while typing their names.
	Chosen []mention.Target
}

// Applied is an item after a write, with the text that was kept: the writer's,
// joined with what others wrote since they began when there was any.
type Applied struct {
	Item
	Text   Text
	Merged bool
}

// Clash is a write that began from an older revision and changed what others
// changed too. Nothing is written. Its kind is fault.Conflict.
type Clash struct {
	// Current is the item as it is, By who wrote it last.
	Current Item
	By      string
	// Theirs is its text, Mine the one that was sent. Joined holds the changes of
	// both, and mine where they clash.
	Theirs, Mine, Joined Text
	// Places are the passages that clash, by field: "title", "body", or a field of
	// the feature.
	Places map[string][]merge.Clash
}

// Error implements error.
func (c *Clash) Error() string { return "content: changed by both sides" }

// Unwrap gives the clash its kind and its words.
func (c *Clash) Unwrap() error { return fault.New(fault.Conflict, "content.conflict") }

// Apply writes a change that started from the base revision. Equal: revision + 1
// and a row of history. Stale: what changed since is joined with the change,
// field by field and by passages; what both changed is a *Clash, and nothing is
// written. A change that changes nothing makes no revision.
//
// The feature then writes its own row from the Text returned. The caller has
// locked the space and checked the right. fault.Invalid for a base that the item
// never had.
func Apply(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, base int64, c Change, now time.Time) (Applied, error) {
	theirs, by, err := textAt(ctx, tx, it.ID, it.Revision)
	if err != nil {
		return Applied{Item: it}, err
	}
	note, of := NoNote, int64(0)
	if c.Restores > 0 {
		note, of = Restored, c.Restores
	}
	began := theirs
	if base != it.Revision {
		if began, err = textFor(ctx, tx, a, it, base); err != nil {
			return Applied{Item: it}, err
		}
	}
	if c.Restores == 0 && c.Body != theirs.Body {
		if c.Body, err = mention.ResolveWithin(ctx, tx, a, it.Scope, c.Body, MaxBody, c.Chosen, theirs.Body, began.Body); err != nil {
			return Applied{Item: it}, err
		}
	}
	c.Text = give(c.Text, began, c.Theirs)
	if base != it.Revision {
		joined, places := join(began, c.Text, theirs)
		if len(places) > 0 || utf8.RuneCountInString(joined.Title) > MaxTitle || len(joined.Body) > MaxBody {
			return Applied{Item: it}, &Clash{Current: it, By: by, Theirs: theirs, Mine: c.Text, Joined: joined, Places: places}
		}
		c.Text, note = joined, Merged
	}
	out := Applied{Item: it, Text: c.Text, Merged: note == Merged}
	if same(c.Text, theirs) && it.State == c.State && (c.State != Scheduled || it.PublishAt.Equal(c.PublishAt)) {
		return out, nil
	}
	if out.Item, err = write(ctx, tx, it, c, now); err != nil {
		return out, err
	}
	if c.Body != theirs.Body {
		if err := mention.Set(ctx, tx, a, it.Scope, it.ID, id.ID{}, c.Body, now); err != nil {
			return out, err
		}
	}
	if c.Body != theirs.Body || c.Fields[FieldCover] != theirs.Fields[FieldCover] {
		if err := attach.EmbedAll(ctx, tx, a, it.ID, c.embeds(), now); err != nil {
			return out, err
		}
	}
	if c.Fields[FieldTags] != theirs.Fields[FieldTags] {
		if err := tag(ctx, tx, out.Item, c.Fields[FieldTags]); err != nil {
			return out, err
		}
	}
	return out, keep(ctx, tx, a, out.Item, c.Fields, note, of)
}

// write updates the row of the item, which is still at the revision read.
func write(ctx context.Context, tx *db.Tx, it Item, c Change, now time.Time) (Item, error) {
	was, moved := it.Revision, it.State != c.State
	it.enter(c, now)
	it.Title, it.Body, it.UpdatedAt, it.Revision = c.Title, c.Body, now, was+1
	n, err := tx.Exec(ctx, `UPDATE items SET title = $1, body = $2, state = $3, updated_at = $4, published_at = $5, publish_at = $6, trashed_at = $7, trashed_from = $8,
		revision = $9 WHERE id = $10 AND revision = $11`,
		it.Title, it.Body, int(it.State), clock.Millis(now), clock.Millis(it.PublishedAt), clock.Millis(it.PublishAt), clock.Millis(it.TrashedAt), int(it.TrashedFrom),
		it.Revision, it.ID, was)
	if err != nil {
		return it, fmt.Errorf("changing an item: %w", err)
	}
	if n == 0 {
		return it, fault.New(fault.Conflict, "content.conflict") // the caller did not lock the space
	}
	if moved {
		return it, access.Refresh(ctx, tx, it.Space, it.Scope)
	}
	return it, nil
}

// join merges field by field.
func join(base, mine, theirs Text) (Text, map[string][]merge.Clash) {
	places := map[string][]merge.Clash{}
	one := func(name, base, mine, theirs string) string {
		r := merge.Texts(base, mine, theirs)
		if !r.Clean() {
			places[name] = r.Clashes
		}
		return r.Text
	}
	out := Text{Title: one("title", base.Title, mine.Title, theirs.Title), Body: one("body", base.Body, mine.Body, theirs.Body)}
	names := maps.Clone(theirs.Fields)
	maps.Copy(names, mine.Fields)
	if len(names) > 0 {
		out.Fields = map[string]string{}
	}
	for name := range names {
		out.Fields[name] = one(name, base.Fields[name], mine.Fields[name], theirs.Fields[name])
	}
	return out, places
}

func same(a, b Text) bool {
	return a.Title == b.Title && a.Body == b.Body && maps.Equal(a.Fields, b.Fields)
}

// give puts the named fields of another text into one.
func give(t, from Text, names []string) Text {
	t.Fields = maps.Clone(t.Fields)
	for _, name := range names {
		switch _, own := from.Fields[name]; {
		case name == "title":
			t.Title = from.Title
		case name == "body":
			t.Body = from.Body
		case own:
			t.Fields[name] = from.Fields[name]
		}
	}
	return t
}

// textFor reads the text that a writer says they began from: fault.Invalid where
// the item has no such revision, or one that was in a state in which they did not
// read it, and which a clash would tell them.
func textFor(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, revision int64) (Text, error) {
	if it.Author != a.Account {
		var state State
		err := tx.QueryRow(ctx, `SELECT state FROM item_revisions WHERE item_id = $1 AND revision = $2`, it.ID, revision).Scan(&state)
		if db.IsNoRows(err) || err == nil && state != Published && state != Archived && state != it.State {
			return Text{}, fault.New(fault.Invalid, "content.base")
		}
		if err != nil {
			return Text{}, fmt.Errorf("reading a revision: %w", err)
		}
	}
	t, _, err := textAt(ctx, tx, it.ID, revision)
	return t, err
}

// textAt reads the text of a revision and the name of who wrote it.
func textAt(ctx context.Context, tx *db.Tx, item id.ID, revision int64) (t Text, by string, err error) {
	var fields string
	err = tx.QueryRow(ctx, `SELECT v.title, v.body, v.fields, a.name FROM item_revisions v JOIN accounts a ON a.id = v.author_id
		WHERE v.item_id = $1 AND v.revision = $2`, item, revision).Scan(&t.Title, &t.Body, &fields, &by)
	if db.IsNoRows(err) {
		return t, "", fault.New(fault.Invalid, "content.base")
	}
	if err != nil {
		return t, "", fmt.Errorf("reading a revision: %w", err)
	}
	t.Fields, err = ParseFields(fields)
	return t, by, err
}

// ParseFields reads the fields of a feature as a revision keeps them: a JSON
// object of strings.
func ParseFields(s string) (fields map[string]string, err error) {
	if err := json.Unmarshal([]byte(s), &fields); err != nil {
		return nil, fmt.Errorf("reading the fields of a revision: %w", err)
	}
	return fields, nil
}

// keep writes the row of history of the item's revision.
func keep(ctx context.Context, tx *db.Tx, a actor.Actor, it Item, fields map[string]string, note Note, of int64) error {
	if fields == nil {
		fields = map[string]string{}
	}
	kept, err := json.Marshal(fields)
	if err != nil {
		return fmt.Errorf("keeping a revision: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO item_revisions (item_id, revision, author_id, at, title, body, state, fields, note, note_of) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		it.ID, it.Revision, a.Account, clock.Millis(it.UpdatedAt), it.Title, it.Body, int(it.State), string(kept), string(note), of)
	if err != nil {
		return fmt.Errorf("keeping a revision: %w", err)
	}
	return nil
}

// MayEdit refuses who may not change an item: one's own takes the level to
// contribute in its service, another's the level to manage.
func MayEdit(a actor.Actor, v access.View, it Item) error {
	if it.Author == a.Account {
		return v.Check(access.ItemEditOwn, it.Service)
	}
	return v.Check(access.ItemEditAny, it.Service)
}
