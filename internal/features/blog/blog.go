package blog

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"
	"unicode/utf8"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/follow"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/mention"
	"ruche/internal/kernel/revision"
	"ruche/internal/kernel/service"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/mail"
	"ruche/internal/platform/markup"
)

// Bit numbers the service in every space, for ever.
const Bit = 1

const (
	kind    = "post"
	path    = "blog"
	maxLede = 400 // characters
)

//go:embed catalogue migrations demo
var files embed.FS

// Deps is what the blog stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Seen   *follow.Seen
	Shell  *frame.Shell
	Outbox *activity.Outbox
	Markup *markup.Renderer
	Editor *markup.Editor
	Attach *attach.Attachments
	Mail   *mail.Outbox
	// Catalog holds the words of mails, BaseURL and Instance name the program in them,
	// and their dates are told in Location.
	Catalog           *i18n.Catalog
	BaseURL, Instance string
	Location          *time.Location
	// Registry gives the services, once every feature is registered.
	Registry func() *service.Registry
}

// Blog is the feature.
type Blog struct{ Deps }

// New returns the feature.
func New(d Deps) *Blog {
	b := &Blog{d}
	d.Mail.Recheck(digestMail, b.stillGoes)
	d.Outbox.Subscribe("blog.digest", b.MailDigest, EventDigest)
	return b
}

// Feature registers the blog.
func (b *Blog) Feature() service.Feature {
	return service.Feature{
		Name:       "blog",
		Migrations: folder("migrations"),
		Catalogue:  folder("catalogue"),
		Tables: []service.Table{
			{Name: "blog_categories", Class: service.Exported},
			{Name: "blog_posts", Class: service.Exported, Item: "item_id"},
			{Name: "blog_digests", Class: service.Exported},
			{Name: "blog_digest_posts", Class: service.Exported, Item: "item_id"},
			{Name: "blog_digest_stops", Class: service.Exported},
		},
		Routes: b.routes,
		Service: &service.Service{
			Bit: Bit, Path: path, LabelKey: "blog.tab", Icon: "newspaper",
			Defaults: func(space.Kind) (access.Levels, bool) {
				return access.Levels{Visitor: access.Read, Reader: access.Comment, Contributor: access.Contribute}, true
			},
			ItemPath:  postPath,
			EditPath:  func(spaceSlug, postSlug string) string { return postPath(spaceSlug, postSlug) + "/-/modifier" },
			SetFields: setFields, FieldKeys: map[string]string{ledeField: "blog.field.lede", content.FieldTags: "blog.field.tags", categoryField: "blog.field.category", content.FieldCover: "blog.field.cover"},
			LedeField: ledeField,
			Widget:    b.widget,
		},
		Demo: b.demo,
	}
}

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(fmt.Sprintf("blog: no folder %q: %v", name, err)) // the name is a constant
	}
	return sub
}

func listPath(spaceSlug string) string           { return "/espaces/" + spaceSlug + "/" + path }
func postPath(spaceSlug, postSlug string) string { return listPath(spaceSlug) + "/" + postSlug }

// Draft is what someone writes: the post before it is kept.
type Draft struct {
	Title string
	Lede  string
	Body  string
	// Slot is where it was kept while it was typed, GivenUp the fields that its
	// writer leaves as another has them, by name.
	Slot    revision.Slot
	GivenUp []string
	// Tags are as they are typed: apart by commas.
	Tags string
	// Chosen are those whom the writer picked while typing their names.
	Chosen []mention.Target
	// Category is the name of one of the space, or empty.
	Category string
	// Cover is what the text calls the image of the post, CoverAlt its words.
	Cover    id.ID
	CoverAlt string
	// Group is whom a new post is for, with its author and the leads; zero for all
	// readers of the blog. The readers of a post that exists are changed apart.
	Group id.ID
}

// readers restricts a new post to the group that it is for.
func (d *Draft) readers(ctx context.Context, tx *db.Tx, a actor.Actor, v access.View) ([]access.Entry, error) {
	if d.Group.IsZero() {
		return nil, nil
	}
	_, err := space.GroupByID(ctx, tx, v.Space.ID, d.Group)
	if fault.KindOf(err) == fault.NotFound || err == nil && !v.IsMember() {
		return nil, fault.InvalidFields(fault.Field{Name: audienceField, Key: "blog.audience.gone"})
	}
	return []access.Entry{{Group: d.Group}, {Account: a.Account}}, err
}

