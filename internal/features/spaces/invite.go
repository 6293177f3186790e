package spaces

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
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
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/mail"
)

const (
	invitationLife = 14 * 24 * time.Hour
	maxWord        = 500 // characters
	mailKind       = "spaces.invitation"
	invitesPerHour = 100
)

// Invitation is an invitation as its pages show it.
type Invitation struct {
	ID    id.ID
	Space id.ID
	Email string
	Role  space.Role
	Group id.ID // zero: none
	Word  string
	// AccessEnds is when the access of an external ends, whose account it makes; zero: as
	// usual.
	AccessEnds  time.Time
	Inviter     id.ID
	InviterName string
	CreatedAt   time.Time
	ExpiresAt   time.Time
	Used        bool
	Revoked     bool

	inviterState account.State
	inviterClass account.Class
}

// leaves is when its mail leaves, or left.
func (v Invitation) leaves() time.Time { return v.ExpiresAt.Add(-invitationLife) }

// Inviting is what a lead fills in.
type Inviting struct {
	Email string
	Role  space.Role
	Group id.ID // that they become a member of; zero: none
	Word  string
	// AccessEnds is when the access of an external ends, whose account it makes; zero: as
	// usual.
	AccessEnds time.Time
}

// Invite sends a mailbox an invitation into a space. It replaces one that
// waits. fault.Invalid names the fields email, role, group and word.
func (s *Spaces) Invite(ctx context.Context, a actor.Actor, slug string, in Inviting) error {
	to, err := mail.ParseAddress(in.Email)
	if err != nil {
		return asField("email", err)
	}
	in.Word = strings.TrimSpace(in.Word)
	if utf8.RuneCountInString(in.Word) > maxWord {
		return fault.InvalidFields(fault.Field{Name: "word", Key: "spaces.too_long", Args: []any{"max", maxWord}})
	}
	if err := s.mayInviteMore(ctx, a); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.MemberInvite)
		if err != nil {
			return err
		}
		if err := s.invitable(ctx, tx, v.Space.ID, to.Email, in.Role); err != nil {
			return err
		}
		if err := groupOf(ctx, tx, v.Space.ID, in.Group); err != nil {
			return err
		}
		now := clock.Millis(s.Clock.Now())
		_, err = tx.Exec(ctx, `UPDATE invitations SET revoked_at = $1 WHERE space_id = $2 AND email_key = $3 AND used_at = 0 AND revoked_at = 0`,
			now, v.Space.ID, account.EmailKey(to.Email))
		if err != nil {
			return fmt.Errorf("replacing an invitation: %w", err)
		}
		inv := Invitation{ID: id.New(), Space: v.Space.ID, Email: to.Email, Role: in.Role, Group: in.Group, Word: in.Word, AccessEnds: in.AccessEnds, Inviter: a.Account, InviterName: a.Name}
		if err := s.send(ctx, tx, v.Space, inv, time.Time{}); err != nil {
			return err
		}
		return s.Outbox.Append(ctx, tx, a, activity.Event{Kind: EventInvited, Space: v.Space.ID, Detail: in.Role.String()})
	})
}

// groupOf refuses a group that the space has not.
func groupOf(ctx context.Context, tx *db.Tx, spaceID, group id.ID) error {
	if group.IsZero() {
		return nil
	}
	_, err := space.GroupByID(ctx, tx, spaceID, group)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return fault.InvalidFields(fault.Field{Name: fieldGroup, Key: "spaces.invite.group_gone"})
	}
	return err
}

func asField(name string, err error) error {
	if fe, ok := errAs(err); ok && len(fe.Fields) == 0 {
		return fault.InvalidFields(fault.Field{Name: name, Key: fe.Key, Args: fe.Args})
	}
	return err
}

func (s *Spaces) mayInviteMore(ctx context.Context, a actor.Actor) error {
	ok, wait, err := s.Limiter.Allow(ctx, "spaces.invite", a.Account.String(), invitesPerHour, time.Hour)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.TooMany, "spaces.invite.too_many", "minutes", int(wait.Minutes())+1)
	}
	return nil
}

