package space

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ruche/internal/kernel/account"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Member is a person in a space.
type Member struct {
	Account      id.ID
	Name         string
	Email        string
	Organisation string
	Class        account.Class
	Hue          int
	Role         Role
	JoinedAt     time.Time
	ExpiresAt    time.Time // when the access of an external ends; zero never
	// Overrides is in how many services their level is not their role's.
	Overrides int
}

// Join makes a person a member with a role, or gives a member that role when it
// is a higher one: accepting an invitation never takes a right away. The caller
// holds the space's lock. It tells whether anything changed.
func Join(ctx context.Context, tx *db.Tx, space, member id.ID, role Role, now time.Time) (bool, error) {
	n, err := tx.Exec(ctx, `INSERT INTO memberships (account_id, space_id, role, plus, minus, joined_at) VALUES ($1, $2, $3, 0, 0, $4)
		ON CONFLICT (account_id, space_id) DO UPDATE SET role = excluded.role WHERE memberships.role < excluded.role`,
		member, space, int(role), clock.Millis(now))
	if err != nil {
		return false, fmt.Errorf("joining a space: %w", err)
	}
	return n == 1, nil
}

// SetRole changes a member's role. The caller holds the space's lock. The last
// lead keeps theirs: fault.Invalid. Someone who is no member: fault.NotFound.
func SetRole(ctx context.Context, tx *db.Tx, space, member id.ID, role Role) error {
	if err := keepsLead(ctx, tx, space, member, role); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `UPDATE memberships SET role = $1 WHERE space_id = $2 AND account_id = $3`, int(role), space, member)
	if err != nil {
		return fmt.Errorf("changing a role: %w", err)
	}
	if n == 0 {
		return fault.NotFoundError()
	}
	return nil
}

// Leave removes a member. The caller holds the space's lock. The last lead
// can't leave: fault.Invalid.
func Leave(ctx context.Context, tx *db.Tx, space, member id.ID) error {
	if err := keepsLead(ctx, tx, space, member, NoRole); err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `DELETE FROM memberships WHERE space_id = $1 AND account_id = $2`, space, member)
	if err != nil {
		return fmt.Errorf("leaving a space: %w", err)
	}
	if n == 0 {
		return fault.NotFoundError()
	}
	return nil
}

// keepsLead refuses a change after which the space would have no lead who can
// act: one who is suspended does not count.
func keepsLead(ctx context.Context, tx *db.Tx, space, member id.ID, becomes Role) error {
	if becomes == Lead {
		return nil
	}
	var others, isLead int
	err := tx.QueryRow(ctx, `SELECT COALESCE(SUM(CASE WHEN m.account_id <> $1 AND a.state = 'active' THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN m.account_id = $1 THEN 1 ELSE 0 END), 0)
		FROM memberships m JOIN accounts a ON a.id = m.account_id WHERE m.space_id = $2 AND m.role = 3`, member, space).Scan(&others, &isLead)
	if err != nil {
		return fmt.Errorf("counting leads: %w", err)
	}
	if isLead == 1 && others == 0 {
		return fault.New(fault.Invalid, "space.last_lead")
	}
	return nil
}

// MemberCursor is where a page of members begins: after this name and account.
type MemberCursor struct {
	NameKey []byte
	Account id.ID
}

// Members lists a space's members in human order, from the one after the cursor,
// whose zero value is the beginning; next is nil at the end.
func Members(ctx context.Context, tx *db.Tx, space id.ID, after MemberCursor, limit int) (out []Member, next *MemberCursor, err error) {
	return members(ctx, tx, db.NewBuilder().Add(memberColumns+` FROM memberships m JOIN accounts a ON a.id = m.account_id WHERE m.space_id = ?`, space), after, limit)
}

const memberColumns = `SELECT a.id, a.name, a.email, a.organisation, a.class, a.hue, m.role, m.joined_at, a.expires_at,
	(SELECT COUNT(*) FROM member_levels o WHERE o.account_id = m.account_id AND o.space_id = m.space_id), a.name_key`

// members reads a page of what a query lists.
func members(ctx context.Context, tx *db.Tx, b *db.Builder, after MemberCursor, limit int) (out []Member, next *MemberCursor, err error) {
	if !after.Account.IsZero() {
		b.Add(` AND (a.name_key, a.id) > (?, ?)`, after.NameKey, after.Account)
	}
	query, args, err := b.Add(` ORDER BY a.name_key, a.id LIMIT ?`, limit+1).Build()
	if err != nil {
		return nil, nil, err
	}
	var keys [][]byte
	err = tx.All(ctx, func(rows *sql.Rows) error {
		m, key, err := scanMember(rows)
		out, keys = append(out, m), append(keys, key)
		return err
	}, query, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("listing members: %w", err)
	}
	if len(out) > limit {
		out = out[:limit]
		next = &MemberCursor{NameKey: keys[limit-1], Account: out[limit-1].Account}
	}
	return out, next, nil
}

