package spaces

import (
	"context"
	"net/http"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// askInvite is the form to invite one mailbox.
func (s *Spaces) askInvite(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.inviteForm(w, r, a, http.StatusOK, inviteView{Inviting: Inviting{Role: space.Reader}}, nil)
}

func (s *Spaces) doInvite(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	perr := web.ParseForm(w, r, 0)
	f := web.NewForm(r)
	in := Inviting{Email: f.Get("email"), Group: f.ID(fieldGroup), Word: f.Get("word")}
	until := f.Get(fieldUntil)
	in.AccessEnds = s.accessEnds(f, until)
	role, ok := space.ParseRole(f.Get("role"))
	if !ok {
		f.Refuse("role", "spaces.role.unknown")
	}
	in.Role = role
	if perr == nil {
		perr = f.Err()
	}
	if perr == nil {
		perr = s.Invite(r.Context(), a, r.PathValue("slug"), in)
	}
	switch fault.KindOf(perr) {
	case fault.Invalid, fault.TooLarge, fault.TooMany:
		return s.inviteForm(w, r, a, web.StatusOf(fault.KindOf(perr)), inviteView{Inviting: in, Until: until}, perr)
	case fault.Internal, fault.Unauthenticated, fault.Denied, fault.NotFound, fault.Conflict, fault.Unavailable, fault.Full:
	}
	if perr != nil {
		return perr
	}
	web.SetFlash(w, "spaces.flash.invited", "email", in.Email)
	web.Redirect(w, r, "/espaces/"+r.PathValue("slug")+"/membres")
	return nil
}

func (s *Spaces) inviteForm(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, view inviteView, problem error) error {
	ctx := r.Context()
	v, groups, err := s.invitesInto(ctx, a, r.PathValue("slug"))
	if err != nil {
		return err
	}
	view.Groups, view.Errors = groupOptions(ctx, groups, view.Group), errorsOf(ctx, problem)
	view.Action, view.Cancel = r.URL.Path, "/espaces/"+v.Space.Slug+"/membres"
	view.Problems = problems(ctx, problem, view.Errors, "email", "role", fieldGroup, "word", fieldUntil)
	view.Roles = roleOptions(ctx, v.Space.Kind, view.Role, true)
	return s.Shell.Render(w, r, status, frame.Page{Title: i18n.T(ctx, "spaces.invite.title"), Space: &v, Tab: frame.TabMembers, Invalid: problem != nil}, invitePage(view))
}

// invitesInto reads the space that one invites into, and its groups.
func (s *Spaces) invitesInto(ctx context.Context, a actor.Actor, slug string) (v access.View, groups []space.Group, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = enter(ctx, tx, a, slug, access.MemberInvite); err != nil {
			return err
		}
		groups, err = space.Groups(ctx, tx, v.Space.ID)
		return err
	})
	return v, groups, err
}

// accessEnds reads the last day of the access of externals, zero where none is given.
//
// i18n: account.end.*
func (s *Spaces) accessEnds(f *web.Form, typed string) time.Time {
	if typed == "" {
		return time.Time{}
	}
	end, wrong := account.ParseLastDay(typed, s.Location, s.Clock.Now())
	if wrong != "" {
		f.Refuse(fieldUntil, wrong, "years", account.MostAccess)
	}
	return end
}

// groupOptions are the groups that one may invite into, none first; nothing where there
// are none.
func groupOptions(ctx context.Context, groups []space.Group, chosen id.ID) (out []ui.Option) {
	if len(groups) == 0 {
		return nil
	}
	out = append(out, ui.Option{Value: "", Label: i18n.T(ctx, "spaces.invite.no_group"), Selected: chosen.IsZero()})
	for _, g := range groups {
		out = append(out, ui.Option{Value: g.ID.String(), Label: g.Name, Selected: g.ID == chosen})
	}
	return out
}

func (s *Spaces) doResend(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.onInvitation(w, r, "spaces.flash.resent", func(invitation id.ID) error {
		return s.Resend(r.Context(), a, r.PathValue("slug"), invitation)
	})
}

func (s *Spaces) doRevoke(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.onInvitation(w, r, "spaces.flash.revoked", func(invitation id.ID) error {
		return s.Revoke(r.Context(), a, r.PathValue("slug"), invitation)
	})
}

