package blog

import (
	"context"
	"errors"
	"net/http"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/markup"
	"ruche/internal/ui"
)

// errUndone takes back what a preview wrote.
var errUndone = errors.New("blog: a preview is undone")

// preview shows the form again with the post as it will be above it: it is written for
// good, drawn by what draws its page, and then all is undone.
func (b *Blog) preview(w http.ResponseWriter, r *http.Request, a actor.Actor, f formView) error {
	ctx, slug := r.Context(), r.PathValue("slug")
	d := f.draft()
	err := d.check()
	if err == nil {
		err = b.DB.Write(ctx, func(tx *db.Tx) error {
			var p Post
			var err error
			if f.post == nil {
				p, err = b.write(ctx, tx, a, slug, d, Becoming{State: content.Published})
			} else {
				p, _, err = b.edit(ctx, tx, a, slug, f.post.Slug, f.Base, d, Becoming{State: content.Published})
			}
			if err != nil {
				return err
			}
			v, err := access.BySlug(ctx, tx, a, slug)
			if err != nil {
				return err
			}
			if f.Preview, err = b.drawn(ctx, tx, a, v, p); err != nil {
				return err
			}
			return errUndone
		})
	}
	if !errors.Is(err, errUndone) {
		return b.refused(w, r, a, f, err)
	}
	return b.form(w, r, a, http.StatusOK, f)
}

// drawn draws a post as its page does.
func (b *Blog) drawn(ctx context.Context, tx *db.Tx, a actor.Actor, v access.View, p Post) (*previewView, error) {
	p, err := b.load(ctx, tx, a, v, p.Slug)
	if err != nil {
		return nil, err
	}
	c, err := frame.ReadText(ctx, tx, a, p.ID)
	if err != nil {
		return nil, err
	}
	doc, err := c.Preview(ctx, b.Markup.In(i18n.From(ctx))).Render(p.Body, 4)
	if err != nil {
		return nil, err
	}
	out := &previewView{HTML: doc.HTML, Words: i18n.N(ctx, "blog.words", doc.Words), Advice: advice(ctx, markup.Review(p.Body))}
	out.Head = ui.Article{Level: 3, Title: p.Title, Lede: p.Lede, By: ui.By{
		Author: frame.Face(p.AuthorName, p.AuthorOrg, account.Class(p.AuthorClass), p.AuthorHue), Time: p.PublishedAt,
		Notes: []string{i18n.N(ctx, "blog.minutes", minutes(doc.Words))}, Audience: audience(ctx, v, p.Item),
	}}
	if p.Category.Label != "" {
		out.Head.Kicker, out.Head.KickerHue = p.Category.Label, p.Category.Hue
	}
	if image := p.image(p.CoverAlt); image != nil {
		image.Src = frame.EmbedPath + "/" + p.Cover.Ref.String() + "/apercu"
		out.Head.Cover = image
	}
	return out, nil
}

// advice says what would be better for those who read otherwise.
//
// i18n: blog.review.*
func advice(ctx context.Context, found []markup.Finding) (out []string) {
	for _, f := range found {
		out = append(out, i18n.T(ctx, "blog.review."+string(f.Kind), "words", f.Words))
	}
	return out
}
