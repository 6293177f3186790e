package spaces

import (
	"cmp"
	"context"
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

const (
	cataloguePage = 30
	membersPage   = 50
)

// catalogue lists the spaces that the person may know of.
func (s *Spaces) catalogue(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	key, after, ok := parseCursor(r.URL.Query().Get("apres"))
	if !ok {
		return fault.NotFoundError()
	}
	q := r.URL.Query()
	typed := strings.TrimSpace(q.Get("q"))
	filter := access.CatalogueFilter{Sought: space.Sought(typed)}
	switch q.Get("parmi") {
	case "communautes":
		filter.Kind = space.Community
	case "projets":
		filter.Kind = space.Project
	case "miens":
		filter.Mine = true
	}
	var entries []access.CatalogueEntry
	var next *access.CatalogueCursor
	var waiting map[id.ID]bool
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		entries, next, err = access.Catalogue(ctx, tx, a, filter, access.CatalogueCursor{NameKey: key, ID: after}, cataloguePage)
		if err != nil {
			return err
		}
		var closed []id.ID
		for _, e := range entries {
			if e.Role == space.NoRole && e.Space.Visibility == space.Private {
				closed = append(closed, e.Space.ID)
			}
		}
		waiting, err = waitingAt(ctx, tx, a.Account, closed)
		return err
	})
	if err != nil {
		return err
	}
	title := "spaces.mine"
	v := catalogueView{First: after.IsZero(), Paging: ui.Paging{Label: i18n.T(ctx, "spaces.pages")}}
	if a.Agent {
		title = "spaces.all"
		v.New = []ui.Action{{Label: i18n.T(ctx, "spaces.open"), Icon: "plus", Kind: ui.Primary, Href: "/espaces/-/nouveau"}}
	}
	v.Title = i18n.T(ctx, title)
	v.Typed, v.Among = typed, q.Get("parmi")
	v.Filtered = len(filter.Sought) > 0 || filter.Kind != "" || filter.Mine
	v.Filters = filters(ctx, typed, filter, a.Agent)
	if len(filter.Sought) > 0 {
		title = "spaces.search.title"
	}
	for _, e := range entries {
		way, action := wayIn(ctx, a, e, waiting[e.Space.ID])
		v.Entries = append(v.Entries, entryView{
			JoinAction: action, Way: way, Waits: waiting[e.Space.ID],
			Tile: ui.SpaceItem{Name: e.Space.Name, Href: "/espaces/" + e.Space.Slug, Initials: account.Initials(e.Space.Name), Hue: e.Space.Hue, Kind: string(e.Space.Kind)},
			Kind: string(e.Space.Kind), Visibility: string(e.Space.Visibility), Purpose: e.Space.Purpose,
			Members: i18n.N(ctx, "spaces.members", e.Members), Role: roleNote(ctx, e),
		})
	}
	if next != nil {
		v.Paging.Older, v.Paging.OlderLabel = catalogueAt(typed, v.Among, formatCursor(next.NameKey, next.ID)), i18n.T(ctx, "spaces.next")
	}
	if !v.First {
		v.Paging.Newer, v.Paging.NewerLabel = catalogueAt(typed, v.Among, ""), i18n.T(ctx, "spaces.first")
	}
	return s.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, title)}, cataloguePageView(v))
}

// catalogueAt is the address of a page of the catalogue.
func catalogueAt(typed, among, after string) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": typed, "parmi": among, "apres": after} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return "/espaces"
	}
	return "/espaces?" + q.Encode()
}

