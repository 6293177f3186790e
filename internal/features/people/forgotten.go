package people

import (
	"context"
	"net/http"
	"time"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/mail"
	"ruche/internal/platform/web"
)

// mailPassword is the kind of the mails that bear a link for a new password.
const mailPassword = "people.password"

// How many links may be asked for, per hour.
const (
	asksMailbox = 3
	asksAddress = 20
)

// Forgotten sends a link for a new password to a mailbox that has an account,
// and does nothing for another, without a difference that the caller could see
// or measure: the look-up happens behind the request. Too many demands are
// fault.TooMany, a mailbox that is none fault.Invalid with the field "email".
func (p *People) Forgotten(ctx context.Context, email, network string) error {
	to, err := mail.ParseAddress(email)
	if err != nil {
		return fault.InvalidFields(fault.Field{Name: "email", Key: "people.email.wrong"})
	}
	if err := p.limit(ctx, "people.forgotten.address", network, p.perAddress(asksAddress), time.Hour); err != nil {
		return err
	}
	if err := p.limit(ctx, "people.forgotten.mailbox", account.EmailKey(to.Email), asksMailbox, time.Hour); err != nil {
		return err
	}
	now := p.Clock.Now()
	send := func(ctx context.Context) {
		if err := p.sendLink(ctx, to.Email, now); err != nil {
			p.Log.ErrorContext(ctx, "link for a new password not sent", "error", err)
		}
	}
	if !p.behind.try(ctx, send) {
		send(ctx)
	}
	return nil
}

func (p *People) sendLink(ctx context.Context, email string, now time.Time) error {
	return p.DB.Write(ctx, func(tx *db.Tx) error {
		who, err := account.ByEmail(ctx, tx, email)
		switch {
		case err != nil && fault.KindOf(err) != fault.NotFound:
			return err
		case !who.Usable(now): // nobody, or somebody suspended
			return nil
		}
		token, err := newLink(ctx, tx, who.ID, now)
		if err != nil {
			return err
		}
		m, err := p.linkMail(ctx, who, token)
		if err != nil {
			return err
		}
		_, err = p.Mail.Enqueue(ctx, tx, m)
		return err
	})
}

// wordsFor is the account's language, else that of the demand.
func (p *People) wordsFor(ctx context.Context, who account.Account) *i18n.Printer {
	return p.wordsIn(ctx, who.Lang)
}

// wordsIn is a language, that of the demand where none is named.
func (p *People) wordsIn(ctx context.Context, lang string) *i18n.Printer {
	if lang != "" {
		return p.Catalog.Printer(lang, p.Location)
	}
	return i18n.From(ctx)
}

// linkMail writes in the account's language, else in that of the demand.
func (p *People) linkMail(ctx context.Context, who account.Account, token string) (mail.Message, error) {
	words := p.wordsFor(ctx, who)
	text, html, err := mail.Compose(words.Lang(), mail.Content{
		Brand: p.Instance, Title: words.T("people.mail.title"),
		Intro:       []string{words.T("people.mail.hello", "name", who.Name), words.T("people.mail.intro")},
		ActionLabel: words.T("people.mail.action"), ActionURL: p.BaseURL + "/mot-de-passe/" + token,
		Outro:  []string{words.T("people.mail.life"), words.T("people.mail.ignore")},
		Footer: words.T("people.mail.footer"),
	})
	if err != nil {
		return mail.Message{}, err
	}
	return mail.Message{
		To: mail.Address{Name: who.Name, Email: who.Email}, Subject: words.T("people.mail.subject"), Text: text, HTML: html,
		Kind: mailPassword, Ref: who.ID.String(),
	}, nil
}

// mayWrite is the recheck of the mails: an account suspended in between gets no
// link.
func (p *People) mayWrite(ctx context.Context, tx *db.Tx, m mail.Queued) (bool, error) {
	who, err := id.Parse(m.Ref)
	if err != nil {
		return false, nil //nolint:nilerr // a mail about nobody is a mail that must not leave
	}
	a, err := account.ByID(ctx, tx, who)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil && a.Usable(p.Clock.Now()), err
}

// Reset is a new password by a link.
type Reset struct {
	Token, Password string
	// UserAgent and Old are as in Attempt.
	UserAgent, Old string
}

// LinkWorks tells whether a link can still be used; it changes nothing.
func (p *People) LinkWorks(ctx context.Context, token string) (email string, err error) {
	err = p.DB.Read(ctx, func(tx *db.Tx) error {
		who, err := byLink(ctx, tx, token, p.Clock.Now())
		email = who.Email
		return err
	})
	return email, err
}

