package spaces

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// errDead is the one answer to a link that no longer works, whatever the reason.
var errDead = fault.New(fault.NotFound, "spaces.invitation.dead")

func errAs(err error) (*fault.Error, bool) { return errors.AsType[*fault.Error](err) }

// door is an invitation as the person who holds its link sees it.
type door struct {
	inv     Invitation
	space   space.Space
	account account.Account // of the invited mailbox; zero where there is none
	hash    string          // of its password
	expired bool
}

// look reads what a link leads to. It changes nothing: mail scanners follow
// every link (HEAD and GET).
func (s *Spaces) look(ctx context.Context, token string) (d door, err error) {
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		d, err = s.readDoor(ctx, tx, token)
		return err
	})
	return d, err
}

func (s *Spaces) readDoor(ctx context.Context, tx *db.Tx, token string) (d door, err error) {
	d.inv, err = oneInvitation(ctx, tx, `v.token_hash = $1`, tokenHash(token))
	if fault.KindOf(err) == fault.NotFound {
		return d, errDead
	}
	if err != nil {
		return d, err
	}
	if d.inv.Used || d.inv.Revoked || d.inv.inviterState != account.Active {
		return d, errDead
	}
	d.expired = !d.inv.ExpiresAt.After(s.Clock.Now())
	if d.space, err = space.Scan(tx.QueryRow(ctx, `SELECT `+space.Columns+` FROM spaces s WHERE s.id = $1`, d.inv.Space).Scan); err != nil {
		return d, fmt.Errorf("reading the space of an invitation: %w", err)
	}
	d.account, d.hash, err = account.Password(ctx, tx, d.inv.Email)
	return d, err
}

// Newcomer is what someone without an account fills in.
type Newcomer struct {
	Name, Organisation, Password string
}

// Accept uses an invitation: it makes the account where there is none, the
// person a member, and opens a session unless one is given. The link proves the
// mailbox; an account that exists also proves itself, by its session or its
// password. It works once, whatever the number of tabs.
func (s *Spaces) Accept(ctx context.Context, a actor.Actor, token string, n Newcomer, userAgent string) (sp space.Space, session account.Opened, err error) {
	d, err := s.look(ctx, token)
	if err != nil {
		return sp, account.Opened{}, err
	}
	if d.expired {
		return sp, account.Opened{}, errDead
	}
	hash, err := s.prove(ctx, a, d, &n)
	if err != nil {
		return sp, account.Opened{}, err
	}
	err = s.DB.Write(ctx, func(tx *db.Tx) error {
		session = account.Opened{}
		now := s.Clock.Now()
		if _, err := space.Lock(ctx, tx, d.inv.Space); err != nil {
			return err
		}
		used, err := tx.Exec(ctx, `UPDATE invitations SET used_at = $1 WHERE id = $2 AND used_at = 0 AND revoked_at = 0 AND expires_at > $3
			AND inviter_id IN (SELECT id FROM accounts WHERE state = 'active')`,
			clock.Millis(now), d.inv.ID, clock.Millis(now))
		if err != nil {
			return fmt.Errorf("using an invitation: %w", err)
		}
		if used == 0 {
			return errDead
		}
		var group id.ID // as it is now: it may be gone since the link was opened
		if err := tx.QueryRow(ctx, `SELECT group_id FROM invitations WHERE id = $1`, d.inv.ID).Scan(&group); err != nil {
			return fmt.Errorf("reading the group of an invitation: %w", err)
		}
		who, err := s.accountFor(ctx, tx, a, d, n, hash, now)
		if err != nil {
			return err
		}
		if who.Class == account.External && d.inv.inviterClass == account.Agent {
			if err := account.Vouch(ctx, tx, []id.ID{who.ID}, d.inv.Inviter); err != nil {
				return err
			}
		}
		if err := s.join(ctx, tx, who.Actor(a.Session), d.inv.Space, who.ID, roleFor(who.Class, d.inv.Role)); err != nil {
			return err
		}
		if !group.IsZero() {
			if err := access.AddToGroup(ctx, tx, d.inv.Space, group, who.ID); err != nil {
				return err
			}
			if err := s.rights(ctx, tx, who.Actor(a.Session), d.inv.Space, who.ID, detailJoinsGroup); err != nil {
				return err
			}
		}
		if a.SignedIn() {
			return nil
		}
		session, err = account.OpenSession(ctx, tx, who.ID, userAgent, now)
		return err
	})
	return d.space, session, err
}

// roleFor lowers the role of someone who turned out to be an external.
func roleFor(c account.Class, r space.Role) space.Role {
	if mayHold(c, r) != nil {
		return space.Contributor
	}
	return r
}