// filters are the kinds of spaces that one may look at alone. An external only knows
// of their own.
func filters(ctx context.Context, typed string, f access.CatalogueFilter, agent bool) []ui.Tab {
	out := []ui.Tab{
		{Label: i18n.T(ctx, "spaces.filter.all"), Href: catalogueAt(typed, "", ""), Current: f.Kind == "" && !f.Mine},
		{Label: i18n.T(ctx, "spaces.filter.communities"), Href: catalogueAt(typed, "communautes", ""), Current: f.Kind == space.Community},
		{Label: i18n.T(ctx, "spaces.filter.projects"), Href: catalogueAt(typed, "projets", ""), Current: f.Kind == space.Project},
	}
	if agent {
		out = append(out, ui.Tab{Label: i18n.T(ctx, "spaces.filter.mine"), Href: catalogueAt(typed, "miens", ""), Current: f.Mine})
	}
	return out
}

// wayIn is the button by which one enters a space of the catalogue, if there is one: a
// public one is joined, at the address of the form; a private one is asked at its door.
func wayIn(ctx context.Context, a actor.Actor, e access.CatalogueEntry, waits bool) (way *ui.Action, form string) {
	if !a.Agent || e.Role != space.NoRole || waits {
		return nil, ""
	}
	address := "/espaces/" + e.Space.Slug
	if e.Space.Visibility == space.Public {
		return &ui.Action{Label: i18n.T(ctx, "spaces.join"), About: e.Space.Name, Icon: "user-plus", Size: ui.Small}, address + "/-/rejoindre"
	}
	return &ui.Action{Label: i18n.T(ctx, "spaces.ask"), About: e.Space.Name, Size: ui.Small, Href: address}, ""
}

func roleNote(ctx context.Context, e access.CatalogueEntry) string {
	if e.Role == space.NoRole {
		return ""
	}
	return i18n.T(ctx, "spaces.my_role", "role", frame.RoleLabel(ctx, e.Space.Kind, e.Role))
}

// askOpen is the form to open a space.
func (s *Spaces) askOpen(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.openForm(w, r, a, http.StatusOK, Opening{Kind: space.Community, Visibility: space.Private}, nil)
}

func (s *Spaces) doOpen(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	perr := web.ParseForm(w, r, 0)
	f := web.NewForm(r)
	o := Opening{
		Name: f.Line("name", space.MaxName), Purpose: f.Line("purpose", space.MaxPurpose),
		Kind:       space.Kind(f.Choice("kind", string(space.Community), string(space.Project))),
		Visibility: space.Visibility(f.Choice("visibility", string(space.Public), string(space.Private), string(space.Secret))),
	}
	if perr == nil {
		perr = f.Err()
	}
	if perr != nil {
		return s.openForm(w, r, a, web.StatusOf(fault.KindOf(perr)), o, perr)
	}
	sp, err := s.Open(r.Context(), a, o)
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return s.openForm(w, r, a, http.StatusUnprocessableEntity, o, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "spaces.flash.opened")
	web.Redirect(w, r, "/espaces/"+sp.Slug)
	return nil
}

func (s *Spaces) openForm(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, o Opening, problem error) error {
	if !a.Agent {
		return fault.NotFoundError()
	}
	ctx := r.Context()
	v := openView{Opening: o, Errors: errorsOf(ctx, problem)}
	v.Problems = problems(ctx, problem, v.Errors, "name", "purpose", "kind", "visibility")
	return s.Shell.Render(w, r, status, frame.Page{Title: i18n.T(ctx, "spaces.open"), Invalid: problem != nil}, openPage(v))
}

func errorsOf(ctx context.Context, problem error) map[string]string {
	if problem == nil {
		return nil
	}
	return web.FormErrors(ctx, problem)
}

// problems lists what is wrong with a form: its inputs, or else its sentence.
func problems(ctx context.Context, problem error, errs map[string]string, order ...string) []ui.Problem {
	if problem == nil {
		return nil
	}
	if list := ui.Problems(errs, order...); len(list) > 0 {
		return list
	}
	return []ui.Problem{{Text: web.Message(ctx, problem)}}
}

// home is the first page of a space, or its door for an agent who may not enter.
func (s *Spaces) home(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.homeWith(w, r, a, http.StatusOK, "", nil)
}

