package app_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/notice"
	"ruche/internal/kernel/revision"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/platform/logx"
)

// cage is a house with its canaries: in each text that someone wrote stands a
// word that stands nowhere else.
type cage struct {
	*house
	log   *journal
	birds map[string]bird
	truth truth
}

// bird says where a word stands.
type bird struct {
	column string
	space  id.ID
	item   id.ID         // zero for what is the space's
	state  content.State // of the item's text with the word
	owner  id.ID         // who alone reads what is typed and not sent
}

// perch is a column of texts. rows gives for each of them the key, the revision,
// the space, the item, the state and the owner; set is how the word comes in.
type perch struct{ table, column, key, rows, set string }

func perches() []perch {
	const (
		items  = `SELECT id, 0, space_id, id, state, NULL FROM items`
		older  = `SELECT v.item_id, v.revision, i.space_id, i.id, v.state, NULL FROM item_revisions v JOIN items i ON i.id = v.item_id`
		spaces = `SELECT id, 0, id, NULL, 0, NULL FROM spaces`
		more   = ` || ' ' || $1`
	)
	return []perch{
		{"items", "title", "id", items, "title" + more},
		{"items", "body", "id", items, "body" + more},
		{"item_revisions", "title", "item_id", older, "title" + more},
		{"item_revisions", "body", "item_id", older, "body" + more},
		{"item_revisions", "fields", "item_id", older, `'{"lede":"' || $1 || '"}'`},
		{"blog_posts", "lede", "item_id", `SELECT i.id, 0, i.space_id, i.id, i.state, NULL FROM blog_posts p JOIN items i ON i.id = p.item_id`, "lede" + more},
		{"remarks", "body", "id", `SELECT r.id, 0, i.space_id, i.id, i.state, NULL FROM remarks r JOIN items i ON i.id = r.item_id WHERE r.removed_at = 0`, "body" + more},
		{"item_tags", "label", "item_id", `SELECT i.id, 0, i.space_id, i.id, i.state, NULL FROM item_tags t JOIN items i ON i.id = t.item_id`, "label" + more},
		{"reports", "quote", "id", `SELECT q.id, 0, i.space_id, i.id, i.state, NULL FROM reports q JOIN items i ON i.id = q.item_id`, "quote" + more},
		{"attachments", "name", "id", `SELECT x.id, 0, i.space_id, i.id, i.state, NULL FROM attachments x JOIN items i ON i.id = x.item_id`, "name" + more},
		{"attachments", "alt", "id", `SELECT x.id, 0, i.space_id, i.id, i.state, NULL FROM attachments x JOIN items i ON i.id = x.item_id`, "alt" + more},
		{"spaces", "name", "id", spaces, "name" + more},
		{"spaces", "purpose", "id", spaces, "purpose" + more},
		{"spaces", "welcome", "id", spaces, "welcome" + more},
		{"space_groups", "name", "id", `SELECT id, 0, space_id, NULL, 0, NULL FROM space_groups`, "name" + more},
		{"drafts", "fields", "account_id", `SELECT account_id, 0, NULL, NULL, 0, account_id FROM drafts`, `'{"title":"' || $1 || '","lede":"","body":""}'`},
	}
}

// tagged is the key of the tag that each item has.
const tagged = "signal"

