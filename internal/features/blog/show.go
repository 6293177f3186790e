package blog

import (
	"context"
	"net/http"
	"slices"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/remark"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/markup"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

const threadsPerPage = 50

// reading is a post as one person reads it, with a page of its comments.
type reading struct {
	view    access.View
	post    Post
	author  account.Account
	threads []remark.Thread
	count   int
	next    *remark.Cursor
	after   remark.Cursor // where the page of comments begins
}

// shows tells whether the page of comments holds the one named.
func (rd reading) shows(remarkID id.ID) bool {
	return slices.ContainsFunc(rd.threads, func(th remark.Thread) bool {
		return th.ID == remarkID || slices.ContainsFunc(th.Replies, func(r remark.Remark) bool { return r.ID == remarkID })
	})
}

// read runs the queries of the page of a post.
func (b *Blog) read(ctx context.Context, a actor.Actor, spaceSlug, postSlug string, after remark.Cursor) (rd reading, err error) {
	rd.after = after
	err = b.DB.Read(ctx, func(tx *db.Tx) error {
		var err error
		if rd.view, err = b.enter(ctx, tx, a, spaceSlug); err != nil {
			return err
		}
		if rd.post, err = b.load(ctx, tx, a, rd.view, postSlug); err != nil {
			return err
		}
		if rd.author, err = account.ByID(ctx, tx, rd.post.Author); err != nil {
			return err
		}
		if rd.count, err = remark.Count(ctx, tx, rd.post.ID); err != nil {
			return err
		}
		rd.threads, rd.next, err = remark.Threads(ctx, tx, a, rd.post.ID, after, threadsPerPage)
		return err
	})
	return rd, err
}

// around reads the page of comments that shows the one named: the first where it
// can, and where there is no such comment.
func (b *Blog) around(ctx context.Context, a actor.Actor, spaceSlug, postSlug string, remarkID id.ID) (reading, error) {
	rd, err := b.read(ctx, a, spaceSlug, postSlug, remark.Cursor{})
	if err != nil || remarkID.IsZero() || rd.shows(remarkID) {
		return rd, err
	}
	var before remark.Cursor
	err = b.DB.Read(ctx, func(tx *db.Tx) error {
		before, err = remark.Before(ctx, tx, a, rd.post.ID, remarkID)
		return err
	})
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return rd, nil
		}
		return rd, err
	}
	return b.read(ctx, a, spaceSlug, postSlug, before)
}

// show is the page of a post.
func (b *Blog) show(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	q := r.URL.Query()
	after, ok := frame.ParseCursor(q.Get("apres"))
	if !ok {
		return fault.NotFoundError()
	}
	rd, err := b.read(r.Context(), a, r.PathValue("slug"), r.PathValue("post"), remark.Cursor(after))
	if err != nil {
		return err
	}
	answered, _ := id.Parse(q.Get("repondre")) // anything else opens no answer form
	return b.page(w, r, a, http.StatusOK, rd, typed{Parent: answered})
}

// typed is a comment that was refused, or the answer form that is open.
type typed struct {
	Parent id.ID
	Text   string
	Error  string
	// Fresh is the comment just added.
	Fresh id.ID
}

