package people

import (
	"context"
	"net/http"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
)

// ChangePassword replaces the person's password, for which the current one must
// be known, and ends their other sessions and their open links. Errors are
// fault.Invalid with the fields "current" and "password", or fault.TooMany.
func (p *People) ChangePassword(ctx context.Context, a actor.Actor, current, password string) error {
	me, err := p.provePassword(ctx, a, current)
	if err != nil {
		return err
	}
	if err := account.CheckPassword("password", password, me.Email, me.Name, me.Organisation); err != nil {
		return err
	}
	return p.setPassword(ctx, a, me.ID, password, a.Session)
}

// provePassword checks the password of somebody who is in: whoever sits down at their
// screen must not take the account. Errors are fault.Invalid with the field "current", or
// fault.TooMany.
func (p *People) provePassword(ctx context.Context, a actor.Actor, current string) (me account.Account, err error) {
	if err := p.limit(ctx, "people.password", a.Account.String(), triesMailbox, tryWindow); err != nil {
		return account.Account{}, err
	}
	var hash string
	err = p.DB.Read(ctx, func(tx *db.Tx) error {
		if me, err = account.ByID(ctx, tx, a.Account); err != nil {
			return err
		}
		_, hash, err = account.Password(ctx, tx, me.Email)
		return err
	})
	if err != nil {
		return account.Account{}, err
	}
	if !p.Hasher.Check(hash, current) {
		return account.Account{}, fault.InvalidFields(fault.Field{Name: "current", Key: "people.password.current.wrong"})
	}
	return me, nil
}

// setPassword hashes, then keeps the hash and ends links and sessions but one.
func (p *People) setPassword(ctx context.Context, a actor.Actor, who id.ID, password string, keep id.ID) error {
	hash, err := p.Hasher.Hash(password)
	if err != nil {
		return err
	}
	now := p.Clock.Now()
	err = p.DB.Write(ctx, func(tx *db.Tx) error {
		if err := endLinks(ctx, tx, who, now); err != nil {
			return err
		}
		if err := account.SetPassword(ctx, tx, who, hash, keep, now); err != nil {
			return err
		}
		return p.tell(ctx, tx, a, account.EventPassword, who, "")
	})
	if err != nil {
		return err
	}
	p.Log.InfoContext(ctx, "password changed", "account_id", who.String())
	return nil
}

func (p *People) showPassword(w http.ResponseWriter, r *http.Request, _ actor.Actor) error {
	return p.renderPassword(w, r, http.StatusOK, refusal{})
}

func (p *People) postPassword(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	f := web.NewForm(r)
	current, password := f.Raw("current", account.MaxPassword), f.Raw("password", account.MaxPassword)
	require(f, "current", "people.missing.current")
	require(f, "password", "people.missing.new")
	err := f.Err()
	if err == nil {
		err = p.ChangePassword(r.Context(), a, current, password)
	}
	if err != nil {
		status, why, err := refuse(w, r, err, "current", "password")
		if err != nil {
			return err
		}
		return p.renderPassword(w, r, status, why)
	}
	web.SetFlash(w, "people.password.kept")
	web.Redirect(w, r, "/compte")
	return nil
}

func (p *People) renderPassword(w http.ResponseWriter, r *http.Request, status int, why refusal) error {
	return p.Shell.Render(w, r, status, frame.Page{
		Title: i18n.T(r.Context(), "people.password.title"), Invalid: status != http.StatusOK,
	}, passwordPage(why))
}
