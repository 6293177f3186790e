package blog

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/revision"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/markup"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

const (
	pageSize = 20 // posts of a page of the list
	recent   = 5  // posts on the home of the space
	offered  = 3  // texts typed in a form and not sent
	// coverIsland is the script that sends the cover of a post.
	coverIsland = "blog/cover.js"
	// bodyLimit bounds a form: a body of content.MaxBody, percent-encoded.
	// and the tree of the visual editor, which is longer.
	bodyLimit = 24 << 20
)

func (b *Blog) routes(r *web.Router) {
	space := func(action access.Action) web.Gate { return web.Gate{Action: string(action), Subject: "space"} }
	item := func(action access.Action) web.Gate { return web.Gate{Action: string(action), Subject: "item"} }
	const list, post = "/espaces/{slug}/blog", "/espaces/{slug}/blog/{post}"

	r.Handle("GET", list, space(access.ItemRead), frame.Signed(b.list))
	r.Handle("GET", list+"/-/nouveau", space(access.ItemCreate), frame.Signed(b.compose))
	r.Handle("POST", list+"/-/nouveau", space(access.ItemCreate), frame.Signed(b.publish), web.MaxBody(bodyLimit))
	r.Handle("GET", list+"/-/categories", space(access.ItemEditAny), frame.Signed(b.categoriesPage))
	r.Handle("POST", list+"/-/categories", space(access.ItemEditAny), frame.Signed(b.changeCategories))
	r.Handle("GET", list+"/-/lettre", space(access.ItemEditAny), frame.Signed(b.digestForm))
	r.Handle("POST", list+"/-/lettre", space(access.ItemEditAny), frame.Signed(b.sendDigest))
	r.Handle("GET", list+"/-/lettre/recevoir", space(access.ItemRead), frame.Signed(b.stopPage))
	r.Handle("POST", list+"/-/lettre/recevoir", space(access.ItemRead), frame.Signed(b.chooseDigest))
	r.Handle("GET", post, item(access.ItemRead), frame.Signed(b.show))
	r.Handle("GET", post+"/-/modifier", item(access.ItemEditOwn), frame.Signed(b.change))
	r.Handle("POST", post+"/-/modifier", item(access.ItemEditOwn), frame.Signed(b.save), web.MaxBody(bodyLimit))
}

// list is the page of the posts, newest first, with one's own drafts above.
func (b *Blog) list(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	after, ok := frame.ParseCursor(r.URL.Query().Get("apres"))
	if !ok {
		return fault.NotFoundError()
	}
	var v access.View
	var chosen Category
	view := listView{First: after.ID.IsZero()}
	err := b.DB.Read(ctx, func(tx *db.Tx) error {
		var err error
		if v, err = b.enter(ctx, tx, a, r.PathValue("slug")); err != nil {
			return err
		}
		all, err := categories(ctx, tx, v.Space.ID)
		if err != nil {
			return err
		}
		if key := r.URL.Query().Get("categorie"); key != "" {
			if chosen = named(all, key); chosen.ID.IsZero() {
				return fault.NotFoundError()
			}
		}
		view.Categories = b.filters(ctx, v, all, chosen)
		rows, next, err := b.page(ctx, tx, a, v, chosen, after)
		if err != nil {
			return err
		}
		if view.Posts, err = b.posts(ctx, tx, v, rows); err != nil {
			return err
		}
		if next != nil {
			view.Paging.Older = filtered(v, chosen, "apres="+frame.FormatCursor(*next))
		}
		if !view.First || !chosen.ID.IsZero() || !v.Can(access.ItemCreate, Bit) {
			return nil
		}
		drafts, err := content.Drafts(ctx, tx, a, v.Space.ID, Bit)
		if err != nil {
			return err
		}
		view.Drafts, err = b.posts(ctx, tx, v, drafts)
		return err
	})
	if err != nil {
		return err
	}
	if !view.First {
		view.Paging.Newer = filtered(v, chosen, "")
		view.Paging.NewerLabel = i18n.T(ctx, "blog.back_to_first")
	}
	view.Paging.Label = i18n.T(ctx, "blog.pages")
	view.Feed = frame.FeedPath(v.Space.Slug, path)
	if v.Can(access.ItemCreate, Bit) {
		view.New = &ui.Action{Label: i18n.T(ctx, "blog.new"), Icon: "plus", Kind: ui.Primary, Href: listPath(v.Space.Slug) + "/-/nouveau"}
		view.Trash = "/espaces/" + v.Space.Slug + "/corbeille"
	}
	if v.Can(access.ItemEditAny, Bit) {
		view.Manage, view.Digest = listPath(v.Space.Slug)+"/-/categories", digestPath(v.Space.Slug)
	}
	title := i18n.T(ctx, "blog.tab")
	if !chosen.ID.IsZero() {
		view.Category, title = chosen.Label, i18n.T(ctx, "blog.category.page", "category", chosen.Label)
	}
	return b.Shell.Render(w, r, http.StatusOK, frame.Page{Title: title, Space: &v, Tab: path}, listPage(view))
}

