package people

import (
	"context"
	"net/http"
	"strings"
	"time"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/web"
)

// preferenceLife is how long a browser keeps a preference, in seconds.
const preferenceLife = 365 * 24 * int(time.Hour/time.Second)

// system and browser are the choices that leave theme and language to the
// machine; they are stored as the empty text.
const (
	system  = "system"
	browser = "auto"
)

// SetTheme keeps the theme of the account, "light", "dark" or "" for the
// system's. Nobody signed in is fine: the cookie is enough then.
func (p *People) SetTheme(ctx context.Context, a actor.Actor, theme string) error {
	return p.change(ctx, a, func(me *account.Account) { me.Theme = theme })
}

// SetLanguage keeps the language of the account, "fr", "en" or "" for the
// browser's. Nobody signed in is fine: the cookie is enough then.
func (p *People) SetLanguage(ctx context.Context, a actor.Actor, lang string) error {
	return p.change(ctx, a, func(me *account.Account) { me.Lang = lang })
}

func (p *People) change(ctx context.Context, a actor.Actor, f func(me *account.Account)) error {
	if !a.SignedIn() {
		return nil
	}
	return p.DB.Write(ctx, func(tx *db.Tx) error {
		me, err := account.ByID(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		f(&me)
		return account.SetProfile(ctx, tx, me.ID, me.Name, me.Organisation, me.Lang, me.Theme)
	})
}

func (p *People) postTheme(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	f := web.NewForm(r)
	theme := themeOf(f.Choice("theme", "light", "dark", system))
	if err := f.Err(); err != nil {
		return err
	}
	if err := p.SetTheme(r.Context(), actor.From(r.Context()), theme); err != nil {
		return err
	}
	p.remember(w, frame.CookieTheme, theme)
	web.Redirect(w, r, f.Get("next"))
	return nil
}

// SetWriting keeps how the person writes: in Markdown, or in the visual editor.
func (p *People) SetWriting(ctx context.Context, a actor.Actor, markdown bool) error {
	return p.DB.Write(ctx, func(tx *db.Tx) error { return account.SetMarkdown(ctx, tx, a.Account, markdown) })
}

func (p *People) postWriting(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	f := web.NewForm(r)
	how := f.Choice("redaction", "visuel", "markdown")
	if err := f.Err(); err != nil {
		return err
	}
	if err := p.SetWriting(r.Context(), a, how == "markdown"); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent) // the editor asks, and stays where it is
	return nil
}

func (p *People) postLanguage(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	f := web.NewForm(r)
	lang := f.Choice("langue", i18n.French, i18n.English)
	if err := f.Err(); err != nil {
		return err
	}
	if err := p.SetLanguage(r.Context(), actor.From(r.Context()), lang); err != nil {
		return err
	}
	p.remember(w, frame.CookieLang, lang)
	web.Redirect(w, r, f.Get("next"))
	return nil
}

// remember has the browser keep a preference, or forget it when it is empty.
func (p *People) remember(w http.ResponseWriter, name, value string) {
	c := &http.Cookie{ //nolint:gosec // Secure follows the site: on http the browser would drop the cookie
		Name: name, Value: value, Path: "/", MaxAge: preferenceLife,
		HttpOnly: true, Secure: strings.HasPrefix(p.BaseURL, "https://"), SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