// invitable refuses a member, and a role that the person can't hold.
func (s *Spaces) invitable(ctx context.Context, tx *db.Tx, spaceID id.ID, email string, role space.Role) error {
	class := s.ClassOf(email)
	var current int
	err := tx.QueryRow(ctx, `SELECT a.class, COALESCE(m.role, 0) FROM accounts a
		LEFT JOIN memberships m ON m.account_id = a.id AND m.space_id = $1 WHERE a.email_key = $2`, spaceID, account.EmailKey(email)).Scan(&class, &current)
	if err != nil && !db.IsNoRows(err) {
		return fmt.Errorf("looking up who is invited: %w", err)
	}
	if current != 0 {
		return fault.InvalidFields(fault.Field{Name: "email", Key: "spaces.invite.member"})
	}
	return mayHold(class, role)
}

// send keeps the invitation under a fresh token and mails its link, in the
// transaction: no mail leaves for an invitation that does not exist. The mail leaves at an
// instant, from which the link lives; zero: at once.
func (s *Spaces) send(ctx context.Context, tx *db.Tx, sp space.Space, inv Invitation, leaves time.Time) error {
	token, now := newToken(), s.Clock.Now()
	if leaves.Before(now) {
		leaves = now
	}
	_, err := tx.Exec(ctx, `INSERT INTO invitations (id, space_id, email, email_key, role, word, inviter_id, token_hash, created_at, expires_at, used_at, revoked_at, group_id, access_ends_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11, $12)
		ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at, inviter_id = excluded.inviter_id`,
		inv.ID, inv.Space, inv.Email, account.EmailKey(inv.Email), int(inv.Role), inv.Word, inv.Inviter, tokenHash(token),
		clock.Millis(now), clock.Millis(leaves.Add(invitationLife)), inv.Group, clock.Millis(inv.AccessEnds))
	if err != nil {
		return fmt.Errorf("keeping an invitation: %w", err)
	}
	m, err := s.mailOf(ctx, sp, inv, token)
	if err != nil {
		return err
	}
	m.NotBefore = leaves
	_, err = s.Mail.Enqueue(ctx, tx, m)
	return err
}

func (s *Spaces) mailOf(ctx context.Context, sp space.Space, inv Invitation, token string) (mail.Message, error) {
	p := i18n.From(ctx)
	title := p.T("spaces.mail.title", "name", inv.InviterName, "space", sp.Name)
	text, html, err := mail.Compose(p.Lang(), mail.Content{
		Brand: s.Instance, Title: title, Intro: []string{sp.Purpose}, Quote: inv.Word,
		ActionLabel: p.T("spaces.mail.action"), ActionURL: s.BaseURL + "/invitations/" + token,
		Outro:  []string{p.T("spaces.mail.expires", "days", int(invitationLife.Hours()/24))},
		Footer: p.T("spaces.mail.why", "name", inv.InviterName),
	})
	if err != nil {
		return mail.Message{}, fmt.Errorf("writing an invitation: %w", err)
	}
	return mail.Message{To: mail.Address{Email: inv.Email}, Subject: title, Text: text, HTML: html, Kind: mailKind, Ref: inv.ID.String() + "/" + tokenMark(token)}, nil
}

// tokenMark tells in the reference of a mail which link it holds.
func tokenMark(token string) string { return hex.EncodeToString(tokenHash(token)[:8]) }

// stillPending is the recheck of a queued invitation mail: the invitation still waits, and
// was not given another link since.
func (s *Spaces) stillPending(ctx context.Context, tx *db.Tx, m mail.Queued) (bool, error) {
	ref, mark, marked := strings.Cut(m.Ref, "/")
	invitation, err := id.Parse(ref)
	if err != nil {
		return false, nil //nolint:nilerr // a reference that names nothing can't be sent
	}
	var hash []byte
	err = tx.QueryRow(ctx, `SELECT v.token_hash FROM invitations v JOIN accounts a ON a.id = v.inviter_id
		WHERE v.id = $1 AND v.used_at = 0 AND v.revoked_at = 0 AND v.expires_at > $2 AND a.state = 'active'`,
		invitation, clock.Millis(s.Clock.Now())).Scan(&hash)
	if db.IsNoRows(err) {
		return false, nil
	}
	return err == nil && (!marked || mark == hex.EncodeToString(hash[:8])), err
}

