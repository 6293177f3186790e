package frame

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/follow"
	"ruche/internal/kernel/notice"
	"ruche/internal/kernel/service"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// Tabs of a space that are no service.
const (
	TabHome     = ""
	TabNone     = "-" // a page of a space that hangs from no tab
	TabMembers  = "membres"
	TabSettings = "reglages"
)

// maxRail bounds the spaces of the rail.
const maxRail = 500

// Shell draws pages.
type Shell struct {
	db       *db.DB
	services *service.Registry
	seen     *follow.Seen
	instance string
}

// NewShell returns a shell, which notes who is here. instance is the name shown under
// the logo.
func NewShell(d *db.DB, services *service.Registry, seen *follow.Seen, instance string) *Shell {
	if instance == "Ruche" {
		instance = "" // the logo says it already
	}
	return &Shell{db: d, services: services, seen: seen, instance: instance}
}

// Page is a page of a feature.
type Page struct {
	Title string
	// Space is the space that the page belongs to, with Tab its current tab: a
	// service's path or one of the constants. Nil outside spaces.
	Space *access.View
	Tab   string
	// Bare is the page of those who are not in yet.
	Bare bool
	// Wide takes the whole width; Invalid says that a form came back.
	Wide, Invalid bool
	Islands       []string
}

// Render answers with the page around body. It costs one query for the rail and the
// bell of someone signed in, and one for the header of a space.
func (s *Shell) Render(w http.ResponseWriter, r *http.Request, status int, p Page, body templ.Component) error {
	ctx := r.Context()
	view := ui.Page{
		Title: p.Title, Wide: p.Wide, Invalid: p.Invalid, Islands: p.Islands, Instance: s.instance,
		Current: r.URL.RequestURI(), Theme: Theme(ctx), Notices: r.URL.Path == ui.NoticesPath,
	}
	if r.Method != http.MethodGet || status == http.StatusNotFound {
		view.Current = "/" // nowhere to come back to, and a 404 says nothing of what was asked
	}
	if f, ok := web.TakeFlash(w, r); ok {
		view.Flash = &ui.Notice{Tone: ui.Success, Text: i18n.T(ctx, f.Key, f.Args...)}
		path, sent, _ := strings.Cut(f.Undo, "?")
		fields, err := url.ParseQuery(sent)
		if err != nil {
			return fmt.Errorf("reading what undoes a notice: %w", err)
		}
		view.Flash.Undo, view.Flash.Sent = path, map[string]string{}
		for name := range fields {
			view.Flash.Sent[name] = fields.Get(name)
		}
	}
	if me, ok := Me(ctx); ok && !p.Bare {
		view.Me = &ui.Me{
			ID: me.ID.String(), NoShortcuts: me.NoShortcuts,
			Name: me.Name, Initials: account.Initials(me.Name), Email: me.Email, Organisation: me.Organisation,
			Hue: me.Hue, External: me.Class == account.External, Admin: me.Admin, Auditor: me.Auditor,
		}
		if err := s.navigation(r, &view, p, me); err != nil {
			return err
		}
	}
	layout := ui.Layout(view)
	if p.Bare {
		layout = ui.BareLayout(view)
	}
	return web.Render(w, r, status, templ.ComponentFunc(func(ctx context.Context, out io.Writer) error {
		return layout.Render(templ.WithChildren(ctx, body), out)
	}))
}

func (s *Shell) navigation(r *http.Request, view *ui.Page, p Page, me account.Account) error {
	ctx := r.Context()
	a := actor.From(ctx)
	s.seen.Visit(me.ID, ui.Now(ctx))
	return s.db.Read(ctx, func(tx *db.Tx) error {
		mine, told, err := s.mine(ctx, tx, a)
		if err != nil {
			return err
		}
		view.Me.Told = told
		view.Rail = rail(ctx, r, mine, p, a)
		if p.Space == nil {
			return nil
		}
		view.Head, err = s.head(ctx, tx, *p.Space, p.Tab)
		return err
	})
}

// mine lists the spaces of the actor, as the rail shows them, and counts what they were
// told and have not read. It runs one query; a second one for who is in no space.
func (s *Shell) mine(ctx context.Context, tx *db.Tx, a actor.Actor) (mine []space.Space, told int, err error) {
	// What was seen is written a little later: it is left out here.
	seen := s.seen.Waiting(a.Account)
	query, args, err := notice.Counted(db.NewBuilder().Add(`SELECT `+space.Columns+`, `), a, seen).
		Add(` FROM memberships m JOIN spaces s ON s.id = m.space_id WHERE m.account_id = ? ORDER BY s.name_key, s.id LIMIT ?`, a.Account, maxRail).Build()
	if err != nil {
		return nil, 0, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		one, err := space.Scan(rows.Scan, &told)
		mine = append(mine, one)
		return err
	}, query, args...)
	if err != nil {
		return nil, 0, fmt.Errorf("reading the rail: %w", err)
	}
	if len(mine) == 0 {
		told, err = notice.Count(ctx, tx, a, seen)
	}
	return mine, told, err
}

