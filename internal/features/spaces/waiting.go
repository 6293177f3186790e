package spaces

import (
	"context"
	"net/http"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

const (
	waitingShown = 10 // invitations beside the members
	waitingPage  = 50
)

// invitations lists all who were invited into a space and have not come.
func (s *Spaces) invitations(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.invitationsWith(w, r, a, http.StatusOK, nil)
}

func (s *Spaces) invitationsWith(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, problem error) error {
	ctx := r.Context()
	after, ok := frame.ParseCursor(r.URL.Query().Get("apres"))
	if !ok {
		return fault.NotFoundError()
	}
	var v access.View
	var list []Invitation
	var next *cursorOf
	var t Tally
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = enter(ctx, tx, a, r.PathValue("slug"), access.MemberInvite); err != nil {
			return err
		}
		if list, next, err = pending(ctx, tx, v.Space.ID, cursorOf(after), waitingPage); err != nil {
			return err
		}
		t, err = s.tally(ctx, tx, v.Space.ID)
		return err
	})
	if err != nil {
		return err
	}
	base := "/espaces/" + v.Space.Slug + "/membres"
	here := base + "/-/invitations"
	view := invitationsView{
		Back: ui.Link{Label: i18n.T(ctx, "spaces.members.title"), Href: base}, Action: here + "/-/relancer", Invite: base + "/-/inviter",
		First: after.ID.IsZero(), Waiting: s.waitingRows(ctx, v, list, here), Problems: problems(ctx, problem, errorsOf(ctx, problem)), Paging: ui.Paging{Label: i18n.T(ctx, "spaces.invitations.pages")},
		Count: i18n.T(ctx, "spaces.invitations.count", "came", i18n.N(ctx, "spaces.invitations.came", t.Came), "waiting", i18n.N(ctx, "spaces.invitations.waiting", t.Waiting), "over", i18n.N(ctx, "spaces.invitations.over", t.Over)),
	}
	if t.Late > 0 {
		view.Remind = i18n.N(ctx, "spaces.remind", t.Late)
	}
	if !view.First {
		view.Paging.Newer = here
	}
	if next != nil {
		view.Paging.Older = here + "?apres=" + frame.FormatCursor(content.Cursor(*next))
	}
	return s.Shell.Render(w, r, status, frame.Page{Title: i18n.T(ctx, "spaces.invitations.title"), Space: &v, Tab: frame.TabMembers, Invalid: problem != nil}, invitationsPage(view))
}

// waitingRows draws invitations; next is where one comes back to, empty for the members.
func (s *Spaces) waitingRows(ctx context.Context, v access.View, list []Invitation, next string) (out []waitingView) {
	for _, inv := range list {
		at := "/espaces/" + v.Space.Slug + "/membres/-/invitations/" + inv.ID.String()
		var leaves time.Time
		if inv.leaves().After(s.Clock.Now()) {
			leaves = inv.leaves()
		}
		out = append(out, waitingView{
			Leaves: leaves,
			Email:  inv.Email, Role: frame.RoleLabel(ctx, v.Space.Kind, inv.Role), By: inv.InviterName, At: inv.CreatedAt,
			Expired: !inv.ExpiresAt.After(s.Clock.Now()), Expires: inv.ExpiresAt, ResendAction: at + "/renvoyer", RevokeAction: at + "/annuler", Next: next,
		})
	}
	return out
}

// remind mails all who have not come again.
func (s *Spaces) remind(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, slug := r.Context(), r.PathValue("slug")
	n, err := s.Remind(ctx, a, slug)
	if fault.KindOf(err) == fault.TooMany {
		return s.invitationsWith(w, r, a, http.StatusTooManyRequests, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "spaces.flash.list", "count", i18n.N(ctx, "spaces.list.sent", n))
	web.Redirect(w, r, "/espaces/"+slug+"/membres/-/invitations")
	return nil
}
