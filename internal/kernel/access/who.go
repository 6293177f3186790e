package access

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Reader is a member of a space who may read an item of it.
type Reader struct {
	Account      id.ID
	Name         string
	Organisation string
	Class        account.Class
	Hue          int
	Role         space.Role
}

// whoBatch bounds how many members one step of Who looks at: PostgreSQL would
// weigh every member of the space before it sorts them.
const whoBatch = 200

// Who lists members of its space who may read an item at an instant, by account,
// from the one after the cursor; next is zero at the end, and a step may find
// nobody before it. Suspended and expired accounts read nothing and are left
// out. The agents who visit a public space without being members are not listed:
// Audience counts them apart.
func Who(ctx context.Context, tx *db.Tx, item id.ID, now time.Time, after id.ID) (out []Reader, next id.ID, err error) {
	b := db.NewBuilder().Add(`SELECT x.id, x.name, x.organisation, x.class, x.hue, m.role,
		CASE WHEN x.state = 'active' AND (x.expires_at = 0 OR x.expires_at > ?) AND `+rule("i", agency("x"), true)+` THEN 1 ELSE 0 END
		FROM items i CROSS JOIN space_access sa CROSS JOIN memberships m CROSS JOIN accounts x
		WHERE i.id = ? AND sa.space_id = i.space_id AND m.space_id = (SELECT space_id FROM items WHERE id = ?) AND x.id = m.account_id`, clock.Millis(now), item, item)
	if !after.IsZero() {
		b.Add(` AND m.account_id > ?`, after)
	}
	b.Add(` ORDER BY m.account_id LIMIT ?`, whoBatch)
	return readers(ctx, tx, b)
}

func readers(ctx context.Context, tx *db.Tx, b *db.Builder) (out []Reader, next id.ID, err error) {
	query, args, err := b.Build()
	if err != nil {
		return nil, id.ID{}, err
	}
	seen := 0
	out = make([]Reader, 0, whoBatch)
	// What rows are read through is made once, and of types that are read without reflection.
	var r Reader
	var class string
	var hue, role, reads int64
	into := []any{&r.Account, &r.Name, &r.Organisation, &class, &hue, &role, &reads}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if seen++; bytes.Compare(r.Account[:], next[:]) > 0 {
			next = r.Account
		}
		if r.Class, r.Hue, r.Role = account.Class(class), int(hue), space.Role(role); reads == 1 {
			out = append(out, r)
		}
		return nil
	}, query, args...)
	if err != nil {
		return nil, id.ID{}, fmt.Errorf("listing readers: %w", err)
	}
	// They are put in order here: a database would carry their names through its sort.
	slices.SortFunc(out, func(x, y Reader) int { return bytes.Compare(x.Account[:], y.Account[:]) })
	if seen < whoBatch {
		next = id.ID{}
	}
	return out, next, nil
}

// CountReaders counts the members who may read an item at an instant, and how
// many of them are externals. Whether every agent reads it as a visitor too is
// in visitors.
func CountReaders(ctx context.Context, tx *db.Tx, item id.ID, now time.Time) (members, externals int, visitors bool, err error) {
	// CROSS JOIN has SQLite go from the item to its members.
	b := db.NewBuilder().Add(`SELECT COUNT(*), COALESCE(SUM(CASE x.class WHEN 'external' THEN 1 ELSE 0 END), 0)
		FROM items i CROSS JOIN space_access sa CROSS JOIN memberships m CROSS JOIN accounts x
		WHERE i.id = ? AND sa.space_id = i.space_id AND m.space_id = i.space_id AND x.id = m.account_id
		AND x.state = 'active' AND (x.expires_at = 0 OR x.expires_at > ?) AND `+rule("i", agency("x"), true), item, clock.Millis(now))
	query, args, err := b.Build()
	if err != nil {
		return 0, 0, false, err
	}
	if err := tx.QueryRow(ctx, query, args...).Scan(&members, &externals); err != nil {
		return 0, 0, false, fmt.Errorf("counting readers: %w", err)
	}
	var open int
	err = tx.QueryRow(ctx, `SELECT (sa.visitor_mask >> i.service) & 1 FROM items i JOIN space_access sa ON sa.space_id = i.space_id
		WHERE i.id = $1 AND i.audience_id IS NULL AND i.state IN (2, 3)`, item).Scan(&open)
	if err != nil && !db.IsNoRows(err) {
		return 0, 0, false, fmt.Errorf("counting readers: %w", err)
	}
	return members, externals, open == 1, nil
}

