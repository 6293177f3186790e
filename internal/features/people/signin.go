package people

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
)

// How often somebody may try, per quarter of an hour.
const (
	tryWindow     = 15 * time.Minute
	triesMailbox  = 10
	triesAddress  = 60
	triesLoopback = 600
)

// Attempt is somebody who wants to sign in.
type Attempt struct {
	Email, Password string
	// Address is the network address that the attempts are counted by.
	Address string
	// UserAgent is what the browser says of itself.
	UserAgent string
	// Old is the token of the session that the browser had, if any; it ends.
	Old string
}

// SignIn checks a mailbox and its password and opens a session, a half one where the
// account has a second factor. An unknown mailbox, a wrong password and a suspended
// account give the same fault.Invalid after the same time; too many attempts give
// fault.TooMany with the time to wait. Who gives the right password of an access that is over
// is told so.
func (p *People) SignIn(ctx context.Context, a Attempt) (opened account.Opened, who account.Account, err error) {
	if err := p.limit(ctx, "people.sign_in.address", a.Address, p.perAddress(triesAddress), tryWindow); err != nil {
		return account.Opened{}, account.Account{}, err
	}
	key := account.EmailKey(a.Email)
	if err := p.limit(ctx, "people.sign_in.mailbox", key, triesMailbox, tryWindow); err != nil {
		return account.Opened{}, account.Account{}, err
	}
	var hash string
	err = p.DB.Read(ctx, func(tx *db.Tx) error {
		who, hash, err = account.Password(ctx, tx, a.Email)
		return err
	})
	if err != nil {
		return account.Opened{}, account.Account{}, err
	}
	now := p.Clock.Now()
	proven := p.Hasher.Check(hash, a.Password)
	if !proven || !who.Usable(now) {
		p.Log.InfoContext(ctx, "sign-in refused", "account_id", who.ID.String())
		if err := p.tellRefused(ctx, who.ID, "password"); err != nil {
			return account.Opened{}, account.Account{}, err
		}
		return account.Opened{}, account.Account{}, p.refusedTo(ctx, who, proven, now)
	}
	err = p.DB.Write(ctx, func(tx *db.Tx) error {
		who, err = account.Proven(ctx, tx, who.ID, hash, now)
		if fault.KindOf(err) == fault.Unauthenticated && err != nil {
			return refused() // suspended meanwhile, or another password
		}
		if err != nil {
			return err
		}
		opened, err = p.open(ctx, tx, who, a.Old, a.UserAgent, "password")
		return err
	})
	if err != nil {
		return account.Opened{}, account.Account{}, err
	}
	if err := p.Limiter.Reset(ctx, "people.sign_in.mailbox", key); err != nil {
		p.Log.ErrorContext(ctx, "count of attempts not reset", "error", err)
	}
	p.Log.InfoContext(ctx, "password proven", "account_id", who.ID.String(), "half", opened.Half)
	return opened, who, nil
}

// tellRefused notes that somebody failed to enter as an account, or as none, and by
// what: it takes the same time either way.
func (p *People) tellRefused(ctx context.Context, who id.ID, by string) error {
	return p.DB.Write(ctx, func(tx *db.Tx) error {
		return p.tell(ctx, tx, actor.Anonymous(), account.EventRefused, who, by)
	})
}

// refusedTo is refused, but for who gave the right password of an access that is over: they
// are told so, and whom to ask.
func (p *People) refusedTo(ctx context.Context, who account.Account, proven bool, now time.Time) error {
	if !proven || who.State != account.Active || who.Usable(now) {
		return refused()
	}
	var sponsor account.Sponsor
	err := p.DB.Read(ctx, func(tx *db.Tx) (err error) {
		sponsor, err = account.SponsorOf(ctx, tx, who.ID, now)
		return err
	})
	if err != nil {
		return err
	}
	day := i18n.From(ctx).Date(account.LastDay(who.ExpiresAt))
	if sponsor.ID.IsZero() || sponsor.Gone {
		return fault.InvalidFields(fault.Field{Name: "password", Key: "people.sign_in.over", Args: []any{"day", day}})
	}
	return fault.InvalidFields(fault.Field{Name: "password", Key: "people.sign_in.over_ask", Args: []any{"day", day, "name", sponsor.Name, "email", sponsor.Email}})
}

// refused does not tell what was wrong.
func refused() error {
	return fault.InvalidFields(fault.Field{Name: "password", Key: "people.sign_in.wrong"})
}

// open opens a session and ends the one that the browser had before, whoever it was of:
// a token known before signing in is worth nothing after. Who is in is told of, with what
// proved them; a half session is not in.
func (p *People) open(ctx context.Context, tx *db.Tx, who account.Account, old, userAgent, by string) (account.Opened, error) {
	if old != "" {
		if err := account.EndToken(ctx, tx, old); err != nil {
			return account.Opened{}, err
		}
	}
	opened, err := account.OpenSession(ctx, tx, who.ID, userAgent, p.Clock.Now())
	if err != nil || opened.Half {
		return opened, err
	}
	return opened, p.tell(ctx, tx, who.Actor(id.ID{}), account.EventSignedIn, who.ID, by)
}

