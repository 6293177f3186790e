package people

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/mail"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

const (
	// codePath is where the code of a second factor is asked for.
	codePath = "/connexion/code"
	// mailFactor is the kind of the mails that tell of a change of one's second factor.
	mailFactor = "people.factor"
	// triesCode and dailyCodes are how many codes may be tried for an account in a quarter
	// of an hour and in a day. Three in a million are right at any time: who has the password
	// finds one within a year with two chances in a hundred.
	triesCode  = 5
	dailyCodes = 20
	// maxCode bounds what may be typed for a code, in characters.
	maxCode = 40
	// qrSide is the side of the picture of a key, in pixels.
	qrSide = 232
)

// Code is somebody who gave their password, and gives a code.
type Code struct {
	Code string
	// Half is the token of the session that waits for it.
	Half string
	// Address and UserAgent are as in Attempt.
	Address, UserAgent string
}

// Complete checks the code of a second factor, or a recovery code, and opens a session in
// place of the half one. recovery tells that it was one of the latter.
// fault.Unauthenticated tells that no session waits for a code any more, fault.Invalid
// with the field "code" that it is not the right one, fault.TooMany that too many were
// tried.
func (p *People) Complete(ctx context.Context, c Code) (opened account.Opened, who account.Account, recovery bool, err error) {
	if err := p.limit(ctx, "people.sign_in.address", c.Address, p.perAddress(triesAddress), tryWindow); err != nil {
		return account.Opened{}, account.Account{}, false, err
	}
	now := p.Clock.Now()
	err = p.DB.Read(ctx, func(tx *db.Tx) error {
		who, _, err = account.ByHalfSession(ctx, tx, c.Half, now)
		return err
	})
	if err != nil {
		return account.Opened{}, account.Account{}, false, err
	}
	if err := p.limitCodes(ctx, who.ID); err != nil {
		return account.Opened{}, account.Account{}, false, p.warnOfCodes(ctx, who, err)
	}
	err = p.DB.Write(ctx, func(tx *db.Tx) error {
		if recovery, err = account.ProveFactor(ctx, tx, p.Vault, who.ID, c.Code, now); err != nil {
			return err
		}
		var half id.ID
		if who, half, err = account.ByHalfSession(ctx, tx, c.Half, now); err != nil { // it is locked now
			return err
		}
		if opened, err = account.CompleteSession(ctx, tx, who.ID, half, c.UserAgent, now); err != nil {
			return err
		}
		by := "factor"
		if recovery {
			by = "recovery code"
		}
		return p.tell(ctx, tx, who.Actor(id.ID{}), account.EventSignedIn, who.ID, by)
	})
	if err != nil {
		return account.Opened{}, account.Account{}, false, p.wrongCode(ctx, who.ID, err)
	}
	p.resetCodes(ctx, who.ID)
	p.Log.InfoContext(ctx, "signed in", "account_id", who.ID.String())
	return opened, who, recovery, nil
}

// wrongCode notes that a code was refused, and gives the error back.
func (p *People) wrongCode(ctx context.Context, who id.ID, err error) error {
	if fault.KindOf(err) != fault.Invalid {
		return err
	}
	p.Log.InfoContext(ctx, "code refused", "account_id", who.String())
	if told := p.tellRefused(ctx, who, "factor"); told != nil {
		return told
	}
	return err
}

// warnOfCodes mails somebody, once a day at most, that too many codes were tried for their
// account: whoever tries them has their password. It gives the error back.
func (p *People) warnOfCodes(ctx context.Context, who account.Account, err error) error {
	if fault.KindOf(err) != fault.TooMany {
		return err
	}
	first, _, failed := p.Limiter.Allow(ctx, "people.factor.warned", who.ID.String(), 1, 24*time.Hour)
	if failed != nil || !first {
		return errors.Join(err, failed)
	}
	words := p.wordsFor(ctx, who)
	failed = p.DB.Write(ctx, func(tx *db.Tx) error {
		return p.mailFactor(ctx, tx, who, words.T("people.factor.mail.subject.refused"), words.T("people.factor.mail.intro.refused"))
	})
	return errors.Join(err, failed)
}

func (p *People) limitCodes(ctx context.Context, who id.ID) error {
	if err := p.limit(ctx, "people.factor", who.String(), triesCode, tryWindow); err != nil {
		return err
	}
	return p.limit(ctx, "people.factor.day", who.String(), dailyCodes, 24*time.Hour)
}

