package frame

import (
	"context"
	"net/http"

	"ruche/internal/kernel/account"
	"ruche/internal/platform/i18n"
)

type meKey struct{}

// WithMe returns a context that carries the account of whoever is signed in, for
// the frame of the page. Use cases take the Actor instead.
func WithMe(ctx context.Context, a account.Account) context.Context {
	return context.WithValue(ctx, meKey{}, a)
}

// Me returns the account put there by WithMe.
func Me(ctx context.Context) (account.Account, bool) {
	a, ok := ctx.Value(meKey{}).(account.Account)
	return a, ok
}

type themeKey struct{}

// WithTheme returns a context that carries the theme chosen: "light", "dark" or
// empty for the system's.
func WithTheme(ctx context.Context, theme string) context.Context {
	return context.WithValue(ctx, themeKey{}, theme)
}

// Theme returns what WithTheme put there.
func Theme(ctx context.Context) string {
	t, _ := ctx.Value(themeKey{}).(string)
	return t
}

// Cookies of preferences. They hold no secret and name nobody; the browser's
// script writes the rail's.
const (
	CookieTheme = "ruche_theme"
	CookieLang  = "ruche_lang"
	cookieRail  = "ruche_rail"
)

// Preference reads a cookie of preference.
func Preference(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

func railFolded(r *http.Request) bool { return Preference(r, cookieRail) == "folded" }

// From says where a person comes from, as one line of a choice: their organisation, and
// that they are an external.
func From(ctx context.Context, class account.Class, organisation string) string {
	if class == account.External {
		return i18n.T(ctx, "ui.external.from", "organisation", organisation)
	}
	return organisation
}
