package blog

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/follow"
	"ruche/internal/kernel/notice"
	"ruche/internal/kernel/remark"
	"ruche/internal/kernel/service"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

type demoRemark struct {
	Author     string       `json:"author"`
	HoursAfter float64      `json:"hours_after"` // after the post was published
	Body       string       `json:"body"`
	Replies    []demoRemark `json:"replies"`
}

type demoPost struct {
	Space    string       `json:"space"`
	Author   string       `json:"author"`
	Title    string       `json:"title"`
	Lede     string       `json:"lede"`
	Body     string       `json:"body"`
	State    string       `json:"state"`
	Tags     string       `json:"tags"`
	Group    string       `json:"group"` // of the space, whom alone it is for
	DaysAgo  int          `json:"days_ago"`
	Hour     int          `json:"hour"`
	Minute   int          `json:"minute"`
	Comments []demoRemark `json:"comments"`
	// Category is created where the space has none of the name. Cover and Image are
	// files of demo/images; the body shows Image where it says "(image)".
	Category string `json:"category"`
	Cover    string `json:"cover"`
	CoverAlt string `json:"cover_alt"`
	Image    string `json:"image"`
	Pinned   bool   `json:"pinned"`
}

// demo loads the posts of the demonstration with their conversations.
func (b *Blog) demo(ctx context.Context, tx *db.Tx, w *service.World) error {
	raw, err := files.ReadFile("demo/posts.json")
	if err != nil {
		return fmt.Errorf("reading the demo posts: %w", err)
	}
	var posts []demoPost
	if err := json.Unmarshal(raw, &posts); err != nil {
		return fmt.Errorf("reading the demo posts: %w", err)
	}
	for _, p := range posts {
		if err := b.demoPost(ctx, tx, w, p); err != nil {
			return fmt.Errorf("demo post %q: %w", p.Title, err)
		}
	}
	return demoDigest(ctx, tx, w)
}

// demoDigest is the letter that the demonstration sent a fortnight ago, without its mails.
func demoDigest(ctx context.Context, tx *db.Tx, w *service.World) error {
	at, digest, in := w.At(14, 9, 0), id.New(), w.Spaces["demat-ads"]
	_, err := tx.Exec(ctx, `INSERT INTO blog_digests (id, space_id, by_id, word, sent_at) VALUES ($1, $2, $3, $4, $5)`,
		digest, in, w.People["camille.martin@demo.example"].ID, "Bonjour, voici ce qui s’est écrit ces dernières semaines.", clock.Millis(at))
	if err == nil {
		_, err = tx.Exec(ctx, `INSERT INTO blog_digest_posts (digest_id, item_id, position) SELECT $1, i.id, 0 FROM items i
			WHERE i.space_id = $2 AND i.service = $3 AND i.state = 2 AND i.restricted = 0 AND i.published_at BETWEEN $4 AND $5`, digest, in, Bit, clock.Millis(at.AddDate(0, 0, -15)), clock.Millis(at))
	}
	if err != nil {
		return fmt.Errorf("writing the letter of the demonstration: %w", err)
	}
	return nil
}

func (b *Blog) demoPost(ctx context.Context, tx *db.Tx, w *service.World, p demoPost) error {
	body, err := files.ReadFile("demo/" + p.Body)
	if err != nil {
		return err
	}
	author, spaceID := w.People[p.Author], w.Spaces[p.Space]
	if author.ID.IsZero() || spaceID.IsZero() {
		return fmt.Errorf("unknown author or space")
	}
	at := w.At(p.DaysAgo, p.Hour, p.Minute)
	d := Draft{Title: p.Title, Lede: p.Lede, Body: string(body), Tags: p.Tags, Category: p.Category, CoverAlt: p.CoverAlt}
	pictures := map[string]id.ID{}
	if p.Cover != "" {
		d.Cover = id.New()
		pictures[p.Cover] = d.Cover
	}
	if p.Image != "" {
		pictures[p.Image] = id.New()
		d.Body = strings.ReplaceAll(d.Body, "(image)", "(fichier:"+pictures[p.Image].String()+")")
	}
	if err := demoCategory(ctx, tx, spaceID, p.Category); err != nil {
		return err
	}
	n := content.New{Space: spaceID, Service: Bit, Kind: kind, Text: d.text(), State: content.Published}
	switch p.State {
	case "draft":
		n.State = content.Draft
	case "scheduled":
		soon := w.Clock.Now().In(w.Location)
		n.State, n.PublishAt = content.Scheduled, time.Date(soon.Year(), soon.Month(), soon.Day()+3, p.Hour, p.Minute, 0, 0, w.Location).UTC()
	}
	if p.Group != "" {
		groups, err := space.Groups(ctx, tx, spaceID)
		if err != nil {
			return err
		}
		for _, g := range groups {
			if g.Name == p.Group {
				n.Readers = []access.Entry{{Group: g.ID}, {Account: author.ID}}
			}
		}
	}
	it, err := content.Create(ctx, tx, author.Actor(id.ID{}), n, at)
	if err != nil {
		return err
	}
	if err := setFields(ctx, tx, it.ID, n.Fields); err != nil {
		return err
	}
	for name, ref := range pictures {
		if err := b.demoPicture(ctx, tx, it, name, ref, at); err != nil {
			return err
		}
	}
	if p.Pinned {
		if err := content.Pin(ctx, tx, author.Actor(id.ID{}), it, at); err != nil {
			return err
		}
	}
	if err := demoSigns(ctx, tx, w, it, at); err != nil {
		return err
	}
	if err := demoThread(ctx, tx, w, it, at, p.Comments); err != nil {
		return err
	}
	switch p.State {
	case "archived":
		_, err = content.Archive(ctx, tx, author.Actor(id.ID{}), it, w.At(p.DaysAgo-10, p.Hour, p.Minute))
	case "trashed":
		_, err = content.Trash(ctx, tx, author.Actor(id.ID{}), it, w.At(p.DaysAgo-1, p.Hour, p.Minute))
	}
	return err
}

