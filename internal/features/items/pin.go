package items

import (
	"net/http"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/web"
)

// pin keeps an item at hand on the home of its space, or does so no more.
func (f *Items) pin(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, now := r.Context(), f.Clock.Now()
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	pinned := web.NewForm(r).Choice(frame.FieldPin, "oui", "non") == "oui"
	var s seen
	err := f.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.locked(ctx, tx, a, named(r)); err != nil {
			return err
		}
		if err := s.view.Check(access.ItemEditAny, s.Service); err != nil {
			return err
		}
		kind := content.EventUnpinned
		if pinned {
			kind, err = content.EventPinned, content.Pin(ctx, tx, a, s.Item, now)
		} else {
			err = content.Unpin(ctx, tx, s.Item)
		}
		if err != nil {
			return err
		}
		return f.Outbox.Append(ctx, tx, a, activity.Event{Kind: kind, Space: s.Space, Item: s.ID})
	})
	if err != nil {
		return err
	}
	undo := r.URL.Path + "?" + frame.FieldPin + "="
	if pinned {
		web.SetUndoFlash(w, undo+"non", "items.flash.pinned")
	} else {
		web.SetUndoFlash(w, undo+"oui", "items.flash.unpinned")
	}
	web.Redirect(w, r, s.path())
	return nil
}