// homeWith is the home of a space, or its door with the word that was typed there and what
// is wrong with it.
func (s *Spaces) homeWith(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, word string, problem error) error {
	ctx := r.Context()
	var v access.View
	view := homeView{}
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		var err error
		if v, err = access.BySlug(ctx, tx, a, r.PathValue("slug")); err != nil {
			return err
		}
		leads, err := space.Leads(ctx, tx, v.Space.ID)
		if err != nil {
			return err
		}
		view.Leads = frame.Faces(leads)
		if !v.Can(access.SpaceRead, access.Home) {
			had, err := askingOf(ctx, tx, v.Space.ID, a.Account)
			view.Door = doorOf(ctx, a, v, had, s.Clock.Now(), word, problem)
			return err
		}
		view.Inside = true
		if v.Can(access.MemberInvite, access.Home) {
			waiting, err := asked(ctx, tx, v.Space.ID, s.Clock.Now(), askedShown)
			if err != nil {
				return err
			}
			view.Asked = len(waiting)
		}
		pinned, err := content.Pinned(ctx, tx, a, v.Space.ID)
		if err != nil {
			return err
		}
		for _, row := range pinned {
			if sv := s.Registry().ByBit(row.Service); sv != nil {
				note := i18n.T(ctx, "spaces.pin.note", "service", i18n.T(ctx, sv.LabelKey), "date", i18n.From(ctx).Date(row.PublishedAt))
				view.Pins = append(view.Pins, pinView{Title: row.Title, Href: sv.ItemPath(v.Space.Slug, row.Slug), Icon: sv.Icon, Note: note})
			}
		}
		for _, on := range v.Services() {
			sv := s.Registry().ByBit(on.Bit)
			if sv == nil || sv.Widget == nil {
				continue
			}
			c, err := sv.Widget(ctx, tx, a, v)
			if err != nil {
				return err
			}
			if c != nil {
				view.Widgets = append(view.Widgets, c)
			}
		}
		members, total, err := space.Faces(ctx, tx, v.Space.ID, 8)
		view.Members, view.Alone = frame.Faces(members), total == 1
		return err
	})
	if err != nil {
		return err
	}
	if v.Space.Welcome != "" && view.Inside {
		doc, err := s.Markup.In(i18n.From(ctx)).Render(v.Space.Welcome, 2)
		if err != nil {
			return err
		}
		view.Welcome = doc.HTML
	}
	base := "/espaces/" + v.Space.Slug
	view.MembersHref, view.InviteHref, view.SettingsHref = base+"/membres", base+"/membres/-/inviter", base+"/reglages"
	view.GuideHref, view.Lead = base+"/guide", v.Can(access.SpaceManage, access.Home)
	if !v.IsMember() && a.Agent && v.Space.Visibility == space.Public {
		view.JoinAction = base + "/-/rejoindre"
	}
	return s.Shell.Render(w, r, status, frame.Page{Title: v.Space.Name, Space: &v, Tab: frame.TabHome, Invalid: problem != nil}, homePage(view))
}

func (s *Spaces) doJoin(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	if err := s.Join(r.Context(), a, r.PathValue("slug")); err != nil {
		return err
	}
	web.SetFlash(w, "spaces.flash.joined")
	web.Redirect(w, r, "/espaces/"+r.PathValue("slug"))
	return nil
}

func (s *Spaces) askLeave(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	v, err := s.view(ctx, a, r.PathValue("slug"), access.SpaceRead)
	if err != nil {
		return err
	}
	if !v.IsMember() {
		return fault.NotFoundError()
	}
	return s.confirm(w, r, http.StatusOK, v, confirmView{
		Title: i18n.T(ctx, "spaces.leave.title", "space", v.Space.Name), Text: i18n.T(ctx, "spaces.leave.text."+string(v.Space.Visibility)), // i18n: spaces.leave.text.*
		Submit: i18n.T(ctx, "spaces.leave"),
	})
}

