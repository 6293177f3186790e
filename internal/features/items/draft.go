package items

import (
	"encoding/json"
	"fmt"
	"net/http"

	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/revision"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/web"
)

const (
	// draftLimit bounds what a form sends by itself: revision.MaxDraft,
	// percent-encoded.
	draftLimit = 6 << 20
	maxFields  = 30
)

func (f *Items) draftRoutes(r *web.Router) {
	mine := web.Gate{Action: "signed_in"}
	r.Handle("POST", "/-/brouillons/{form}", mine, frame.Signed(f.keep), web.MaxBody(draftLimit))
	r.Handle("POST", "/-/brouillons/{form}/abandonner", mine, frame.Signed(f.drop))
}

// kept is the answer to a form that keeps itself: when, in words, and its slot.
type kept struct {
	Said string `json:"said"`
	Slot string `json:"slot"`
}

// keep keeps what is typed in a form, sent by the form itself while one types.
func (f *Items) keep(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	form, ok := revision.ParseForm(r.PathValue("form"))
	if !ok {
		return fault.NotFoundError()
	}
	if err := web.ParseForm(w, r, draftLimit); err != nil {
		return err
	}
	if err := frame.SameTypist(r, a); err != nil {
		return err
	}
	d := revision.Draft{Form: form, Slot: revision.ParseSlot(r.PostForm.Get(frame.FieldSlot)), Fields: map[string]string{}}
	for name, values := range r.PostForm {
		switch {
		case name == "base":
			d.Base, _ = number(values[0], 0) // what is no number is a new item's
		case name == frame.FieldSlot, name == frame.FieldTypist:
		case len(d.Fields) < maxFields && len(name) <= 40:
			d.Fields[name] = values[0]
		}
	}
	now := f.Clock.Now()
	var slot revision.Slot
	err := f.DB.Write(ctx, func(tx *db.Tx) (err error) {
		slot, err = revision.Keep(ctx, tx, a.Account, d, now)
		return err
	})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(kept{Said: i18n.T(ctx, "items.draft.kept", "time", i18n.From(ctx).Time(now)), Slot: slot.String()}); err != nil {
		return fmt.Errorf("answering a form that keeps itself: %w", err)
	}
	return nil
}

// drop forgets what was typed in a form.
func (f *Items) drop(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	form, ok := revision.ParseForm(r.PathValue("form"))
	if !ok {
		return fault.NotFoundError()
	}
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	slot := revision.ParseSlot(r.PostForm.Get(frame.FieldSlot))
	err := f.DB.Write(r.Context(), func(tx *db.Tx) error { return revision.Drop(r.Context(), tx, a.Account, form, slot) })
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.flash.dropped")
	web.Redirect(w, r, web.SafeNext(web.NewForm(r).Get("suite")))
	return nil
}