// page lists the posts of a category, or all of them with those that the space keeps at
// hand first.
func (b *Blog) page(ctx context.Context, tx *db.Tx, a actor.Actor, v access.View, chosen Category, after content.Cursor) ([]content.Row, *content.Cursor, error) {
	if !chosen.ID.IsZero() {
		q := db.NewBuilder().Add(`SELECT `+content.RowColumns+` FROM blog_posts p JOIN items i ON i.id = p.item_id JOIN accounts a ON a.id = i.author_id WHERE p.category_id = ?`, chosen.ID)
		return content.Page(ctx, tx, a, q, after, pageSize)
	}
	rows, next, err := content.Latest(ctx, tx, a, v.Space.ID, Bit, after, pageSize)
	if err != nil {
		return nil, nil, err
	}
	pinned, err := content.Pinned(ctx, tx, a, v.Space.ID)
	if err != nil {
		return nil, nil, err
	}
	pinned = slices.DeleteFunc(pinned, func(p content.Row) bool { return p.Service != Bit || p.State != content.Published })
	rows = slices.DeleteFunc(rows, func(r content.Row) bool {
		return slices.ContainsFunc(pinned, func(p content.Row) bool { return p.ID == r.ID })
	})
	if after.ID.IsZero() {
		for i := range pinned {
			pinned[i].Pinned = true
		}
		rows = append(pinned, rows...)
	}
	return rows, next, nil
}

// filtered is the address of a list of posts.
func filtered(v access.View, c Category, query string) string {
	if c.Key != "" {
		query = strings.TrimSuffix("categorie="+url.QueryEscape(c.Key)+"&"+query, "&")
	}
	if query == "" {
		return listPath(v.Space.Slug)
	}
	return listPath(v.Space.Slug) + "?" + query
}

// filters are the categories as ways to see the posts of one of them alone.
func (b *Blog) filters(ctx context.Context, v access.View, all []Category, chosen Category) (out []ui.Tab) {
	if len(all) == 0 {
		return nil
	}
	out = []ui.Tab{{Label: i18n.T(ctx, "blog.category.all"), Href: listPath(v.Space.Slug), Current: chosen.ID.IsZero()}}
	for _, c := range all {
		out = append(out, ui.Tab{Label: c.Label, Href: filtered(v, c, ""), Current: c.ID == chosen.ID})
	}
	return out
}

// posts draws rows of posts; three queries whatever their number.
func (b *Blog) posts(ctx context.Context, tx *db.Tx, v access.View, rows []content.Row) ([]ui.Post, error) {
	seen, err := looks(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]ui.Post, 0, len(rows))
	for _, row := range rows {
		p := ui.Post{
			Title: row.Title, Href: postPath(v.Space.Slug, row.Slug), Excerpt: seen[row.ID].Lede, Cover: seen[row.ID].image(""),
			By: ui.By{Author: frame.Face(row.AuthorName, row.AuthorOrg, account.Class(row.AuthorClass), row.AuthorHue), Time: row.PublishedAt},
		}
		if p.Excerpt == "" {
			p.Excerpt = b.Markup.Text(row.Body, 220)
		}
		if c := seen[row.ID].Category; c.Label != "" {
			p.Kicker, p.KickerHref, p.KickerHue = c.Label, filtered(v, c, ""), c.Hue
		}
		p.Badges = frame.ItemBadges(ctx, row.Item)
		if row.Pinned {
			p.Badges = append(p.Badges, frame.PinBadge(ctx))
		}
		if row.State == content.Draft || row.State == content.Scheduled {
			p.By.Time = row.UpdatedAt
			p.Href += "/-/modifier"
		} else {
			p.By.Notes = []string{i18n.N(ctx, "blog.comments", row.Remarks)}
		}
		out = append(out, p)
	}
	return out, nil
}

