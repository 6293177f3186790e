package items

import (
	"context"
	"fmt"
	"net/http"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
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
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

const (
	// maxPlaces bounds the spaces that are offered to copy to.
	maxPlaces = 500
	byCopy    = "copier"
	byMove    = "deplacer"
)

func (f *Items) copyRoutes(r *web.Router) {
	r.Handle("GET", "/p/{item}/-/copier", gate(access.ItemEditOwn), frame.Signed(f.askCopy))
	r.Handle("POST", "/p/{item}/-/copier", gate(access.ItemEditOwn), frame.Signed(f.doCopy))
}

// askCopy asks where to, and whether to copy or to move.
func (f *Items) askCopy(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return f.copyForm(w, r, a, http.StatusOK, "", byCopy, nil)
}

func (f *Items) copyForm(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, to, how string, problem error) error {
	ctx := r.Context()
	var s seen
	var places []space.Space
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.find(ctx, tx, a, named(r)); err != nil {
			return err
		}
		if err := content.MayEdit(a, s.view, s.Item); err != nil {
			return err
		}
		places, err = access.Where(ctx, tx, a, access.ItemCreate, s.Service, maxPlaces)
		return err
	})
	if err != nil {
		return err
	}
	v := copyView{Restricted: !s.Audience.IsZero(), Action: r.URL.Path, Back: ui.Link{Label: s.Title, Href: s.path()}}
	v.Space = ui.Choice{Name: "espace", Label: i18n.T(ctx, "items.copy.space")}
	for _, p := range places {
		if p.ID != s.Space {
			v.Space.Options = append(v.Space.Options, ui.Option{Value: p.ID.String(), Label: p.Name, Selected: p.ID.String() == to})
		}
	}
	v.How = ui.Choice{Name: "geste", Label: i18n.T(ctx, "items.copy.how"), Options: []ui.Option{
		{Value: byCopy, Label: i18n.T(ctx, "items.copy.copy"), Hint: i18n.T(ctx, "items.copy.copy.hint"), Selected: how != byMove},
	}}
	if mayMove(s) == nil {
		v.How.Options = append(v.How.Options, ui.Option{Value: byMove, Label: i18n.T(ctx, "items.copy.move"), Hint: i18n.T(ctx, "items.copy.move.hint"), Selected: how == byMove})
	}
	if problem != nil {
		errors := web.FormErrors(ctx, problem)
		v.Space.Error, v.How.Error = errors["espace"], errors["geste"]
		v.Problems = ui.Problems(errors, "espace", "geste")
		if len(v.Problems) == 0 {
			v.Problems = []ui.Problem{{Text: web.Message(ctx, problem)}}
		}
	}
	title := i18n.T(ctx, "items.copy.title")
	return f.Shell.Render(w, r, status, frame.Page{Title: title, Space: &s.view, Tab: s.service.Path, Invalid: problem != nil}, copyPage(v))
}

// mayMove: moving takes the comments of others along, and is for who manages.
func mayMove(s seen) error {
	if s.State != content.Published && s.State != content.Archived {
		return fault.New(fault.Invalid, "content.state")
	}
	return s.view.Check(access.ItemEditAny, s.Service)
}

