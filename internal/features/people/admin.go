package people

import (
	"context"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/mail"
)

// The use cases of this file are those of the command line: whoever runs it
// holds the database, so there is no actor to check.

// NewAccount is an account made by the operator's hand.
type NewAccount struct {
	Email, Name, Organisation string
	// Class may be empty: then the mailbox's domain decides.
	Class account.Class
	Admin bool
	// Password may be empty: then the person asks for a link by
	// /mot-de-passe-oublie.
	Password string
}

// CreateAccount makes an account. fault.Conflict tells that the mailbox has one,
// fault.Invalid that the mailbox, the name or the password will not do.
func (p *People) CreateAccount(ctx context.Context, n NewAccount) (account.Account, error) {
	to, err := mail.ParseAddress(n.Email)
	if err != nil {
		return account.Account{}, err
	}
	if n.Name == "" {
		return account.Account{}, fault.New(fault.Invalid, "people.missing.name")
	}
	hash := ""
	if n.Password != "" {
		if hash, err = p.hashFor(n.Password, to.Email); err != nil {
			return account.Account{}, err
		}
	}
	if n.Class == "" {
		n.Class = p.ClassOf(to.Email)
	}
	now := p.Clock.Now()
	var made account.Account
	err = p.DB.Write(ctx, func(tx *db.Tx) error {
		var err error
		made, err = account.Create(ctx, tx, account.New{
			Email: to.Email, Name: n.Name, Organisation: n.Organisation, Class: n.Class, Admin: n.Admin,
		}, now)
		if err != nil {
			return err
		}
		if err := p.tell(ctx, tx, actor.Anonymous(), account.EventCreated, made.ID, string(made.Class)); err != nil || hash == "" {
			return err
		}
		return account.SetPassword(ctx, tx, made.ID, hash, id.ID{}, now)
	})
	return made, err
}

// ResetPassword sets somebody's password and ends all their sessions.
// fault.NotFound tells that the mailbox has no account.
func (p *People) ResetPassword(ctx context.Context, email, password string) error {
	who, err := p.byEmail(ctx, email)
	if err != nil {
		return err
	}
	if err := account.CheckPassword("password", password, who.Email, who.Name, who.Organisation); err != nil {
		return err
	}
	return p.setPassword(ctx, actor.Anonymous(), who.ID, password, id.ID{})
}

// ResetFactor takes somebody's second factor away, who lost what made its codes and those
// for that case, and ends all their sessions. fault.NotFound tells that the mailbox has no
// account.
func (p *People) ResetFactor(ctx context.Context, email string) error {
	// A terminal has no language of ours: the mail has the account's, else that of the house.
	ctx = i18n.With(ctx, p.Catalog.Printer(p.Catalog.Match(""), p.Location))
	return p.DB.Write(ctx, func(tx *db.Tx) error {
		who, err := account.ByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		if err := account.RemoveFactor(ctx, tx, who.ID); err != nil {
			return err
		}
		if err := account.EndSessions(ctx, tx, who.ID, id.ID{}); err != nil {
			return err
		}
		return p.tellFactor(ctx, tx, actor.Anonymous(), who, "reset")
	})
}

// List gives accounts by age, oldest first, from the one after the id given.
func (p *People) List(ctx context.Context, after id.ID, limit int) (list []account.Account, err error) {
	err = p.DB.Read(ctx, func(tx *db.Tx) error {
		list, err = account.List(ctx, tx, after, limit)
		return err
	})
	return list, err
}

// Suspend closes an account to its person and ends their sessions and links.
// fault.NotFound tells that the mailbox has none.
func (p *People) Suspend(ctx context.Context, email string) error {
	return p.setState(ctx, email, account.Suspended)
}

// Reopen gives a suspended account back to its person.
func (p *People) Reopen(ctx context.Context, email string) error {
	return p.setState(ctx, email, account.Active)
}

func (p *People) setState(ctx context.Context, email string, state account.State) error {
	now := p.Clock.Now()
	return p.DB.Write(ctx, func(tx *db.Tx) error {
		who, err := account.ByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		if err := endLinks(ctx, tx, who.ID, now); err != nil {
			return err
		}
		if err := account.SetState(ctx, tx, who.ID, state); err != nil {
			return err
		}
		kind := account.EventReopened
		if state == account.Suspended {
			kind = account.EventSuspended
		}
		return p.tell(ctx, tx, actor.Anonymous(), kind, who.ID, "")
	})
}

// SetAuditor gives somebody the right to read the audit log, or takes it back.
// fault.NotFound tells that the mailbox has no account, fault.Invalid that it is an
// external's.
func (p *People) SetAuditor(ctx context.Context, email string, may bool) error {
	return p.DB.Write(ctx, func(tx *db.Tx) error {
		who, err := account.ByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		if may && who.Class != account.Agent {
			return fault.New(fault.Invalid, "people.auditor.external")
		}
		if err := account.SetAuditor(ctx, tx, who.ID, may); err != nil {
			return err
		}
		detail := "revoked"
		if may {
			detail = "granted"
		}
		return p.tell(ctx, tx, actor.Anonymous(), account.EventAuditor, who.ID, detail)
	})
}

// ChangeAccess changes the access of an external. fault.NotFound tells that the
// mailbox has no account, fault.Invalid that it is an agent's, or that the sponsor is no
// agent.
func (p *People) ChangeAccess(ctx context.Context, email string, c Change) error {
	// A terminal has no language of ours: the mail has the account's, else that of the house.
	ctx = i18n.With(ctx, p.Catalog.Printer(p.Catalog.Match(""), p.Location))
	return p.DB.Write(ctx, func(tx *db.Tx) error {
		now := p.Clock.Now()
		who, err := account.ByEmail(ctx, tx, email)
		if err != nil {
			return err
		}
		list, err := account.ExternalsByID(ctx, tx, id.ID{}, []id.ID{who.ID}, now)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fault.New(fault.Invalid, "people.externals.no_external")
		}
		return p.changeAccess(ctx, tx, actor.Anonymous(), list, c, now)
	})
}

func (p *People) byEmail(ctx context.Context, email string) (who account.Account, err error) {
	err = p.DB.Read(ctx, func(tx *db.Tx) error {
		who, err = account.ByEmail(ctx, tx, email)
		return err
	})
	return who, err
}

// hashFor checks a new password and hashes it.
func (p *People) hashFor(password string, own ...string) (string, error) {
	if err := account.CheckPassword("password", password, own...); err != nil {
		return "", err
	}
	return p.Hasher.Hash(password)
}