// widget is the part of the blog on the home of a space.
func (b *Blog) widget(ctx context.Context, tx *db.Tx, a actor.Actor, v access.View) (templ.Component, error) {
	rows, next, err := content.Latest(ctx, tx, a, v.Space.ID, Bit, content.Cursor{}, recent)
	if err != nil {
		return nil, err
	}
	view := widgetView{All: listPath(v.Space.Slug), More: next != nil}
	if view.Posts, err = b.posts(ctx, tx, v, rows); err != nil {
		return nil, err
	}
	if len(view.Posts) > 0 {
		view.Posts[0].Big = true
	}
	if v.Can(access.ItemCreate, Bit) {
		view.New = &ui.Action{Label: i18n.T(ctx, "blog.new"), Icon: "plus", Kind: ui.Primary, Href: view.All + "/-/nouveau"}
	}
	return widget(view), nil
}

// compose is the empty form.
func (b *Blog) compose(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return b.form(w, r, a, http.StatusOK, formView{})
}

func (b *Blog) publish(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	f := formView{}
	f.problem = f.read(w, r, a, b.Editor, b.Clock.Now())
	if f.problem != nil {
		return b.unread(w, r, a, f)
	}
	if f.action == actionPreview {
		return b.preview(w, r, a, f)
	}
	p, err := b.Write(r.Context(), a, r.PathValue("slug"), f.draft(), f.becomes())
	if err != nil {
		return b.refused(w, r, a, f, err)
	}
	b.done(w, r, p, content.Draft, false)
	return nil
}

// change is the form over an existing post.
func (b *Blog) change(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	p, err := b.current(r, a)
	if err != nil {
		return err
	}
	f := formView{Title: p.Title, Lede: p.Lede, Body: markup.Typed(p.Body), Tags: labels(p.Tags), Category: p.Category.Label, Cover: p.Cover.Ref, CoverAlt: p.CoverAlt, Base: p.Revision, post: &p}
	return b.form(w, r, a, http.StatusOK, f)
}

func (b *Blog) save(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	p, err := b.current(r, a)
	if err != nil {
		return err
	}
	f := formView{post: &p}
	if f.problem = f.read(w, r, a, b.Editor, b.Clock.Now()); f.problem != nil {
		return b.unread(w, r, a, f)
	}
	if f.action == actionPreview {
		return b.preview(w, r, a, f)
	}
	was := p.State
	p, merged, err := b.Edit(r.Context(), a, r.PathValue("slug"), p.Slug, f.Base, f.draft(), f.becomes())
	if err != nil {
		return b.refused(w, r, a, f, err)
	}
	b.done(w, r, p, was, merged)
	return nil
}

// unread shows the form again as far as it could be read; another account's text
// is shown to nobody.
func (b *Blog) unread(w http.ResponseWriter, r *http.Request, a actor.Actor, f formView) error {
	if fault.KindOf(f.problem) == fault.Denied {
		return f.problem
	}
	return b.form(w, r, a, web.StatusOf(fault.KindOf(f.problem)), f)
}

// current reads the post that the request names, for someone who may edit it.
func (b *Blog) current(r *http.Request, a actor.Actor) (p Post, err error) {
	ctx := r.Context()
	err = b.DB.Read(ctx, func(tx *db.Tx) error {
		v, err := b.enter(ctx, tx, a, r.PathValue("slug"))
		if err != nil {
			return err
		}
		if p, err = b.load(ctx, tx, a, v, r.PathValue("post")); err != nil {
			return err
		}
		if err := content.MayEdit(a, v, p.Item); err != nil {
			return err
		}
		p.Tags, err = content.TagsOf(ctx, tx, p.ID)
		return err
	})
	return p, err
}

// refused shows the form again with what was typed: 422 with reasons; 409 with
// the text that was kept meanwhile, joined with it as far as can be.
func (b *Blog) refused(w http.ResponseWriter, r *http.Request, a actor.Actor, f formView, err error) error {
	switch fault.KindOf(err) {
	case fault.Invalid:
		f.problem = err
		return b.form(w, r, a, http.StatusUnprocessableEntity, f)
	case fault.Conflict:
		p, rerr := b.current(r, a)
		if rerr != nil {
			return rerr
		}
		f.problem, f.post = err, &p
		var clash *content.Clash
		if !errors.As(err, &clash) {
			return err
		}
		f.Base = clash.Current.Revision
		f.Title, f.Lede, f.Body, f.Tags = clash.Joined.Title, clash.Joined.Fields[ledeField], markup.Typed(clash.Joined.Body), clash.Joined.Fields[content.FieldTags]
		f.Category = clash.Joined.Fields[categoryField]
		f.Cover, f.CoverAlt = content.CoverOf(clash.Joined.Fields)
		f.Conflict = frame.Conflict(r.Context(), b.Registry().ByBit(Bit), clash, "/p/"+p.ID.String())
		return b.form(w, r, a, http.StatusConflict, f)
	case fault.Internal, fault.Unauthenticated, fault.Denied, fault.NotFound, fault.TooLarge, fault.TooMany, fault.Unavailable, fault.Full:
		return err
	}
	return err
}