// demoCategory gives a space a category once.
func demoCategory(ctx context.Context, tx *db.Tx, space id.ID, name string) error {
	if name == "" {
		return nil
	}
	list, err := categories(ctx, tx, space)
	if err != nil || !named(list, content.TagKey(name)).ID.IsZero() {
		return err
	}
	return addCategory(ctx, tx, space, name)
}

func (b *Blog) demoPicture(ctx context.Context, tx *db.Tx, it content.Item, name string, ref id.ID, at time.Time) error {
	picture, err := files.ReadFile("demo/images/" + name)
	if err != nil {
		return err
	}
	return b.Attach.Place(ctx, tx, it.Author, it.ID, ref, name, "", bytes.NewReader(picture), at)
}

// demoSigns makes some members of the space react to what is published, the same
// ones at each load: who, and how, follows from the title.
func demoSigns(ctx context.Context, tx *db.Tx, w *service.World, it content.Item, published time.Time) error {
	if it.State != content.Published || it.Restricted {
		return nil
	}
	members, _, err := space.Members(ctx, tx, it.Space, space.MemberCursor{}, 12)
	if err != nil {
		return err
	}
	signs, title := remark.Signs(), []rune(it.Title)
	for i, m := range members {
		letter := int(title[i%len(title)])
		at := published.Add(time.Duration(20*(i+1)) * time.Minute)
		if m.Account == it.Author || letter%3 == 0 || at.After(w.Clock.Now()) {
			continue
		}
		if err := remark.InsertSign(ctx, tx, it.ID, id.ID{}, m.Account, signs[letter%2*(1+i%2)], at); err != nil {
			return err
		}
	}
	return nil
}

// demoTalk is the conversation under a post of the demonstration.
type demoTalk struct {
	*service.World
	item      content.Item
	published time.Time
	said      []remark.Remark
}

// demoSeenFor is from how long ago on the people of the demonstration have seen what
// they follow.
const demoSeenFor = 5 * 24 * time.Hour

// demoThread writes the comments of a post, by whom its author and those who commented
// are told, as they would be.
func demoThread(ctx context.Context, tx *db.Tx, w *service.World, it content.Item, published time.Time, list []demoRemark) error {
	t := &demoTalk{World: w, item: it, published: published}
	if err := t.insert(ctx, tx, id.ID{}, list); err != nil || it.State != content.Published {
		return err
	}
	if err := follow.Join(ctx, tx, it.Author, it.ID, follow.Author); err != nil {
		return err
	}
	slices.SortFunc(t.said, func(a, b remark.Remark) int { return a.CreatedAt.Compare(b.CreatedAt) })
	followers := []id.ID{it.Author}
	for _, r := range t.said {
		if err := follow.Join(ctx, tx, r.Author, it.ID, follow.Commented); err != nil {
			return err
		}
		var told []notice.New
		for _, who := range followers {
			if who != r.Author {
				told = append(told, notice.New{Account: who, By: r.Author, Item: it.ID, Remark: r.ID, Cause: it.ID, Kind: notice.Reply, At: r.CreatedAt})
			}
		}
		if err := notice.Add(ctx, tx, told); err != nil {
			return err
		}
		if !slices.Contains(followers, r.Author) {
			followers = append(followers, r.Author)
		}
	}
	var seen []notice.Sight
	for _, who := range followers {
		seen = append(seen, notice.Sight{Account: who, Item: it.ID, At: w.Clock.Now().Add(-demoSeenFor)})
	}
	return follow.Saw(ctx, tx, seen)
}

func (t *demoTalk) insert(ctx context.Context, tx *db.Tx, parent id.ID, list []demoRemark) error {
	for _, r := range list {
		author := t.People[r.Author]
		if author.ID.IsZero() {
			return fmt.Errorf("unknown author %s", r.Author)
		}
		at := t.published.Add(time.Duration(r.HoursAfter * float64(time.Hour)))
		if now := t.Clock.Now(); at.After(now) {
			at = now
		}
		rm := remark.Remark{ID: id.New(), Item: t.item.ID, Parent: parent, Author: author.ID, Body: r.Body, CreatedAt: at}
		if err := remark.Insert(ctx, tx, rm); err != nil {
			return err
		}
		t.said = append(t.said, rm)
		if err := t.insert(ctx, tx, rm.ID, r.Replies); err != nil {
			return err
		}
	}
	return nil
}
