package spaces

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"
	"unicode/utf8"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/service"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/limit"
	"ruche/internal/platform/mail"
	"ruche/internal/platform/markup"
	"ruche/internal/platform/web"
)

// What happens to spaces and their members.
const (
	EventOpened  activity.Kind = "space.opened"
	EventChanged activity.Kind = "space.changed"
	EventInvited activity.Kind = "member.invited"
	EventJoined  activity.Kind = "member.joined"
	EventRole    activity.Kind = "member.role_changed"
	EventLeft    activity.Kind = "member.left"
	EventAsked   activity.Kind = "member.asked"
	EventRefused activity.Kind = "member.refused"
)

//go:embed catalogue migrations demo
var files embed.FS

// Deps is what the feature stands on.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Shell   *frame.Shell
	Outbox  *activity.Outbox
	Mail    *mail.Outbox
	Markup  *markup.Renderer
	Hasher  *account.Hasher
	Limiter *limit.Limiter
	// Registry gives the services, once every feature is registered.
	Registry func() *service.Registry
	// ClassOf tells what the owner of a proven mailbox is.
	ClassOf func(email string) account.Class
	// BaseURL is the origin of links in mails, Instance its name in them.
	BaseURL, Instance string
	// Catalog has the words of mails to people who are not the actor, Location is the time
	// zone of their days.
	Catalog  *i18n.Catalog
	Location *time.Location
}

// Spaces is the feature.
type Spaces struct{ Deps }

// New returns the feature and registers the recheck of invitations on the mail
// outbox.
func New(d Deps) *Spaces {
	s := &Spaces{d}
	d.Mail.Recheck(mailKind, s.stillPending)
	d.Mail.Recheck(askedMail, s.stillAsked)
	d.Mail.Recheck(answeredMail, s.stillAnswered)
	return s
}

// Feature registers the feature.
func (s *Spaces) Feature() service.Feature {
	return service.Feature{
		Name:       "spaces",
		Migrations: folder("migrations"),
		Catalogue:  folder("catalogue"),
		Tables:     []service.Table{{Name: "invitations", Class: service.Exported}, {Name: "join_requests", Class: service.Exported}},
		Routes:     s.routes,
		Demo:       s.demo,
	}
}

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(fmt.Sprintf("spaces: no folder %q: %v", name, err)) // the name is a constant
	}
	return sub
}