// done leads to what was written: a post to its page, one that nobody else sees
// yet to its form.
func (b *Blog) done(w http.ResponseWriter, r *http.Request, p Post, was content.State, merged bool) {
	to := postPath(r.PathValue("slug"), p.Slug)
	switch {
	case p.State == content.Draft:
		web.SetFlash(w, "blog.flash.draft")
		to += "/-/modifier"
	case p.State == content.Scheduled:
		web.SetFlash(w, "blog.flash.scheduled", "when", i18n.From(r.Context()).DateTime(p.PublishAt))
		to += "/-/modifier"
	case was == content.Draft || was == content.Scheduled:
		web.SetFlash(w, "blog.flash.published")
	case merged:
		web.SetFlash(w, "blog.flash.merged")
	default:
		web.SetFlash(w, "blog.flash.saved")
	}
	web.Redirect(w, r, to)
}

// form draws the form with what it holds. Whoever may not write gets the answer
// of an absent page.
func (b *Blog) form(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, f formView) error {
	ctx := r.Context()
	var v access.View
	err := b.DB.Read(ctx, func(tx *db.Tx) error {
		var err error
		if v, err = b.enter(ctx, tx, a, r.PathValue("slug")); err != nil {
			return err
		}
		if f.post == nil {
			if err := v.Check(access.ItemCreate, Bit); err != nil {
				return err
			}
		}
		if err := b.readers(ctx, tx, v, &f); err != nil {
			return err
		}
		if err := b.resume(ctx, tx, r, a, v, &f); err != nil {
			return err
		}
		return b.choices(ctx, tx, a, v, &f)
	})
	if err != nil {
		return err
	}
	f.Public = v.Space.Visibility == space.Public && (f.post == nil || f.post.Audience.IsZero())
	if f.post != nil {
		f.Who = frame.ReadersPath(f.post.Item)
	}
	f.Published = f.post != nil && f.post.State != content.Draft && f.post.State != content.Scheduled
	f.Cancel = listPath(v.Space.Slug)
	if f.Published {
		f.Cancel = postPath(v.Space.Slug, f.post.Slug)
	}
	f.Action = r.URL.Path
	f.Mentions = frame.NewMentionsPath(v.Space.Slug, path)
	if f.post != nil {
		f.Mentions = frame.MentionsPath(f.post.ID)
	}
	for _, t := range f.chosen {
		f.Chosen = append(f.Chosen, t.String())
	}
	if f.slot.ID.IsZero() {
		f.slot = revision.NewSlot()
	}
	f.Keeping.Typist, f.Keeping.Slot = a.Account.String(), f.slot.String()
	if f.post != nil && f.post.State == content.Scheduled && f.Day == "" {
		at := f.post.PublishAt.In(i18n.From(ctx).Location())
		f.Day, f.Hour = at.Format(time.DateOnly), at.Format("15:04")
	}
	if f.problem != nil {
		f.Errors = web.FormErrors(ctx, f.problem)
		f.Problems = ui.Problems(f.Errors, "title", "lede", "body", categoryField, content.FieldCover, coverAltField, "tags", audienceField, "day")
		if len(f.Problems) == 0 && f.Conflict == nil {
			f.Problems = []ui.Problem{{Text: web.Message(ctx, f.problem)}}
		}
	}
	title := i18n.T(ctx, "blog.form.new")
	if f.post != nil {
		title = i18n.T(ctx, "blog.form.edit")
	}
	f.Heading = title
	return b.Shell.Render(w, r, status, frame.Page{Title: title, Space: &v, Tab: path, Invalid: f.problem != nil, Islands: []string{frame.MentionIsland, frame.EditorIsland, coverIsland}}, formPage(f))
}

