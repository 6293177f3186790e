package notifications

import (
	"net/http"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/follow"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/notice"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// stopView asks whether to stop, or says that it is done.
type stopView struct {
	Title, Text string
	// Done: there is nothing left to press.
	Done bool
}

// askStop is what a mail leads to. It asks: whoever fetches the addresses of mails changes
// nothing. It names nothing either, since who opens it may have lost the right.
func (f *Notifications) askStop(w http.ResponseWriter, r *http.Request) error {
	_, item, ok := f.Stops.Read(r.PathValue("token"))
	if !ok {
		return fault.NotFoundError()
	}
	ctx := r.Context()
	v := stopView{Title: i18n.T(ctx, "notifications.stop.item"), Text: i18n.T(ctx, "notifications.stop.item.text")}
	if item.IsZero() {
		v.Title, v.Text = i18n.T(ctx, "notifications.stop.digests"), i18n.T(ctx, "notifications.stop.digests.text")
	}
	return f.Shell.Render(w, r, http.StatusOK, frame.Page{Title: v.Title, Bare: true}, stopPage(v))
}

// doStop stops, at the press of the button or at the one click of a mail program
// (RFC 8058), which sends no cookie.
func (f *Notifications) doStop(w http.ResponseWriter, r *http.Request) error {
	who, item, ok := f.Stops.Read(r.PathValue("token"))
	if !ok {
		return fault.NotFoundError()
	}
	ctx := r.Context()
	err := f.DB.Write(ctx, func(tx *db.Tx) error {
		if item.IsZero() {
			return notice.StopDigests(ctx, tx, who)
		}
		me, err := account.ByID(ctx, tx, who)
		if err != nil {
			return err
		}
		return follow.Choose(ctx, tx, me.Actor(id.ID{}), item, follow.Muted)
	})
	if err != nil && fault.KindOf(err) != fault.NotFound { // who may read it no more is mailed no more
		return err
	}
	v := stopView{Title: i18n.T(ctx, "notifications.stopped"), Text: i18n.T(ctx, "notifications.stopped.text"), Done: true}
	return f.Shell.Render(w, r, http.StatusOK, frame.Page{Title: v.Title, Bare: true}, stopPage(v))
}

// stopPath is where a mail is stopped.
func stopPath(token string) string { return ui.StopPath + "/" + token }

func (f *Notifications) stopRoutes(r *web.Router) {
	open := web.Gate{Action: "public", Subject: "mail"}
	r.Handle("GET", ui.StopPath+"/{token}", open, f.askStop)
	r.Handle("POST", ui.StopPath+"/{token}", open, f.doStop)
}
