package items

import (
	"context"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/revision"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

const revisionsPerPage = 30

func (f *Items) historyRoutes(r *web.Router) {
	const history = "/p/{item}/-/historique"
	r.Handle("GET", history, gate(access.ItemRead), frame.Signed(f.history))
	r.Handle("GET", history+"/{revision}", gate(access.ItemRead), frame.Signed(f.revision))
	r.Handle("POST", history+"/{revision}/restaurer", gate(access.ItemEditOwn), frame.Signed(f.restore))
}

// history lists the revisions of an item.
func (f *Items) history(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	before, ok := number(r.URL.Query().Get("avant"), 0)
	if !ok {
		return fault.NotFoundError()
	}
	item := named(r)
	var s seen
	var list []revision.Revision
	var next int64
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.find(ctx, tx, a, item); err != nil {
			return err
		}
		list, next, err = revision.List(ctx, tx, a, s.ID, before, revisionsPerPage)
		return err
	})
	if err != nil {
		return err
	}
	v := historyView{Title: s.Title, Back: ui.Link{Label: s.Title, Href: s.path()}}
	here := "/p/" + s.ID.String() + "/-/historique"
	for _, rev := range list {
		v.Revisions = append(v.Revisions, row(ctx, rev, s, here))
	}
	v.Paging.Label = i18n.T(ctx, "items.history.pages")
	if before > 0 {
		v.Paging.Newer = here
	}
	if next > 0 {
		v.Paging.Older = here + "?avant=" + strconv.FormatInt(next, 10)
	}
	return f.render(w, r, s, i18n.T(ctx, "items.history.title"), historyPage(v))
}

func (f *Items) render(w http.ResponseWriter, r *http.Request, s seen, title string, body templ.Component) error {
	return f.Shell.Render(w, r, http.StatusOK, frame.Page{Title: title, Space: &s.view, Tab: s.service.Path}, body)
}

func row(ctx context.Context, rev revision.Revision, s seen, here string) ui.Row {
	face := frame.Face(rev.AuthorName, rev.AuthorOrg, rev.AuthorClass, rev.AuthorHue)
	out := ui.Row{
		Face: &face, Title: i18n.T(ctx, "items.revision.number", "number", rev.Number), Href: here + "/" + strconv.FormatInt(rev.Number, 10),
		Text: rev.AuthorName, Time: rev.At, Meta: noteOf(ctx, rev),
	}
	if rev.Number == s.Revision {
		out.Badges = append(out.Badges, ui.BadgeView{Label: i18n.T(ctx, "items.revision.current"), Tone: ui.Success})
	}
	if rev.State == content.Draft {
		out.Badges = append(out.Badges, ui.BadgeView{Label: i18n.T(ctx, "items.revision.draft"), Tone: ui.Warning})
	}
	return out
}

// noteOf says how a revision came about.
func noteOf(ctx context.Context, rev revision.Revision) string {
	switch rev.Note {
	case content.Merged:
		return i18n.T(ctx, "items.revision.merged")
	case content.Restored:
		return i18n.T(ctx, "items.revision.restored", "number", rev.Restores)
	case content.NoNote:
	}
	if rev.Number == 1 {
		return i18n.T(ctx, "items.revision.first")
	}
	return ""
}

// number reads a positive number; the empty text is the one given.
func number(s string, empty int64) (int64, bool) {
	if s == "" {
		return empty, true
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n > 0
}

// revision shows the text of one revision and what it changed.
func (f *Items) revision(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	n, ok := number(r.PathValue("revision"), 0)
	with, chosen := number(r.URL.Query().Get("avec"), 0)
	if !ok || n == 0 || !chosen {
		return fault.NotFoundError()
	}
	item := named(r)
	var s seen
	var rev, prev revision.Revision
	var text, was content.Text
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.find(ctx, tx, a, item); err != nil {
			return err
		}
		if rev, text, err = revision.At(ctx, tx, a, s.ID, n); err != nil {
			return err
		}
		if with > 0 {
			prev, was, err = revision.At(ctx, tx, a, s.ID, with)
			return err
		}
		prev, was, err = revision.Before(ctx, tx, a, s.ID, n)
		if fault.KindOf(err) == fault.NotFound {
			return nil // the first one that may be read: all of it is new
		}
		return err
	})
	if err != nil {
		return err
	}
	here := "/p/" + s.ID.String() + "/-/historique"
	v := revisionView{
		Title: i18n.T(ctx, "items.revision.number", "number", rev.Number), Back: ui.Link{Label: i18n.T(ctx, "items.history.title"), Href: here},
		By:   ui.By{Author: frame.Face(rev.AuthorName, rev.AuthorOrg, rev.AuthorClass, rev.AuthorHue), Time: rev.At},
		Note: noteOf(ctx, rev), Differences: frame.Differences(ctx, s.service, was, text), Texts: frame.Texts(ctx, s.service, text),
		Action: r.URL.Path,
	}
	if s.Revision > 1 {
		v.With = strconv.FormatInt(max(prev.Number, 1), 10)
	}
	if prev.Number > 0 {
		v.Since = i18n.T(ctx, "items.revision.since", "number", prev.Number)
		v.Older = here + "/" + strconv.FormatInt(prev.Number, 10)
	}
	if rev.Number != s.Revision && content.MayEdit(a, s.view, s.Item) == nil {
		v.Restore = r.URL.Path + "/restaurer"
	}
	return f.render(w, r, s, v.Title, revisionPage(v))
}

// restore gives an item the text of an older revision, as a new one.
func (f *Items) restore(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	n, ok := number(r.PathValue("revision"), 0)
	if !ok || n == 0 {
		return fault.NotFoundError()
	}
	s, was, err := f.takeUp(r.Context(), a, named(r), n)
	if err != nil {
		return err
	}
	undo := ""
	if was != s.Revision {
		undo = "/p/" + s.ID.String() + "/-/historique/" + strconv.FormatInt(was, 10) + "/restaurer"
	}
	web.SetUndoFlash(w, undo, "items.flash.restored", "number", strconv.FormatInt(n, 10))
	web.Redirect(w, r, s.path())
	return nil
}

// takeUp writes the text of a revision over an item's, whatever was written
// since: the history keeps it. was is the revision before.
func (f *Items) takeUp(ctx context.Context, a actor.Actor, item id.ID, n int64) (s seen, was int64, err error) {
	now := f.Clock.Now()
	err = f.DB.Write(ctx, func(tx *db.Tx) error {
		if s, err = f.locked(ctx, tx, a, item); err != nil {
			return err
		}
		if err := content.MayEdit(a, s.view, s.Item); err != nil {
			return err
		}
		_, text, err := revision.At(ctx, tx, a, s.ID, n)
		if err != nil {
			return err
		}
		was = s.Revision
		done, err := content.Apply(ctx, tx, a, s.Item, s.Revision, content.Change{Text: text, State: s.State, Restores: n}, now)
		if err != nil || done.Revision == s.Revision {
			return err
		}
		s.Item = done.Item
		if s.service.SetFields != nil {
			if err := s.service.SetFields(ctx, tx, s.ID, text.Fields); err != nil {
				return err
			}
		}
		if s.State != content.Published {
			return nil
		}
		return f.Outbox.Append(ctx, tx, a, activity.Event{Kind: content.EventChanged, Space: s.Space, Item: s.ID})
	})
	return s, was, err
}
