package blog

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/platform/mail"
)

// EventDigest tells that a letter is to be mailed to the members of a space; its Remark
// is the letter.
const EventDigest activity.Kind = "blog.digest"

const (
	digestMail   = "blog.digest"
	digestTest   = "blog.digest_test"
	maxDigest    = 20   // posts of a letter, and posts offered for it
	maxWord      = 2000 // characters of its word
	mailedAtOnce = 100  // letters written in one transaction
	digestLines  = 240  // characters of a post in a letter
	// digestReach is how old the posts are that a first letter chooses by itself.
	digestReach = 30 * 24 * time.Hour
)

// Digest is a letter to the members of a space: a word, and some posts of the blog.
type Digest struct {
	ID    id.ID
	Word  string // plain text
	Posts []id.ID
}

// SendDigest sends a letter to all members of a space: each is mailed the posts that they
// may read, once. A letter of an id that was sent is not sent again.
func (b *Blog) SendDigest(ctx context.Context, a actor.Actor, spaceSlug string, d Digest) error {
	return b.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := b.lock(ctx, tx, a, spaceSlug)
		if err != nil {
			return err
		}
		if err := v.Check(access.ItemEditAny, Bit); err != nil {
			return err
		}
		if _, err := b.digestPosts(ctx, tx, a, v, d); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `INSERT INTO blog_digests (id, space_id, by_id, word, sent_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
			d.ID, v.Space.ID, a.Account, d.Word, clock.Millis(b.Clock.Now()))
		if err != nil {
			return fmt.Errorf("sending a letter: %w", err)
		}
		if n == 0 {
			return nil // sent before
		}
		posts := db.NewBuilder().Add(`INSERT INTO blog_digest_posts (digest_id, item_id, position) VALUES `)
		for i, post := range d.Posts {
			if i > 0 {
				posts.Add(`, `)
			}
			posts.Add(`(?, ?, ?)`, d.ID, post, i)
		}
		query, args, err := posts.Build()
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return fmt.Errorf("sending a letter: %w", err)
		}
		return b.Outbox.Append(ctx, tx, a, activity.Event{Kind: EventDigest, Space: v.Space.ID, Remark: d.ID})
	})
}

// TestDigest mails a letter to the actor alone, who may send it.
func (b *Blog) TestDigest(ctx context.Context, a actor.Actor, spaceSlug string, d Digest) error {
	return b.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := b.enter(ctx, tx, a, spaceSlug)
		if err != nil {
			return err
		}
		if err := v.Check(access.ItemEditAny, Bit); err != nil {
			return err
		}
		posts, err := b.digestPosts(ctx, tx, a, v, d)
		if err != nil {
			return err
		}
		me, err := account.ByID(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		l := letter{Digest: d, space: v.Space, by: me.Name, posts: posts}
		return b.mailDigest(ctx, tx, l, reader{account: me.ID, name: me.Name, email: me.Email, lang: me.Lang}, digestTest, id.New().String())
	})
}

// digestPost is a post as a letter shows it.
type digestPost struct {
	id                      id.ID
	title, slug, lede, body string
}

// digestPosts reads the posts of a letter, in its order: all of them are published, in the
// blog of the space, and the actor may read them. fault.Invalid names the fields.
func (b *Blog) digestPosts(ctx context.Context, tx *db.Tx, a actor.Actor, v access.View, d Digest) ([]digestPost, error) {
	if len(d.Posts) == 0 {
		return nil, fault.InvalidFields(fault.Field{Name: fieldPosts, Key: "blog.digest.none"})
	}
	if len(d.Posts) > maxDigest {
		return nil, fault.InvalidFields(fault.Field{Name: fieldPosts, Key: "blog.digest.many", Args: []any{"max", maxDigest}})
	}
	q := db.In(digestColumns(db.NewBuilder()).Add(` WHERE i.id IN `), d.Posts).Add(` AND i.space_id = ? AND i.service = ? AND i.state = 2 AND `, v.Space.ID, Bit)
	found, err := readPosts(ctx, tx, access.Readable(q, "i", a))
	if err != nil {
		return nil, err
	}
	out := make([]digestPost, 0, len(d.Posts))
	for _, post := range d.Posts {
		p, ok := found[post]
		if !ok {
			return nil, fault.InvalidFields(fault.Field{Name: fieldPosts, Key: "blog.digest.gone"})
		}
		out = append(out, p)
	}
	return out, nil
}

func digestColumns(b *db.Builder) *db.Builder {
	return b.Add(`SELECT i.id, i.title, i.slug, COALESCE(p.lede, ''), i.body FROM items i LEFT JOIN blog_posts p ON p.item_id = i.id`)
}

func readPosts(ctx context.Context, tx *db.Tx, b *db.Builder) (map[id.ID]digestPost, error) {
	query, args, err := b.Build()
	if err != nil {
		return nil, err
	}
	out := map[id.ID]digestPost{}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var p digestPost
		err := rows.Scan(&p.id, &p.title, &p.slug, &p.lede, &p.body)
		out[p.id] = p
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the posts of a letter: %w", err)
	}
	return out, nil
}

// letter is a letter with what its mails say.
type letter struct {
	Digest
	space space.Space
	by    string
	posts []digestPost
}

// reader is a member to whom a letter goes.
type reader struct {
	account           id.ID
	name, email, lang string
}

// members begins the list of those to whom the letters of a space go, p.
const members = ` FROM memberships m JOIN accounts p ON p.id = m.account_id WHERE m.space_id = ? AND p.state = 'active' AND (p.expires_at = 0 OR p.expires_at > ?)
	AND NOT EXISTS (SELECT 1 FROM blog_digest_stops s WHERE s.space_id = m.space_id AND s.account_id = m.account_id)`

// MailDigest is a subscriber: it writes the mails of a letter, some in each transaction.
// One that was written before is not written again.
func (b *Blog) MailDigest(ctx context.Context, e activity.Event) error {
	now := b.Clock.Now()
	for after := (id.ID{}); ; {
		var some []reader
		err := b.DB.Write(db.Background(ctx), func(tx *db.Tx) error {
			l, err := b.letter(ctx, tx, e.Remark)
			if err != nil || len(l.posts) == 0 {
				return err
			}
			if some, err = digestReaders(ctx, tx, l.space.ID, after, now); err != nil || len(some) == 0 {
				return err
			}
			may, err := mayRead(ctx, tx, l, some)
			if err != nil {
				return err
			}
			for _, who := range some {
				theirs := l
				theirs.posts = may[who.account]
				if len(theirs.posts) == 0 {
					continue
				}
				if err := b.mailDigest(ctx, tx, theirs, who, digestMail, l.ID.String()+"/"+who.account.String()); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(some) < mailedAtOnce {
			return err
		}
		after = some[len(some)-1].account
	}
}

// letter reads a letter that was sent; without posts, when they or the letter are gone.
func (b *Blog) letter(ctx context.Context, tx *db.Tx, digest id.ID) (l letter, err error) {
	var in id.ID
	err = tx.QueryRow(ctx, `SELECT d.id, d.word, d.space_id, a.name FROM blog_digests d JOIN accounts a ON a.id = d.by_id WHERE d.id = $1`, digest).Scan(&l.ID, &l.Word, &in, &l.by)
	if db.IsNoRows(err) {
		return l, nil
	}
	if err != nil {
		return l, fmt.Errorf("reading a letter: %w", err)
	}
	spaces, err := space.ByIDs(ctx, tx, []id.ID{in})
	if err != nil {
		return l, err
	}
	l.space = spaces[in]
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var post id.ID
		err := rows.Scan(&post)
		l.Posts = append(l.Posts, post)
		return err
	}, `SELECT item_id FROM blog_digest_posts WHERE digest_id = $1 ORDER BY position`, digest)
	if err != nil || len(l.Posts) == 0 {
		return l, err
	}
	found, err := readPosts(ctx, tx, db.In(digestColumns(db.NewBuilder()).Add(` WHERE i.state = 2 AND i.id IN `), l.Posts))
	for _, post := range l.Posts {
		if p, ok := found[post]; ok {
			l.posts = append(l.posts, p)
		}
	}
	return l, err
}

func digestReaders(ctx context.Context, tx *db.Tx, in, after id.ID, now time.Time) (out []reader, err error) {
	b := db.NewBuilder().Add(`SELECT p.id, p.name, p.email, p.lang`+members, in, clock.Millis(now))
	if !after.IsZero() {
		b.Add(` AND p.id > ?`, after)
	}
	query, args, err := b.Add(` ORDER BY p.id LIMIT ?`, mailedAtOnce).Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var r reader
		err := rows.Scan(&r.account, &r.name, &r.email, &r.lang)
		out = append(out, r)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing the readers of a letter: %w", err)
	}
	return out, nil
}

// mayRead tells which posts of a letter each of some people may read, in its order.
func mayRead(ctx context.Context, tx *db.Tx, l letter, some []reader) (map[id.ID][]digestPost, error) {
	people := make([]id.ID, 0, len(some))
	for _, r := range some {
		people = append(people, r.account)
	}
	b := db.In(db.NewBuilder().Add(`SELECT p.id, i.id FROM accounts p, items i WHERE p.id IN `), people)
	b = db.In(b.Add(` AND i.id IN `), l.Posts).Add(` AND i.state = 2 AND `)
	query, args, err := access.ReadableBy(b, "i", "p").Build()
	if err != nil {
		return nil, err
	}
	may := map[id.ID]map[id.ID]bool{}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var who, post id.ID
		err := rows.Scan(&who, &post)
		if may[who] == nil {
			may[who] = map[id.ID]bool{}
		}
		may[who][post] = true
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("weighing the readers of a letter: %w", err)
	}
	out := map[id.ID][]digestPost{}
	for _, who := range people {
		for _, p := range l.posts {
			if may[who][p.id] {
				out[who] = append(out[who], p)
			}
		}
	}
	return out, nil
}

// mailDigest writes one mail of a letter. Its Ref names the letter, its reader, and by a
// digest the posts that it tells of.
func (b *Blog) mailDigest(ctx context.Context, tx *db.Tx, l letter, to reader, kind, key string) error {
	p := b.Catalog.Printer(to.lang, b.Location)
	c := mail.Content{
		Brand: b.Instance, Title: p.T("blog.digest.mail.title", "space", l.space.Name),
		ActionLabel: p.T("blog.digest.mail.action"), ActionURL: b.BaseURL + listPath(l.space.Slug),
		Footer: p.T("blog.digest.mail.why", "space", l.space.Name, "link", b.BaseURL+stopPath(l.space.Slug)),
	}
	if l.Word != "" {
		c.Intro = []string{p.T("blog.digest.mail.by", "name", l.by)}
		c.Quote = l.Word
	}
	for _, post := range l.posts {
		text := post.lede
		if text == "" {
			text = b.Markup.Text(post.body, digestLines)
		}
		c.List = append(c.List, mail.Entry{Title: post.title, URL: b.BaseURL + postPath(l.space.Slug, post.slug), Text: text})
	}
	text, html, err := mail.Compose(p.Lang(), c)
	if err != nil {
		return fmt.Errorf("writing a letter: %w", err)
	}
	_, err = b.Mail.Enqueue(ctx, tx, mail.Message{
		To: mail.Address{Name: to.name, Email: to.email}, Subject: p.T("blog.digest.mail.title", "space", l.space.Name), Text: text, HTML: html,
		Kind: kind, Key: kind + ":" + key, Ref: l.ID.String() + "/" + to.account.String() + "/" + sum(l.posts),
		Headers: map[string]string{"List-Unsubscribe": "<" + b.BaseURL + stopPath(l.space.Slug) + ">"},
	})
	return err
}

// sum is a digest of which posts a mail tells of.
func sum(posts []digestPost) string {
	h := sha256.New()
	for _, p := range posts {
		h.Write(p.id[:])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// stillGoes is the recheck of a letter: who left, stopped them, or may no more read just
// what it tells of gets none.
func (b *Blog) stillGoes(ctx context.Context, tx *db.Tx, m mail.Queued) (bool, error) {
	digest, who, told, ok := readRef(m.Ref)
	if !ok {
		return false, nil
	}
	l, err := b.letter(ctx, tx, digest)
	if err != nil || len(l.posts) == 0 {
		return false, err
	}
	query, args, err := db.NewBuilder().Add(`SELECT COUNT(*)`+members+` AND p.id = ?`, l.space.ID, clock.Millis(b.Clock.Now()), who).Build()
	if err != nil {
		return false, err
	}
	var n int
	if err := tx.QueryRow(ctx, query, args...).Scan(&n); err != nil || n == 0 {
		return false, err
	}
	may, err := mayRead(ctx, tx, l, []reader{{account: who}})
	return err == nil && sum(may[who]) == told, err
}

// readRef reads the reference of a mail of a letter: the letter, its reader, and the
// digest of the posts that it tells of.
func readRef(ref string) (digest, who id.ID, told string, ok bool) {
	left, rest, _ := strings.Cut(ref, "/")
	reader, told, _ := strings.Cut(rest, "/")
	digest, err := id.Parse(left)
	if err != nil {
		return digest, who, told, false
	}
	who, err = id.Parse(reader)
	return digest, who, told, err == nil
}

// lastDigest is when the last letter of a space was sent, and by whom; zero for never.
func lastDigest(ctx context.Context, tx *db.Tx, in id.ID) (at time.Time, by string, err error) {
	var ms int64
	err = tx.QueryRow(ctx, `SELECT d.sent_at, a.name FROM blog_digests d JOIN accounts a ON a.id = d.by_id WHERE d.space_id = $1 ORDER BY d.sent_at DESC, d.id DESC LIMIT 1`, in).Scan(&ms, &by)
	if db.IsNoRows(err) {
		return at, "", nil
	}
	if err != nil {
		return at, "", fmt.Errorf("reading the last letter: %w", err)
	}
	return clock.FromMillis(ms), by, nil
}

// countDigest counts those to whom a letter of a space goes, and the externals of them.
func countDigest(ctx context.Context, tx *db.Tx, in id.ID, now time.Time) (all, externals int, err error) {
	query, args, err := db.NewBuilder().Add(`SELECT COUNT(*), COALESCE(SUM(CASE p.class WHEN 'external' THEN 1 ELSE 0 END), 0)`+members, in, clock.Millis(now)).Build()
	if err != nil {
		return 0, 0, err
	}
	if err := tx.QueryRow(ctx, query, args...).Scan(&all, &externals); err != nil {
		return 0, 0, fmt.Errorf("counting the readers of a letter: %w", err)
	}
	return all, externals, nil
}

// StopDigest says whether the actor, a member, gets the letters of a space.
func (b *Blog) StopDigest(ctx context.Context, a actor.Actor, spaceSlug string, stop bool) error {
	return b.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := b.enter(ctx, tx, a, spaceSlug)
		if err != nil {
			return err
		}
		if !v.IsMember() {
			return fault.New(fault.Invalid, "blog.digest.members")
		}
		query := `DELETE FROM blog_digest_stops WHERE space_id = $1 AND account_id = $2`
		if stop {
			query = `INSERT INTO blog_digest_stops (space_id, account_id) VALUES ($1, $2) ON CONFLICT (space_id, account_id) DO NOTHING`
		}
		if _, err := tx.Exec(ctx, query, v.Space.ID, a.Account); err != nil {
			return fmt.Errorf("choosing about letters: %w", err)
		}
		return nil
	})
}

func digestPath(spaceSlug string) string { return listPath(spaceSlug) + "/-/lettre" }
func stopPath(spaceSlug string) string   { return digestPath(spaceSlug) + "/recevoir" }

// offeredPosts are those of which a lead chooses: the latest of the blog.
func offeredPosts(ctx context.Context, tx *db.Tx, a actor.Actor, v access.View) ([]content.Row, error) {
	rows, _, err := content.Latest(ctx, tx, a, v.Space.ID, Bit, content.Cursor{}, maxDigest)
	return rows, err
}
