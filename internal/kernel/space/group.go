package space

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"ruche/internal/kernel/account"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// MaxGroupName bounds the name of a group, in characters; MaxGroups the groups of a
// space.
const (
	MaxGroupName = 60
	MaxGroups    = 200
)

// Group is some members of a space under a name: "copil". It is mentioned,
// invited, and reads what is restricted to it.
type Group struct {
	ID      id.ID
	Space   id.ID
	Name    string
	Members int
}

// CreateGroup adds a group without members. The caller holds the space's lock.
// fault.Invalid names the field "name": empty, too long, or taken by another
// group of the space (accents and case do not tell two names apart); it has no
// field where the space has MaxGroups already.
func CreateGroup(ctx context.Context, tx *db.Tx, space id.ID, name string, now time.Time) (Group, error) {
	g := Group{ID: id.New(), Space: space}
	var err error
	if g.Name, err = groupName(name); err != nil {
		return Group{}, err
	}
	var others int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM space_groups WHERE space_id = $1`, space).Scan(&others); err != nil {
		return Group{}, fmt.Errorf("making a group: %w", err)
	}
	if others >= MaxGroups {
		return Group{}, fault.New(fault.Invalid, "space.group.many", "max", MaxGroups)
	}
	n, err := tx.Exec(ctx, `INSERT INTO space_groups (id, space_id, name, name_key, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (space_id, name_key) DO NOTHING`,
		g.ID, g.Space, g.Name, account.SortKey(g.Name), clock.Millis(now))
	if err != nil {
		return Group{}, fmt.Errorf("making a group: %w", err)
	}
	if n == 0 {
		return Group{}, fault.InvalidFields(fault.Field{Name: "name", Key: "space.group.taken"})
	}
	return g, nil
}

func groupName(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "", fault.InvalidFields(fault.Field{Name: "name", Key: "space.group.empty"})
	case n > MaxGroupName:
		return "", fault.InvalidFields(fault.Field{Name: "name", Key: "space.group.long", Args: []any{"max", MaxGroupName}})
	}
	return name, nil
}

// RenameGroup changes the name of a group, under the same conditions;
// fault.NotFound where the space has no such group.
func RenameGroup(ctx context.Context, tx *db.Tx, space, group id.ID, name string) error {
	name, err := groupName(name)
	if err != nil {
		return err
	}
	key := account.SortKey(name)
	var taken int
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM space_groups WHERE space_id = $1 AND name_key = $2 AND id <> $3`, space, key, group).Scan(&taken)
	if err != nil {
		return fmt.Errorf("renaming a group: %w", err)
	}
	if taken > 0 {
		return fault.InvalidFields(fault.Field{Name: "name", Key: "space.group.taken"})
	}
	n, err := tx.Exec(ctx, `UPDATE space_groups SET name = $1, name_key = $2 WHERE id = $3 AND space_id = $4`, name, key, group, space)
	if err != nil {
		return fmt.Errorf("renaming a group: %w", err)
	}
	return found(n)
}

// AddToGroup makes members of the space members of a group. Whoever is already
// in it stays. fault.NotFound where one of them is no member of the space, or
// the space has no such group; nothing is then added.
//
// It changes what the group reads: call it through access.
func AddToGroup(ctx context.Context, tx *db.Tx, space, group id.ID, members ...id.ID) error {
	if len(members) == 0 {
		return nil
	}
	query, args, err := db.In(db.NewBuilder().Add(`INSERT INTO group_members (group_id, account_id, space_id)
		SELECT g.id, m.account_id, g.space_id FROM space_groups g JOIN memberships m ON m.space_id = g.space_id
		WHERE g.id = ? AND g.space_id = ? AND m.account_id IN `, group, space), members).
		Add(` ON CONFLICT (group_id, account_id) DO NOTHING`).Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("adding to a group: %w", err)
	}
	distinct := map[id.ID]bool{}
	for _, m := range members {
		distinct[m] = true
	}
	query, args, err = db.In(db.NewBuilder().Add(`SELECT COUNT(*) FROM group_members WHERE group_id = ? AND space_id = ? AND account_id IN `, group, space), members).Build()
	if err != nil {
		return err
	}
	var in int
	if err := tx.QueryRow(ctx, query, args...).Scan(&in); err != nil {
		return fmt.Errorf("adding to a group: %w", err)
	}
	if in != len(distinct) {
		return fault.NotFoundError()
	}
	return nil
}

// RemoveFromGroup takes a member out of a group; fault.NotFound where they are
// not in it. It changes what they read: call it through access.
func RemoveFromGroup(ctx context.Context, tx *db.Tx, space, group, member id.ID) error {
	n, err := tx.Exec(ctx, `DELETE FROM group_members WHERE group_id = $1 AND space_id = $2 AND account_id = $3`, group, space, member)
	if err != nil {
		return fmt.Errorf("removing from a group: %w", err)
	}
	return found(n)
}

// DeleteGroup removes a group that no audience names any more; fault.NotFound
// where the space has none such. Call it through access.
func DeleteGroup(ctx context.Context, tx *db.Tx, space, group id.ID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM group_members WHERE group_id = $1 AND space_id = $2`, group, space); err != nil {
		return fmt.Errorf("deleting a group: %w", err)
	}
	n, err := tx.Exec(ctx, `DELETE FROM space_groups WHERE id = $1 AND space_id = $2`, group, space)
	if err != nil {
		return fmt.Errorf("deleting a group: %w", err)
	}
	return found(n)
}

func found(n int64) error {
	if n == 0 {
		return fault.NotFoundError()
	}
	return nil
}

// Groups lists the groups of a space in human order.
func Groups(ctx context.Context, tx *db.Tx, space id.ID) (out []Group, err error) {
	err = tx.All(ctx, func(rows *sql.Rows) error {
		g := Group{Space: space}
		err := rows.Scan(&g.ID, &g.Name, &g.Members)
		out = append(out, g)
		return err
	}, `SELECT g.id, g.name, (SELECT COUNT(*) FROM group_members gm WHERE gm.group_id = g.id) FROM space_groups g
		WHERE g.space_id = $1 ORDER BY g.name_key, g.id LIMIT $2`, space, MaxGroups)
	if err != nil {
		return nil, fmt.Errorf("listing groups: %w", err)
	}
	return out, nil
}

// GroupByID reads a group; fault.NotFound where the space has none such.
func GroupByID(ctx context.Context, tx *db.Tx, space, group id.ID) (Group, error) {
	g := Group{Space: space}
	err := tx.QueryRow(ctx, `SELECT g.id, g.name, (SELECT COUNT(*) FROM group_members gm WHERE gm.group_id = g.id) FROM space_groups g
		WHERE g.space_id = $1 AND g.id = $2`, space, group).Scan(&g.ID, &g.Name, &g.Members)
	if db.IsNoRows(err) {
		return g, fault.NotFoundError()
	}
	if err != nil {
		return g, fmt.Errorf("reading a group: %w", err)
	}
	return g, nil
}

// GroupMembers is Members of a group.
func GroupMembers(ctx context.Context, tx *db.Tx, group id.ID, after MemberCursor, limit int) (out []Member, next *MemberCursor, err error) {
	return members(ctx, tx, db.NewBuilder().Add(memberColumns+` FROM group_members g JOIN memberships m ON m.space_id = g.space_id AND m.account_id = g.account_id
		JOIN accounts a ON a.id = m.account_id WHERE g.group_id = ?`, group), after, limit)
}
