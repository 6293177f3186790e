package home

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// What the palette shows of each kind, and how many of the latest items it looks at.
const (
	spacesShown = 6
	itemsShown  = 8
	itemsSought = 200
)

// where is what someone may go to: pages, spaces, and the latest items that they may
// read.
type where struct {
	Typed  string
	Pages  []place
	Spaces []place
	Items  []place
	// More leads to all the spaces that match; empty where there are no more.
	More string
	Said string
}

// place is one of them.
type place struct {
	Label, Note, Href, Icon string
	Tile                    *ui.SpaceItem
}

func (w where) none() bool { return len(w.Pages)+len(w.Spaces)+len(w.Items) == 0 }

// goTo is the page from which one goes anywhere; the palette shows the same in a
// dialog.
func (h *Home) goTo(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	v, err := h.find(r, a)
	if err != nil {
		return err
	}
	return h.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(r.Context(), "home.go.title")}, goPage(v))
}

// goResults is what the palette shows for what is typed.
func (h *Home) goResults(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	v, err := h.find(r, a)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, goList(v))
}

// find looks for what is typed: beginnings of words, without accents. Four queries
// whatever is there.
func (h *Home) find(r *http.Request, a actor.Actor) (where, error) {
	ctx := r.Context()
	out := where{Typed: strings.TrimSpace(r.URL.Query().Get("q"))}
	sought := space.Sought(out.Typed)
	out.Pages = pages(ctx, a, sought)
	var rows []content.Row
	var found []space.Space
	var of map[id.ID]space.Space
	more := false
	err := h.DB.Read(ctx, func(tx *db.Tx) error {
		entries, next, err := access.Catalogue(ctx, tx, a, access.CatalogueFilter{Sought: sought, Mine: len(sought) == 0}, access.CatalogueCursor{}, spacesShown)
		if err != nil {
			return err
		}
		for _, e := range entries {
			found = append(found, e.Space)
		}
		more = next != nil
		most := itemsSought
		if len(sought) == 0 {
			most = itemsShown
		}
		if rows, _, err = content.Feed(ctx, tx, a, content.Cursor{}, most); err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(row content.Row) bool { return !begins(row.Title, sought) })
		rows = rows[:min(len(rows), itemsShown)]
		var ids []id.ID
		for _, row := range rows {
			ids = append(ids, row.Space)
		}
		of, err = space.ByIDs(ctx, tx, ids)
		return err
	})
	if err != nil {
		return out, err
	}
	for _, sp := range found {
		out.Spaces = append(out.Spaces, place{Label: sp.Name, Href: "/espaces/" + sp.Slug, Tile: &ui.SpaceItem{Name: sp.Name, Initials: account.Initials(sp.Name), Hue: sp.Hue, Kind: string(sp.Kind)}})
	}
	if more && len(sought) > 0 {
		out.More = "/espaces?q=" + url.QueryEscape(out.Typed)
	}
	for _, row := range rows {
		p := place{Label: row.Title, Note: of[row.Space].Name, Href: h.path(of[row.Space].Slug, row.Item), Icon: "file-text"}
		if sv := h.Registry().ByBit(row.Service); sv != nil {
			p.Icon = sv.Icon
		}
		out.Items = append(out.Items, p)
	}
	out.Said = i18n.N(ctx, "home.go.found", len(out.Pages)+len(out.Spaces)+len(out.Items))
	return out, nil
}

// begins tells whether a text has, for each of the words sought, one that begins so.
func begins(text string, sought []string) bool {
	words := strings.Fields(account.Fold(text))
	for _, s := range sought {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, s) }) {
			return false
		}
	}
	return true
}

// pages are those that are of no space, as far as the person has them.
func pages(ctx context.Context, a actor.Actor, sought []string) (out []place) {
	all := []place{
		{Label: i18n.T(ctx, "home.title"), Href: "/", Icon: "house"},
		{Label: i18n.T(ctx, "home.go.notices"), Href: ui.NoticesPath, Icon: "bell"},
		{Label: i18n.T(ctx, "home.go.followed"), Href: "/suivis", Icon: "bell-ring"},
		{Label: i18n.T(ctx, "home.go.spaces"), Href: "/espaces", Icon: "layout-grid"},
		{Label: i18n.T(ctx, "home.go.account"), Href: "/compte", Icon: "circle-user"},
		{Label: i18n.T(ctx, "home.go.help"), Href: "/aide", Icon: "life-buoy"},
	}
	if a.Agent {
		all = slices.Insert(all, 4, place{Label: i18n.T(ctx, "frame.directory"), Href: frame.DirectoryPath, Icon: "users"},
			place{Label: i18n.T(ctx, "home.go.externals"), Href: frame.ExternalsPath, Icon: "clock"})
		all = slices.Insert(all, 3, place{Label: i18n.T(ctx, "home.go.open"), Href: "/espaces/-/nouveau", Icon: "plus"})
	}
	for _, p := range all {
		if begins(p.Label, sought) {
			out = append(out, p)
		}
	}
	return out
}