func (b *Blog) page(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, rd reading, t typed) error {
	ctx := r.Context()
	doc, err := b.Markup.In(i18n.From(ctx)).Render(rd.post.Body, 2)
	if err != nil {
		return err
	}
	view := postView{
		HTML: doc.HTML, TOC: toc(doc.TOC), Thread: b.thread(ctx, a, rd, t),
		Head: ui.Article{
			Title: rd.post.Title, Lede: rd.post.Lede, MenuLabel: i18n.T(ctx, "blog.post.menu"),
			By: ui.By{
				Author: frame.Face(rd.author.Name, rd.author.Organisation, rd.author.Class, rd.author.Hue), Time: rd.post.PublishedAt,
				Notes: []string{i18n.N(ctx, "blog.minutes", minutes(doc.Words))}, Audience: audience(ctx, rd.view),
			},
		},
	}
	view.Head.Badges = frame.ItemBadges(ctx, rd.post.Item)
	switch rd.post.State {
	case content.Draft, content.Scheduled:
		view.Head.By.Time, view.Head.By.Audience = rd.post.UpdatedAt, i18n.T(ctx, "blog.audience.me")
	case content.Published, content.Archived, content.Trashed:
		if rd.post.UpdatedAt.After(rd.post.PublishedAt) && rd.post.State == content.Published {
			view.Head.By.Edited = rd.post.UpdatedAt
		}
	}
	if rd.post.State != content.Trashed && content.MayEdit(a, rd.view, rd.post.Item) == nil {
		view.Head.Actions = []ui.Action{{Label: i18n.T(ctx, "blog.edit"), Icon: "pencil", Href: postPath(rd.view.Space.Slug, rd.post.Slug) + "/-/modifier"}}
	}
	view.Head.Menu = frame.ItemMenu(ctx, a, rd.view, rd.post.Item)
	return b.Shell.Render(w, r, status, frame.Page{Title: rd.post.Title, Space: &rd.view, Tab: path, Invalid: t.Error != ""}, postPage(view))
}

func audience(ctx context.Context, v access.View) string {
	if v.Space.Visibility == space.Public {
		return i18n.T(ctx, "blog.audience.public")
	}
	return i18n.T(ctx, "blog.audience.space")
}

func toc(headings []markup.Heading) []ui.TOCItem {
	var out []ui.TOCItem
	for _, h := range headings {
		if h.Level <= 3 {
			out = append(out, ui.TOCItem{Level: h.Level, ID: h.ID, Text: h.Text})
		}
	}
	return out
}

// thread draws the comments for the reader: what they may not do is not drawn.
func (b *Blog) thread(ctx context.Context, a actor.Actor, rd reading, t typed) ui.Thread {
	here := postPath(rd.view.Space.Slug, rd.post.Slug)
	can := rd.post.State == content.Published && rd.view.Can(access.ItemComment, Bit)
	out := ui.Thread{Count: rd.count}
	for _, th := range rd.threads {
		c := b.remark(ctx, a, rd, th.Remark, can, t)
		for _, reply := range th.Replies {
			c.Replies = append(c.Replies, b.remark(ctx, a, rd, reply, can, t))
		}
		out.Comments = append(out.Comments, c)
	}
	if rd.next != nil {
		out.More = &ui.Link{Label: i18n.T(ctx, "blog.comments.next"), Href: here + "?apres=" + frame.FormatCursor(content.Cursor(*rd.next)) + "#commentaires"}
	} else if !rd.after.ID.IsZero() {
		out.More = &ui.Link{Label: i18n.T(ctx, "blog.comments.first"), Href: here + "#commentaires"}
	}
	switch {
	case can:
		out.Composer = &ui.Compose{
			Action: here + "/-/commentaires", Part: "commentaires", Label: i18n.T(ctx, "blog.comment.label"), Submit: i18n.T(ctx, "blog.comment.submit"),
		}
		if t.Parent.IsZero() {
			out.Composer.Value, out.Composer.Error = t.Text, t.Error
		}
	case rd.post.State == content.Draft:
		out.Closed = i18n.T(ctx, "remark.closed")
	default:
		out.Closed = i18n.T(ctx, "blog.comment.closed")
	}
	if !t.Fresh.IsZero() {
		out.Announce = i18n.T(ctx, "blog.flash.commented")
	}
	return out
}