// Faces lists some members of a space, its leads first, and tells how many there are. It
// goes through none but those: every page of the space shows it. Past the leads, they are
// those whose accounts are the oldest.
func Faces(ctx context.Context, tx *db.Tx, space id.ID, limit int) (out []Member, total int, err error) {
	b := db.NewBuilder().Add(memberColumns+`, (SELECT COUNT(*) FROM memberships c WHERE c.space_id = ?) FROM (
		SELECT * FROM (SELECT m.account_id, m.space_id, m.role, m.joined_at FROM memberships m WHERE m.space_id = ? AND m.role = 3 ORDER BY m.account_id LIMIT ?) leads
		UNION ALL SELECT * FROM (SELECT m.account_id, m.space_id, m.role, m.joined_at FROM memberships m WHERE m.space_id = ? AND m.role <> 3 ORDER BY m.account_id LIMIT ?) others
		) m JOIN accounts a ON a.id = m.account_id ORDER BY m.role DESC, a.name_key, a.id LIMIT ?`, space, space, limit, space, limit, limit)
	query, args, err := b.Build()
	if err != nil {
		return nil, 0, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		m, _, err := scanMember(rows, &total)
		out = append(out, m)
		return err
	}, query, args...)
	if err != nil {
		return nil, 0, fmt.Errorf("listing some members: %w", err)
	}
	return out, total, nil
}

func scanMember(rows *sql.Rows, more ...any) (m Member, key []byte, err error) {
	var joined, expires int64
	err = rows.Scan(append([]any{&m.Account, &m.Name, &m.Email, &m.Organisation, &m.Class, &m.Hue, &m.Role, &joined, &expires, &m.Overrides, &key}, more...)...)
	m.JoinedAt, m.ExpiresAt = clock.FromMillis(joined), clock.FromMillis(expires)
	return m, key, err
}

// Named lists the members of a space whose name, or the end of it, begins with what
// is typed, in human order; of all when nothing is typed. Whoever is in the group
// without is left out, if there is one.
func Named(ctx context.Context, tx *db.Tx, space, without id.ID, typed string, limit int) (out []Member, more bool, err error) {
	b := db.NewBuilder().Add(memberColumns)
	if prefix := account.Fold(typed); prefix == "" {
		b.Add(` FROM memberships m JOIN accounts a ON a.id = m.account_id WHERE m.space_id = ?`, space)
	} else {
		b.Add(` FROM (SELECT DISTINCT account_id FROM name_words WHERE word >= ? AND word < ?) w
			JOIN memberships m ON m.account_id = w.account_id JOIN accounts a ON a.id = m.account_id WHERE m.space_id = ?`, prefix, prefix+"\U0010FFFF", space)
	}
	if !without.IsZero() {
		b.Add(` AND NOT EXISTS (SELECT 1 FROM group_members g WHERE g.group_id = ? AND g.account_id = m.account_id)`, without)
	}
	out, next, err := members(ctx, tx, b, MemberCursor{}, limit)
	return out, next != nil, err
}

// Some lists those of some accounts who are members of a space, in human order.
func Some(ctx context.Context, tx *db.Tx, space id.ID, accounts []id.ID) ([]Member, error) {
	if len(accounts) == 0 {
		return nil, nil
	}
	b := db.NewBuilder().Add(memberColumns+` FROM memberships m JOIN accounts a ON a.id = m.account_id WHERE m.space_id = ? AND m.account_id IN `, space)
	out, _, err := members(ctx, tx, db.In(b, accounts), MemberCursor{}, len(accounts))
	return out, err
}

// MemberByID reads one member; fault.NotFound for who is none.
func MemberByID(ctx context.Context, tx *db.Tx, space, member id.ID) (Member, error) {
	one, err := Some(ctx, tx, space, []id.ID{member})
	if err == nil && len(one) == 0 {
		err = fault.NotFoundError()
	}
	if err != nil {
		return Member{}, err
	}
	return one[0], nil
}

// Leads lists the leads of a space in human order, 20 at most.
func Leads(ctx context.Context, tx *db.Tx, space id.ID) ([]Member, error) {
	var out []Member
	err := tx.All(ctx, func(rows *sql.Rows) error {
		m := Member{Role: Lead}
		err := rows.Scan(&m.Account, &m.Name, &m.Email, &m.Organisation, &m.Class, &m.Hue)
		out = append(out, m)
		return err
	}, `SELECT a.id, a.name, a.email, a.organisation, a.class, a.hue FROM memberships m JOIN accounts a ON a.id = m.account_id
		WHERE m.space_id = $1 AND m.role = 3 ORDER BY a.name_key, a.id LIMIT 20`, space)
	return out, err
}

// Audience counts who reads what the whole space reads: its members, and how
// many of them are externals.
func Audience(ctx context.Context, tx *db.Tx, space id.ID) (members, externals int, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN a.class = 'external' THEN 1 ELSE 0 END), 0)
		FROM memberships m JOIN accounts a ON a.id = m.account_id WHERE m.space_id = $1`, space).Scan(&members, &externals)
	return members, externals, err
}
