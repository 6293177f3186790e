package items

import (
	"context"
	"net/http"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/notice"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

func (f *Items) announceRoutes(r *web.Router) {
	r.Handle("GET", "/p/{item}/-/annoncer", gate(access.ItemEditAny), frame.Signed(f.askAnnounce))
	r.Handle("POST", "/p/{item}/-/annoncer", gate(access.ItemEditAny), frame.Signed(f.announce))
}

// announceView asks whether to announce an item, and says to how many.
type announceView struct {
	Back                 ui.Link
	Action, Count, Title string
	Problem              []ui.Problem
}

// askAnnounce says whom an announcement reaches before it is made: it cannot be taken
// back.
func (f *Items) askAnnounce(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return f.announceForm(w, r, a, http.StatusOK, nil)
}

func (f *Items) announceForm(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, problem error) error {
	ctx := r.Context()
	var s seen
	var members, externals int
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.find(ctx, tx, a, named(r)); err != nil {
			return err
		}
		if err := s.view.Check(access.ItemEditAny, s.Service); err != nil {
			return err
		}
		members, externals, err = access.CountScopeReaders(ctx, tx, s.Scope, f.Clock.Now())
		return err
	})
	if err != nil {
		return err
	}
	v := announceView{Title: s.Title, Action: frame.AnnouncePath(s.Item), Back: ui.Link{Label: s.Title, Href: s.path()}}
	v.Count = i18n.N(ctx, "items.announce.count", members)
	if externals > 0 {
		v.Count = i18n.N(ctx, "items.announce.externals", members, "externals", i18n.N(ctx, "items.announce.of_whom", externals))
	}
	if problem != nil {
		v.Problem = []ui.Problem{{Text: web.Message(ctx, problem)}}
	}
	title := i18n.T(ctx, "items.announce.title")
	return f.Shell.Render(w, r, status, frame.Page{Title: title, Space: &s.view, Tab: s.service.Path, Invalid: problem != nil}, announcePage(v))
}

func (f *Items) announce(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, now := r.Context(), f.Clock.Now()
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	var s seen
	err := f.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.locked(ctx, tx, a, named(r)); err != nil {
			return err
		}
		if err := s.view.Check(access.ItemEditAny, s.Service); err != nil {
			return err
		}
		if err := content.Announce(ctx, tx, a, s.Item, now); err != nil {
			return err
		}
		return f.Outbox.Append(ctx, tx, a, activity.Event{Kind: content.EventAnnounced, Space: s.Space, Item: s.ID})
	})
	if fault.KindOf(err) == fault.Invalid {
		return f.announceForm(w, r, a, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.flash.announced")
	web.Redirect(w, r, s.path())
	return nil
}

// TellAnnounced mails an announcement to all members who may read it.
func (f *Items) TellAnnounced(ctx context.Context, e activity.Event) error {
	return f.tellAll(ctx, e, letter{kind: announceMail, notice: notice.Announced, to: announced, title: "items.announce.mail.title", action: "items.announce.mail.action", why: "items.announce.mail.why"})
}

// announced begins the list of those whom an announcement is for: the members of its
// space, but who made it and who wants nothing of the item.
func announced(e activity.Event) *db.Builder {
	return db.NewBuilder().Add(`SELECT p.id, p.name, p.email, p.lang, who.id, who.name FROM item_announcements n JOIN items i ON i.id = n.item_id
		JOIN memberships m ON m.space_id = i.space_id JOIN accounts p ON p.id = m.account_id JOIN accounts who ON who.id = n.by_id
		WHERE n.item_id = ? AND p.id <> n.by_id AND i.state = 2
		AND NOT EXISTS (SELECT 1 FROM item_marks k WHERE k.item_id = n.item_id AND k.account_id = p.id AND k.mode = 2)`, e.Item)
}