func (s *Spaces) routes(r *web.Router) {
	g := func(action access.Action) web.Gate { return web.Gate{Action: string(action), Subject: "space"} }
	open := web.Gate{Action: "public", Subject: "invitation"}
	signed := web.Gate{Action: "signed_in"}
	const one, members, groups = "/espaces/{slug}", "/espaces/{slug}/membres", "/espaces/{slug}/groupes"

	r.Handle("GET", "/espaces", signed, frame.Signed(s.catalogue))
	r.Handle("GET", "/espaces/-/nouveau", web.Gate{Action: "space.open"}, frame.Signed(s.askOpen))
	r.Handle("POST", "/espaces/-/nouveau", web.Gate{Action: "space.open"}, frame.Signed(s.doOpen))
	r.Handle("GET", one, g(access.SpaceRead), frame.Signed(s.home))
	r.Handle("GET", one+"/guide", g(access.SpaceRead), frame.Signed(s.guide))
	r.Handle("POST", one+"/-/rejoindre", g(access.SpaceRead), frame.Signed(s.doJoin))
	ask := web.Gate{Action: "space.ask", Subject: "space"}
	r.Handle("POST", one+"/-/demander", ask, frame.Signed(s.doAsk))
	r.Handle("POST", one+"/-/demander/retirer", ask, frame.Signed(s.doUnask))
	r.Handle("GET", one+"/-/quitter", g(access.SpaceRead), frame.Signed(s.askLeave))
	r.Handle("POST", one+"/-/quitter", g(access.SpaceRead), frame.Signed(s.doLeave))
	r.Handle("GET", one+"/reglages", g(access.SpaceManage), frame.Signed(s.askSettings))
	r.Handle("POST", one+"/reglages", g(access.SpaceManage), frame.Signed(s.doSettings))
	r.Handle("GET", members, g(access.SpaceRead), frame.Signed(s.members))
	r.Handle("GET", members+"/-/inviter", g(access.MemberInvite), frame.Signed(s.askInvite))
	r.Handle("POST", members+"/-/inviter", g(access.MemberInvite), frame.Signed(s.doInvite))
	r.Handle("GET", members+"/-/inviter/liste", g(access.MemberInvite), frame.Signed(s.askBulk))
	r.Handle("POST", members+"/-/inviter/liste", g(access.MemberInvite), frame.Signed(s.doBulk), web.MaxBody(4<<20))
	r.Handle("GET", members+"/-/invitations", g(access.MemberInvite), frame.Signed(s.invitations))
	r.Handle("POST", members+"/-/invitations/-/relancer", g(access.MemberInvite), frame.Signed(s.remind))
	r.Handle("POST", members+"/-/invitations/{invitation}/renvoyer", g(access.MemberInvite), frame.Signed(s.doResend))
	r.Handle("POST", members+"/-/invitations/{invitation}/annuler", g(access.MemberInvite), frame.Signed(s.doRevoke))
	r.Handle("POST", members+"/-/demande/{asker}/accepter", g(access.MemberInvite), frame.Signed(s.doAccept))
	r.Handle("GET", members+"/-/demande/{asker}/refuser", g(access.MemberInvite), frame.Signed(s.askRefuse))
	r.Handle("POST", members+"/-/demande/{asker}/refuser", g(access.MemberInvite), frame.Signed(s.doRefuse))
	r.Handle("POST", members+"/{account}/-/role", g(access.SpaceManage), frame.Signed(s.doRole))
	r.Handle("GET", members+"/{account}/-/retirer", g(access.SpaceManage), frame.Signed(s.askRemove))
	r.Handle("POST", members+"/{account}/-/retirer", g(access.SpaceManage), frame.Signed(s.doRemove))
	r.Handle("GET", one+"/reglages/droits", g(access.SpaceManage), frame.Signed(s.levels))
	r.Handle("POST", one+"/reglages/droits", g(access.SpaceManage), frame.Signed(s.doLevels))
	r.Handle("GET", members+"/{account}/-/droits", g(access.SpaceManage), frame.Signed(s.overrides))
	r.Handle("POST", members+"/{account}/-/droits", g(access.SpaceManage), frame.Signed(s.doOverrides))
	r.Handle("GET", groups, g(access.SpaceRead), frame.Signed(s.groups))
	r.Handle("POST", groups, g(access.SpaceManage), frame.Signed(s.doCreateGroup))
	r.Handle("GET", groups+"/{group}", g(access.SpaceRead), frame.Signed(s.group))
	r.Handle("POST", groups+"/{group}", g(access.SpaceManage), frame.Signed(s.doRenameGroup))
	r.Handle("POST", groups+"/{group}/-/membres", g(access.SpaceManage), frame.Signed(s.doAddToGroup))
	r.Handle("POST", groups+"/{group}/-/membres/{account}/retirer", g(access.SpaceManage), frame.Signed(s.doRemoveFromGroup))
	r.Handle("GET", groups+"/{group}/-/supprimer", g(access.SpaceManage), frame.Signed(s.askDeleteGroup))
	r.Handle("POST", groups+"/{group}/-/supprimer", g(access.SpaceManage), frame.Signed(s.doDeleteGroup))
	r.Handle("GET", "/invitations/{token}", open, s.showInvitation)
	r.Handle("POST", "/invitations/{token}", open, s.acceptInvitation)
	r.Handle("POST", "/invitations/{token}/-/renouveler", open, s.renewInvitation)
}

