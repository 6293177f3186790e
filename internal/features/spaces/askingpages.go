package spaces

import (
	"context"
	"net/http"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// doAsk asks to enter; what is wrong is told at the door, with what was typed.
func (s *Spaces) doAsk(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	err := web.ParseForm(w, r, 0)
	word := web.NewForm(r).Get("word")
	if err == nil {
		err = s.Ask(r.Context(), a, r.PathValue("slug"), word)
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.TooLarge, fault.TooMany:
		return s.homeWith(w, r, a, web.StatusOf(fault.KindOf(err)), word, err)
	case fault.Internal, fault.Unauthenticated, fault.Denied, fault.NotFound, fault.Conflict, fault.Unavailable, fault.Full:
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "spaces.flash.asked")
	web.Redirect(w, r, "/espaces/"+r.PathValue("slug"))
	return nil
}

func (s *Spaces) doUnask(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	if err := s.Unask(r.Context(), a, r.PathValue("slug")); err != nil {
		return err
	}
	web.SetFlash(w, "spaces.flash.unasked")
	web.Redirect(w, r, "/espaces/"+r.PathValue("slug"))
	return nil
}

// doorOf draws what someone who does not read a space may ask.
func doorOf(ctx context.Context, a actor.Actor, v access.View, q Asking, now time.Time, word string, problem error) doorView {
	base := "/espaces/" + v.Space.Slug + "/-/demander"
	out := doorView{Word: word, Errors: errorsOf(ctx, problem)}
	out.Problems = problems(ctx, problem, out.Errors, "word")
	switch {
	case !mayAsk(a, v):
	case q.waits():
		out.Title, out.Unask = i18n.T(ctx, "spaces.asked.title"), base+"/retirer"
		out.Text = i18n.T(ctx, "spaces.asked.text", "date", i18n.From(ctx).Date(q.At))
	case !q.Answered.IsZero() && !q.Accepted && q.again().After(now):
		out.Title, out.Reply = i18n.T(ctx, "spaces.refused.title"), q.Reply
		out.Text = i18n.T(ctx, "spaces.refused.text", "date", i18n.From(ctx).Date(q.Answered), "again", i18n.From(ctx).Date(q.again()))
	default:
		out.Ask = base
	}
	return out
}

// askedRows draws those who wait to enter.
func askedRows(base string, list []Asking) (out []askedView) {
	for _, q := range list {
		at := base + "/-/demande/" + q.Account.String()
		out = append(out, askedView{Face: frame.Face(q.Name, q.Organisation, q.Class, q.Hue), Note: q.Organisation, Word: q.Word, At: q.At, Accept: at + "/accepter", Refuse: at + "/refuser"})
	}
	return out
}

func (s *Spaces) doAccept(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.answer(w, r, a, true, "spaces.flash.let_in")
}

func (s *Spaces) doRefuse(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.answer(w, r, a, false, "spaces.flash.refused")
}

// answer lets the person of the address in, or not, and goes back to the members.
//
// i18n: spaces.flash.*
func (s *Spaces) answer(w http.ResponseWriter, r *http.Request, a actor.Actor, accept bool, flash string) error {
	who, err := id.Parse(r.PathValue("asker"))
	if err != nil {
		return fault.NotFoundError()
	}
	err = web.ParseForm(w, r, 0)
	reply := web.NewForm(r).Get("reply")
	if err == nil {
		err = s.Answer(r.Context(), a, r.PathValue("slug"), who, accept, reply)
	}
	if kind := fault.KindOf(err); err != nil && (kind == fault.Invalid || kind == fault.TooLarge) {
		return s.refuseForm(w, r, a, web.StatusOf(kind), reply, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, flash)
	web.Redirect(w, r, "/espaces/"+r.PathValue("slug")+"/membres")
	return nil
}

// askRefuse asks for a word to whom one does not let in.
func (s *Spaces) askRefuse(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.refuseForm(w, r, a, http.StatusOK, "", nil)
}

func (s *Spaces) refuseForm(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, reply string, problem error) error {
	ctx := r.Context()
	who, err := id.Parse(r.PathValue("asker"))
	if err != nil {
		return fault.NotFoundError()
	}
	var v access.View
	var q Asking
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = enter(ctx, tx, a, r.PathValue("slug"), access.MemberInvite); err != nil {
			return err
		}
		if q, err = askingOf(ctx, tx, v.Space.ID, who); err == nil && !q.waits() {
			err = fault.NotFoundError()
		}
		return err
	})
	if err != nil {
		return err
	}
	view := refuseView{Action: r.URL.Path, Reply: reply, Errors: errorsOf(ctx, problem)}
	view.Problems = problems(ctx, problem, view.Errors, "reply")
	view.Title = i18n.T(ctx, "spaces.refuse.title", "name", q.Name)
	view.Back = ui.Link{Label: i18n.T(ctx, "spaces.members.title"), Href: "/espaces/" + v.Space.Slug + "/membres"}
	return s.Shell.Render(w, r, status, frame.Page{Title: view.Title, Space: &v, Tab: frame.TabMembers, Invalid: problem != nil}, refusePage(view))
}