func (s *Spaces) doLeave(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	err := s.Leave(r.Context(), a, r.PathValue("slug"))
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return s.membersWith(w, r, a, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "spaces.flash.left")
	web.Redirect(w, r, "/espaces")
	return nil
}

func (s *Spaces) confirm(w http.ResponseWriter, r *http.Request, status int, v access.View, c confirmView) error {
	c.Action, c.Cancel = r.URL.Path, cmp.Or(c.Cancel, "/espaces/"+v.Space.Slug+"/membres")
	return s.Shell.Render(w, r, status, frame.Page{Title: c.Title, Space: &v, Tab: frame.TabMembers}, confirmPage(c))
}

// view reads a space for an action.
func (s *Spaces) view(ctx context.Context, a actor.Actor, slug string, action access.Action) (v access.View, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		v, err = enter(ctx, tx, a, slug, action)
		return err
	})
	return v, err
}

// members is the list of the members; leads also see addresses, invitations and
// the means to change roles.
func (s *Spaces) members(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.membersWith(w, r, a, http.StatusOK, nil)
}

func (s *Spaces) membersWith(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, problem error) error {
	ctx := r.Context()
	key, after, ok := parseCursor(r.URL.Query().Get("apres"))
	if !ok {
		return fault.NotFoundError()
	}
	var v access.View
	var members []space.Member
	var next *space.MemberCursor
	var waiting []Invitation
	var asking []Asking
	var invited Tally
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		var err error
		if v, err = enter(ctx, tx, a, r.PathValue("slug"), access.SpaceRead); err != nil {
			return err
		}
		if members, next, err = space.Members(ctx, tx, v.Space.ID, space.MemberCursor{NameKey: key, Account: after}, membersPage); err != nil {
			return err
		}
		if v.Can(access.MemberInvite, access.Home) {
			if waiting, _, err = pending(ctx, tx, v.Space.ID, cursorOf{}, waitingShown); err != nil {
				return err
			}
			if invited, err = s.tally(ctx, tx, v.Space.ID); err != nil {
				return err
			}
			asking, err = asked(ctx, tx, v.Space.ID, s.Clock.Now(), askedShown)
		}
		return err
	})
	if err != nil {
		return err
	}
	base := "/espaces/" + v.Space.Slug + "/membres"
	view := membersView{
		Asking: askedRows(base, asking),
		Tabs:   memberTabs(ctx, v, false),
		Lead:   v.Can(access.SpaceManage, access.Home), Member: v.IsMember(), LeaveHref: "/espaces/" + v.Space.Slug + "/-/quitter", MailsHref: "/espaces/" + v.Space.Slug + "/-/courriels",
		Problems: problems(ctx, problem, errorsOf(ctx, problem)), Paging: ui.Paging{Label: i18n.T(ctx, "spaces.members.pages")},
	}
	if v.Can(access.MemberInvite, access.Home) {
		view.Invite = []ui.Action{{Label: i18n.T(ctx, "spaces.invite"), Icon: "user-plus", Kind: ui.Primary, Href: base + "/-/inviter"}}
	}
	for i := range view.Problems {
		view.Problems[i].Field, view.Problems[i].ID = "", "membres"
	}
	for _, m := range members {
		view.Members = append(view.Members, memberRow(ctx, v, base, m))
	}
	view.Waiting = s.waitingRows(ctx, v, waiting, "")
	if view.Asked = invited.Waiting + invited.Over; view.Asked > 0 {
		view.AllAsked = &ui.Link{Label: i18n.N(ctx, "spaces.invitations.all", view.Asked), Href: base + "/-/invitations"}
	}
	if next != nil {
		view.Paging.Older, view.Paging.OlderLabel = base+"?apres="+formatCursor(next.NameKey, next.Account), i18n.T(ctx, "spaces.next")
	}
	if !after.IsZero() {
		view.Paging.Newer, view.Paging.NewerLabel = base, i18n.T(ctx, "spaces.first")
	}
	return s.Shell.Render(w, r, status, frame.Page{Title: i18n.T(ctx, "spaces.members.title"), Space: &v, Tab: frame.TabMembers, Invalid: problem != nil}, membersPageView(view))
}