// Opening is what someone says of the space they open.
type Opening struct {
	Name, Purpose string
	Kind          space.Kind
	Visibility    space.Visibility
}

// Open opens a space whose lead is the actor. Agents only: for others the page
// does not exist.
func (s *Spaces) Open(ctx context.Context, a actor.Actor, o Opening) (space.Space, error) {
	if !a.Agent {
		return space.Space{}, fault.NotFoundError()
	}
	if err := checkWords(&o.Name, &o.Purpose); err != nil {
		return space.Space{}, err
	}
	var sp space.Space
	err := s.DB.Write(ctx, func(tx *db.Tx) error {
		now := s.Clock.Now()
		var err error
		if sp, err = space.Create(ctx, tx, space.New{Name: o.Name, Purpose: o.Purpose, Kind: o.Kind, Visibility: o.Visibility}, now); err != nil {
			return err
		}
		if err := s.Registry().Open(ctx, tx, sp); err != nil {
			return err
		}
		if _, err := space.Join(ctx, tx, sp.ID, a.Account, space.Lead, now); err != nil {
			return err
		}
		return s.Outbox.Append(ctx, tx, a, activity.Event{Kind: EventOpened, Space: sp.ID, Detail: string(sp.Visibility)})
	})
	return sp, err
}

func checkWords(name, purpose *string) error {
	*name, *purpose = strings.Join(strings.Fields(*name), " "), strings.TrimSpace(*purpose)
	var wrong []fault.Field
	switch n := utf8.RuneCountInString(*name); {
	case n == 0:
		wrong = append(wrong, fault.Field{Name: "name", Key: "spaces.name.empty"})
	case n > space.MaxName:
		wrong = append(wrong, fault.Field{Name: "name", Key: "spaces.too_long", Args: []any{"max", space.MaxName}})
	}
	switch n := utf8.RuneCountInString(*purpose); {
	case n == 0:
		wrong = append(wrong, fault.Field{Name: "purpose", Key: "spaces.purpose.empty"})
	case n > space.MaxPurpose:
		wrong = append(wrong, fault.Field{Name: "purpose", Key: "spaces.too_long", Args: []any{"max", space.MaxPurpose}})
	}
	if wrong != nil {
		return fault.InvalidFields(wrong...)
	}
	return nil
}

// Settings is what a lead may change.
type Settings struct {
	Name, Purpose, Welcome string
	Visibility             space.Visibility
	Hue                    int
}

// Change changes the settings from the revision base on; a stale base is
// fault.Conflict. The address of the space stays.
func (s *Spaces) Change(ctx context.Context, a actor.Actor, slug string, base int64, set Settings) error {
	if err := checkWords(&set.Name, &set.Purpose); err != nil {
		return err
	}
	if utf8.RuneCountInString(set.Welcome) > space.MaxWelcome {
		return fault.InvalidFields(fault.Field{Name: "welcome", Key: "spaces.too_long", Args: []any{"max", space.MaxWelcome}})
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.SpaceManage)
		if err != nil {
			return err
		}
		sp := v.Space
		sp.Name, sp.Purpose, sp.Welcome, sp.Visibility, sp.Hue = set.Name, set.Purpose, strings.TrimSpace(set.Welcome), set.Visibility, set.Hue
		if err := space.Update(ctx, tx, sp, base); err != nil {
			return err
		}
		if sp.Visibility != v.Space.Visibility {
			if err := access.Derive(ctx, tx, sp.ID); err != nil {
				return err
			}
		}
		return s.Outbox.Append(ctx, tx, a, activity.Event{Kind: EventChanged, Space: sp.ID, Detail: string(sp.Visibility)})
	})
}