// onInvitation does something to the invitation of the address, then goes back
// to the members. flash is the key of the notice.
//
// i18n: spaces.flash.*
func (s *Spaces) onInvitation(w http.ResponseWriter, r *http.Request, flash string, do func(id.ID) error) error {
	invitation, err := id.Parse(r.PathValue("invitation"))
	if err != nil {
		return fault.NotFoundError()
	}
	if err := do(invitation); err != nil {
		return err
	}
	web.SetFlash(w, flash)
	next := "/espaces/" + r.PathValue("slug") + "/membres"
	if err := web.ParseForm(w, r, 0); err == nil && web.NewForm(r).Get(frame.FieldNext) != "" {
		next = web.SafeNext(web.NewForm(r).Get(frame.FieldNext))
	}
	web.Redirect(w, r, next)
	return nil
}

// showInvitation is what the link of the mail leads to. It changes nothing.
func (s *Spaces) showInvitation(w http.ResponseWriter, r *http.Request) error {
	return s.invitation(w, r, http.StatusOK, Newcomer{}, nil)
}

func (s *Spaces) invitation(w http.ResponseWriter, r *http.Request, status int, n Newcomer, problem error) error {
	ctx := r.Context()
	d, err := s.look(ctx, r.PathValue("token"))
	if err == errDead || d.expired { //nolint:errorlint // the very value
		return s.deadLink(w, r, d.expired)
	}
	if err != nil {
		return err
	}
	a := actor.From(ctx)
	view := invitationView{
		Inviter: d.inv.InviterName, Space: d.space.Name, Purpose: d.space.Purpose, Word: d.inv.Word, Email: d.inv.Email,
		Kind: string(d.space.Kind), Visibility: string(d.space.Visibility), Hue: d.space.Hue, Initials: account.Initials(d.space.Name),
		Role: frame.RoleLabel(ctx, d.space.Kind, d.inv.Role), Action: r.URL.Path, Newcomer: n, Errors: errorsOf(ctx, problem), Expires: d.inv.ExpiresAt,
	}
	view.Problems = problems(ctx, problem, view.Errors, "name", "organisation", "password")
	switch {
	case a.SignedIn() && a.Account == d.account.ID:
		view.Way = wayOneClick
	case a.SignedIn():
		view.Way, view.Me = wayOtherMailbox, a.Name
	case !d.account.ID.IsZero():
		view.Way = wayPassword
	default:
		view.Way = wayNewcomer
	}
	return s.Shell.Render(w, r, status, frame.Page{Title: i18n.T(ctx, "spaces.invitation.title", "space", d.space.Name), Bare: true, Invalid: problem != nil}, invitationPage(view))
}

func (s *Spaces) deadLink(w http.ResponseWriter, r *http.Request, renewable bool) error {
	ctx := r.Context()
	view := deadView{}
	if renewable {
		view.Renew = "/invitations/" + r.PathValue("token") + "/-/renouveler"
	}
	return s.Shell.Render(w, r, http.StatusNotFound, frame.Page{Title: i18n.T(ctx, "spaces.invitation.dead_title"), Bare: true}, deadPage(view))
}

// acceptInvitation acts: the account, the membership, the session.
func (s *Spaces) acceptInvitation(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	perr := web.ParseForm(w, r, 0)
	f := web.NewForm(r)
	n := Newcomer{Name: f.Line("name", account.MaxName), Organisation: f.Line("organisation", account.MaxOrganisation), Password: f.Get("password")}
	if perr == nil {
		perr = f.Err()
	}
	if perr != nil {
		return s.invitation(w, r, web.StatusOf(fault.KindOf(perr)), n, perr)
	}
	sp, session, err := s.Accept(ctx, actor.From(ctx), r.PathValue("token"), n, r.UserAgent())
	switch {
	case err == errDead: //nolint:errorlint // the very value
		return s.deadLink(w, r, false)
	case fault.KindOf(err) == fault.Invalid && err != nil:
		return s.invitation(w, r, http.StatusUnprocessableEntity, n, err)
	case fault.KindOf(err) == fault.Denied && err != nil:
		return s.invitation(w, r, http.StatusForbidden, n, err)
	case fault.KindOf(err) == fault.Conflict && err != nil:
		return s.invitation(w, r, http.StatusConflict, n, nil) // the account came in another tab: its password is asked now
	case err != nil:
		return err
	}
	if session.Token != "" {
		web.SetSession(w, session.Token, session.Until)
	}
	web.SetFlash(w, "spaces.flash.welcome", "space", sp.Name)
	web.Redirect(w, r, "/espaces/"+sp.Slug)
	return nil
}

func (s *Spaces) renewInvitation(w http.ResponseWriter, r *http.Request) error {
	err := s.Renew(r.Context(), r.PathValue("token"))
	if err == errDead { //nolint:errorlint // the very value
		return s.deadLink(w, r, false)
	}
	if err != nil {
		return err
	}
	ctx := r.Context()
	return s.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "spaces.invitation.renewed_title"), Bare: true}, renewedPage())
}
