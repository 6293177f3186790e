package items

import (
	"net/http"
	"strings"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

const taggedPerPage = 30

func (f *Items) tagRoutes(r *web.Router) {
	r.Handle("GET", "/espaces/{slug}/mots-cles/{tag}", web.Gate{Action: string(access.SpaceRead), Subject: "space"}, frame.Signed(f.tagged))
}

// tagged lists what bears a tag in a space, with the other tags beside it. A tag
// that nobody gave and one given only to what the reader may not read are the
// same page.
func (f *Items) tagged(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	after, ok := frame.ParseCursor(r.URL.Query().Get("apres"))
	key := content.TagKey(r.PathValue("tag"))
	if !ok || key == "" {
		return fault.NotFoundError()
	}
	var v access.View
	var rows []content.Row
	var next *content.Cursor
	var words []content.Tag
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = access.BySlug(ctx, tx, a, r.PathValue("slug")); err != nil {
			return err
		}
		if err := v.Check(access.SpaceRead, access.Home); err != nil {
			return err
		}
		if rows, next, err = content.Tagged(ctx, tx, a, v.Space.ID, key, after, taggedPerPage); err != nil {
			return err
		}
		words, err = content.Vocabulary(ctx, tx, a, v.Space.ID)
		return err
	})
	if err != nil {
		return err
	}
	view := taggedView{Label: strings.ReplaceAll(key, "-", " "), Others: frame.TagLinks(v.Space.Slug, words)}
	for _, word := range words {
		if word.Key == key {
			view.Label = word.Label
		}
	}
	for _, row := range rows {
		post := ui.Post{
			Title: row.Title, Href: "/p/" + row.ID.String(), Excerpt: f.Markup.Text(row.Body, 200), Badges: frame.ItemBadges(ctx, row.Item),
			By: ui.By{Author: frame.Face(row.AuthorName, row.AuthorOrg, account.Class(row.AuthorClass), row.AuthorHue), Time: row.PublishedAt},
		}
		if sv := f.Registry().ByBit(row.Service); sv != nil {
			post.Href = sv.ItemPath(v.Space.Slug, row.Slug)
		}
		view.Items = append(view.Items, post)
	}
	here := frame.TagPath(v.Space.Slug, key)
	view.Paging.Label = i18n.T(ctx, "items.tag.pages")
	if !after.ID.IsZero() {
		view.Paging.Newer = here
	}
	if next != nil {
		view.Paging.Older = here + "?apres=" + frame.FormatCursor(*next)
	}
	return f.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "items.tag.title", "tag", view.Label), Space: &v, Tab: "mots-cles"}, taggedPage(view))
}