// lock enters a space to write in it, with the right for the action.
func (s *Spaces) lock(ctx context.Context, tx *db.Tx, a actor.Actor, slug string, action access.Action) (access.View, error) {
	v, err := enter(ctx, tx, a, slug, action)
	if err != nil {
		return v, err
	}
	if _, err := space.Lock(ctx, tx, v.Space.ID); err != nil {
		return v, err
	}
	if v, err = access.ByID(ctx, tx, a, v.Space.ID); err != nil {
		return v, err
	}
	return v, v.Check(action, access.Home)
}

// enter reads a space for the action.
func enter(ctx context.Context, tx *db.Tx, a actor.Actor, slug string, action access.Action) (access.View, error) {
	v, err := access.BySlug(ctx, tx, a, slug)
	if err != nil {
		return v, err
	}
	return v, v.Check(action, access.Home)
}

// Join makes an agent a reader of a public space.
func (s *Spaces) Join(ctx context.Context, a actor.Actor, slug string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.SpaceRead)
		if err != nil {
			return err
		}
		if v.IsMember() {
			return nil
		}
		if v.Space.Visibility != space.Public || !a.Agent {
			return fault.NotFoundError()
		}
		return s.join(ctx, tx, a, v.Space.ID, a.Account, space.Reader)
	})
}

// join makes someone a member: the actor, or whom the actor lets in.
func (s *Spaces) join(ctx context.Context, tx *db.Tx, a actor.Actor, spaceID, who id.ID, role space.Role) error {
	changed, err := space.Join(ctx, tx, spaceID, who, role, s.Clock.Now())
	if err != nil || !changed {
		return err
	}
	if err := access.Changed(ctx, tx, spaceID); err != nil {
		return err
	}
	return s.Outbox.Append(ctx, tx, a, activity.Event{Kind: EventJoined, Space: spaceID, Subject: who, Detail: role.String()})
}

// Leave takes the actor out of a space; the last lead stays.
func (s *Spaces) Leave(ctx context.Context, a actor.Actor, slug string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.SpaceRead)
		if err != nil {
			return err
		}
		return s.leave(ctx, tx, a, v.Space.ID, a.Account)
	})
}

func (s *Spaces) leave(ctx context.Context, tx *db.Tx, a actor.Actor, spaceID, member id.ID) error {
	if err := access.Leave(ctx, tx, spaceID, member); err != nil {
		return err
	}
	if err := s.withdraw(ctx, tx, spaceID, member); err != nil {
		return err
	}
	return s.Outbox.Append(ctx, tx, a, activity.Event{Kind: EventLeft, Space: spaceID, Subject: member})
}

// Remove takes a member out of a space.
func (s *Spaces) Remove(ctx context.Context, a actor.Actor, slug string, member id.ID) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.SpaceManage)
		if err != nil {
			return err
		}
		return s.leave(ctx, tx, a, v.Space.ID, member)
	})
}

// SetRole gives a member a role, and returns the one that they had. Externals never lead.
func (s *Spaces) SetRole(ctx context.Context, a actor.Actor, slug string, member id.ID, role space.Role) (was space.Role, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.SpaceManage)
		if err != nil {
			return err
		}
		had, err := space.MemberByID(ctx, tx, v.Space.ID, member)
		if err != nil {
			return err
		}
		was = had.Role
		// Before the account is looked at: of who is no member, nothing is told.
		if err := access.SetRole(ctx, tx, v.Space.ID, member, role); err != nil {
			return err
		}
		who, err := account.ByID(ctx, tx, member)
		if err != nil {
			return err
		}
		if err := mayHold(who.Class, role); err != nil {
			return err
		}
		if role != space.Lead {
			if err := s.withdraw(ctx, tx, v.Space.ID, member); err != nil {
				return err
			}
		}
		return s.Outbox.Append(ctx, tx, a, activity.Event{Kind: EventRole, Space: v.Space.ID, Subject: member, Detail: role.String()})
	})
	return was, err
}

func mayHold(c account.Class, role space.Role) error {
	if role == space.Lead && c == account.External {
		return fault.InvalidFields(fault.Field{Name: "role", Key: "spaces.external_lead"})
	}
	return nil
}
