package items

import (
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

// keep keeps what is typed in a form, sent by the form itself while one types,
// and says when in words.
func (f *Items) keep(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	form, ok := revision.ParseForm(r.PathValue("form"))
	if !ok {
		return fault.NotFoundError()
	}
	if err := web.ParseForm(w, r, draftLimit); err != nil {
		return err
	}
	d := revision.Draft{Form: form, Fields: map[string]string{}}
	for name, values := range r.PostForm {
		switch {
		case name == "base":
			d.Base, _ = number(values[0], 0) // what is no number is a new item's
		case len(d.Fields) < maxFields && len(name) <= 40:
			d.Fields[name] = values[0]
		}
	}
	now := f.Clock.Now()
	err := f.DB.Write(ctx, func(tx *db.Tx) error { return revision.Keep(ctx, tx, a.Account, d, now) })
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err = w.Write([]byte(i18n.T(ctx, "items.draft.kept", "time", i18n.From(ctx).Time(now))))
	return err
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
	err := f.DB.Write(r.Context(), func(tx *db.Tx) error { return revision.Drop(r.Context(), tx, a.Account, form) })
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.flash.dropped")
	web.Redirect(w, r, web.SafeNext(web.NewForm(r).Get("suite")))
	return nil
}
