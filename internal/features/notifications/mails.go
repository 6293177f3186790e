package notifications

import (
	"context"
	"net/http"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/notice"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// fieldQuiet is when one wants no mail; its values are those of quietHours.
const fieldQuiet = "calme"

// kinds are what one is told of, in the order of the page; their texts name the fields of
// its forms too.
//
// i18n: notifications.kind.* notifications.kind.hint.*
func kinds() []notice.Kind {
	return []notice.Kind{notice.Mention, notice.Reply, notice.Recommended, notice.Announced}
}

// rhythms are the choices for a kind.
//
// i18n: notifications.rhythm.now notifications.rhythm.daily notifications.rhythm.weekly notifications.rhythm.never
func rhythms() []notice.Rhythm {
	return []notice.Rhythm{notice.AtOnce, notice.Daily, notice.Weekly, notice.Never}
}

// quietHours are the choices of quiet hours, by their name in the form.
//
// i18n: notifications.quiet.nights notifications.quiet.weekends notifications.quiet.none
func quietHours() []struct {
	name  string
	quiet notice.Quiet
} {
	return []struct {
		name  string
		quiet notice.Quiet
	}{{"nights", notice.Nights}, {"weekends", notice.Weekends}, {"none", notice.NoQuiet}}
}

// mailsView is the form of when one is mailed, everywhere or in one space.
type mailsView struct {
	Action string
	Kinds  []ui.Choice
	// Quiet and Spaces are of the page for everywhere.
	Quiet  *ui.Choice
	Spaces []ui.Row
	// Space is the name of the one that the form is of.
	Space string
}

func spaceMails(slug string) string { return "/espaces/" + slug + "/-/courriels" }

// mails is the page on which one chooses when one is mailed.
func (f *Notifications) mails(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	var me account.Account
	var chosen map[notice.Kind]notice.Rhythm
	var mine []space.Mine
	var apart map[id.ID]bool
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if me, err = account.ByID(ctx, tx, a.Account); err != nil {
			return err
		}
		if chosen, err = notice.Rhythms(ctx, tx, a.Account, id.ID{}); err != nil {
			return err
		}
		if mine, err = space.OfMember(ctx, tx, a.Account); err != nil {
			return err
		}
		apart, err = notice.SpacesApart(ctx, tx, a.Account)
		return err
	})
	if err != nil {
		return err
	}
	v := mailsView{Action: ui.MailsPath, Quiet: &ui.Choice{Name: fieldQuiet, Label: i18n.T(ctx, "notifications.quiet"), Hint: i18n.T(ctx, "notifications.quiet.hint")}}
	for _, k := range kinds() {
		v.Kinds = append(v.Kinds, choice(ctx, k, chosen[k], nil))
	}
	for _, q := range quietHours() {
		v.Quiet.Options = append(v.Quiet.Options, ui.Option{Value: q.name, Label: i18n.T(ctx, "notifications.quiet."+q.name), Selected: string(q.quiet) == me.Quiet})
	}
	for _, m := range mine {
		row := ui.Row{Title: m.Name, Href: spaceMails(m.Slug), Space: &ui.SpaceItem{Name: m.Name, Initials: account.Initials(m.Name), Hue: m.Hue, Kind: string(m.Kind)}, Text: i18n.T(ctx, "notifications.space.same")}
		if apart[m.ID] {
			row.Text = i18n.T(ctx, "notifications.space.apart")
		}
		v.Spaces = append(v.Spaces, row)
	}
	return f.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "notifications.mails.title")}, mailsPage(v))
}

