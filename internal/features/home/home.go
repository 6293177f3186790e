package home

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/follow"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/service"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/markup"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// latest is how many items the page shows.
const latest = 20

// announcedShown is how many announcements the page shows.
const announcedShown = 5

// followedShown is how many of what one follows are looked at for something new.
const followedShown = 5

//go:embed catalogue
var files embed.FS

// Deps is what the feature stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Shell  *frame.Shell
	Markup *markup.Renderer
	// Registry gives the services, once every feature is registered.
	Registry func() *service.Registry
}

// Home is the feature.
type Home struct{ Deps }

// New returns the feature.
func New(d Deps) *Home { return &Home{d} }

// Feature registers the feature.
func (h *Home) Feature() service.Feature {
	words, err := fs.Sub(files, "catalogue")
	if err != nil {
		panic(fmt.Sprintf("home: %v", err)) // the name is a constant
	}
	return service.Feature{Name: "home", Catalogue: words, Routes: h.routes}
}

func (h *Home) routes(r *web.Router) {
	signed := web.Gate{Action: "signed_in"}
	r.Handle("GET", "/{$}", signed, frame.Signed(h.show))
	r.Handle("GET", ui.GoPath, signed, frame.Signed(h.goTo))
	r.Handle("GET", ui.GoResultsPath, signed, frame.Signed(h.goResults))
}

// show is the page: the latest items over the person's spaces.
func (h *Home) show(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	var rows []content.Row
	var announced []content.Row
	var followed []follow.Followed
	var spaces map[id.ID]space.Space
	alone := false
	err := h.DB.Read(ctx, func(tx *db.Tx) error {
		var err error
		if rows, _, err = content.Feed(ctx, tx, a, content.Cursor{}, latest); err != nil {
			return err
		}
		if followed, _, err = follow.List(ctx, tx, a, content.Cursor{}, followedShown); err != nil {
			return err
		}
		if announced, err = content.Announced(ctx, tx, a, h.Clock.Now(), announcedShown); err != nil {
			return err
		}
		if len(rows) == 0 {
			mine, err := space.OfMember(ctx, tx, a.Account)
			alone = len(mine) == 0
			return err
		}
		var ids []id.ID
		for _, row := range rows {
			ids = append(ids, row.Space)
		}
		for _, one := range followed {
			ids = append(ids, one.Space)
		}
		for _, row := range announced {
			ids = append(ids, row.Space)
		}
		spaces, err = space.ByIDs(ctx, tx, ids)
		return err
	})
	if err != nil {
		return err
	}
	p := i18n.From(ctx)
	v := homeView{
		Hello: p.T("home.hello", "name", firstName(a.Name)), Today: capital(p.Date(h.Clock.Now())),
		NoSpace: alone, Agent: a.Agent,
	}
	for _, row := range announced {
		v.Announced = append(v.Announced, h.post(ctx, spaces[row.Space], row).Post)
	}
	for _, one := range followed {
		if one.New > 0 {
			v.Followed = append(v.Followed, ui.Post{
				Kicker: spaces[one.Space].Name, KickerHref: "/espaces/" + spaces[one.Space].Slug, KickerHue: spaces[one.Space].Hue,
				Title: one.Title, Href: "/p/" + one.ID.String(),
				By: ui.By{Author: frame.Face(one.AuthorName, one.AuthorOrg, account.Class(one.AuthorClass), one.AuthorHue), Time: one.Latest, Notes: []string{i18n.N(ctx, "home.followed.new", one.New)}},
			})
		}
	}
	for _, row := range rows {
		v.Posts = append(v.Posts, h.post(ctx, spaces[row.Space], row))
	}
	return h.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "home.title")}, page(v))
}

func (h *Home) post(ctx context.Context, sp space.Space, row content.Row) entry {
	return entry{
		Space: ui.SpaceItem{Name: sp.Name, Href: "/espaces/" + sp.Slug, Initials: account.Initials(sp.Name), Hue: sp.Hue, Kind: string(sp.Kind)},
		Post: ui.Post{
			Kicker: sp.Name, KickerHref: "/espaces/" + sp.Slug, KickerHue: sp.Hue,
			Title: row.Title, Href: h.path(sp.Slug, row.Item), Excerpt: h.Markup.Text(row.Body, 200),
			By: ui.By{
				Author: frame.Face(row.AuthorName, row.AuthorOrg, account.Class(row.AuthorClass), row.AuthorHue), Time: row.PublishedAt,
				Notes: []string{i18n.N(ctx, "home.comments", row.Remarks)},
			},
		},
	}
}

// path is the address of an item on the page of its service, or the permanent
// one when the service is gone.
func (h *Home) path(spaceSlug string, it content.Item) string {
	if sv := h.Registry().ByBit(it.Service); sv != nil {
		return sv.ItemPath(spaceSlug, it.Slug)
	}
	return "/p/" + it.ID.String()
}

func firstName(name string) string {
	first, _, _ := strings.Cut(name, " ")
	return first
}

func capital(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[0])) + string(r[1:])
}