// SignOut ends the session in which the person acts, or the half one of a token, which is
// nobody's.
func (p *People) SignOut(ctx context.Context, a actor.Actor, token string) error {
	if !a.SignedIn() {
		if token == "" {
			return nil
		}
		return p.DB.Write(ctx, func(tx *db.Tx) error { return account.EndToken(ctx, tx, token) })
	}
	return p.DB.Write(ctx, func(tx *db.Tx) error {
		if err := account.EndSession(ctx, tx, a.Account, a.Session); err != nil {
			return err
		}
		return p.tell(ctx, tx, a, account.EventSignedOut, a.Account, "")
	})
}

// perAddress is how often one network address may try. All clients of a
// demonstration have one address, so that its limit would be one for everybody.
func (p *People) perAddress(usual int) int {
	if p.Demo {
		return usual * triesLoopback / triesAddress
	}
	return usual
}

// networkOf is the address that attempts are counted by: that of the machine,
// and for IPv6 the network of 64 bits that one customer gets. It is empty for a
// peer without an address, such as a proxy on a Unix socket that is not trusted:
// counting all its clients as one would shut everybody out.
func networkOf(r *http.Request) string {
	ip := web.ClientIP(r).Unmap()
	if !ip.IsValid() {
		return ""
	}
	if ip.Is6() {
		return netip.PrefixFrom(ip.WithZone(""), 64).Masked().String()
	}
	return ip.String()
}

func (p *People) showSignIn(w http.ResponseWriter, r *http.Request) error {
	next := web.SafeNext(r.URL.Query().Get("suite"))
	if a := actor.From(r.Context()); a.SignedIn() {
		return p.land(w, r, a, next)
	}
	half, err := p.waits(r)
	if err != nil {
		return err
	}
	if half {
		web.Redirect(w, r, codeAddress(next))
		return nil
	}
	return p.renderSignIn(w, r, http.StatusOK, signInView{Next: next})
}

func (p *People) postSignIn(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	f := web.NewForm(r)
	v := signInView{Next: web.SafeNext(f.Get("suite")), Email: f.Get("email")}
	email, password := f.Line("email", account.MaxEmail), f.Raw("password", account.MaxPassword)
	require(f, "email", "people.missing.email")
	require(f, "password", "people.missing.password")
	err := f.Err()
	if err != nil {
		return p.refuseSignIn(w, r, v, err)
	}
	opened, who, err := p.SignIn(r.Context(), Attempt{
		Email: email, Password: password, Address: networkOf(r), UserAgent: r.UserAgent(), Old: web.SessionToken(r),
	})
	if err != nil {
		return p.refuseSignIn(w, r, v, err)
	}
	return p.enter(w, r, opened, who, v.Next)
}

// enter gives the browser its session, and sends the person where they wanted to go: by
// the page that asks for a code where the session is a half one.
func (p *People) enter(w http.ResponseWriter, r *http.Request, opened account.Opened, who account.Account, next string) error {
	web.SetSession(w, opened.Token, opened.Until)
	if opened.Half {
		web.Redirect(w, r, codeAddress(next))
		return nil
	}
	return p.land(w, r, who.Actor(actor.From(r.Context()).Session), next)
}

func (p *People) refuseSignIn(w http.ResponseWriter, r *http.Request, v signInView, err error) error {
	status, why, err := refuse(w, r, err, "email", "password")
	if err != nil {
		return err
	}
	v.refusal = why
	return p.renderSignIn(w, r, status, v)
}

func (p *People) renderSignIn(w http.ResponseWriter, r *http.Request, status int, v signInView) error {
	if p.Demo {
		v.DemoAccounts, v.DemoPassword = demoAccounts(), DemoPassword
	}
	return p.Shell.Render(w, r, status, frame.Page{
		Title: i18n.T(r.Context(), "people.sign_in.title"), Bare: true, Invalid: status != http.StatusOK,
	}, signInPage(v))
}

// land sends a person who is in where they wanted to go. Without a wish, a
// member of one space goes there.
func (p *People) land(w http.ResponseWriter, r *http.Request, a actor.Actor, next string) error {
	if next == "/" {
		err := p.DB.Read(r.Context(), func(tx *db.Tx) error {
			mine, err := space.OfMember(r.Context(), tx, a.Account)
			if err == nil && len(mine) == 1 {
				next = "/espaces/" + mine[0].Slug
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	web.Redirect(w, r, next)
	return nil
}

func (p *People) postSignOut(w http.ResponseWriter, r *http.Request) error {
	a := actor.From(r.Context())
	if err := p.SignOut(r.Context(), a, web.SessionToken(r)); err != nil {
		return err
	}
	web.ClearSession(w)
	if a.SignedIn() {
		web.SetFlash(w, "people.signed_out")
	}
	web.Redirect(w, r, "/connexion")
	return nil
}