// ResetByLink sets a new password by a link, which it uses up, ends all of the
// account's sessions and opens one, a half one where it has a second factor. A link that does not work any more is
// fault.NotFound; a password that will not do leaves the link as it is.
func (p *People) ResetByLink(ctx context.Context, in Reset) (opened account.Opened, who account.Account, err error) {
	email, err := p.LinkWorks(ctx, in.Token)
	if err != nil {
		return account.Opened{}, account.Account{}, err
	}
	if err := account.CheckPassword("password", in.Password, email); err != nil {
		return account.Opened{}, account.Account{}, err
	}
	hash, err := p.Hasher.Hash(in.Password)
	if err != nil {
		return account.Opened{}, account.Account{}, err
	}
	now := p.Clock.Now()
	err = p.DB.Write(ctx, func(tx *db.Tx) error {
		if who, err = byLink(ctx, tx, in.Token, now); err != nil {
			return err
		}
		if err := takeLink(ctx, tx, in.Token, now); err != nil {
			return err
		}
		if err := endLinks(ctx, tx, who.ID, now); err != nil {
			return err
		}
		if err := account.SetPassword(ctx, tx, who.ID, hash, id.ID{}, now); err != nil {
			return err
		}
		if err := p.tell(ctx, tx, who.Actor(id.ID{}), account.EventPassword, who.ID, "link"); err != nil {
			return err
		}
		opened, err = p.open(ctx, tx, who, in.Old, in.UserAgent, "link")
		return err
	})
	if err != nil {
		return account.Opened{}, account.Account{}, err
	}
	p.resetCodes(ctx, who.ID) // who tried with the old password is out
	p.Log.InfoContext(ctx, "password set by a link", "account_id", who.ID.String())
	return opened, who, nil
}

func (p *People) showForgotten(w http.ResponseWriter, r *http.Request) error {
	return p.renderForgotten(w, r, http.StatusOK, forgottenView{})
}

func (p *People) postForgotten(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	f := web.NewForm(r)
	email := f.Line("email", account.MaxEmail)
	require(f, "email", "people.missing.email")
	err := f.Err()
	if err == nil {
		err = p.Forgotten(r.Context(), email, networkOf(r))
	}
	if err != nil {
		status, why, err := refuse(w, r, err, "email")
		if err != nil {
			return err
		}
		return p.renderForgotten(w, r, status, forgottenView{refusal: why, Email: f.Get("email")})
	}
	return p.renderForgotten(w, r, http.StatusOK, forgottenView{Email: email, Sent: true})
}

func (p *People) renderForgotten(w http.ResponseWriter, r *http.Request, status int, v forgottenView) error {
	return p.Shell.Render(w, r, status, frame.Page{
		Title: i18n.T(r.Context(), "people.forgotten.title"), Bare: true, Invalid: status != http.StatusOK,
	}, forgottenPage(v))
}

func (p *People) showReset(w http.ResponseWriter, r *http.Request) error {
	email, err := p.LinkWorks(r.Context(), r.PathValue("token"))
	if err != nil {
		return p.refuseReset(w, r, "", err)
	}
	return p.renderReset(w, r, http.StatusOK, resetView{Email: email})
}

func (p *People) postReset(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	email, err := p.LinkWorks(r.Context(), r.PathValue("token"))
	if err != nil {
		return p.refuseReset(w, r, "", err)
	}
	f := web.NewForm(r)
	password := f.Raw("password", account.MaxPassword)
	require(f, "password", "people.missing.new")
	if err := f.Err(); err != nil {
		return p.refuseReset(w, r, email, err)
	}
	opened, who, err := p.ResetByLink(r.Context(), Reset{
		Token: r.PathValue("token"), Password: password, UserAgent: r.UserAgent(), Old: web.SessionToken(r),
	})
	if err != nil {
		return p.refuseReset(w, r, email, err)
	}
	web.SetFlash(w, "people.reset.kept")
	return p.enter(w, r, opened, who, "/")
}

// refuseReset shows the form again, or says that the link is over.
func (p *People) refuseReset(w http.ResponseWriter, r *http.Request, email string, err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return p.Shell.Render(w, r, http.StatusNotFound, frame.Page{
			Title: i18n.T(r.Context(), "people.reset.over"), Bare: true,
		}, linkOverPage())
	}
	status, why, err := refuse(w, r, err, "password")
	if err != nil {
		return err
	}
	return p.renderReset(w, r, status, resetView{refusal: why, Email: email})
}

func (p *People) renderReset(w http.ResponseWriter, r *http.Request, status int, v resetView) error {
	return p.Shell.Render(w, r, status, frame.Page{
		Title: i18n.T(r.Context(), "people.reset.title"), Bare: true, Invalid: status != http.StatusOK,
	}, resetPage(v))
}