// readers counts who will read what the form holds and, for a new post, lists the
// groups that it can be kept to.
func (b *Blog) readers(ctx context.Context, tx *db.Tx, v access.View, f *formView) (err error) {
	if f.post != nil {
		f.Readers, f.Externals, err = access.CountScopeReaders(ctx, tx, f.post.Scope, b.Clock.Now())
		return err
	}
	if f.Readers, f.Externals, err = space.Audience(ctx, tx, v.Space.ID); err != nil || !v.IsMember() {
		return err
	}
	f.groups, err = space.Groups(ctx, tx, v.Space.ID)
	return err
}

// choices lists the categories of the space, and the images that may be the cover: those
// of the post, those just sent, and the one that is.
func (b *Blog) choices(ctx context.Context, tx *db.Tx, a actor.Actor, v access.View, f *formView) error {
	all, err := categories(ctx, tx, v.Space.ID)
	if err != nil {
		return err
	}
	f.Categories = all
	if v.Can(access.ItemEditAny, Bit) {
		f.Manage = listPath(v.Space.Slug) + "/-/categories"
	}
	add := func(ref id.ID, file attach.File) {
		known := slices.ContainsFunc(f.Covers, func(c cover) bool { return c.Ref == ref || !c.Digest.IsZero() && c.Digest == file.Digest })
		if file.IsImage() && (!known || ref == f.Cover) {
			f.Covers = append(f.Covers, cover{ref, file})
		}
	}
	if !f.Cover.IsZero() {
		file, err := attach.ForText(ctx, tx, a, f.Cover)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		add(f.Cover, file)
	}
	if f.post != nil {
		joined, err := attach.Of(ctx, tx, f.post.ID)
		if err != nil {
			return err
		}
		for _, x := range joined {
			ref := x.Ref
			if ref.IsZero() {
				ref = x.ID
			}
			add(ref, x.File)
		}
	}
	sent, err := attach.Waiting(ctx, tx, a.Account, attach.TextForm(string(f.form)))
	for _, u := range sent {
		add(u.ID, u.File)
	}
	return err
}

// audience asks whom a new post is for, where the space has groups. A group that is
// there no more stays chosen: the post never opens by itself.
func (f formView) audience(ctx context.Context) *ui.Choice {
	if f.post != nil || len(f.groups) == 0 && f.Audience == "" {
		return nil
	}
	c := &ui.Choice{Name: audienceField, Label: i18n.T(ctx, "blog.field.audience"), Hint: i18n.T(ctx, "blog.field.audience.hint"), Error: f.Errors[audienceField]}
	all := i18n.T(ctx, "blog.audience.space")
	if f.Public {
		all = i18n.T(ctx, "blog.audience.public")
	}
	count := i18n.N(ctx, "blog.audience.count", f.Readers, "name", all)
	if f.Externals > 0 {
		count = i18n.N(ctx, "blog.audience.externals", f.Readers, "name", all, "externals", i18n.N(ctx, "blog.readers.of_whom", f.Externals))
	}
	c.Options = []ui.Option{{Label: count}}
	known := f.Audience == ""
	for _, g := range f.groups {
		chosen := g.ID.String() == f.Audience
		known = known || chosen
		c.Options = append(c.Options, ui.Option{Value: g.ID.String(), Label: i18n.N(ctx, "blog.audience.count", g.Members, "name", g.Name), Selected: chosen})
	}
	if !known {
		c.Options = append(c.Options, ui.Option{Value: f.Audience, Label: i18n.T(ctx, "blog.audience.deleted"), Selected: true})
	}
	return c
}