func (b *Blog) remark(ctx context.Context, a actor.Actor, rd reading, r remark.Remark, can bool, t typed) ui.Comment {
	here := postPath(rd.view.Space.Slug, rd.post.Slug)
	c := ui.Comment{ID: r.ID.String(), Time: r.CreatedAt, Edited: r.EditedAt, Deleted: r.Removed, Fresh: r.ID == t.Fresh}
	if r.Removed {
		return c
	}
	c.Author = frame.Face(r.AuthorName, r.AuthorOrg, r.AuthorClass, r.AuthorHue)
	if r.AuthorRole == space.Lead {
		c.Badge = frame.RoleLabel(ctx, rd.view.Space.Kind, space.Lead)
	}
	c.HTML = b.Markup.In(i18n.From(ctx)).Comment(r.Body)
	if can {
		page := "?"
		if !rd.after.ID.IsZero() {
			page = "?apres=" + frame.FormatCursor(content.Cursor(rd.after)) + "&"
		}
		c.CanReply, c.ReplyHref = true, here+page+"repondre="+c.ID+"#c-"+c.ID
		if r.ID == t.Parent {
			c.Reply = &ui.Compose{
				Action: here + "/-/commentaires", Part: "commentaires", ID: "answer", Label: i18n.T(ctx, "blog.reply.label"), Submit: i18n.T(ctx, "blog.reply.submit"),
				Hidden: map[string]string{"parent": c.ID}, Value: t.Text, Error: t.Error, Autofocus: true,
				Cancel: &ui.Link{Label: i18n.T(ctx, "blog.cancel"), Href: here + "#c-" + c.ID},
			}
		}
	}
	mine := r.Author == a.Account && rd.view.Can(access.RemarkEditOwn, Bit)
	at := here + "/-/commentaires/" + c.ID + "/-/"
	if mine {
		c.Menu = append(c.Menu, ui.MenuItem{Label: i18n.T(ctx, "blog.edit"), Icon: "pencil", Href: at + "modifier"})
	}
	if mine || rd.view.Can(access.RemarkRemove, Bit) {
		c.Menu = append(c.Menu, ui.MenuItem{Label: i18n.T(ctx, "blog.comment.remove"), Icon: "trash-2", Href: at + "retirer", Danger: true})
	}
	return c
}

// comment adds a comment or an answer, and shows it on the page it belongs to.
func (b *Blog) comment(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	perr := web.ParseForm(w, r, 0)
	f := web.NewForm(r)
	t := typed{Text: f.Get("texte"), Parent: f.ID("parent")}
	rd, err := b.around(ctx, a, r.PathValue("slug"), r.PathValue("post"), t.Parent)
	if err != nil {
		return err
	}
	if perr == nil {
		perr = f.Err()
	}
	if perr != nil {
		t.Error = web.Message(ctx, perr)
		return b.page(w, r, a, web.StatusOf(fault.KindOf(perr)), rd, t)
	}
	added, err := b.Remarks.Add(ctx, a, rd.post.ID, t.Parent, t.Text)
	if fault.KindOf(err) == fault.Invalid {
		t.Error = web.FormErrors(ctx, err)["body"]
		return b.page(w, r, a, http.StatusUnprocessableEntity, rd, t)
	}
	if err != nil {
		return err
	}
	if rd, err = b.around(ctx, a, r.PathValue("slug"), r.PathValue("post"), added.ID); err != nil {
		return err
	}
	if web.IsFragment(r) {
		return b.page(w, r, a, http.StatusOK, rd, typed{Fresh: added.ID})
	}
	web.SetFlash(w, "blog.flash.commented")
	web.Redirect(w, r, remarkPath(rd, added.ID))
	return nil
}

// remarkPath is the address of a comment on the page of comments that was read.
func remarkPath(rd reading, remarkID id.ID) string {
	to := postPath(rd.view.Space.Slug, rd.post.Slug)
	if !rd.after.ID.IsZero() {
		to += "?apres=" + frame.FormatCursor(content.Cursor(rd.after))
	}
	return to + "#c-" + remarkID.String()
}

