package blog

import (
	"context"
	"net/http"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/markup"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// show is the page of a post.
func (b *Blog) show(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	after, t, ok := frame.Asked(r)
	if !ok {
		return fault.NotFoundError()
	}
	var v access.View
	var p Post
	var c frame.Conversation
	var around frame.Around
	var elsewhere id.ID // where it was moved to
	err := b.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = b.enter(ctx, tx, a, r.PathValue("slug")); err != nil {
			return err
		}
		p, err = b.load(ctx, tx, a, v, r.PathValue("post"))
		if fault.KindOf(err) == fault.NotFound || p.State == content.Trashed {
			to, moved, merr := content.MovedTo(ctx, tx, a, id.ID{}, v.Space.ID, Bit, r.PathValue("post"))
			if merr != nil || moved {
				elsewhere = to
				return merr
			}
		}
		if err != nil {
			return err
		}
		if c, err = frame.ReadConversation(ctx, tx, a, p.ID, after); err != nil {
			return err
		}
		around, err = frame.ReadAround(ctx, tx, a, p.ID)
		return err
	})
	if err != nil {
		return err
	}
	if !elsewhere.IsZero() {
		web.Redirect(w, r, "/p/"+elsewhere.String())
		return nil
	}
	around.See(b.Seen, a, p.Item)
	doc, err := c.Text(ctx, p.Item, b.Markup.In(i18n.From(ctx))).Render(p.Body, 2)
	if err != nil {
		return err
	}
	here := postPath(v.Space.Slug, p.Slug)
	view := postView{
		HTML: doc.HTML, TOC: toc(doc.TOC), Thread: c.DrawSince(ctx, a, v, p.Item, b.Markup, here, t, around.Mark.Seen), Reactions: c.Reactions(ctx, v, p.Item), Tags: frame.TagLinks(v.Space.Slug, around.Tags), Sources: around.Sources(ctx), Files: c.Files(ctx), Reading: around.Reading(ctx, a, v, p.Item),
		Head: ui.Article{
			Title: p.Title, Lede: p.Lede, Cover: p.image(p.CoverAlt), MenuLabel: i18n.T(ctx, "blog.post.menu"), Badges: frame.ItemBadges(ctx, p.Item), Menu: frame.ItemMenu(ctx, a, v, p.Item, around),
			By: ui.By{
				Author: frame.FaceFor(a, p.Author, p.AuthorName, p.AuthorOrg, account.Class(p.AuthorClass), p.AuthorHue), Time: p.PublishedAt,
				Notes: []string{i18n.N(ctx, "blog.minutes", minutes(doc.Words))}, Audience: audience(ctx, v, p.Item), AudienceHref: frame.ReadersPath(p.Item),
			},
		},
	}
	if c := p.Category; c.Label != "" {
		view.Head.Kicker, view.Head.KickerHref, view.Head.KickerHue = c.Label, filtered(v, c, ""), c.Hue
	}
	view.Head.Badges = append(view.Head.Badges, around.AroundBadges(ctx)...)
	switch p.State {
	case content.Draft, content.Scheduled:
		view.Head.By.Time, view.Head.By.Audience = p.UpdatedAt, i18n.T(ctx, "blog.audience.me")
	case content.Published, content.Archived, content.Trashed:
		if p.UpdatedAt.After(p.PublishedAt) && p.State == content.Published {
			view.Head.By.Edited = p.UpdatedAt
		}
	}
	if p.State == content.Trashed {
		view.Head.By.AudienceHref = ""
	}
	if p.State != content.Trashed && content.MayEdit(a, v, p.Item) == nil {
		view.Head.Actions = []ui.Action{{Label: i18n.T(ctx, "blog.edit"), Icon: "pencil", Href: here + "/-/modifier"}}
	}
	return b.Shell.Render(w, r, http.StatusOK, frame.Page{Title: p.Title, Space: &v, Tab: path, Islands: []string{frame.LiveIsland, frame.MentionIsland}}, postPage(view))
}

func audience(ctx context.Context, v access.View, it content.Item) string {
	if !it.Audience.IsZero() {
		return i18n.T(ctx, "frame.item.restricted")
	}
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