// Post is a post with its standfirst.
type Post struct {
	content.Row
	look
	Tags []content.Tag
}

// check refuses, field by field, what can't be a post.
func (d *Draft) check() error {
	d.Title, d.Lede = strings.TrimSpace(d.Title), strings.TrimSpace(d.Lede)
	var wrong []fault.Field
	switch {
	case d.Title == "":
		wrong = append(wrong, fault.Field{Name: "title", Key: "blog.title.empty"})
	case utf8.RuneCountInString(d.Title) > content.MaxTitle:
		wrong = append(wrong, fault.Field{Name: "title", Key: "blog.title.long", Args: []any{"max", content.MaxTitle}})
	}
	if utf8.RuneCountInString(d.Lede) > maxLede {
		wrong = append(wrong, fault.Field{Name: "lede", Key: "blog.lede.long", Args: []any{"max", maxLede}})
	}
	if len(d.Body) > content.MaxBody {
		wrong = append(wrong, fault.Field{Name: "body", Key: "blog.body.long"})
	}
	var err error
	if d.Tags, err = content.Tags(d.Tags); err != nil {
		wrong = append(wrong, fault.FieldsOf(err)...)
	}
	if utf8.RuneCountInString(d.CoverAlt) > attach.MaxAlt {
		wrong = append(wrong, fault.Field{Name: coverAltField, Key: "attach.alt.long", Args: []any{"max", attach.MaxAlt}})
	}
	if wrong != nil {
		return fault.InvalidFields(wrong...)
	}
	return nil
}

// text is what a revision keeps of it.
func (d *Draft) text() content.Text {
	fields := map[string]string{ledeField: d.Lede, content.FieldTags: d.Tags}
	for name, value := range map[string]string{categoryField: d.Category, content.FieldCover: content.Cover(d.Cover, d.CoverAlt)} {
		if value != "" { // a text of before there were any is the same text
			fields[name] = value
		}
	}
	return content.Text{Title: d.Title, Body: d.Body, Fields: fields}
}

// Becoming is the state that a post is to have once written: Draft, Scheduled at
// an instant, or Published.
type Becoming struct {
	State content.State
	At    time.Time
}

// Write keeps a new post. fault.Invalid names the fields title, lede and body.
func (b *Blog) Write(ctx context.Context, a actor.Actor, spaceSlug string, d Draft, to Becoming) (Post, error) {
	if err := d.check(); err != nil {
		return Post{}, err
	}
	var p Post
	err := b.DB.Write(ctx, func(tx *db.Tx) (err error) {
		p, err = b.write(ctx, tx, a, spaceSlug, d, to)
		return err
	})
	return p, err
}

// write is Write within a transaction, of a draft that was checked.
func (b *Blog) write(ctx context.Context, tx *db.Tx, a actor.Actor, spaceSlug string, d Draft, to Becoming) (p Post, err error) {
	v, err := b.lock(ctx, tx, a, spaceSlug)
	if err != nil {
		return p, err
	}
	if err := v.Check(access.ItemCreate, Bit); err != nil {
		return p, err
	}
	readers, err := d.readers(ctx, tx, a, v)
	if err != nil {
		return p, err
	}
	p.Item, err = content.Create(ctx, tx, a, content.New{Space: v.Space.ID, Service: Bit, Kind: kind, Text: d.text(), State: to.State, PublishAt: to.At, Chosen: d.Chosen, Readers: readers}, b.Clock.Now())
	if err != nil {
		return p, err
	}
	if err := setFields(ctx, tx, p.ID, d.text().Fields); err != nil {
		return p, err
	}
	if err := revision.Drop(ctx, tx, a.Account, revision.OfNew(v.Space.ID, path), d.Slot); err != nil {
		return p, err
	}
	return p, b.tell(ctx, tx, a, content.Draft, p)
}

