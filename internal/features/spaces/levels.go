package spaces

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"ruche/internal/kernel/access"
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

// What is said of a change of levels: the detail of access.EventChanged.
const (
	detailLevels   = "levels"
	detailOverride = "override"
)

// byRole is the level that a form holds for a member who has none of their own.
const byRole access.Level = -1

// SetLevels changes what each role may do in the services of a space, from the levels
// that the actor saw, all or none. fault.Conflict when they are others by now.
func (s *Spaces) SetLevels(ctx context.Context, a actor.Actor, slug, seen string, levels []access.Granted) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.SpaceManage)
		if err != nil {
			return err
		}
		now, err := access.LevelsIn(ctx, tx, v.Space.ID)
		if err != nil {
			return err
		}
		if markOf(now) != seen {
			return fault.New(fault.Conflict, "spaces.levels.conflict")
		}
		if markOf(levels) == seen {
			return nil
		}
		for _, g := range levels {
			if err := access.SetLevels(ctx, tx, v.Space.ID, g); err != nil {
				return err
			}
		}
		return s.rights(ctx, tx, a, v.Space.ID, id.ID{}, detailLevels)
	})
}

// markOf writes levels so that two of them compare.
func markOf(levels []access.Granted) string {
	var b strings.Builder
	for _, g := range levels {
		fmt.Fprintf(&b, "%d.%d%d%d ", g.Service, g.Visitor, g.Reader, g.Contributor)
	}
	return strings.TrimSpace(b.String())
}

// Override gives a member levels of their own, by service; byRole gives them back
// their role's. fault.Invalid for a lead, who manages everything.
func (s *Spaces) Override(ctx context.Context, a actor.Actor, slug string, member id.ID, levels map[int]access.Level) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.SpaceManage)
		if err != nil {
			return err
		}
		if _, err := space.MemberByID(ctx, tx, v.Space.ID, member); err != nil {
			return err
		}
		had, err := access.Overrides(ctx, tx, v.Space.ID, member)
		if err != nil {
			return err
		}
		changed := false
		for service, level := range levels {
			was, overridden := had[service]
			switch {
			case level == byRole && !overridden, overridden && was == level:
				continue
			case level == byRole:
				err = access.ClearLevel(ctx, tx, v.Space.ID, member, service)
			default:
				err = access.SetLevel(ctx, tx, v.Space.ID, member, service, level)
			}
			if err != nil {
				return err
			}
			changed = true
		}
		if !changed {
			return nil
		}
		return s.rights(ctx, tx, a, v.Space.ID, member, detailOverride)
	})
}

// levels is the table of what each role may do in each service.
func (s *Spaces) levels(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.levelsWith(w, r, a, http.StatusOK, nil, nil)
}

func (s *Spaces) levelsWith(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, typed []access.Granted, problem error) error {
	ctx := r.Context()
	var v access.View
	var now []access.Granted
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = enter(ctx, tx, a, r.PathValue("slug"), access.SpaceManage); err != nil {
			return err
		}
		now, err = access.LevelsIn(ctx, tx, v.Space.ID)
		return err
	})
	if err != nil {
		return err
	}
	view := levelsView{Action: r.URL.Path, Seen: markOf(now), Back: ui.Link{Label: i18n.T(ctx, "spaces.settings.title"), Href: "/espaces/" + v.Space.Slug + "/reglages"}, Public: v.Space.Visibility == space.Public}
	if typed == nil {
		typed = now
	}
	current := map[int]access.Granted{}
	for _, g := range now {
		current[g.Service] = g
	}
	for _, g := range typed {
		sv := s.Registry().ByBit(g.Service)
		if sv == nil {
			continue
		}
		name, n := i18n.T(ctx, sv.LabelKey), strconv.Itoa(g.Service)
		row := levelRow{Service: name}
		if view.Public {
			row.Levels = append(row.Levels, levelChoice(ctx, "visitor-"+n, i18n.T(ctx, "spaces.levels.visitors"), name, g.Visitor, access.Read))
		}
		row.Levels = append(row.Levels,
			levelChoice(ctx, "reader-"+n, i18n.T(ctx, "spaces.levels.readers"), name, g.Reader, access.Manage),
			levelChoice(ctx, "contributor-"+n, i18n.T(ctx, "spaces.levels.contributors"), name, g.Contributor, access.Manage))
		view.Rows = append(view.Rows, row)
		if problem != nil && fault.KindOf(problem) == fault.Conflict {
			c := current[g.Service]
			view.Theirs = append(view.Theirs, ui.Fact{Term: name, Value: i18n.T(ctx, "spaces.levels.theirs", "readers", levelLabel(ctx, c.Reader), "contributors", levelLabel(ctx, c.Contributor))})
		}
	}
	if len(view.Theirs) == 0 {
		view.Problems = problems(ctx, problem, nil)
	}
	return s.Shell.Render(w, r, status, frame.Page{Title: i18n.T(ctx, "spaces.levels.title"), Space: &v, Tab: frame.TabSettings, Invalid: problem != nil}, levelsPage(view))
}

// levelChoice asks for the level of a role in a service.
func levelChoice(ctx context.Context, name, role, service string, current, most access.Level) levelCell {
	c := levelCell{Role: role, Choice: ui.Choice{Name: name, Label: role + ", " + service, LabelHidden: true, Size: ui.Small}}
	for l := access.None; l <= most; l++ {
		c.Choice.Options = append(c.Choice.Options, ui.Option{Value: strconv.Itoa(int(l)), Label: levelLabel(ctx, l), Selected: l == current})
	}
	return c
}

