package people

import (
	"context"
	"net/http"
	"strings"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
)

// Sessions lists the person's open sessions, the last used first, a hundred at
// most.
func (p *People) Sessions(ctx context.Context, a actor.Actor) (list []account.Session, err error) {
	err = p.DB.Read(ctx, func(tx *db.Tx) error {
		list, err = account.Sessions(ctx, tx, a.Account, p.Clock.Now())
		return err
	})
	return list, err
}

// EndSession ends one of the person's sessions. That of somebody else, like one
// that is gone, is left alone without a word.
func (p *People) EndSession(ctx context.Context, a actor.Actor, session id.ID) error {
	return p.DB.Write(ctx, func(tx *db.Tx) error { return account.EndSession(ctx, tx, a.Account, session) })
}

// EndOtherSessions ends the person's sessions but the one in which they act.
func (p *People) EndOtherSessions(ctx context.Context, a actor.Actor) error {
	if a.Session.IsZero() {
		return fault.New(fault.Unauthenticated, "account.session.over")
	}
	return p.DB.Write(ctx, func(tx *db.Tx) error { return account.EndSessions(ctx, tx, a.Account, a.Session) })
}

func (p *People) showSessions(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	list, err := p.Sessions(r.Context(), a)
	if err != nil {
		return err
	}
	words, now := i18n.From(r.Context()), p.Clock.Now()
	v := make([]sessionView, len(list))
	for i, s := range list {
		v[i] = sessionView{
			ID: s.ID.String(), Device: deviceName(r.Context(), s.UserAgent), Current: s.ID == a.Session,
			Opened: words.DateTime(s.CreatedAt), Seen: words.Relative(now, s.SeenAt),
		}
	}
	return p.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(r.Context(), "people.sessions")}, sessionsPage(v))
}

func (p *People) postEndSession(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	session, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return fault.NotFoundError()
	}
	if err := p.EndSession(r.Context(), a, session); err != nil {
		return err
	}
	web.SetFlash(w, "people.session.ended")
	web.Redirect(w, r, "/compte/sessions")
	return nil
}

func (p *People) postEndOthers(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	if err := p.EndOtherSessions(r.Context(), a); err != nil {
		return err
	}
	web.SetFlash(w, "people.sessions.ended")
	web.Redirect(w, r, "/compte/sessions")
	return nil
}

// deviceName names a browser and its system from what the browser says of
// itself, which anybody may forge: it helps people to tell their sessions apart
// and decides nothing.
func deviceName(ctx context.Context, userAgent string) string {
	browser, system := firstOf(userAgent, browsers()), firstOf(userAgent, systems())
	switch {
	case browser != "" && system != "":
		return i18n.T(ctx, "people.device", "browser", browser, "system", system)
	case browser+system != "":
		return browser + system
	default:
		return i18n.T(ctx, "people.device.unknown")
	}
}

// token is a word of the User-Agent header and what it gives away.
type token struct{ word, name string }

// browsers and systems are in the order in which they must be looked for:
// browsers claim to be each other, and phones to be computers.
func browsers() []token {
	return []token{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"}, {"Safari/", "Safari"},
	}
}

func systems() []token {
	return []token{
		{"iPhone", "iOS"}, {"iPad", "iOS"}, {"Android", "Android"}, {"Windows", "Windows"}, {"Mac OS X", "macOS"},
		{"Macintosh", "macOS"}, {"Linux", "Linux"},
	}
}

func firstOf(userAgent string, tokens []token) string {
	for _, t := range tokens {
		if strings.Contains(userAgent, t.word) {
			return t.name
		}
	}
	return ""
}