// CountScopeReaders counts the members who read what is published in a scope, and how
// many of them are externals.
func CountScopeReaders(ctx context.Context, tx *db.Tx, scope ScopeID, now time.Time) (members, externals int, err error) {
	b := db.NewBuilder().Add(`SELECT COUNT(*), COALESCE(SUM(CASE x.class WHEN 'external' THEN 1 ELSE 0 END), 0)
		FROM scopes i CROSS JOIN space_access sa CROSS JOIN memberships m CROSS JOIN accounts x
		WHERE i.id = ? AND sa.space_id = i.space_id AND m.space_id = i.space_id AND x.id = m.account_id
		AND x.state = 'active' AND (x.expires_at = 0 OR x.expires_at > ?) AND `+rule("i", agency("x"), false), int64(scope), clock.Millis(now))
	query, args, err := b.Build()
	if err != nil {
		return 0, 0, err
	}
	if err := tx.QueryRow(ctx, query, args...).Scan(&members, &externals); err != nil {
		return 0, 0, fmt.Errorf("counting readers: %w", err)
	}
	return members, externals, nil
}

// Reason says why someone reads an item, or why not.
type Reason struct {
	// Readable is what the predicate answers.
	Readable bool
	// Role is the person's in the space; Level is what it gives in the service,
	// Override what a lead gave instead, if any.
	Role     space.Role
	Level    Level
	Override *Level
	// Visitor: every agent reads the service, the space being public.
	Visitor bool
	// Restricted: the item has an audience; Named are the entries of it, groups
	// by their name and empty for the person themself, that name this person.
	Restricted bool
	Named      []string
	// Author: the item is theirs. Private: it is a draft, scheduled or in the
	// trash, so that its state closes it to others.
	Author, Private bool
}

// Why tells why an account reads an item. Whoever asks must be allowed to know:
// the caller checks it. fault.NotFound where there is no such item or account.
func Why(ctx context.Context, tx *db.Tx, item, member id.ID) (Reason, error) {
	query, args, err := db.NewBuilder().Add(`SELECT COALESCE(m.role, 0), COALESCE(sv.visitor_level, 0), COALESCE(sv.reader_level, 0), COALESCE(sv.contributor_level, 0), ml.level,
		CASE WHEN s.visibility = 'public' AND x.class = 'agent' THEN 1 ELSE 0 END, i.audience_id, CASE WHEN i.author_id = x.id THEN 1 ELSE 0 END, i.state,
		CASE WHEN `+rule("i", agency("x"), true)+` THEN 1 ELSE 0 END
		FROM items i JOIN spaces s ON s.id = i.space_id JOIN space_access sa ON sa.space_id = i.space_id JOIN accounts x ON x.id = ?
		LEFT JOIN memberships m ON m.space_id = i.space_id AND m.account_id = x.id
		LEFT JOIN space_services sv ON sv.space_id = i.space_id AND sv.service = i.service
		LEFT JOIN member_levels ml ON ml.space_id = i.space_id AND ml.service = i.service AND ml.account_id = m.account_id WHERE i.id = ?`, member, item).Build()
	if err != nil {
		return Reason{}, err
	}
	var r Reason
	var l Levels
	var visiting, author, state, readable int
	var audience id.ID
	err = tx.QueryRow(ctx, query, args...).Scan(&r.Role, &l.Visitor, &l.Reader, &l.Contributor, &r.Override, &visiting, &audience, &author, &state, &readable)
	if db.IsNoRows(err) {
		return Reason{}, fault.NotFoundError()
	}
	if err != nil {
		return Reason{}, fmt.Errorf("asking why: %w", err)
	}
	r.Readable, r.Level, r.Visitor = readable == 1, l.Of(r.Role), visiting == 1 && l.Visitor >= Read
	r.Restricted, r.Author, r.Private = !audience.IsZero(), author == 1, state != 2 && state != 3
	if !r.Restricted {
		return r, nil
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		r.Named = append(r.Named, name)
		return err
	}, `SELECT COALESCE(g.name, '') FROM audience_entries e LEFT JOIN space_groups g ON g.id = e.group_id
		WHERE e.audience_id = $1 AND (e.account_id = $2 OR EXISTS (SELECT 1 FROM group_members gm WHERE gm.group_id = e.group_id AND gm.account_id = $2))
		ORDER BY CASE WHEN e.group_id IS NULL THEN 0 ELSE 1 END, g.name_key, e.group_id`, audience, member)
	if err != nil {
		return Reason{}, fmt.Errorf("asking why: %w", err)
	}
	return r, nil
}