// Edit changes a post from the revision base on. One that readers do not see yet
// takes the state asked for; the others keep theirs, and nothing in the trash is
// changed. What others changed since is joined with it, and merged then tells so;
// what both changed is a *content.Clash, and nothing is written.
func (b *Blog) Edit(ctx context.Context, a actor.Actor, spaceSlug, postSlug string, base int64, d Draft, to Becoming) (p Post, merged bool, err error) {
	if err := d.check(); err != nil {
		return Post{}, false, err
	}
	err = b.DB.Write(ctx, func(tx *db.Tx) (err error) {
		p, merged, err = b.edit(ctx, tx, a, spaceSlug, postSlug, base, d, to)
		return err
	})
	return p, merged, err
}

// edit is Edit within a transaction, of a draft that was checked.
func (b *Blog) edit(ctx context.Context, tx *db.Tx, a actor.Actor, spaceSlug, postSlug string, base int64, d Draft, to Becoming) (p Post, merged bool, err error) {
	v, err := b.lock(ctx, tx, a, spaceSlug)
	if err != nil {
		return p, false, err
	}
	if p, err = b.load(ctx, tx, a, v, postSlug); err != nil {
		return p, false, err
	}
	if err := content.MayEdit(a, v, p.Item); err != nil {
		return p, false, err
	}
	was := p.State
	switch was {
	case content.Trashed:
		return p, false, fault.New(fault.Denied, "blog.trashed")
	case content.Published, content.Archived:
		to = Becoming{State: was}
	case content.Draft, content.Scheduled:
	}
	if err := revision.Drop(ctx, tx, a.Account, revision.OfItem(p.ID), d.Slot); err != nil {
		return p, false, err
	}
	done, err := content.Apply(ctx, tx, a, p.Item, base, content.Change{Text: d.text(), State: to.State, PublishAt: to.At, Theirs: d.GivenUp, Chosen: d.Chosen}, b.Clock.Now())
	if err != nil {
		return p, false, err
	}
	if done.Revision == p.Revision {
		return p, false, nil
	}
	p.Item, merged = done.Item, done.Merged
	if err := setFields(ctx, tx, p.ID, done.Text.Fields); err != nil {
		return p, merged, err
	}
	return p, merged, b.tell(ctx, tx, a, was, p)
}

// ledeField names the standfirst among the fields of a revision, categoryField the
// category. The others are of the form alone: the words for the cover, and whom a new
// post is for.
const (
	ledeField     = "lede"
	categoryField = "category"
	coverAltField = "cover_alt"
	audienceField = "audience"
)

// tell appends what happened to a post that readers may see.
func (b *Blog) tell(ctx context.Context, tx *db.Tx, a actor.Actor, was content.State, p Post) error {
	if p.State != content.Published {
		return nil
	}
	k := content.EventChanged
	if was == content.Draft || was == content.Scheduled {
		k = content.EventPublished
	}
	return b.Outbox.Append(ctx, tx, a, activity.Event{Kind: k, Space: p.Space, Item: p.ID})
}

// lock enters a space to write in it: the space is known to the actor, then
// locked, then read again.
func (b *Blog) lock(ctx context.Context, tx *db.Tx, a actor.Actor, spaceSlug string) (access.View, error) {
	v, err := access.BySlug(ctx, tx, a, spaceSlug)
	if err != nil {
		return v, err
	}
	if err := v.Check(access.ItemRead, Bit); err != nil {
		return v, err
	}
	if _, err := space.Lock(ctx, tx, v.Space.ID); err != nil {
		return v, err
	}
	return access.ByID(ctx, tx, a, v.Space.ID)
}

// enter is lock for reading.
func (b *Blog) enter(ctx context.Context, tx *db.Tx, a actor.Actor, spaceSlug string) (access.View, error) {
	v, err := access.BySlug(ctx, tx, a, spaceSlug)
	if err != nil {
		return v, err
	}
	return v, v.Check(access.ItemRead, Bit)
}

func (b *Blog) load(ctx context.Context, tx *db.Tx, a actor.Actor, v access.View, postSlug string) (Post, error) {
	row, err := content.RowBySlug(ctx, tx, a, v.Space.ID, Bit, postSlug)
	if err != nil {
		return Post{}, err
	}
	all, err := looks(ctx, tx, []content.Row{row})
	return Post{Row: row, look: all[row.ID]}, err
}
