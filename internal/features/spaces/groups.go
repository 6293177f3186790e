package spaces

import (
	"context"
	"net/http"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
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

// What is said of a change of rights: the detail of access.EventChanged.
const (
	detailJoinsGroup  = "group.joined"
	detailLeavesGroup = "group.left"
	detailGroupGone   = "group.deleted"
)

// candidates is how many members are proposed for a group at once.
const candidates = 20

// CreateGroup gives a space a group without members. fault.Invalid as
// space.CreateGroup says.
func (s *Spaces) CreateGroup(ctx context.Context, a actor.Actor, slug, name string) (g space.Group, err error) {
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.SpaceManage)
		if err != nil {
			return err
		}
		g, err = space.CreateGroup(ctx, tx, v.Space.ID, name, s.Clock.Now())
		return err
	})
	return g, err
}

// RenameGroup changes the name of a group, under the same conditions.
func (s *Spaces) RenameGroup(ctx context.Context, a actor.Actor, slug string, group id.ID, name string) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.SpaceManage)
		if err != nil {
			return err
		}
		return space.RenameGroup(ctx, tx, v.Space.ID, group, name)
	})
}

// AddToGroup makes members of a space members of a group of it, all or none.
func (s *Spaces) AddToGroup(ctx context.Context, a actor.Actor, slug string, group id.ID, members []id.ID) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.SpaceManage)
		if err != nil {
			return err
		}
		if err := access.AddToGroup(ctx, tx, v.Space.ID, group, members...); err != nil {
			return err
		}
		for _, m := range members {
			if err := s.rights(ctx, tx, a, v.Space.ID, m, detailJoinsGroup); err != nil {
				return err
			}
		}
		return nil
	})
}

// RemoveFromGroup takes a member out of a group, and out of what only the group let
// them read.
func (s *Spaces) RemoveFromGroup(ctx context.Context, a actor.Actor, slug string, group, member id.ID) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.SpaceManage)
		if err != nil {
			return err
		}
		if err := access.RemoveFromGroup(ctx, tx, v.Space.ID, group, member); err != nil {
			return err
		}
		return s.rights(ctx, tx, a, v.Space.ID, member, detailLeavesGroup)
	})
}

// DeleteGroup removes a group; what it alone read is the leads' from then on.
func (s *Spaces) DeleteGroup(ctx context.Context, a actor.Actor, slug string, group id.ID) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.SpaceManage)
		if err != nil {
			return err
		}
		if err := access.DeleteGroup(ctx, tx, v.Space.ID, group); err != nil {
			return err
		}
		return s.rights(ctx, tx, a, v.Space.ID, id.ID{}, detailGroupGone)
	})
}

// rights tells that what an account may read in a space changed, or of any when none
// is named.
func (s *Spaces) rights(ctx context.Context, tx *db.Tx, a actor.Actor, spaceID, account id.ID, detail string) error {
	return s.Outbox.Append(ctx, tx, a, activity.Event{Kind: access.EventChanged, Space: spaceID, Subject: account, Detail: detail})
}

// groups is the list of the groups of a space.
func (s *Spaces) groups(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.groupsWith(w, r, a, http.StatusOK, "", nil)
}

func (s *Spaces) groupsWith(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, typed string, problem error) error {
	ctx := r.Context()
	var v access.View
	var list []space.Group
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = enter(ctx, tx, a, r.PathValue("slug"), access.SpaceRead); err != nil {
			return err
		}
		list, err = space.Groups(ctx, tx, v.Space.ID)
		return err
	})
	if err != nil {
		return err
	}
	at := "/espaces/" + v.Space.Slug + "/groupes"
	view := groupsView{Lead: v.Can(access.SpaceManage, access.Home), Tabs: memberTabs(ctx, v, true), Action: at, Name: typed, Errors: errorsOf(ctx, problem)}
	view.Problems = problems(ctx, problem, view.Errors, "name")
	for _, g := range list {
		view.Groups = append(view.Groups, ui.Row{Icon: "users", Title: g.Name, Href: at + "/" + g.ID.String(), Text: i18n.N(ctx, "spaces.members", g.Members)})
	}
	return s.Shell.Render(w, r, status, frame.Page{Title: i18n.T(ctx, "spaces.groups"), Space: &v, Tab: frame.TabMembers, Invalid: problem != nil}, groupsPage(view))
}