// journal is all that was logged.
type journal struct {
	sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (j *journal) Write(b []byte) (int, error) {
	j.Lock()
	defer j.Unlock()
	return j.text.Write(b)
}

var song = regexp.MustCompile(`kanari[0-9]+x`)

// newCage fills the demonstration with canaries. A post of demat-ads is for a
// group of one, and its lead has begun to type something.
func newCage(t *testing.T) *cage {
	t.Helper()
	c := &cage{log: &journal{}, birds: map[string]bird{}}
	c.house = openWith(t, logx.New(c.log, logx.Options{Level: slog.LevelDebug}))
	chief := c.actor(lead)
	c.write(func(ctx context.Context, tx *db.Tx) error {
		var sp, item id.ID
		if err := tx.QueryRow(ctx, `SELECT s.id, i.id FROM items i JOIN spaces s ON s.id = i.space_id WHERE s.slug = 'demat-ads' AND i.state = 2 ORDER BY i.id LIMIT 1`).Scan(&sp, &item); err != nil {
			return err
		}
		g, err := space.CreateGroup(ctx, tx, sp, "Relecture", c.clock.Now())
		if err != nil {
			return err
		}
		if err := space.AddToGroup(ctx, tx, sp, g.ID, chief.Account); err != nil {
			return err
		}
		it, err := content.ForProgram(ctx, tx, item)
		if err != nil {
			return err
		}
		if _, err := content.Restrict(ctx, tx, it, []access.Entry{{Group: g.ID}}); err != nil {
			return err
		}
		_, err = revision.Keep(ctx, tx, chief.Account, revision.Draft{Form: revision.OfItem(item), Slot: revision.NewSlot(), Base: 1, Fields: map[string]string{}}, c.clock.Now())
		return err
	})
	c.write(func(ctx context.Context, tx *db.Tx) error {
		clear(c.birds)
		for _, statement := range []string{`DELETE FROM item_tags`, `INSERT INTO item_tags (item_id, space_id, key, label) SELECT id, space_id, '` + tagged + `', 'Signal' FROM items`} {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		for _, p := range perches() {
			if err := c.settle(ctx, tx, p); err != nil {
				return fmt.Errorf("%s.%s: %w", p.table, p.column, err)
			}
		}
		return tellEverything(ctx, tx, c.clock.Now())
	})
	return c
}

// tellEverything tells everyone of each item and its last comment, whether they may read
// it or not.
func tellEverything(ctx context.Context, tx *db.Tx, now time.Time) error {
	var all []notice.New
	err := tx.All(ctx, func(rows *sql.Rows) error {
		n := notice.New{Kind: notice.Reply, At: now}
		err := rows.Scan(&n.Account, &n.By, &n.Item, &n.Remark)
		n.Cause = n.Item
		all = append(all, n)
		return err
	}, `SELECT a.id, i.author_id, i.id, (SELECT r.id FROM remarks r WHERE r.item_id = i.id ORDER BY r.id DESC LIMIT 1) FROM accounts a, items i ORDER BY a.id, i.id`)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM notices`); err != nil {
		return err
	}
	for some := range slices.Chunk(all, 100) {
		if err := notice.Add(ctx, tx, some); err != nil {
			return err
		}
	}
	return nil
}

func (c *cage) settle(ctx context.Context, tx *db.Tx, p perch) error {
	type row struct {
		key      id.ID
		revision int64
		bird
	}
	var all []row
	err := tx.All(ctx, func(rows *sql.Rows) error {
		r := row{bird: bird{column: p.table + "." + p.column}}
		err := rows.Scan(&r.key, &r.revision, &r.space, &r.item, &r.state, &r.owner)
		all = append(all, r)
		return err
	}, p.rows)
	if err != nil {
		return err
	}
	for _, r := range all {
		word := fmt.Sprintf("kanari%dx", 1000+len(c.birds))
		c.birds[word] = r.bird
		query, args := `UPDATE `+p.table+` SET `+p.column+` = `+p.set+` WHERE `+p.key+` = $2`, []any{word, r.key}
		if r.revision > 0 {
			query, args = query+` AND revision = $3`, append(args, r.revision)
		}
		if n, err := tx.Exec(ctx, query, args...); err != nil || n != 1 {
			return fmt.Errorf("%d rows: %w", n, err)
		}
	}
	return nil
}

// truth is who may read what, by the rule in words rather than by the predicate.
type truth struct {
	agents   map[id.ID]bool
	roles    map[id.ID]map[id.ID]space.Role // by account, by space
	visible  map[id.ID]space.Visibility
	items    map[id.ID]fact
	audience map[id.ID]map[id.ID]bool // who is named, by item
}

type fact struct {
	author     id.ID
	state      content.State
	restricted bool
}

func (c *cage) learn() {
	c.t.Helper()
	w := truth{map[id.ID]bool{}, map[id.ID]map[id.ID]space.Role{}, map[id.ID]space.Visibility{}, map[id.ID]fact{}, map[id.ID]map[id.ID]bool{}}
	c.read(func(ctx context.Context, tx *db.Tx) error {
		var a, b id.ID
		each := func(query string, keep func(), dest ...any) error {
			return tx.All(ctx, func(rows *sql.Rows) error {
				err := rows.Scan(dest...)
				keep()
				return err
			}, query)
		}
		var role space.Role
		if err := each(`SELECT account_id, space_id, role FROM memberships`, func() {
			if w.roles[a] == nil {
				w.roles[a] = map[id.ID]space.Role{}
			}
			w.roles[a][b] = role
		}, &a, &b, &role); err != nil {
			return err
		}
		var v space.Visibility
		if err := each(`SELECT id, visibility FROM spaces`, func() { w.visible[a] = v }, &a, &v); err != nil {
			return err
		}
		if err := each(`SELECT id FROM accounts WHERE class = 'agent'`, func() { w.agents[a] = true }, &a); err != nil {
			return err
		}
		var f fact
		var audience id.ID
		if err := each(`SELECT id, author_id, state, audience_id FROM items`, func() {
			f.restricted = !audience.IsZero()
			w.items[a] = f
		}, &a, &f.author, &f.state, &audience); err != nil {
			return err
		}
		return each(`SELECT i.id, m.account_id FROM items i JOIN audience_entries e ON e.audience_id = i.audience_id JOIN group_members m ON m.group_id = e.group_id`, func() {
			if w.audience[a] == nil {
				w.audience[a] = map[id.ID]bool{}
			}
			w.audience[a][b] = true
		}, &a, &b)
	})
	c.truth = w
}

// may tells whether a person may read a word.
func (w truth) may(who id.ID, b bird) bool {
	if !b.owner.IsZero() {
		return b.owner == who
	}
	role := w.roles[who][b.space]
	inside := role != space.NoRole || w.agents[who] && w.visible[b.space] == space.Public
	if b.column == "spaces.name" || b.column == "spaces.purpose" {
		return inside || w.agents[who] && w.visible[b.space] == space.Private
	}
	if b.item.IsZero() || !inside {
		return inside
	}
	it := w.items[b.item]
	if it.restricted && role != space.Lead && !w.audience[b.item][who] {
		return false
	}
	for _, state := range []content.State{it.state, b.state} {
		switch state {
		case content.Draft:
			if it.author != who {
				return false
			}
		case content.Scheduled, content.Trashed:
			if it.author != who && role != space.Lead {
				return false
			}
		case content.Published, content.Archived:
		}
	}
	return true
}

// everything asks for each page of the house, and each part of it that a script
// asks for, of each space, item, revision and comment; a stranger also sends each
// form. It returns all that came back, headers and cookies too.
func (c *cage) everything(p *person, forms bool, places []map[string]string) map[string]string {
	c.t.Helper()
	got, asked := map[string]string{}, map[string]bool{}
	for _, parts := range places {
		for _, route := range c.Router.Routes() {
			path := address(c.t, route.Pattern, parts)
			name := route.Method + " " + path
			if asked[name] || strings.HasPrefix(path, "/assets/") || route.Method != http.MethodGet && (!forms || strings.HasPrefix(route.Gate.Action, "public") || route.Gate.Action == "signed_in") {
				continue
			}
			asked[name] = true
			form := map[string][]string(nil)
			if route.Method != http.MethodGet {
				form = map[string][]string{"texte": {"x"}, "title": {"x"}, "body": {"x"}, "base": {"1"}, "role": {"reader"}, "action": {"publish"}}
			}
			for _, part := range []bool{false, true} {
				if part && route.Method != http.MethodGet {
					continue
				}
				p.part = part
				a := p.do(route.Method, path, form)
				got[fmt.Sprintf("%s (part: %t)", name, part)] = a.whole()
			}
			p.part = false
		}
	}
	return got
}

// whole is an answer with its headers, and what its cookies carry.
func (a answer) whole() string {
	var b strings.Builder
	b.WriteString(a.body)
	for name, values := range a.header {
		for _, v := range values {
			b.WriteString("\n" + name + ": " + v)
			for _, word := range strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune("=.; ", r) }) {
				if plain, err := base64.RawURLEncoding.DecodeString(word); err == nil {
					b.WriteString("\n" + string(plain))
				}
			}
		}
	}
	return b.String()
}

// places are the parts of the addresses of everything there is.
func (c *cage) places() (out []map[string]string) {
	c.t.Helper()
	c.read(func(ctx context.Context, tx *db.Tx) error {
		return tx.All(ctx, func(rows *sql.Rows) error {
			var item, remark id.ID
			var slug, post, revision string
			err := rows.Scan(&slug, &item, &post, &revision, &remark)
			out = append(out, map[string]string{
				"slug": slug, "item": item.String(), "post": post, "revision": revision, "remark": remark.String(), "form": "item." + item.String(), "tag": tagged,
			})
			return err
		}, `SELECT s.slug, i.id, i.slug, v.revision, (SELECT r.id FROM remarks r WHERE r.item_id = i.id ORDER BY r.id LIMIT 1)
			FROM items i JOIN spaces s ON s.id = i.space_id JOIN item_revisions v ON v.item_id = i.id ORDER BY i.id, v.revision`)
	})
	others := map[string]map[string]string{}
	for i, own := range out {
		slug := own["slug"]
		if others[slug] == nil {
			others[slug] = victims(c.house, slug)
		}
		out[i] = maps.Clone(others[slug])
		maps.Copy(out[i], own)
	}
	return out
}

// heard looks for canaries in what a person was given. It returns how many there
// were; who is zero for one who is not, or no more, signed in.
func (c *cage) heard(name string, who id.ID, got map[string]string) int {
	c.t.Helper()
	seen := map[string]bool{}
	for where, text := range got {
		for _, word := range song.FindAllString(text, -1) {
			b, known := c.birds[word]
			if !known {
				c.t.Fatalf("%s: no canary is called %s", where, word)
			}
			if !seen[word] && !c.truth.may(who, b) {
				c.t.Errorf("%s reads %s, of %+v, at %s", name, word, b, where)
			}
			seen[word] = true
		}
	}
	return len(seen)
}

// TestCanaries walks all pages as everyone who may not read them all, before and
// after a removal, an expiry and a suspension. There are no tokens of a small scope.
func TestCanaries(t *testing.T) {
	t.Parallel()
	c := newCage(t)
	c.learn()
	places := c.places()
	if testing.Short() || c.DB.Engine() == db.Postgres { // each statement is a round trip: one place of four
		few := places[:0]
		for i := 0; i < len(places); i += 4 {
			few = append(few, places[i])
		}
		places = few
	}
	removed, suspended, expired := c.as("thomas.keller@demo.example"), c.as("lucie.pascal@demo.example"), c.as(contributor)
	for _, p := range []*person{c.as(lead), c.as(secretLead), c.as(external)} {
		if n := c.heard(p.name, c.actor(p.name).Account, c.everything(p, false, places)); n < 20 {
			t.Errorf("%s, who is a member, hears %d canaries: the walk is blind", p.name, n)
		}
	}
	for _, p := range []*person{removed, suspended, expired} {
		all := map[string]string{"their list": p.get("/espaces/demat-ads/blog").whole()}
		if c.heard(p.name, c.actor(p.name).Account, all) == 0 {
			t.Errorf("%s was no member", p.name)
		}
	}
	for _, p := range []*person{c.as(nowhere), c.as(admin)} {
		c.heard(p.name, c.actor(p.name).Account, c.everything(p, true, places))
	}

	c.guests(places)
	if a := c.as(lead).post("/espaces/demat-ads/membres/" + c.actor(removed.name).Account.String() + "/-/retirer"); a.status != http.StatusSeeOther {
		t.Fatalf("removing answered %d", a.status)
	}
	if err := c.People.Suspend(t.Context(), suspended.name); err != nil {
		t.Fatal(err)
	}
	c.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE accounts SET expires_at = $1 WHERE id = $2`, clock.Millis(c.clock.Now()), c.actor(expired.name).Account)
		return err
	})
	c.learn()
	c.heard("removed", c.actor(removed.name).Account, c.everything(removed, true, places))
	for name, p := range map[string]*person{"suspended": suspended, "expired": expired, "anonymous": c.nobody()} {
		if n := c.heard(name, id.ID{}, c.everything(p, true, places)); n > 0 {
			t.Errorf("%s hears %d canaries", name, n)
		}
	}
	c.mails()
	if c.log.text.Len() == 0 {
		t.Error("nothing was logged: the walk is blind")
	}
	for _, word := range song.FindAllString(c.log.text.String(), 5) {
		t.Errorf("the log tells %s, of %+v", word, c.birds[word])
	}
}