// target finds the remark that the request names on the post that it names.
func (b *Blog) target(r *http.Request, a actor.Actor) (rd reading, rm remark.Remark, err error) {
	ctx := r.Context()
	remarkID, perr := id.Parse(r.PathValue("remark"))
	if perr != nil {
		return rd, rm, fault.NotFoundError()
	}
	err = b.DB.Read(ctx, func(tx *db.Tx) error {
		var err error
		if rd.view, err = b.enter(ctx, tx, a, r.PathValue("slug")); err != nil {
			return err
		}
		if rd.post, err = b.load(ctx, tx, a, rd.view, r.PathValue("post")); err != nil {
			return err
		}
		rm, err = remark.ByID(ctx, tx, a, rd.post.ID, remarkID)
		return err
	})
	return rd, rm, err
}

func (b *Blog) changeComment(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	rd, rm, err := b.target(r, a)
	if err != nil {
		return err
	}
	if rm.Author != a.Account {
		return fault.NotFoundError()
	}
	if err := rd.view.Check(access.RemarkEditOwn, Bit); err != nil {
		return err
	}
	return b.commentForm(w, r, http.StatusOK, rd, rm.Body, "")
}

func (b *Blog) commentForm(w http.ResponseWriter, r *http.Request, status int, rd reading, text, problem string) error {
	ctx := r.Context()
	c := ui.Compose{
		Action: r.URL.Path, Label: i18n.T(ctx, "blog.comment.label"), Submit: i18n.T(ctx, "blog.save"), Value: text, Error: problem, Rows: 6,
		Cancel: &ui.Link{Label: i18n.T(ctx, "blog.cancel"), Href: postPath(rd.view.Space.Slug, rd.post.Slug) + "#c-" + r.PathValue("remark")},
	}
	return b.Shell.Render(w, r, status, frame.Page{Title: i18n.T(ctx, "blog.comment.edit"), Space: &rd.view, Tab: path, Invalid: problem != ""}, commentFormPage(c))
}

func (b *Blog) saveComment(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	rd, rm, err := b.target(r, a)
	if err != nil {
		return err
	}
	if rm.Author != a.Account {
		return fault.NotFoundError()
	}
	perr := web.ParseForm(w, r, 0)
	text := web.NewForm(r).Get("texte")
	if perr != nil {
		return b.commentForm(w, r, web.StatusOf(fault.KindOf(perr)), rd, text, web.Message(ctx, perr))
	}
	err = b.Remarks.Edit(ctx, a, rd.post.ID, rm.ID, text)
	if fault.KindOf(err) == fault.Invalid {
		return b.commentForm(w, r, http.StatusUnprocessableEntity, rd, text, web.FormErrors(ctx, err)["body"])
	}
	if err != nil {
		return err
	}
	if rd, err = b.around(ctx, a, r.PathValue("slug"), r.PathValue("post"), rm.ID); err != nil {
		return err
	}
	web.SetFlash(w, "blog.flash.saved")
	web.Redirect(w, r, remarkPath(rd, rm.ID))
	return nil
}

func (b *Blog) askRemoval(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	rd, rm, err := b.target(r, a)
	if err != nil {
		return err
	}
	if rm.Author != a.Account {
		if err := rd.view.Check(access.RemarkRemove, Bit); err != nil {
			return err
		}
	}
	view := removalView{
		Author: rm.AuthorName, Excerpt: b.Markup.Text(rm.Body, 300), Action: r.URL.Path,
		Cancel: postPath(rd.view.Space.Slug, rd.post.Slug) + "#c-" + rm.ID.String(),
	}
	return b.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "blog.comment.remove_title"), Space: &rd.view, Tab: path}, removalPage(view))
}

func (b *Blog) removeComment(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	rd, rm, err := b.target(r, a)
	if err != nil {
		return err
	}
	if err := b.Remarks.Remove(r.Context(), a, rd.post.ID, rm.ID); err != nil {
		return err
	}
	web.SetFlash(w, "blog.flash.removed")
	web.Redirect(w, r, postPath(rd.view.Space.Slug, rd.post.Slug)+"#commentaires")
	return nil
}
