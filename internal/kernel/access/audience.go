package access

import (
	"context"
	"database/sql"
	"fmt"

	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Entry is one choice of who reads a restricted node: a group of the space, or
// one of its members. One of the two is set.
type Entry struct {
	Group   id.ID
	Account id.ID
}

// MaxEntries bounds the choices of one audience.
const MaxEntries = 200

// NewAudience makes the audience of a node that becomes restricted, within the
// audience of the node above it, zero for the whole space. The caller holds the
// space's lock and then moves the node and what lies under it.
//
// fault.Invalid where an entry is no group and no member of the space.
func NewAudience(ctx context.Context, tx *db.Tx, space, parent id.ID, entries []Entry) (id.ID, error) {
	audience := id.New()
	_, err := tx.Exec(ctx, `INSERT INTO audiences (id, space_id, parent_id) VALUES ($1, $2, $3)`, audience, space, parent)
	if err != nil {
		return id.ID{}, fmt.Errorf("making an audience: %w", err)
	}
	return audience, SetEntries(ctx, tx, space, audience, entries)
}

// SetEntries replaces the choices of an audience and resolves it, with those
// that lie under it.
func SetEntries(ctx context.Context, tx *db.Tx, space, audience id.ID, entries []Entry) error {
	if len(entries) > MaxEntries {
		return fault.New(fault.Invalid, "access.entries.many", "max", MaxEntries)
	}
	if err := checkEntries(ctx, tx, space, entries); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM audience_entries WHERE audience_id = $1`, audience); err != nil {
		return fmt.Errorf("changing an audience: %w", err)
	}
	if len(entries) > 0 {
		b := db.NewBuilder().Add(`INSERT INTO audience_entries (audience_id, space_id, group_id, account_id) VALUES `)
		seen := map[Entry]bool{}
		for _, e := range entries {
			if seen[e] {
				continue
			}
			if len(seen) > 0 {
				b.Add(`, `)
			}
			seen[e] = true
			b.Add(`(?, ?, ?, ?)`, audience, space, e.Group, e.Account)
		}
		query, args, err := b.Build()
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return fmt.Errorf("changing an audience: %w", err)
		}
	}
	return resolve(ctx, tx, []id.ID{audience}, id.ID{})
}

// checkEntries refuses what is no group and no member of the space, so that an
// entry tells nothing of another space.
func checkEntries(ctx context.Context, tx *db.Tx, space id.ID, entries []Entry) error {
	groups, members := map[id.ID]bool{}, map[id.ID]bool{}
	for _, e := range entries {
		switch {
		case e.Group.IsZero() == e.Account.IsZero():
			return fault.New(fault.Invalid, "access.entry.unknown")
		case e.Account.IsZero():
			groups[e.Group] = true
		default:
			members[e.Account] = true
		}
	}
	for table, wanted := range map[string]map[id.ID]bool{
		`SELECT COUNT(*) FROM space_groups WHERE space_id = ? AND id IN `: groups, `SELECT COUNT(*) FROM memberships WHERE space_id = ? AND account_id IN `: members,
	} {
		if len(wanted) == 0 {
			continue
		}
		ids := make([]id.ID, 0, len(wanted))
		for i := range wanted {
			ids = append(ids, i)
		}
		query, args, err := db.In(db.NewBuilder().Add(table, space), ids).Build()
		if err != nil {
			return err
		}
		var found int
		if err := tx.QueryRow(ctx, query, args...).Scan(&found); err != nil {
			return fmt.Errorf("checking an audience: %w", err)
		}
		if found != len(ids) {
			return fault.New(fault.Invalid, "access.entry.unknown")
		}
	}
	return nil
}

// Entries lists the choices of an audience, groups first, in human order, with
// the names to show.
func Entries(ctx context.Context, tx *db.Tx, audience id.ID) (entries []Entry, names []string, err error) {
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var e Entry
		var name string
		err := rows.Scan(&e.Group, &e.Account, &name)
		entries, names = append(entries, e), append(names, name)
		return err
	}, `SELECT e.group_id, e.account_id, COALESCE(g.name, a.name) FROM audience_entries e
		LEFT JOIN space_groups g ON g.id = e.group_id LEFT JOIN accounts a ON a.id = e.account_id
		WHERE e.audience_id = $1 ORDER BY CASE WHEN e.group_id IS NULL THEN 1 ELSE 0 END, COALESCE(g.name_key, a.name_key), COALESCE(e.group_id, e.account_id)`, audience)
	if err != nil {
		return nil, nil, fmt.Errorf("reading an audience: %w", err)
	}
	return entries, names, nil
}

// Nest puts audiences under another one, zero for the whole space, and resolves
// them: what lies under a restricted node is never read by more than it is.
func Nest(ctx context.Context, tx *db.Tx, audiences []id.ID, parent id.ID) error {
	if len(audiences) == 0 {
		return nil
	}
	query, args, err := db.In(db.NewBuilder().Add(`UPDATE audiences SET parent_id = ? WHERE id IN `, parent), audiences).Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("nesting an audience: %w", err)
	}
	return resolve(ctx, tx, audiences, id.ID{})
}

// Dissolve removes the audience of a node that is restricted no more. The caller
// has moved all items out of it and nested elsewhere what lay under it.
func Dissolve(ctx context.Context, tx *db.Tx, audience id.ID) error {
	for _, statement := range []string{
		`DELETE FROM audience_readers WHERE audience_id = $1`, `DELETE FROM audience_entries WHERE audience_id = $1`,
		`DELETE FROM scopes WHERE audience_id = $1`, `DELETE FROM audiences WHERE id = $1`,
	} {
		if _, err := tx.Exec(ctx, statement, audience); err != nil {
			return fmt.Errorf("dissolving an audience: %w", err)
		}
	}
	return nil
}

// resolve writes anew the readers of audiences and of all that lie under them,
// or only whether one account is among them.
//
// Someone reads an audience when each audience from it up to the top of its
// chain names them: there is none that doesn't. The chain is walked by the
// database; two statements do it for any number of audiences.
func resolve(ctx context.Context, tx *db.Tx, audiences []id.ID, account id.ID) error {
	if len(audiences) == 0 {
		return nil
	}
	b := below(db.NewBuilder(), audiences).Add(`DELETE FROM audience_readers WHERE audience_id IN (SELECT id FROM below)`)
	if !account.IsZero() {
		b.Add(` AND account_id = ?`, account)
	}
	if err := run(ctx, tx, b); err != nil {
		return fmt.Errorf("resolving an audience: %w", err)
	}
	b = below(db.NewBuilder(), audiences).Add(`, chain(audience_id, node_id) AS (
			SELECT id, id FROM below
			UNION ALL SELECT c.audience_id, a.parent_id FROM chain c JOIN audiences a ON a.id = c.node_id WHERE a.parent_id IS NOT NULL),
		named(audience_id, account_id) AS (
			SELECT e.audience_id, e.account_id FROM below b CROSS JOIN audience_entries e WHERE e.audience_id = b.id AND e.account_id IS NOT NULL
			UNION SELECT e.audience_id, g.account_id FROM below b CROSS JOIN audience_entries e CROSS JOIN group_members g
				WHERE e.audience_id = b.id AND e.group_id IS NOT NULL AND g.group_id = e.group_id)
		INSERT INTO audience_readers (audience_id, account_id)
		SELECT n.audience_id, n.account_id FROM named n WHERE NOT EXISTS (
			SELECT 1 FROM chain c WHERE c.audience_id = n.audience_id
			AND NOT EXISTS (SELECT 1 FROM audience_entries e WHERE e.audience_id = c.node_id AND e.account_id = n.account_id)
			AND NOT EXISTS (SELECT 1 FROM audience_entries e CROSS JOIN group_members g
				WHERE e.audience_id = c.node_id AND e.group_id IS NOT NULL AND g.group_id = e.group_id AND g.account_id = n.account_id))`)
	if !account.IsZero() {
		b.Add(` AND n.account_id = ?`, account)
	}
	if err := run(ctx, tx, b); err != nil {
		return fmt.Errorf("resolving an audience: %w", err)
	}
	return nil
}

// below opens a statement over audiences and all that lie under them. CROSS JOIN has
// SQLite walk down, instead of going through every audience.
func below(b *db.Builder, audiences []id.ID) *db.Builder {
	b.Add(`WITH RECURSIVE below(id) AS (SELECT id FROM audiences WHERE id IN `)
	return db.In(b, audiences).Add(` UNION SELECT a.id FROM below b CROSS JOIN audiences a WHERE a.parent_id = b.id)`)
}

func run(ctx context.Context, tx *db.Tx, b *db.Builder) error {
	query, args, err := b.Build()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, query, args...)
	return err
}