// prove checks who holds the link, and hashes the password of a new account.
func (s *Spaces) prove(ctx context.Context, a actor.Actor, d door, n *Newcomer) (hash string, err error) {
	switch {
	case a.SignedIn() && a.Account == d.account.ID:
		return "", nil
	case a.SignedIn():
		return "", fault.New(fault.Denied, "spaces.invitation.other_mailbox")
	case !d.account.ID.IsZero():
		return "", s.checkPassword(ctx, d, n.Password)
	}
	n.Name, n.Organisation = strings.Join(strings.Fields(n.Name), " "), strings.Join(strings.Fields(n.Organisation), " ")
	var wrong []fault.Field
	if n.Name == "" {
		wrong = append(wrong, fault.Field{Name: "name", Key: "spaces.invitation.name_empty"})
	} else if utf8.RuneCountInString(n.Name) > account.MaxName {
		wrong = append(wrong, fault.Field{Name: "name", Key: "spaces.too_long", Args: []any{"max", account.MaxName}})
	}
	if utf8.RuneCountInString(n.Organisation) > account.MaxOrganisation {
		wrong = append(wrong, fault.Field{Name: "organisation", Key: "spaces.too_long", Args: []any{"max", account.MaxOrganisation}})
	}
	if err := account.CheckPassword("password", n.Password, d.inv.Email, n.Name, n.Organisation); err != nil {
		wrong = append(wrong, fault.FieldsOf(err)...)
	}
	if wrong != nil {
		return "", fault.InvalidFields(wrong...)
	}
	return s.Hasher.Hash(n.Password)
}

func (s *Spaces) checkPassword(ctx context.Context, d door, password string) error {
	// The same count as that of the sign-in page: a link is no second chance.
	ok, wait, err := s.Limiter.Allow(ctx, "people.sign_in.mailbox", account.EmailKey(d.inv.Email), 10, 15*time.Minute)
	if err != nil {
		return err
	}
	if !ok {
		return fault.InvalidFields(fault.Field{Name: "password", Key: "spaces.invitation.too_many", Args: []any{"minutes", int(wait.Minutes()) + 1}})
	}
	proven, usable := s.Hasher.Check(d.hash, password), d.account.Usable(s.Clock.Now())
	if proven && !usable && d.account.State == account.Active {
		return fault.InvalidFields(fault.Field{Name: "password", Key: "spaces.invitation.over", Args: []any{"name", d.inv.InviterName}})
	}
	if !proven || !usable {
		return fault.InvalidFields(fault.Field{Name: "password", Key: "spaces.invitation.wrong_password"})
	}
	return nil
}

// accountFor returns the account of the mailbox, made now where there is none.
// One that appeared meanwhile has not proven itself here, nor has one that was
// suspended or took another password meanwhile.
func (s *Spaces) accountFor(ctx context.Context, tx *db.Tx, a actor.Actor, d door, n Newcomer, hash string, now time.Time) (account.Account, error) {
	if hash == "" {
		if !a.SignedIn() {
			who, err := account.Proven(ctx, tx, d.account.ID, d.hash, now)
			if fault.KindOf(err) == fault.Unauthenticated && err != nil {
				return who, errDead
			}
			return who, err
		}
		who, err := account.ByID(ctx, tx, d.account.ID)
		if err == nil && !who.Usable(now) {
			return who, errDead
		}
		return who, err
	}
	made := account.New{Email: d.inv.Email, Name: n.Name, Organisation: n.Organisation, Class: s.ClassOf(d.inv.Email)}
	if made.Class == account.External {
		if made.ExpiresAt = d.inv.AccessEnds; !made.ExpiresAt.After(now) {
			made.ExpiresAt = account.EndAfter(account.UsualAccess, s.Location, now)
		}
	}
	who, err := account.Create(ctx, tx, made, now)
	if err != nil {
		return who, err
	}
	err = s.Outbox.Append(ctx, tx, who.Actor(id.ID{}), activity.Event{Kind: account.EventCreated, Space: d.space.ID, Subject: who.ID, Detail: string(who.Class)})
	if err != nil {
		return who, err
	}
	return who, account.SetPassword(ctx, tx, who.ID, hash, id.ID{}, now)
}

// Renew mails a fresh link to the mailbox of an expired invitation.
func (s *Spaces) Renew(ctx context.Context, token string) error {
	d, err := s.look(ctx, token)
	if err != nil {
		return err
	}
	if !d.expired {
		return errDead
	}
	ok, wait, err := s.Limiter.Allow(ctx, "spaces.renew", d.inv.ID.String(), 3, 24*time.Hour)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.TooMany, "spaces.invite.too_many", "minutes", int(wait.Minutes())+1)
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error { return s.send(ctx, tx, d.space, d.inv, time.Time{}) })
}