// levelLabel names a level.
//
// i18n: spaces.level.*
func levelLabel(ctx context.Context, l access.Level) string {
	return i18n.T(ctx, "spaces.level."+strconv.Itoa(int(l)))
}

// levelIn reads a level of a form.
func levelIn(f *web.Form, name string) (access.Level, error) {
	n, err := strconv.Atoi(f.Get(name))
	if err != nil || n < int(access.None) || n > int(access.Manage) {
		return access.None, fault.New(fault.Invalid, "access.levels.refused")
	}
	return access.Level(n), nil
}

func (s *Spaces) doLevels(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	f := web.NewForm(r)
	var typed []access.Granted
	err := s.DB.Read(ctx, func(tx *db.Tx) error {
		v, err := enter(ctx, tx, a, r.PathValue("slug"), access.SpaceManage)
		if err != nil {
			return err
		}
		typed, err = access.LevelsIn(ctx, tx, v.Space.ID)
		return err
	})
	if err != nil {
		return err
	}
	for i := range typed {
		g, n := &typed[i], strconv.Itoa(typed[i].Service)
		for name, level := range map[string]*access.Level{"visitor-": &g.Visitor, "reader-": &g.Reader, "contributor-": &g.Contributor} {
			if !f.Values.Has(name + n) {
				continue // what the form did not ask stays
			}
			if *level, err = levelIn(f, name+n); err != nil {
				return s.levelsWith(w, r, a, http.StatusUnprocessableEntity, nil, err)
			}
		}
		if !f.Values.Has("visitor-" + n) { // a space without visitors: they are no reason to refuse
			g.Visitor = min(g.Visitor, g.Reader)
		}
	}
	err = s.SetLevels(ctx, a, r.PathValue("slug"), f.Get("vu"), typed)
	switch kind := fault.KindOf(err); {
	case err == nil:
	case kind == fault.Invalid, kind == fault.Conflict:
		return s.levelsWith(w, r, a, web.StatusOf(kind), typed, err)
	default:
		return err
	}
	web.SetFlash(w, "spaces.flash.levels")
	web.Redirect(w, r, r.URL.Path)
	return nil
}

// overrides is what one member may do, service by service.
func (s *Spaces) overrides(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return s.overridesWith(w, r, a, http.StatusOK, nil)
}

func (s *Spaces) overridesWith(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, problem error) error {
	ctx := r.Context()
	member, err := id.Parse(r.PathValue("account"))
	if err != nil {
		return fault.NotFoundError()
	}
	var v access.View
	var who space.Member
	var levels []access.Granted
	var own map[int]access.Level
	err = s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = enter(ctx, tx, a, r.PathValue("slug"), access.SpaceManage); err != nil {
			return err
		}
		if who, err = space.MemberByID(ctx, tx, v.Space.ID, member); err != nil {
			return err
		}
		if levels, err = access.LevelsIn(ctx, tx, v.Space.ID); err != nil {
			return err
		}
		own, err = access.Overrides(ctx, tx, v.Space.ID, member)
		return err
	})
	if err != nil {
		return err
	}
	title := i18n.T(ctx, "spaces.overrides.title", "name", who.Name)
	view := overridesView{
		Title: title, Role: frame.RoleLabel(ctx, v.Space.Kind, who.Role), Lead: who.Role == space.Lead, Action: r.URL.Path,
		Back: ui.Link{Label: i18n.T(ctx, "spaces.members.title"), Href: "/espaces/" + v.Space.Slug + "/membres"}, Problems: problems(ctx, problem, nil),
	}
	for _, g := range levels {
		sv := s.Registry().ByBit(g.Service)
		if sv == nil {
			continue
		}
		level, overridden := own[g.Service]
		if !overridden {
			level = byRole
		}
		c := levelChoice(ctx, "level-"+strconv.Itoa(g.Service), "", "", level, access.Manage).Choice
		c.Label, c.LabelHidden, c.Size = i18n.T(ctx, sv.LabelKey), false, ui.Usual
		c.Options = append([]ui.Option{{Value: "", Label: i18n.T(ctx, "spaces.overrides.by_role", "level", levelLabel(ctx, g.Of(who.Role))), Selected: !overridden}}, c.Options...)
		view.Levels = append(view.Levels, c)
	}
	return s.Shell.Render(w, r, status, frame.Page{Title: title, Space: &v, Tab: frame.TabMembers, Invalid: problem != nil}, overridesPage(view))
}

func (s *Spaces) doOverrides(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	member, err := id.Parse(r.PathValue("account"))
	if err != nil {
		return fault.NotFoundError()
	}
	// Before the form is read: who may not is told nothing of it.
	if _, err := s.view(ctx, a, r.PathValue("slug"), access.SpaceManage); err != nil {
		return err
	}
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	f := web.NewForm(r)
	levels := map[int]access.Level{}
	for _, sv := range s.Registry().All() {
		name := "level-" + strconv.Itoa(sv.Bit)
		switch {
		case !f.Values.Has(name):
		case f.Get(name) == "":
			levels[sv.Bit] = byRole
		default:
			if levels[sv.Bit], err = levelIn(f, name); err != nil {
				return s.overridesWith(w, r, a, http.StatusUnprocessableEntity, err)
			}
		}
	}
	err = s.Override(ctx, a, r.PathValue("slug"), member, levels)
	if err != nil && fault.KindOf(err) == fault.Invalid {
		return s.overridesWith(w, r, a, http.StatusUnprocessableEntity, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "spaces.flash.override")
	web.Redirect(w, r, r.URL.Path)
	return nil
}