// resetCodes forgets how many codes were tried: by one who gave a right one, or before
// the password became another.
func (p *People) resetCodes(ctx context.Context, who id.ID) {
	for _, name := range []string{"people.factor", "people.factor.day"} {
		if err := p.Limiter.Reset(ctx, name, who.String()); err != nil {
			p.Log.ErrorContext(ctx, "count of codes not reset", "error", err)
		}
	}
}

// Factor is the person's second factor, and the key of one that waits for its first code,
// nil where none does.
func (p *People) Factor(ctx context.Context, a actor.Actor) (f account.Factor, begun *otp.Key, err error) {
	err = p.DB.Read(ctx, func(tx *db.Tx) error {
		if f, err = account.FactorOf(ctx, tx, a.Account); err != nil || !f.Since.IsZero() {
			return err
		}
		me, err := account.ByID(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		begun, err = account.BegunFactor(ctx, tx, p.Vault, a.Account, p.Instance, me.Email, p.Clock.Now())
		return err
	})
	return f, begun, err
}

// BeginFactor makes a key for the person, for which the password must be known.
// fault.Invalid with the field "current", fault.TooMany, or fault.Conflict where there is a
// second factor already.
func (p *People) BeginFactor(ctx context.Context, a actor.Actor, current string) error {
	if _, err := p.provePassword(ctx, a, current); err != nil {
		return err
	}
	return p.DB.Write(ctx, func(tx *db.Tx) error { return account.BeginFactor(ctx, tx, p.Vault, a.Account, p.Clock.Now()) })
}

// ConfirmFactor ends the beginning by a first code, ends the person's other sessions, and
// returns their recovery codes. Errors are those of account.ConfirmFactor, and
// fault.TooMany.
func (p *People) ConfirmFactor(ctx context.Context, a actor.Actor, code string) (codes []string, err error) {
	err = p.changeFactor(ctx, a, "added", func(tx *db.Tx) error {
		codes, err = account.ConfirmFactor(ctx, tx, p.Vault, a.Account, code, a.Session, p.Clock.Now())
		return err
	})
	return codes, err
}

// NewCodes gives the person recovery codes in place of those that they had, for a code.
// Errors are those of account.ProveFactor, and fault.TooMany.
func (p *People) NewCodes(ctx context.Context, a actor.Actor, code string) (codes []string, err error) {
	err = p.changeFactor(ctx, a, "codes", func(tx *db.Tx) error {
		if _, err := account.ProveFactor(ctx, tx, p.Vault, a.Account, code, p.Clock.Now()); err != nil {
			return err
		}
		codes, err = account.NewRecoveryCodes(ctx, tx, a.Account)
		return err
	})
	return codes, err
}

// RemoveFactor takes the person's second factor away, for a code. Errors are those of
// account.ProveFactor, fault.TooMany, and fault.Denied for who must have one.
func (p *People) RemoveFactor(ctx context.Context, a actor.Actor, code string) error {
	if a.Admin && !p.Demo {
		return fault.New(fault.Denied, "people.factor.kept")
	}
	return p.changeFactor(ctx, a, "removed", func(tx *db.Tx) error {
		if _, err := account.ProveFactor(ctx, tx, p.Vault, a.Account, code, p.Clock.Now()); err != nil {
			return err
		}
		return account.RemoveFactor(ctx, tx, a.Account)
	})
}

// changeFactor does something to the person's second factor for a code, and tells of it.
func (p *People) changeFactor(ctx context.Context, a actor.Actor, what string, do func(tx *db.Tx) error) error {
	if err := p.limitCodes(ctx, a.Account); err != nil {
		return err
	}
	err := p.DB.Write(ctx, func(tx *db.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		me, err := account.ByID(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		return p.tellFactor(ctx, tx, a, me, what)
	})
	if err != nil {
		return err
	}
	p.resetCodes(ctx, a.Account)
	p.Log.InfoContext(ctx, "second factor changed", "account_id", a.Account.String(), "what", what)
	return nil
}

// tellFactor appends that someone's second factor changed, and mails it to them: who did
// not do it must learn of it.
//
// i18n: people.factor.mail.subject.*, people.factor.mail.intro.*
func (p *People) tellFactor(ctx context.Context, tx *db.Tx, a actor.Actor, who account.Account, what string) error {
	if err := p.tell(ctx, tx, a, account.EventFactor, who.ID, what); err != nil {
		return err
	}
	words := p.wordsFor(ctx, who)
	return p.mailFactor(ctx, tx, who, words.T("people.factor.mail.subject."+what), words.T("people.factor.mail.intro."+what))
}

// mailFactor mails somebody what happened to their second factor.
func (p *People) mailFactor(ctx context.Context, tx *db.Tx, who account.Account, subject, intro string) error {
	words := p.wordsFor(ctx, who)
	text, html, err := mail.Compose(words.Lang(), mail.Content{
		Brand: p.Instance, Title: subject,
		Intro:       []string{words.T("people.mail.hello", "name", who.Name), intro},
		ActionLabel: words.T("people.factor.mail.action"), ActionURL: p.BaseURL + ui.FactorPath,
		Outro:  []string{words.T("people.factor.mail.not_you")},
		Footer: words.T("people.factor.mail.footer"),
	})
	if err != nil {
		return err
	}
	_, err = p.Mail.Enqueue(ctx, tx, mail.Message{
		To: mail.Address{Name: who.Name, Email: who.Email}, Subject: subject, Text: text, HTML: html, Kind: mailFactor, Ref: who.ID.String(),
	})
	return err
}

// waits tells whether the browser's session waits for a code.
func (p *People) waits(r *http.Request) (half bool, err error) {
	token := web.SessionToken(r)
	if token == "" {
		return false, nil
	}
	err = p.DB.Read(r.Context(), func(tx *db.Tx) error {
		_, _, err := account.ByHalfSession(r.Context(), tx, token, p.Clock.Now())
		return err
	})
	if err != nil && fault.KindOf(err) == fault.Unauthenticated {
		return false, nil
	}
	return err == nil, err
}

// codeAddress is where the code is asked for by someone who wants to go somewhere.
func codeAddress(next string) string {
	if next == "/" || next == "" {
		return codePath
	}
	return codePath + "?suite=" + url.QueryEscape(next)
}

func (p *People) showCode(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	next := web.SafeNext(q.Get("suite"))
	if a := actor.From(r.Context()); a.SignedIn() {
		return p.land(w, r, a, next)
	}
	half, err := p.waits(r)
	if err != nil {
		return err
	}
	if !half {
		return p.codeOver(w, r, next)
	}
	return p.renderCode(w, r, http.StatusOK, codeView{Next: next, Recovery: q.Has("secours")})
}

// codeOver sends back to the sign-in: nothing waits for a code, or no more.
func (p *People) codeOver(w http.ResponseWriter, r *http.Request, next string) error {
	if web.SessionToken(r) != "" {
		web.ClearSession(w)
		web.SetFlash(w, "people.code.over")
	}
	address := "/connexion"
	if next != "/" {
		address += "?suite=" + url.QueryEscape(next)
	}
	web.Redirect(w, r, address)
	return nil
}

func (p *People) postCode(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	f := web.NewForm(r)
	v := codeView{Next: web.SafeNext(f.Get("suite")), Recovery: f.Get("secours") != "", Code: f.Get("code")}
	code, err := codeOf(f)
	if err != nil {
		return p.refuseCode(w, r, v, err)
	}
	opened, who, recovery, err := p.Complete(r.Context(), Code{Code: code, Half: web.SessionToken(r), Address: networkOf(r), UserAgent: r.UserAgent()})
	switch kind := fault.KindOf(err); {
	case err != nil && (kind == fault.Unauthenticated || kind == fault.Conflict):
		return p.codeOver(w, r, v.Next)
	case err != nil:
		return p.refuseCode(w, r, v, err)
	}
	if recovery {
		web.SetFlash(w, "people.code.recovery_used")
	}
	return p.enter(w, r, opened, who, v.Next)
}

// codeOf reads the field of a code.
func codeOf(f *web.Form) (string, error) {
	code := f.Line("code", maxCode)
	require(f, "code", "people.missing.code")
	return code, f.Err()
}

func (p *People) refuseCode(w http.ResponseWriter, r *http.Request, v codeView, err error) error {
	status, why, err := refuse(w, r, err, "code")
	if err != nil {
		return err
	}
	v.refusal = why
	return p.renderCode(w, r, status, v)
}

func (p *People) renderCode(w http.ResponseWriter, r *http.Request, status int, v codeView) error {
	v.Other = codeAddress(v.Next)
	if !v.Recovery {
		join := "?"
		if strings.Contains(v.Other, "?") {
			join = "&"
		}
		v.Other += join + "secours=1"
	}
	return p.Shell.Render(w, r, status, frame.Page{
		Title: i18n.T(r.Context(), "people.code.title"), Bare: true, Invalid: status != http.StatusOK,
	}, codePage(v))
}

func (p *People) showFactor(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return p.renderFactor(w, r, a, http.StatusOK, "", refusal{})
}

func (p *People) postFactor(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	f := web.NewForm(r)
	current := f.Raw("current", account.MaxPassword)
	require(f, "current", "people.missing.current")
	err := f.Err()
	if err == nil {
		err = p.BeginFactor(r.Context(), a, current)
	}
	if err != nil {
		return p.refuseFactor(w, r, a, "", err)
	}
	web.Redirect(w, r, ui.FactorPath)
	return nil
}

func (p *People) postConfirm(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return p.giveCodes(w, r, a, "", p.ConfirmFactor)
}

func (p *People) postCodes(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return p.giveCodes(w, r, a, "codes", p.NewCodes)
}

// giveCodes answers a code with recovery codes, on a page that is shown once.
func (p *People) giveCodes(w http.ResponseWriter, r *http.Request, a actor.Actor, form string, give func(ctx context.Context, a actor.Actor, code string) ([]string, error)) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	code, err := codeOf(web.NewForm(r))
	if err != nil {
		return p.refuseFactor(w, r, a, form, err)
	}
	codes, err := give(r.Context(), a, code)
	if err != nil {
		return p.refuseFactor(w, r, a, form, err)
	}
	return p.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(r.Context(), "people.codes.title")}, recoveryPage(codes))
}