func rail(ctx context.Context, r *http.Request, mine []space.Space, p Page, a actor.Actor) ui.Rail {
	path := r.URL.Path
	out := ui.Rail{
		Main:   []ui.NavItem{{Icon: "house", Label: i18n.T(ctx, "frame.home"), Href: "/", Current: path == "/"}},
		Folded: railFolded(r),
	}
	for _, m := range mine {
		item := ui.SpaceItem{
			Name: m.Name, Href: "/espaces/" + m.Slug, Initials: account.Initials(m.Name), Hue: m.Hue, Kind: string(m.Kind),
			Current: p.Space != nil && p.Space.Space.ID == m.ID,
		}
		if m.Kind == space.Project {
			out.Projects = append(out.Projects, item)
		} else {
			out.Communities = append(out.Communities, item)
		}
	}
	all := "frame.all_spaces"
	if !a.Agent {
		all = "frame.my_spaces"
	}
	out.More = []ui.NavItem{{Icon: "layout-grid", Label: i18n.T(ctx, all), Href: "/espaces", Current: path == "/espaces"}}
	if a.Agent {
		out.More = append(out.More, ui.NavItem{Icon: "users", Label: i18n.T(ctx, "frame.directory"), Href: DirectoryPath, Current: path == DirectoryPath})
	}
	out.More = append(out.More, ui.NavItem{Icon: "life-buoy", Label: i18n.T(ctx, "frame.help"), Href: "/aide", Current: path == "/aide"})
	return out
}

// head draws the header of a space: one query.
func (s *Shell) head(ctx context.Context, tx *db.Tx, v access.View, tab string) (*ui.SpaceHead, error) {
	sp := v.Space
	base := "/espaces/" + sp.Slug
	h := &ui.SpaceHead{
		Name: sp.Name, Href: base, Initials: account.Initials(sp.Name), Purpose: sp.Purpose, Hue: sp.Hue,
		Kind: string(sp.Kind), Visibility: string(sp.Visibility), Big: tab == TabHome,
		CanInvite: v.Can(access.MemberInvite, access.Home), InviteHref: base + "/membres/-/inviter",
	}
	if !v.Can(access.SpaceRead, access.Home) {
		return h, nil
	}
	h.MembersHref = base + "/membres"
	members, total, err := space.Faces(ctx, tx, sp.ID, 4)
	if err != nil {
		return nil, err
	}
	h.Faces, h.Members = Faces(members), total
	h.Tabs = append(h.Tabs, ui.Tab{Label: i18n.T(ctx, "frame.tab.home"), Href: base, Current: tab == TabHome})
	for _, on := range v.Services() {
		if sv := s.services.ByBit(on.Bit); sv != nil {
			h.Tabs = append(h.Tabs, ui.Tab{Label: i18n.T(ctx, sv.LabelKey), Href: base + "/" + sv.Path, Current: tab == sv.Path})
		}
	}
	h.Tabs = append(h.Tabs, ui.Tab{Label: i18n.T(ctx, "frame.tab.members"), Href: base + "/membres", Current: tab == TabMembers})
	if v.Can(access.SpaceManage, access.Home) {
		h.Tabs = append(h.Tabs, ui.Tab{Label: i18n.T(ctx, "frame.tab.settings"), Href: base + "/reglages", Current: tab == TabSettings})
	}
	return h, nil
}

// Face draws a person as others see them.
func Face(name, organisation string, class account.Class, hue int) ui.Face {
	return ui.Face{Name: name, Initials: account.Initials(name), Hue: hue, External: class == account.External, Organisation: organisation}
}

// FaceFor draws a person for someone who may see their profile wherever they meet them, and
// leads to it; for others it does not.
func FaceFor(a actor.Actor, who id.ID, name, organisation string, class account.Class, hue int) ui.Face {
	face := Face(name, organisation, class, hue)
	if access.KnowsAlways(a, class) {
		face.Href = PersonPath(who)
	}
	return face
}

// Addresses of the directory, and of people in it.
const (
	DirectoryPath = "/annuaire"
	// ExternalsPath lists the externals that an agent answers for.
	ExternalsPath = "/externes"
	PeoplePath    = "/personnes/"
)

// PersonPath is the address of someone's profile.
func PersonPath(who id.ID) string { return PeoplePath + who.String() }

// Faces draws members of a space.
func Faces(members []space.Member) []ui.Face {
	out := make([]ui.Face, 0, len(members))
	for _, m := range members {
		out = append(out, Face(m.Name, m.Organisation, m.Class, m.Hue))
	}
	return out
}

// Signed is the handler of a page for people who are signed in: others are sent
// to sign in and come back; a form of theirs is refused.
func Signed(h func(w http.ResponseWriter, r *http.Request, a actor.Actor) error) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a := actor.From(r.Context())
		if a.SignedIn() {
			return h(w, r, a)
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			// The page of the error gives back what was typed, all that could be read.
			_ = web.ParseForm(w, r, 0)
			return fault.New(fault.Unauthenticated, "frame.sign_in")
		}
		web.Redirect(w, r, "/connexion?suite="+url.QueryEscape(web.SafeNext(r.URL.RequestURI())))
		return nil
	}
}

// RoleLabel names a role in the words of the space's kind.
//
// i18n: frame.role.*
func RoleLabel(ctx context.Context, k space.Kind, r space.Role) string {
	if r == space.Lead && k == space.Project {
		return i18n.T(ctx, "frame.role.lead_project")
	}
	return i18n.T(ctx, "frame.role."+r.String())
}