// memberTabs are the two lists of who is in a space: one by one, and by groups.
func memberTabs(ctx context.Context, v access.View, groups bool) []ui.Tab {
	at := "/espaces/" + v.Space.Slug
	return []ui.Tab{
		{Label: i18n.T(ctx, "spaces.members.each"), Href: at + "/membres", Current: !groups},
		{Label: i18n.T(ctx, "spaces.groups"), Href: at + "/groupes", Current: groups},
	}
}

func (s *Spaces) doCreateGroup(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	err := web.ParseForm(w, r, 0)
	name := web.NewForm(r).Get("name")
	var g space.Group
	if err == nil {
		g, err = s.CreateGroup(r.Context(), a, r.PathValue("slug"), name)
	}
	if err != nil && fault.KindOf(err) == fault.Invalid {
		return s.groupsWith(w, r, a, http.StatusUnprocessableEntity, name, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "spaces.flash.group_made")
	web.Redirect(w, r, "/espaces/"+r.PathValue("slug")+"/groupes/"+g.ID.String())
	return nil
}

// group is the page of a group: who is in it and, for leads, who may come in.
func (s *Spaces) group(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.groupWith(w, r, a, http.StatusOK, "", nil)
}

func (s *Spaces) groupWith(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, typed string, problem error) error {
	ctx := r.Context()
	group, perr := id.Parse(r.PathValue("group"))
	key, after, ok := parseCursor(r.URL.Query().Get("apres"))
	if perr != nil || !ok {
		return fault.NotFoundError()
	}
	search := web.NewQuery(r).Line("q", space.MaxGroupName)
	var v access.View
	var g space.Group
	var in, out []space.Member
	var next *space.MemberCursor
	var more bool
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = enter(ctx, tx, a, r.PathValue("slug"), access.SpaceRead); err != nil {
			return err
		}
		if g, err = space.GroupByID(ctx, tx, v.Space.ID, group); err != nil {
			return err
		}
		if in, next, err = space.GroupMembers(ctx, tx, g.ID, space.MemberCursor{NameKey: key, Account: after}, membersPage); err != nil {
			return err
		}
		if v.Can(access.SpaceManage, access.Home) {
			out, more, err = space.Named(ctx, tx, v.Space.ID, g.ID, search, candidates)
		}
		return err
	})
	if err != nil {
		return err
	}
	at := "/espaces/" + v.Space.Slug + "/groupes"
	here := at + "/" + g.ID.String()
	view := groupView{
		Title: g.Name, Text: i18n.N(ctx, "spaces.members", g.Members), Back: at, Lead: v.Can(access.SpaceManage, access.Home), Rename: here, Name: g.Name,
		Add: here + "/-/membres", Delete: here + "/-/supprimer", Search: ui.Search{Action: here, Label: i18n.T(ctx, "spaces.group.search"), Value: search},
		More: more, Errors: errorsOf(ctx, problem), Paging: ui.Paging{Label: i18n.T(ctx, "spaces.members.pages")},
	}
	if problem != nil {
		view.Name = typed
	}
	view.Problems = problems(ctx, problem, view.Errors, "name", "membre")
	for _, m := range in {
		view.Members = append(view.Members, groupMemberView{
			Face: frame.Face(m.Name, m.Organisation, m.Class, m.Hue), Note: frame.RoleLabel(ctx, v.Space.Kind, m.Role), Remove: here + "/-/membres/" + m.Account.String() + "/retirer",
		})
	}
	for _, m := range out {
		view.Candidates = append(view.Candidates, ui.Option{Value: m.Account.String(), Label: m.Name, Hint: frame.From(ctx, m.Class, m.Organisation)})
	}
	if next != nil {
		view.Paging.Older, view.Paging.OlderLabel = here+"?apres="+formatCursor(next.NameKey, next.Account), i18n.T(ctx, "spaces.next")
	}
	if !after.IsZero() {
		view.Paging.Newer, view.Paging.NewerLabel = here, i18n.T(ctx, "spaces.first")
	}
	return s.Shell.Render(w, r, status, frame.Page{Title: g.Name, Space: &v, Tab: frame.TabMembers, Invalid: problem != nil}, groupPage(view))
}

