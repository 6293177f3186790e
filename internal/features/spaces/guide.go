package spaces

import (
	"context"
	"net/http"
	"strconv"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/i18n"
	"ruche/internal/ui"
)

// guide tells a viewer what a space is for, what it holds and what they may do there, who
// reads it and whom to ask. Nobody writes it: it is true as long as the settings are.
func (s *Spaces) guide(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	var v access.View
	var view guideView
	err := s.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = enter(ctx, tx, a, r.PathValue("slug"), access.SpaceRead); err != nil {
			return err
		}
		leads, err := space.Leads(ctx, tx, v.Space.ID)
		if err != nil {
			return err
		}
		view.Leads = frame.Faces(leads)
		members, externals, err := space.Audience(ctx, tx, v.Space.ID)
		count := i18n.N(ctx, "spaces.guide.members", members)
		if view.Count = i18n.T(ctx, "spaces.guide.count.one", "members", count); externals > 0 {
			view.Count = i18n.T(ctx, "spaces.guide.count", "members", count, "externals", i18n.N(ctx, "spaces.guide.externals", externals))
		}
		return err
	})
	if err != nil {
		return err
	}
	base := "/espaces/" + v.Space.Slug
	view.Purpose, view.MembersHref, view.Lead = v.Space.Purpose, base+"/membres", v.Can(access.SpaceManage, access.Home)
	view.Back = ui.Link{Label: v.Space.Name, Href: base}
	view.Role = roleWords(ctx, v)
	view.Visibility = i18n.T(ctx, "spaces.guide.visibility."+string(v.Space.Visibility))
	for _, on := range v.Services() {
		if sv := s.Registry().ByBit(on.Bit); sv != nil && on.Level >= access.Read {
			view.Services = append(view.Services, ui.Row{Icon: sv.Icon, Title: i18n.T(ctx, sv.LabelKey), Href: base + "/" + sv.Path, Text: mayWords(ctx, on.Level)})
		}
	}
	view.Welcome = v.Space.Welcome != ""
	return s.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "spaces.guide.title"), Space: &v, Tab: frame.TabNone}, guidePage(view))
}

// mayWords says what one may do at a level.
//
// i18n: spaces.guide.may.*
func mayWords(ctx context.Context, l access.Level) string {
	return i18n.T(ctx, "spaces.guide.may."+strconv.Itoa(int(l)))
}

// roleWords says what the viewer is in a space.
//
// i18n: spaces.guide.role.* spaces.guide.visibility.*
func roleWords(ctx context.Context, v access.View) string {
	return i18n.T(ctx, "spaces.guide.role."+strconv.Itoa(int(v.Role)))
}
