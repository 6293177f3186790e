package people

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// Identify is the middleware that finds who asks: it looks up the session of
// the cookie and puts the actor, the account, the theme and the language in the
// request's context. A session that is over takes its cookie back; one that is
// used is prolonged, its cookie with it, at most once an hour and behind the
// request. It changes nothing else.
//
// Files of the front end and the two probes are the same for everybody and cost
// no look-up.
func (p *People) Identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sameForAll(r.URL.Path) {
			next.ServeHTTP(w, r)
			return
		}
		ctx := p.withPreferences(r, account.Account{})
		token := web.SessionToken(r)
		if token == "" {
			next.ServeHTTP(w, r.WithContext(ctx))
			return
		}
		me, session, stale, bare, err := p.bySession(ctx, token)
		switch {
		case errors.Is(err, account.ErrHalf): // nobody, until the code is given
			next.ServeHTTP(w, r.WithContext(ctx))
			return
		case fault.KindOf(err) == fault.Unauthenticated && err != nil:
			web.ClearSession(w)
			next.ServeHTTP(w, r.WithContext(ctx))
			return
		case err != nil:
			p.fail(w, r.WithContext(ctx), err)
			return
		}
		if stale {
			p.touch(ctx, session)
			web.SetSession(w, token, p.Clock.Now().Add(account.SessionLife))
		}
		ctx = p.withPreferences(r, me)
		ctx = frame.WithMe(actor.With(ctx, me.Actor(session)), me)
		if bare && !openToBare(r.URL.Path) {
			p.askFactor(w, r.WithContext(ctx))
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func sameForAll(path string) bool {
	return strings.HasPrefix(path, web.AssetsPath) || path == "/healthz" || path == "/readyz"
}

// bySession finds whose a session is. bare tells that the account must have a second
// factor and has none.
func (p *People) bySession(ctx context.Context, token string) (me account.Account, session id.ID, stale, bare bool, err error) {
	err = p.DB.Read(ctx, func(tx *db.Tx) error {
		var err error
		if me, session, stale, err = account.BySession(ctx, tx, token, p.Clock.Now()); err != nil || !me.Admin || p.Demo {
			return err
		}
		f, err := account.FactorOf(ctx, tx, me.ID)
		bare = f.Since.IsZero()
		return err
	})
	return me, session, stale, bare, err
}

// openToBare tells which pages an administrator without a second factor may open: those
// by which to have one, to leave, and to read.
func openToBare(path string) bool {
	if strings.HasPrefix(path, ui.FactorPath+"/") || strings.HasPrefix(path, "/aide/") {
		return true
	}
	return slices.Contains([]string{
		ui.FactorPath, "/deconnexion", "/-/theme", "/-/langue", "/aide", "/accessibilite", "/mentions-legales", "/donnees-personnelles", "/contact",
	}, path)
}

// askFactor sends to the page by which to have a second factor; what is no page is
// refused.
func (p *People) askFactor(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Dest") != "empty" && r.Header.Get("Upgrade") == "" {
		web.Redirect(w, r, ui.FactorPath)
		return
	}
	p.fail(w, r, fault.New(fault.Denied, "people.factor.needed"))
}

// touch notes that a session is used. When there is too much to do, the next
// request of the session does it.
func (p *People) touch(ctx context.Context, session id.ID) {
	now := p.Clock.Now()
	p.behind.try(ctx, func(ctx context.Context) {
		err := p.DB.Write(db.Background(ctx), func(tx *db.Tx) error { return account.Touch(ctx, tx, session, now) })
		if err != nil {
			p.Log.ErrorContext(ctx, "session not prolonged", "error", err)
		}
	})
}

// withPreferences puts the theme and the language in the context: the
// account's, else the browser's cookie, else, for the language, what the
// browser asks for.
func (p *People) withPreferences(r *http.Request, me account.Account) context.Context {
	theme := me.Theme
	if theme == "" {
		theme = themeOf(frame.Preference(r, frame.CookieTheme))
	}
	lang := me.Lang
	if lang == "" {
		lang = langOf(frame.Preference(r, frame.CookieLang))
	}
	if lang == "" {
		lang = p.Catalog.Match(r.Header.Get("Accept-Language"))
	}
	return i18n.With(frame.WithTheme(r.Context(), theme), p.Catalog.Printer(lang, p.Location))
}

// themeOf and langOf give back a value that is one of ours, and "" for all else.
func themeOf(s string) string {
	if s == "light" || s == "dark" {
		return s
	}
	return ""
}

func langOf(s string) string {
	if s == i18n.French || s == i18n.English {
		return s
	}
	return ""
}