func (p *People) postRemove(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	code, err := codeOf(web.NewForm(r))
	if err == nil {
		err = p.RemoveFactor(r.Context(), a, code)
	}
	if err != nil {
		return p.refuseFactor(w, r, a, "remove", err)
	}
	web.SetFlash(w, "people.factor.removed")
	web.Redirect(w, r, ui.FactorPath)
	return nil
}

// refuseFactor shows the page again with why; what another tab did meanwhile is shown
// as it is now.
func (p *People) refuseFactor(w http.ResponseWriter, r *http.Request, a actor.Actor, form string, err error) error {
	if fault.KindOf(err) == fault.Conflict {
		return p.renderFactor(w, r, a, http.StatusConflict, "", refusal{Problems: []ui.Problem{{Text: web.Message(r.Context(), err)}}})
	}
	status, why, err := refuse(w, r, err, "current", "code")
	if err != nil {
		return err
	}
	return p.renderFactor(w, r, a, status, form, why)
}

// renderFactor shows the page; form is which of its forms was refused.
func (p *People) renderFactor(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, form string, why refusal) error {
	ctx := r.Context()
	f, begun, err := p.Factor(ctx, a)
	if err != nil {
		return err
	}
	if form != "" { // the page has two fields of that name
		for i := range why.Problems {
			why.Problems[i].ID = codeField(form)
		}
	}
	v := factorView{refusal: why, Refused: form, Code: web.NewForm(r).Get("code"), Needed: a.Admin && !p.Demo, CodesLeft: f.CodesLeft}
	switch {
	case !f.Since.IsZero():
		v.Since = i18n.From(ctx).DateTime(f.Since)
	case begun != nil:
		v.Key = spaced(begun.Secret())
		if v.Picture, err = picture(begun); err != nil {
			return err
		}
	}
	return p.Shell.Render(w, r, status, frame.Page{Title: i18n.T(ctx, "people.factor.title"), Invalid: status != http.StatusOK}, factorPage(v))
}

// picture is the QR code of a key, as an address that holds it.
func picture(key *otp.Key) (string, error) {
	drawn, err := key.Image(qrSide, qrSide)
	if err != nil {
		return "", fmt.Errorf("drawing a key: %w", err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, drawn); err != nil {
		return "", fmt.Errorf("drawing a key: %w", err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes()), nil
}

// spaced writes a key by groups of four, as one types it.
func spaced(key string) string {
	var b strings.Builder
	for i, r := range key {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