func (f *Items) doCopy(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	form := web.NewForm(r)
	to, how := form.ID("espace"), form.Get("geste")
	act, flash := f.copyTo, "items.flash.copied"
	if how == byMove {
		act, flash = f.moveTo, "items.flash.moved"
	}
	err := form.Err()
	if err == nil && to.IsZero() {
		err = fault.InvalidFields(fault.Field{Name: "espace", Key: "items.copy.space.empty"})
	}
	var s seen
	if err == nil {
		s, err = act(ctx, a, named(r), to)
	}
	if fault.KindOf(err) == fault.Invalid {
		return f.copyForm(w, r, a, http.StatusUnprocessableEntity, form.Get("espace"), how, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, flash, "space", s.view.Space.Name)
	if s.State == content.Draft {
		web.Redirect(w, r, s.service.EditPath(s.view.Space.Slug, s.Slug))
		return nil
	}
	web.Redirect(w, r, s.path())
	return nil
}

// copyTo writes the text of an item as a draft of the actor in another space, where
// they may write. fault.Invalid names the field "espace" for one where they may not.
func (f *Items) copyTo(ctx context.Context, a actor.Actor, item, to id.ID) (out seen, err error) {
	now := f.Clock.Now()
	err = f.DB.Write(ctx, func(tx *db.Tx) error {
		s, target, err := f.both(ctx, tx, a, item, to)
		if err != nil {
			return err
		}
		_, text, err := revision.At(ctx, tx, a, s.ID, s.Revision)
		if err != nil {
			return err
		}
		out = seen{view: target, service: s.service}
		out.Item, err = content.Create(ctx, tx, a, content.New{Space: target.Space.ID, Service: s.Service, Kind: s.Kind, Text: text, State: content.Draft}, now)
		if err != nil {
			return err
		}
		if err := attach.Copy(ctx, tx, s.ID, out.ID, nil); err != nil || s.service.SetFields == nil {
			return err
		}
		return s.service.SetFields(ctx, tx, out.ID, text.Fields)
	})
	return out, err
}

// moveTo gives an item a place in another space, with its history and its comments;
// the old one goes to the trash and leads to the new.
func (f *Items) moveTo(ctx context.Context, a actor.Actor, item, to id.ID) (out seen, err error) {
	now := f.Clock.Now()
	err = f.DB.Write(ctx, func(tx *db.Tx) error {
		s, target, err := f.both(ctx, tx, a, item, to)
		if err != nil {
			return err
		}
		if err := mayMove(s); err != nil {
			return err
		}
		_, text, err := revision.At(ctx, tx, a, s.ID, s.Revision)
		if err != nil {
			return err
		}
		out = seen{view: target, service: s.service}
		var remarks map[id.ID]id.ID
		if out.Item, remarks, err = content.Transfer(ctx, tx, a, s.Item, target.Space.ID, now); err != nil {
			return err
		}
		if err := attach.Copy(ctx, tx, s.ID, out.ID, remarks); err != nil {
			return err
		}
		if s.service.SetFields != nil {
			if err := s.service.SetFields(ctx, tx, out.ID, text.Fields); err != nil {
				return err
			}
		}
		if err := f.Outbox.Append(ctx, tx, a, activity.Event{Kind: content.EventTrashed, Space: s.Space, Item: s.ID}); err != nil {
			return err
		}
		return f.Outbox.Append(ctx, tx, a, activity.Event{Kind: content.EventMoved, Space: out.Space, Item: out.ID})
	})
	return out, err
}

// both locks the space of an item and the one that it goes to, always in the same
// order, and reads them as they are then.
func (f *Items) both(ctx context.Context, tx *db.Tx, a actor.Actor, item, to id.ID) (s seen, target access.View, err error) {
	if s, err = f.find(ctx, tx, a, item); err != nil {
		return s, target, err
	}
	first, second := s.Space, to
	if second.String() < first.String() {
		first, second = second, first
	}
	elsewhere := fault.InvalidFields(fault.Field{Name: "espace", Key: "items.copy.space.none"})
	if target, err = access.ByID(ctx, tx, a, to); err != nil || to == s.Space {
		if err == nil || fault.KindOf(err) == fault.NotFound {
			return s, target, elsewhere
		}
		return s, target, err
	}
	for _, sp := range []id.ID{first, second} {
		if _, err := space.Lock(ctx, tx, sp); err != nil {
			return s, target, fmt.Errorf("locking both spaces: %w", err)
		}
	}
	if s, err = f.find(ctx, tx, a, item); err != nil {
		return s, target, err
	}
	if err := content.MayEdit(a, s.view, s.Item); err != nil {
		return s, target, err
	}
	if target, err = access.ByID(ctx, tx, a, to); err != nil {
		return s, target, err
	}
	if !target.Can(access.ItemCreate, s.Service) {
		return s, target, elsewhere
	}
	return s, target, nil
}