// Resend gives a waiting invitation a new link and mails it. Whoever does so is
// the one who invites from then on.
func (s *Spaces) Resend(ctx context.Context, a actor.Actor, slug string, invitation id.ID) error {
	if err := s.mayInviteMore(ctx, a); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.MemberInvite)
		if err != nil {
			return err
		}
		inv, err := oneInvitation(ctx, tx, `v.id = $1 AND v.space_id = $2 AND v.used_at = 0 AND v.revoked_at = 0`, invitation, v.Space.ID)
		if err != nil {
			return err
		}
		inv.Inviter, inv.InviterName = a.Account, a.Name
		return s.send(ctx, tx, v.Space, inv, time.Time{})
	})
}

// Revoke cancels a waiting invitation: its link is dead.
func (s *Spaces) Revoke(ctx context.Context, a actor.Actor, slug string, invitation id.ID) error {
	return s.DB.Write(ctx, func(tx *db.Tx) error {
		v, err := s.lock(ctx, tx, a, slug, access.MemberInvite)
		if err != nil {
			return err
		}
		n, err := tx.Exec(ctx, `UPDATE invitations SET revoked_at = $1 WHERE id = $2 AND space_id = $3 AND used_at = 0 AND revoked_at = 0`,
			clock.Millis(s.Clock.Now()), invitation, v.Space.ID)
		if err != nil {
			return fmt.Errorf("revoking an invitation: %w", err)
		}
		if n == 0 {
			return fault.NotFoundError()
		}
		return nil
	})
}

// withdraw revokes what someone who no longer leads a space had sent: a link
// never outlives the right to give it. The caller holds the space's lock.
func (s *Spaces) withdraw(ctx context.Context, tx *db.Tx, spaceID, inviter id.ID) error {
	_, err := tx.Exec(ctx, `UPDATE invitations SET revoked_at = $1 WHERE space_id = $2 AND inviter_id = $3 AND used_at = 0 AND revoked_at = 0`,
		clock.Millis(s.Clock.Now()), spaceID, inviter)
	if err != nil {
		return fmt.Errorf("withdrawing invitations: %w", err)
	}
	return nil
}

const invitationColumns = `v.id, v.space_id, v.email, v.role, v.group_id, v.word, v.inviter_id, a.name, a.state, a.class, v.created_at, v.expires_at, v.used_at, v.revoked_at, v.access_ends_at`

func oneInvitation(ctx context.Context, tx *db.Tx, where string, args ...any) (Invitation, error) {
	inv, err := scanInvitation(tx.QueryRow(ctx, `SELECT `+invitationColumns+` FROM invitations v JOIN accounts a ON a.id = v.inviter_id WHERE `+where, args...).Scan)
	if db.IsNoRows(err) {
		return inv, fault.NotFoundError()
	}
	return inv, err
}

func scanInvitation(read func(dest ...any) error) (v Invitation, err error) {
	var created, expires, used, revoked, ends int64
	err = read(&v.ID, &v.Space, &v.Email, &v.Role, &v.Group, &v.Word, &v.Inviter, &v.InviterName, &v.inviterState, &v.inviterClass, &created, &expires, &used, &revoked, &ends)
	v.CreatedAt, v.ExpiresAt, v.Used, v.Revoked = clock.FromMillis(created), clock.FromMillis(expires), used != 0, revoked != 0
	v.AccessEnds = clock.FromMillis(ends)
	return v, err
}

// cursorOf is where a page of invitations begins: after this instant and invitation.
type cursorOf struct {
	At time.Time
	ID id.ID
}