func memberRow(ctx context.Context, v access.View, base string, m space.Member) memberView {
	row := memberView{
		ID: "m-" + m.Account.String(), Face: frame.Face(m.Name, m.Organisation, m.Class, m.Hue), Role: frame.RoleLabel(ctx, v.Space.Kind, m.Role), JoinedAt: m.JoinedAt,
		Note: m.Organisation,
	}
	if v.IsMember() { // who are in a space together may know of each other
		row.Face.Href = frame.PersonPath(m.Account)
	}
	if m.Class == account.External {
		row.Note = "" // the badge says where they come from
	}
	if !v.Can(access.SpaceManage, access.Home) {
		return row
	}
	row.Email = m.Email
	if !m.ExpiresAt.IsZero() {
		row.Until = i18n.T(ctx, "spaces.members.until", "day", i18n.From(ctx).Date(account.LastDay(m.ExpiresAt)))
	}
	at := base + "/" + m.Account.String() + "/-/"
	row.RoleAction, row.RemoveHref, row.LevelsHref = at+"role", at+"retirer", at+"droits"
	row.Override = m.Overrides > 0
	row.Roles = roleOptions(ctx, v.Space.Kind, m.Role, m.Class == account.Agent)
	return row
}

func roleOptions(ctx context.Context, k space.Kind, current space.Role, mayLead bool) []ui.Option {
	var out []ui.Option
	for _, role := range []space.Role{space.Reader, space.Contributor, space.Lead} {
		if role == space.Lead && !mayLead {
			continue
		}
		out = append(out, ui.Option{Value: role.String(), Label: frame.RoleLabel(ctx, k, role), Selected: role == current})
	}
	return out
}