// resume offers what the person typed in this form and never sent, or puts it
// into the form when they take it up.
func (b *Blog) resume(ctx context.Context, tx *db.Tx, r *http.Request, a actor.Actor, v access.View, f *formView) error {
	f.form = revision.OfNew(v.Space.ID, path)
	if f.post != nil {
		f.form = revision.OfItem(f.post.ID)
	}
	f.Keeping.Href, f.Keeping.Max = "/-/brouillons/"+string(f.form), revision.MaxDraft
	if r.Method != http.MethodGet {
		return nil // the form comes back with what was typed last
	}
	kept, err := revision.Kept(ctx, tx, a.Account, f.form, offered)
	if err != nil {
		return err
	}
	wanted := revision.ParseSlot(r.URL.Query().Get("reprendre")).ID
	for _, d := range kept {
		title, lede, tags, audience := d.Fields["title"], d.Fields[ledeField], d.Fields[content.FieldTags], d.Fields[audienceField]
		category, coverAlt := d.Fields[categoryField], d.Fields[coverAltField]
		cover, _ := id.Parse(d.Fields[content.FieldCover]) // zero for none
		body, err := frame.Written(b.Editor, strings.ReplaceAll(d.Fields["body"], "\r\n", "\n"), d.Fields[frame.FieldDoc])
		if err != nil {
			body = d.Fields["body"] // what the editor had is no tree: the text it was opened on
		}
		switch {
		case d.Slot.ID == wanted: // never zero
			f.Title, f.Lede, f.Body, f.Tags, f.Audience, f.slot = title, lede, body, tags, audience, d.Slot
			f.Category, f.Cover, f.CoverAlt = category, cover, coverAlt
			if f.post != nil {
				f.Base = d.Base
			}
		case title != f.Title || lede != f.Lede || body != f.Body || tags != f.Tags || category != f.Category || cover != f.Cover || coverAlt != f.CoverAlt:
			f.Kept = append(f.Kept, ui.Draft{
				When: i18n.From(ctx).DateTime(d.UpdatedAt), Text: b.Markup.Text(title+" "+body, 120), Slot: d.Slot.String(),
				Resume: r.URL.Path + "?reprendre=" + d.Slot.String(), Drop: f.Keeping.Href + "/abandonner", Back: r.URL.Path,
			})
		}
	}
	if !wanted.IsZero() && f.slot.ID == wanted {
		f.Kept = nil // one at a time
	}
	return nil
}

// read fills the form from the request; what could be read stays even when the
// body is too large.
func (f *formView) read(w http.ResponseWriter, r *http.Request, a actor.Actor, editor *markup.Editor, now time.Time) error {
	err := web.ParseForm(w, r, bodyLimit)
	if other := frame.SameTypist(r, a); other != nil {
		return other
	}
	form := web.NewForm(r)
	f.Tags, f.Audience = form.Get("tags"), form.Get(audienceField)
	f.Title, f.Lede, f.Body = form.Line("title", content.MaxTitle), form.Line("lede", maxLede), strings.ReplaceAll(form.Get("body"), "\r\n", "\n")
	if err == nil {
		f.Body, err = frame.Written(editor, f.Body, form.Get(frame.FieldDoc))
	}
	f.Category, f.CoverAlt = form.Line(categoryField, 200), form.Line(coverAltField, 2*attach.MaxAlt)
	f.Cover, _ = id.Parse(form.Get(content.FieldCover)) // anything else is no cover
	f.action = form.Get("action")
	f.Day, f.Hour = form.Get(frame.FieldDay), form.Get(frame.FieldHour)
	f.slot, f.givenUp = revision.ParseSlot(form.Get(frame.FieldSlot)), frame.GivenUp(r)
	f.chosen = frame.Chosen(r)
	if f.post != nil {
		f.Base = f.post.Revision
		if base, perr := strconv.ParseInt(form.Get("base"), 10, 64); perr == nil {
			f.Base = base
		} else if err == nil {
			return fault.New(fault.Invalid, "blog.form.incomplete")
		}
	}
	if err == nil {
		err = form.Err()
	}
	if err == nil && f.action == actionSchedule {
		f.at, err = frame.Moment(f.Day, f.Hour, i18n.From(r.Context()).Location(), now)
	}
	return err
}

// The buttons of the form.
const (
	actionPublish  = "publish"
	actionDraft    = "draft"
	actionSchedule = "schedule"
	actionPreview  = "preview"
)

func (f *formView) draft() Draft {
	group, err := id.Parse(f.Audience)
	if err != nil && f.Audience != "" {
		group = id.New() // a group that is none, and never everyone
	}
	return Draft{Group: group, Title: f.Title, Lede: f.Lede, Body: f.Body, Tags: f.Tags, Category: f.Category, Cover: f.Cover, CoverAlt: f.CoverAlt, Slot: f.slot, GivenUp: f.givenUp, Chosen: f.chosen}
}

// labels writes tags as they are typed.
func labels(tags []content.Tag) string {
	var out []string
	for _, t := range tags {
		out = append(out, t.Label)
	}
	return strings.Join(out, ", ")
}

// becomes is the state that the form asks for.
func (f *formView) becomes() Becoming {
	switch f.action {
	case actionDraft:
		return Becoming{State: content.Draft}
	case actionSchedule:
		return Becoming{State: content.Scheduled, At: f.at}
	}
	return Becoming{State: content.Published}
}

// minutes is how long a text takes to read, at 220 words a minute.
func minutes(words int) int {
	return max(1, int((time.Duration(words)*time.Minute/220+30*time.Second)/time.Minute))
}