// pending lists the invitations of a space that wait or are over, the newest first, from
// the one after the cursor; next is nil at the end.
func pending(ctx context.Context, tx *db.Tx, spaceID id.ID, after cursorOf, limit int) (out []Invitation, next *cursorOf, err error) {
	b := db.NewBuilder().Add(`SELECT `+invitationColumns+` FROM invitations v JOIN accounts a ON a.id = v.inviter_id
		WHERE v.space_id = ? AND v.used_at = 0 AND v.revoked_at = 0`, spaceID)
	if !after.ID.IsZero() {
		b.Add(` AND (v.created_at, v.id) < (?, ?)`, clock.Millis(after.At), after.ID)
	}
	query, args, err := b.Add(` ORDER BY v.created_at DESC, v.id DESC LIMIT ?`, limit+1).Build()
	if err != nil {
		return nil, nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		v, err := scanInvitation(rows.Scan)
		out = append(out, v)
		return err
	}, query, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("listing invitations: %w", err)
	}
	if len(out) > limit {
		out = out[:limit]
		next = &cursorOf{out[limit-1].CreatedAt, out[limit-1].ID}
	}
	return out, next, nil
}

// Tally is how many of those who were invited into a space came, are waited for, and hold
// a link that is over; Late are those of the last two who were mailed long enough ago to
// be reminded.
type Tally struct{ Came, Waiting, Over, Late int }

// tally counts the invitations of a space, those that were revoked left out.
func (s *Spaces) tally(ctx context.Context, tx *db.Tx, spaceID id.ID) (t Tally, err error) {
	now := s.Clock.Now()
	err = tx.QueryRow(ctx, `SELECT COALESCE(SUM(CASE WHEN used_at > 0 THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN used_at = 0 AND expires_at > $1 THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN used_at = 0 AND expires_at <= $1 THEN 1 ELSE 0 END), 0),
		COALESCE(SUM(CASE WHEN used_at = 0 AND expires_at < $2 THEN 1 ELSE 0 END), 0)
		FROM invitations WHERE space_id = $3 AND revoked_at = 0`, clock.Millis(now), clock.Millis(mailedBefore(now)), spaceID).Scan(&t.Came, &t.Waiting, &t.Over, &t.Late)
	if err != nil {
		return t, fmt.Errorf("counting invitations: %w", err)
	}
	return t, nil
}

const (
	// remindAfter is how long someone is left alone after the last mail.
	remindAfter     = 3 * 24 * time.Hour
	remindersPerDay = 2
	remindedAtOnce  = 100 // of one transaction
)

// mailedBefore is when the link ends of an invitation that was mailed as long ago as one
// who may be reminded.
func mailedBefore(now time.Time) time.Time { return now.Add(invitationLife - remindAfter) }

// Remind mails a new link to all who were invited into a space, were not mailed for three
// days, and have not come; it returns how many they are. fault.TooMany after two times in
// a day. Whoever does so is the one who invites from then on.
func (s *Spaces) Remind(ctx context.Context, a actor.Actor, slug string) (n int, err error) {
	if _, err := s.view(ctx, a, slug, access.MemberInvite); err != nil {
		return 0, err
	}
	ok, _, err := s.Limiter.Allow(ctx, "spaces.remind", a.Account.String(), remindersPerDay, 24*time.Hour)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, fault.New(fault.TooMany, "spaces.remind.too_many")
	}
	for {
		var late []Invitation
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			v, err := s.lock(ctx, tx, a, slug, access.MemberInvite)
			if err != nil {
				return err
			}
			late = nil
			err = tx.All(ctx, func(rows *sql.Rows) error {
				inv, err := scanInvitation(rows.Scan)
				late = append(late, inv)
				return err
			}, `SELECT `+invitationColumns+` FROM invitations v JOIN accounts a ON a.id = v.inviter_id
				WHERE v.space_id = $1 AND v.used_at = 0 AND v.revoked_at = 0 AND v.expires_at < $2 ORDER BY v.created_at, v.id LIMIT $3`,
				v.Space.ID, clock.Millis(mailedBefore(s.Clock.Now())), remindedAtOnce)
			if err != nil {
				return fmt.Errorf("listing whom to remind: %w", err)
			}
			for _, inv := range late {
				inv.Inviter, inv.InviterName = a.Account, a.Name
				if err := s.send(ctx, tx, v.Space, inv, time.Time{}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		if n += len(late); len(late) < remindedAtOnce {
			return n, nil
		}
	}
}

func newToken() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
