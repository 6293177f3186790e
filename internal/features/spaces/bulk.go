package spaces

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
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

const (
	listsPerHour  = 10
	invitedAtOnce = 100 // invitations of one transaction
	lookedUp      = 200 // addresses of one query
	// pace is how much later each mail of a list leaves than the one before: a relay that
	// gets hundreds at once takes them for what nobody asked for.
	pace = time.Second
)

// Bulk is a list of people to invite with one role and one word.
type Bulk struct {
	List string // the text of the list
	Role space.Role
	// Group is one that they become members of; zero: none.
	Group id.ID
	Word  string
	// AccessEnds is when the access of an external ends, whose account it makes; zero: as
	// usual.
	AccessEnds time.Time
	// At is when the first invitation leaves; zero: at once.
	At time.Time
}

// Fate is what becomes of a line of a list. The texts end keys of the catalogue.
type Fate string

// The fates. Known has an account already; Waiting has an invitation into the space that
// may still be used, and gets no other.
const (
	Unknown Fate = "unknown"
	Known   Fate = "known"
	Waiting Fate = "waiting"
	Member  Fate = "member"
	Refused Fate = "refused"
)

// Checked is a line of a list with what becomes of it.
type Checked struct {
	listed
	Fate     Fate
	External bool
}

// invited tells that the line is sent an invitation.
func (c Checked) invited() bool { return c.Fate == Unknown || c.Fate == Known }

// CheckList says what would become of each line of a list; it sends nothing. Errors are
// those of InviteList.
func (s *Spaces) CheckList(ctx context.Context, a actor.Actor, slug string, in Bulk) (out []Checked, err error) {
	lines, err := in.lines()
	if err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(tx *db.Tx) error {
		v, err := enter(ctx, tx, a, slug, access.MemberInvite)
		if err != nil {
			return err
		}
		if err := groupOf(ctx, tx, v.Space.ID, in.Group); err != nil {
			return err
		}
		out, err = s.check(ctx, tx, v.Space.ID, lines, in.Role)
		return err
	})
	return out, err
}

// InviteList sends an invitation to each line of a list that can be sent one, and returns
// all of them with what became of each: a line that is refused keeps no other from going.
// fault.Invalid names the fields list, group and word; fault.TooMany after ten lists in an hour.
func (s *Spaces) InviteList(ctx context.Context, a actor.Actor, slug string, in Bulk) (out []Checked, err error) {
	lines, err := in.lines()
	if err != nil {
		return nil, err
	}
	if _, err := s.view(ctx, a, slug, access.MemberInvite); err != nil {
		return nil, err
	}
	ok, wait, err := s.Limiter.Allow(ctx, "spaces.invite_list", a.Account.String(), listsPerHour, time.Hour)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.New(fault.TooMany, "spaces.list.too_many", "minutes", int(wait.Minutes())+1)
	}
	leaves := s.Clock.Now()
	if in.At.After(leaves) {
		leaves = in.At
	}
	for some := range slices.Chunk(lines, invitedAtOnce) {
		next := leaves
		var checked []Checked
		err := s.DB.Write(ctx, func(tx *db.Tx) error {
			leaves = next
			v, err := s.lock(ctx, tx, a, slug, access.MemberInvite)
			if err != nil {
				return err
			}
			if err := groupOf(ctx, tx, v.Space.ID, in.Group); err != nil {
				return err
			}
			if checked, err = s.check(ctx, tx, v.Space.ID, some, in.Role); err != nil {
				return err
			}
			for _, c := range checked {
				if !c.invited() {
					continue
				}
				inv := Invitation{ID: id.New(), Space: v.Space.ID, Email: c.Email, Role: in.Role, Group: in.Group, Word: strings.TrimSpace(in.Word), AccessEnds: in.AccessEnds, Inviter: a.Account, InviterName: a.Name}
				if err := s.send(ctx, tx, v.Space, inv, leaves); err != nil {
					return err
				}
				leaves = leaves.Add(pace)
				if err := s.Outbox.Append(ctx, tx, a, activity.Event{Kind: EventInvited, Space: v.Space.ID, Detail: in.Role.String()}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return out, err
		}
		out = append(out, checked...)
	}
	return out, nil
}

// lines reads the list.
func (in Bulk) lines() ([]listed, error) {
	lines := readList(in.List)
	switch {
	case len(lines) == 0:
		return nil, fault.InvalidFields(fault.Field{Name: fieldList, Key: "spaces.list.none"})
	case len(lines) > maxListed:
		return nil, fault.InvalidFields(fault.Field{Name: fieldList, Key: "spaces.list.many", Args: []any{"max", maxListed, "count", len(lines)}})
	case utf8.RuneCountInString(strings.TrimSpace(in.Word)) > maxWord:
		return nil, fault.InvalidFields(fault.Field{Name: "word", Key: "spaces.too_long", Args: []any{"max", maxWord}})
	}
	return lines, nil
}

// check weighs the lines of a list, in a number of queries that does not grow with them
// but by the hundreds.
func (s *Spaces) check(ctx context.Context, tx *db.Tx, in id.ID, lines []listed, role space.Role) ([]Checked, error) {
	type known struct {
		class account.Class
		role  int
	}
	accounts, waiting := map[string]known{}, map[string]bool{}
	for some := range slices.Chunk(lines, lookedUp) {
		var keys []string
		for _, l := range some {
			if l.Fault == "" {
				keys = append(keys, l.Key)
			}
		}
		query, args, err := db.In(db.NewBuilder().Add(`SELECT a.email_key, a.class, COALESCE(m.role, 0) FROM accounts a
			LEFT JOIN memberships m ON m.account_id = a.id AND m.space_id = ? WHERE a.email_key IN `, in), keys).Build()
		if err != nil {
			return nil, err
		}
		err = tx.All(ctx, func(rows *sql.Rows) error {
			var key string
			var k known
			err := rows.Scan(&key, &k.class, &k.role)
			accounts[key] = k
			return err
		}, query, args...)
		if err != nil {
			return nil, fmt.Errorf("looking up who is listed: %w", err)
		}
		query, args, err = db.In(db.NewBuilder().Add(`SELECT email_key FROM invitations WHERE space_id = ? AND used_at = 0 AND revoked_at = 0 AND expires_at > ? AND email_key IN `,
			in, clock.Millis(s.Clock.Now())), keys).Build()
		if err != nil {
			return nil, err
		}
		err = tx.All(ctx, func(rows *sql.Rows) error {
			var key string
			err := rows.Scan(&key)
			waiting[key] = true
			return err
		}, query, args...)
		if err != nil {
			return nil, fmt.Errorf("looking up who is invited: %w", err)
		}
	}
	out := make([]Checked, 0, len(lines))
	for _, l := range lines {
		c := Checked{listed: l, Fate: Unknown}
		if l.Fault != "" {
			c.Fate = Refused
			out = append(out, c)
			continue
		}
		class := s.ClassOf(l.Email)
		k, has := accounts[l.Key]
		if has {
			c.Fate, class = Known, k.class
		}
		c.External = class == account.External
		switch {
		case k.role != 0:
			c.Fate = Member
		case mayHold(class, role) != nil:
			c.Fate, c.Fault = Refused, "spaces.external_lead"
		case waiting[l.Key]:
			c.Fate = Waiting
		}
		out = append(out, c)
	}
	return out, nil
}