// choice draws the choice for a kind. everywhere is what a space follows when nothing is
// chosen for it; nil on the page for everywhere.
func choice(ctx context.Context, k notice.Kind, chosen notice.Rhythm, everywhere map[notice.Kind]notice.Rhythm) ui.Choice {
	c := ui.Choice{Name: string(k), Label: i18n.T(ctx, "notifications.kind."+string(k)), Hint: i18n.T(ctx, "notifications.kind.hint."+string(k))}
	if everywhere != nil {
		same := i18n.T(ctx, "notifications.rhythm.same", "rhythm", i18n.T(ctx, "notifications.rhythm."+string(orAtOnce(everywhere[k]))))
		c.Options = append(c.Options, ui.Option{Value: "", Label: same, Selected: chosen == ""})
	} else {
		chosen = orAtOnce(chosen)
	}
	for _, one := range rhythms() {
		c.Options = append(c.Options, ui.Option{Value: string(one), Label: i18n.T(ctx, "notifications.rhythm."+string(one)), Selected: one == chosen})
	}
	return c
}

func orAtOnce(r notice.Rhythm) notice.Rhythm {
	if r == "" {
		return notice.AtOnce
	}
	return r
}

func (f *Notifications) keepMails(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	chosen, form, err := readRhythms(w, r)
	if err != nil {
		return err
	}
	name := form.Choice(fieldQuiet, "nights", "weekends", "none")
	if err := form.Err(); err != nil {
		return err
	}
	err = f.DB.Write(ctx, func(tx *db.Tx) error {
		for _, q := range quietHours() {
			if q.name == name {
				if err := account.SetQuiet(ctx, tx, a.Account, string(q.quiet)); err != nil {
					return err
				}
			}
		}
		return notice.SetRhythms(ctx, tx, a.Account, id.ID{}, chosen)
	})
	if err != nil {
		return err
	}
	web.SetFlash(w, "notifications.flash.mails")
	web.Redirect(w, r, ui.MailsPath)
	return nil
}

// readRhythms reads the rhythms of a form; a kind without one is left out.
func readRhythms(w http.ResponseWriter, r *http.Request) (map[notice.Kind]notice.Rhythm, *web.Form, error) {
	if err := web.ParseForm(w, r, 0); err != nil {
		return nil, nil, err
	}
	form, chosen := web.NewForm(r), map[notice.Kind]notice.Rhythm{}
	for _, k := range kinds() {
		if form.Get(string(k)) == "" {
			continue
		}
		chosen[k] = notice.Rhythm(form.Choice(string(k), string(notice.AtOnce), string(notice.Daily), string(notice.Weekly), string(notice.Never)))
	}
	return chosen, form, form.Err()
}

// spaceMails is the same page for one space.
func (f *Notifications) spaceMails(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	var v access.View
	var chosen, everywhere map[notice.Kind]notice.Rhythm
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = enter(ctx, tx, a, r.PathValue("slug")); err != nil {
			return err
		}
		if chosen, err = notice.Rhythms(ctx, tx, a.Account, v.Space.ID); err != nil {
			return err
		}
		everywhere, err = notice.Rhythms(ctx, tx, a.Account, id.ID{})
		return err
	})
	if err != nil {
		return err
	}
	view := mailsView{Action: spaceMails(v.Space.Slug), Space: v.Space.Name}
	for _, k := range kinds() {
		view.Kinds = append(view.Kinds, choice(ctx, k, chosen[k], everywhere))
	}
	return f.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "notifications.mails.title"), Space: &v, Tab: frame.TabMembers}, mailsPage(view))
}

func enter(ctx context.Context, tx *db.Tx, a actor.Actor, slug string) (access.View, error) {
	v, err := access.BySlug(ctx, tx, a, slug)
	if err != nil {
		return v, err
	}
	return v, v.Check(access.SpaceRead, access.Home)
}

func (f *Notifications) keepSpaceMails(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, slug := r.Context(), r.PathValue("slug")
	chosen, _, err := readRhythms(w, r)
	if err != nil {
		return err
	}
	err = f.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := enter(ctx, tx, a, slug)
		if err != nil {
			return err
		}
		return notice.SetRhythms(ctx, tx, a.Account, v.Space.ID, chosen)
	})
	if err != nil {
		return err
	}
	web.SetFlash(w, "notifications.flash.mails")
	web.Redirect(w, r, spaceMails(slug))
	return nil
}