// guests walks all pages with a link to one post and without an account: what is heard
// is that post's, and no comment of it.
func (c *cage) guests(places []map[string]string) {
	c.t.Helper()
	item := c.id(`SELECT i.id FROM items i JOIN spaces s ON s.id = i.space_id WHERE s.slug = 'demat-ads' AND i.state = 2 AND i.audience_id IS NULL ORDER BY i.id LIMIT 1`)
	token := strings.TrimPrefix(c.share(c.as(lead), "/p/"+item.String()), "/partage/")
	var with []map[string]string
	for _, parts := range places {
		parts = maps.Clone(parts)
		parts["token"] = token
		with = append(with, parts)
	}
	heard := 0
	for where, text := range c.everything(c.nobody(), true, with) {
		for _, word := range song.FindAllString(text, -1) {
			b := c.birds[word]
			switch b.column {
			case "items.title", "items.body", "blog_posts.lede", "item_revisions.fields", "attachments.name", "attachments.alt":
				if b.item == item {
					heard++
					continue
				}
			}
			c.t.Errorf("a guest reads %s, of %+v, at %s", word, b, where)
		}
	}
	if heard == 0 {
		c.t.Error("a guest hears nothing of what is shared: the walk is blind")
	}
	if strings.Contains(c.log.text.String(), token) {
		c.t.Error("the log tells a link")
	}
}

// mails looks into all that was sent.
func (c *cage) mails() {
	c.t.Helper()
	c.read(func(ctx context.Context, tx *db.Tx) error {
		return tx.All(ctx, func(rows *sql.Rows) error {
			var who id.ID
			var to, text string
			err := rows.Scan(&who, &to, &text)
			c.heard("the mailbox "+to, who, map[string]string{"a mail": text})
			return err
		}, `SELECT a.id, m.to_email, m.subject || ' ' || m.text || ' ' || m.html || ' ' || m.headers FROM mails m LEFT JOIN accounts a ON a.email = m.to_email`)
	})
}