func (s *Spaces) doRole(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	member, err := id.Parse(r.PathValue("account"))
	if err != nil {
		return fault.NotFoundError()
	}
	if _, err := s.view(r.Context(), a, r.PathValue("slug"), access.SpaceManage); err != nil {
		return err
	}
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	role, ok := space.ParseRole(web.NewForm(r).Get("role"))
	if !ok {
		return fault.New(fault.Invalid, "spaces.role.unknown")
	}
	was, err := s.SetRole(r.Context(), a, r.PathValue("slug"), member, role)
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return s.membersWith(w, r, a, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	if member == a.Account || was == role {
		web.SetFlash(w, "spaces.flash.role") // one's own right to it may be gone
	} else {
		web.SetUndoFlash(w, r.URL.Path+"?role="+was.String(), "spaces.flash.role")
	}
	web.Redirect(w, r, "/espaces/"+r.PathValue("slug")+"/membres#m-"+member.String())
	return nil
}

func (s *Spaces) askRemove(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	member, err := id.Parse(r.PathValue("account"))
	if err != nil {
		return fault.NotFoundError()
	}
	var v access.View
	var who account.Account
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		if v, err = enter(ctx, tx, a, r.PathValue("slug"), access.SpaceManage); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM memberships WHERE space_id = $1 AND account_id = $2`, v.Space.ID, member).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			return fault.NotFoundError()
		}
		who, err = account.ByID(ctx, tx, member)
		return err
	})
	if err != nil {
		return err
	}
	return s.confirm(w, r, http.StatusOK, v, confirmView{
		Title: i18n.T(ctx, "spaces.remove.title", "name", who.Name), Text: i18n.T(ctx, "spaces.remove.text", "space", v.Space.Name), Submit: i18n.T(ctx, "spaces.remove"),
	})
}

func (s *Spaces) doRemove(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	member, err := id.Parse(r.PathValue("account"))
	if err != nil {
		return fault.NotFoundError()
	}
	err = s.Remove(r.Context(), a, r.PathValue("slug"), member)
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return s.membersWith(w, r, a, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "spaces.flash.removed")
	web.Redirect(w, r, "/espaces/"+r.PathValue("slug")+"/membres")
	return nil
}

// askSettings is the form of the settings.
func (s *Spaces) askSettings(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	v, err := s.view(r.Context(), a, r.PathValue("slug"), access.SpaceManage)
	if err != nil {
		return err
	}
	sp := v.Space
	set := Settings{Name: sp.Name, Purpose: sp.Purpose, Welcome: sp.Welcome, Visibility: sp.Visibility, Hue: sp.Hue}
	return s.settingsForm(w, r, http.StatusOK, v, sp.Revision, set, nil)
}

func (s *Spaces) doSettings(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	v, err := s.view(ctx, a, r.PathValue("slug"), access.SpaceManage)
	if err != nil {
		return err
	}
	perr := web.ParseForm(w, r, 0)
	f := web.NewForm(r)
	set := Settings{
		Name: f.Line("name", space.MaxName), Purpose: f.Line("purpose", space.MaxPurpose), Welcome: strings.ReplaceAll(f.Get("welcome"), "\r\n", "\n"),
		Visibility: space.Visibility(f.Choice("visibility", string(space.Public), string(space.Private), string(space.Secret))),
		Hue:        f.Int("hue", 1, 12),
	}
	base := f.Int("base", 1, 1<<31-1)
	if perr == nil {
		perr = f.Err()
	}
	if perr == nil {
		perr = s.Change(ctx, a, v.Space.Slug, int64(base), set)
	}
	switch {
	case perr == nil:
		web.SetFlash(w, "spaces.flash.saved")
		web.Redirect(w, r, r.URL.Path)
		return nil
	case fault.KindOf(perr) == fault.Conflict:
		if v, err = s.view(ctx, a, v.Space.Slug, access.SpaceManage); err != nil {
			return err
		}
		return s.settingsForm(w, r, http.StatusConflict, v, v.Space.Revision, set, perr)
	case fault.KindOf(perr) == fault.Invalid || fault.KindOf(perr) == fault.TooLarge:
		return s.settingsForm(w, r, web.StatusOf(fault.KindOf(perr)), v, int64(base), set, perr)
	}
	return perr
}

func (s *Spaces) settingsForm(w http.ResponseWriter, r *http.Request, status int, v access.View, base int64, set Settings, problem error) error {
	ctx := r.Context()
	view := settingsView{Settings: set, Base: strconv.FormatInt(base, 10), Action: r.URL.Path, Errors: errorsOf(ctx, problem), Address: s.BaseURL + "/espaces/" + v.Space.Slug, Reports: "/espaces/" + v.Space.Slug + "/signalements", Levels: r.URL.Path + "/droits"}
	if status == http.StatusConflict {
		view.Theirs = &v.Space
	} else {
		view.Problems = problems(ctx, problem, view.Errors, "name", "purpose", "welcome", "visibility", "hue")
	}
	for _, on := range v.Services() {
		if sv := s.Registry().ByBit(on.Bit); sv != nil {
			view.Services = append(view.Services, i18n.T(ctx, sv.LabelKey))
		}
	}
	return s.Shell.Render(w, r, status, frame.Page{Title: i18n.T(ctx, "spaces.settings.title"), Space: &v, Tab: frame.TabSettings, Invalid: problem != nil}, settingsPage(view))
}

// A cursor of people or spaces is the stored key of the name and the id.
func formatCursor(key []byte, last id.ID) string {
	return base64.RawURLEncoding.EncodeToString(append(last[:], key...))
}

func parseCursor(s string) (key []byte, last id.ID, ok bool) {
	if s == "" {
		return nil, last, true
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(raw) < 16 || len(raw) > 4096 {
		return nil, last, false
	}
	copy(last[:], raw)
	return raw[16:], last, true
}
