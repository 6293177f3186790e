package people

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/web"
)

// Profile is what a person says of themself. Lang and Theme are as in
// account.Account.
type Profile struct {
	Name, Organisation, Lang, Theme string
	// About is what they say for others to read.
	About account.Profile
	// Markdown: writes in Markdown rather than in the visual editor.
	Markdown bool
	// NoShortcuts: no key alone does anything.
	NoShortcuts bool
}

// SetProfile changes the person's own profile.
func (p *People) SetProfile(ctx context.Context, a actor.Actor, to Profile) error {
	return p.DB.Write(ctx, func(tx *db.Tx) error {
		if err := account.SetProfile(ctx, tx, a.Account, to.Name, to.Organisation, to.Lang, to.Theme); err != nil {
			return err
		}
		if err := account.Describe(ctx, tx, a.Account, to.About); err != nil {
			return err
		}
		if err := account.SetMarkdown(ctx, tx, a.Account, to.Markdown); err != nil {
			return err
		}
		return account.SetNoShortcuts(ctx, tx, a.Account, to.NoShortcuts)
	})
}

func (p *People) showProfile(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	me, _ := frame.Me(r.Context())
	var said account.Profile
	err := p.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		said, err = account.ProfileOf(r.Context(), tx, a.Account)
		return err
	})
	if err != nil {
		return err
	}
	return p.renderProfile(w, r, http.StatusOK, profileView{
		Job: said.Job, About: said.About, Skills: strings.Join(said.Skills, ", "), Page: frame.PersonPath(a.Account),
		Email: me.Email, Name: me.Name, Organisation: me.Organisation, Lang: me.Lang, Theme: me.Theme, Markdown: me.Markdown, NoShortcuts: me.NoShortcuts,
	})
}

func (p *People) postProfile(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	f := web.NewForm(r)
	require(f, "name", "people.missing.name")
	to := Profile{
		Name: f.Line("name", account.MaxName), Organisation: f.Line("organisation", account.MaxOrganisation),
		Lang: langOf(f.Choice("langue", i18n.French, i18n.English, browser)), Theme: themeOf(f.Choice("theme", "light", "dark", system)),
		Markdown: f.Get("markdown") != "", NoShortcuts: f.Get("sans_raccourcis") != "",
	}
	to.About = account.Profile{Job: f.Line("job", account.MaxJob), About: strings.TrimSpace(f.Text("about", account.MaxAbout)), Skills: account.ParseSkills(f.Line("skills", account.MaxSkills*(account.MaxSkill+2)))}
	if len(to.About.Skills) > account.MaxSkills {
		f.Refuse("skills", "people.skills.many", "max", account.MaxSkills)
	}
	if slices.ContainsFunc(to.About.Skills, func(s string) bool { return utf8.RuneCountInString(s) > account.MaxSkill }) {
		f.Refuse("skills", "people.skills.long", "max", account.MaxSkill)
	}
	if err := f.Err(); err != nil {
		status, why, err := refuse(w, r, err, "name", "organisation", "job", "skills", "about", "langue", "theme")
		if err != nil {
			return err
		}
		me, _ := frame.Me(r.Context())
		return p.renderProfile(w, r, status, profileView{
			Job: f.Get("job"), About: f.Get("about"), Skills: f.Get("skills"), Page: frame.PersonPath(a.Account),
			refusal: why, Email: me.Email, Name: f.Get("name"), Organisation: f.Get("organisation"), Lang: to.Lang, Theme: to.Theme, Markdown: to.Markdown, NoShortcuts: to.NoShortcuts,
		})
	}
	if err := p.SetProfile(r.Context(), a, to); err != nil {
		return err
	}
	p.remember(w, frame.CookieTheme, to.Theme)
	p.remember(w, frame.CookieLang, to.Lang)
	web.SetFlash(w, "people.profile.kept")
	web.Redirect(w, r, "/compte")
	return nil
}

func (p *People) renderProfile(w http.ResponseWriter, r *http.Request, status int, v profileView) error {
	me, _ := frame.Me(r.Context())
	if me.Class == account.External && !me.ExpiresAt.IsZero() {
		err := p.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
			v.Access, err = p.accessWords(r.Context(), tx, me)
			return err
		})
		if err != nil {
			return err
		}
	}
	return p.Shell.Render(w, r, status, frame.Page{
		Title: i18n.T(r.Context(), "people.account"), Invalid: status != http.StatusOK,
	}, profilePage(v))
}

// accessWords tells an external until when they may enter, and who can extend it.
func (p *People) accessWords(ctx context.Context, tx *db.Tx, me account.Account) (string, error) {
	sponsor, err := account.SponsorOf(ctx, tx, me.ID, p.Clock.Now())
	if err != nil {
		return "", err
	}
	words := i18n.From(ctx)
	out := words.T("people.profile.until", "day", words.Date(account.LastDay(me.ExpiresAt)))
	if sponsor.ID.IsZero() || sponsor.Gone {
		return out, nil
	}
	return out + " " + words.T("people.profile.sponsor", "name", sponsor.Name, "email", sponsor.Email), nil
}