func (s *Spaces) doRenameGroup(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	group, err := id.Parse(r.PathValue("group"))
	if err != nil {
		return fault.NotFoundError()
	}
	err = web.ParseForm(w, r, 0)
	name := web.NewForm(r).Get("name")
	if err == nil {
		err = s.RenameGroup(r.Context(), a, r.PathValue("slug"), group, name)
	}
	return s.afterGroup(w, r, a, name, err, "spaces.flash.group_renamed")
}

func (s *Spaces) doAddToGroup(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	group, err := id.Parse(r.PathValue("group"))
	if err != nil {
		return fault.NotFoundError()
	}
	// Before the form is read: who may not is told nothing of it.
	if _, err := s.view(r.Context(), a, r.PathValue("slug"), access.SpaceManage); err != nil {
		return err
	}
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	var members []id.ID
	for _, text := range r.PostForm["membre"] {
		m, err := id.Parse(text)
		if err != nil {
			return fault.NotFoundError()
		}
		members = append(members, m)
	}
	if len(members) == 0 || len(members) > membersPage {
		err = fault.InvalidFields(fault.Field{Name: "membre", Key: "spaces.group.whom"})
	} else {
		err = s.AddToGroup(r.Context(), a, r.PathValue("slug"), group, members)
	}
	return s.afterGroup(w, r, a, "", err, "spaces.flash.group_joined")
}

func (s *Spaces) doRemoveFromGroup(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	group, err := id.Parse(r.PathValue("group"))
	member, merr := id.Parse(r.PathValue("account"))
	if err != nil || merr != nil {
		return fault.NotFoundError()
	}
	return s.afterGroup(w, r, a, "", s.RemoveFromGroup(r.Context(), a, r.PathValue("slug"), group, member), "spaces.flash.group_left")
}

// afterGroup answers a change of a group: back to its page, or the page with what is
// wrong.
func (s *Spaces) afterGroup(w http.ResponseWriter, r *http.Request, a actor.Actor, typed string, err error, flash string) error {
	if err != nil && fault.KindOf(err) == fault.Invalid {
		return s.groupWith(w, r, a, http.StatusUnprocessableEntity, typed, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, flash)
	web.Redirect(w, r, "/espaces/"+r.PathValue("slug")+"/groupes/"+r.PathValue("group"))
	return nil
}

func (s *Spaces) askDeleteGroup(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	group, err := id.Parse(r.PathValue("group"))
	if err != nil {
		return fault.NotFoundError()
	}
	var v access.View
	var g space.Group
	var reserved int
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = enter(ctx, tx, a, r.PathValue("slug"), access.SpaceManage); err != nil {
			return err
		}
		if g, err = space.GroupByID(ctx, tx, v.Space.ID, group); err != nil {
			return err
		}
		reserved, err = access.Reserved(ctx, tx, v.Space.ID, g.ID)
		return err
	})
	if err != nil {
		return err
	}
	text := i18n.T(ctx, "spaces.group.delete.text")
	if reserved > 0 {
		text = i18n.N(ctx, "spaces.group.delete.reserved", reserved)
	}
	return s.confirm(w, r, http.StatusOK, v, confirmView{
		Title: i18n.T(ctx, "spaces.group.delete.title", "name", g.Name), Text: text, Submit: i18n.T(ctx, "spaces.group.delete"), Cancel: "/espaces/" + v.Space.Slug + "/groupes/" + g.ID.String(),
	})
}

func (s *Spaces) doDeleteGroup(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	group, err := id.Parse(r.PathValue("group"))
	if err != nil {
		return fault.NotFoundError()
	}
	if err := s.DeleteGroup(r.Context(), a, r.PathValue("slug"), group); err != nil {
		return err
	}
	web.SetFlash(w, "spaces.flash.group_deleted")
	web.Redirect(w, r, "/espaces/"+r.PathValue("slug")+"/groupes")
	return nil
}
