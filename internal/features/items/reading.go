package items

import (
	"context"
	"net/http"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/remark"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

func (f *Items) readingRoutes(r *web.Router) {
	r.Handle("GET", "/p/{item}/-/lecture", gate(access.ItemEditOwn), frame.Signed(f.readings))
	r.Handle("POST", "/p/{item}/-/lecture", gate(access.ItemRead), frame.Signed(f.acknowledge))
	r.Handle("POST", "/p/{item}/-/lecture/demander", gate(access.ItemEditOwn), frame.Signed(f.askReading))
}

func (f *Items) askReading(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	ask := web.NewForm(r).Get(frame.FieldAsk) == "oui"
	if err := f.Remarks.AskReading(r.Context(), a, named(r), ask); err != nil {
		return err
	}
	undo := r.URL.Path + "?" + frame.FieldAsk + "="
	if ask {
		web.SetUndoFlash(w, undo+"non", "items.flash.reading_asked")
	} else {
		web.SetUndoFlash(w, undo+"oui", "items.flash.reading_asked_no_more")
	}
	web.Redirect(w, r, "/p/"+named(r).String())
	return nil
}

func (f *Items) acknowledge(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	if err := f.Remarks.Acknowledge(r.Context(), a, named(r)); err != nil {
		return err
	}
	web.SetFlash(w, "items.flash.reading_confirmed")
	web.Redirect(w, r, "/p/"+named(r).String())
	return nil
}

// readings lists the members who may read an item, with who said that they have.
func (f *Items) readings(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, now := r.Context(), f.Clock.Now()
	after, err := id.Parse(r.URL.Query().Get("apres"))
	if err != nil && r.URL.Query().Get("apres") != "" {
		return fault.NotFoundError()
	}
	var s seen
	var around frame.Around
	var who []access.Reader
	var next id.ID
	v := readingsView{}
	err = f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.find(ctx, tx, a, named(r)); err != nil {
			return err
		}
		if err := content.MayEdit(a, s.view, s.Item); err != nil {
			return err
		}
		if around, err = frame.ReadAround(ctx, tx, a, s.ID); err != nil {
			return err
		}
		if who, next, err = access.Who(ctx, tx, s.ID, now, after); err != nil {
			return err
		}
		ids := make([]id.ID, 0, len(who))
		for _, one := range who {
			ids = append(ids, one.Account)
		}
		done, err := remark.Readings(ctx, tx, s.ID, ids)
		for _, one := range who {
			v.Rows = append(v.Rows, readingRow(ctx, one, done[one.Account].IsZero(), ui.Row{Time: done[one.Account]}))
		}
		return err
	})
	if err != nil {
		return err
	}
	here := "/p/" + s.ID.String() + "/-/lecture"
	v.Back, v.Count = ui.Link{Label: s.Title, Href: s.path()}, i18n.N(ctx, "items.reading.count", around.Confirmations)
	v.Paging.Label = i18n.T(ctx, "items.reading.pages")
	if !after.IsZero() {
		v.Paging.Newer = here
	}
	if !next.IsZero() {
		v.Paging.Older = here + "?apres=" + next.String()
	}
	return f.render(w, r, s, i18n.T(ctx, "items.reading.title"), readingsPage(v))
}

func readingRow(ctx context.Context, who access.Reader, waits bool, row ui.Row) ui.Row {
	face := frame.Face(who.Name, who.Organisation, who.Class, who.Hue)
	row.Face, row.Title, row.Text = &face, who.Name, who.Organisation
	if waits {
		row.Badges = []ui.BadgeView{{Label: i18n.T(ctx, "items.reading.waits"), Tone: ui.Warning}}
	} else {
		row.Badges = []ui.BadgeView{{Label: i18n.T(ctx, "items.reading.done"), Tone: ui.Success}}
	}
	return row
}
