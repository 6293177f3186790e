package access

import (
	"context"
	"database/sql"
	"fmt"

	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// EventChanged says that the rights in a space changed: of the account that the
// event is about, or of any. Open pages of the space ask again what they may show.
const EventChanged activity.Kind = "access.changed"

// SetRole changes a member's role, as space.SetRole does. A lead manages
// everything: the overrides of who becomes one are gone.
func SetRole(ctx context.Context, tx *db.Tx, spaceID, member id.ID, role space.Role) error {
	if err := space.SetRole(ctx, tx, spaceID, member, role); err != nil {
		return err
	}
	if role == space.Lead {
		if _, err := tx.Exec(ctx, `DELETE FROM member_levels WHERE space_id = $1 AND account_id = $2`, spaceID, member); err != nil {
			return fmt.Errorf("ending overrides: %w", err)
		}
		if err := override(ctx, tx, spaceID, member); err != nil {
			return err
		}
	}
	return Changed(ctx, tx, spaceID)
}

// Leave removes a member with all that their membership gave: groups, audiences,
// overrides. The last lead can't leave: fault.Invalid.
func Leave(ctx context.Context, tx *db.Tx, spaceID, member id.ID) error {
	for _, statement := range []string{
		`DELETE FROM audience_readers WHERE account_id = $1 AND audience_id IN (SELECT id FROM audiences WHERE space_id = $2)`,
		`DELETE FROM audience_entries WHERE account_id = $1 AND space_id = $2`,
		`DELETE FROM group_members WHERE account_id = $1 AND space_id = $2`,
		`DELETE FROM member_levels WHERE account_id = $1 AND space_id = $2`,
	} {
		if _, err := tx.Exec(ctx, statement, member, spaceID); err != nil {
			return fmt.Errorf("leaving a space: %w", err)
		}
	}
	if err := space.Leave(ctx, tx, spaceID, member); err != nil {
		return err
	}
	return Changed(ctx, tx, spaceID)
}

// SetLevel gives one member a level in one service, whatever their role's is.
// The first page of a space is not to be withheld, and a lead manages
// everything: fault.Invalid. fault.NotFound for who is no member, and for a
// service that is off.
func SetLevel(ctx context.Context, tx *db.Tx, spaceID, member id.ID, service int, level Level) error {
	if service == Home || level < None || level > Manage {
		return fault.New(fault.Invalid, "access.override.refused")
	}
	var role space.Role
	err := tx.QueryRow(ctx, `SELECT m.role FROM memberships m JOIN space_services sv ON sv.space_id = m.space_id AND sv.service = $1
		WHERE m.space_id = $2 AND m.account_id = $3`, service, spaceID, member).Scan(&role)
	switch {
	case db.IsNoRows(err):
		return fault.NotFoundError()
	case err != nil:
		return fmt.Errorf("overriding a level: %w", err)
	case role == space.Lead:
		return fault.New(fault.Invalid, "access.override.refused")
	}
	_, err = tx.Exec(ctx, `INSERT INTO member_levels (account_id, space_id, service, level) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id, space_id, service) DO UPDATE SET level = excluded.level`, member, spaceID, service, int(level))
	if err != nil {
		return fmt.Errorf("overriding a level: %w", err)
	}
	return override(ctx, tx, spaceID, member)
}

// ClearLevel gives a member back the level of their role in a service.
func ClearLevel(ctx context.Context, tx *db.Tx, spaceID, member id.ID, service int) error {
	_, err := tx.Exec(ctx, `DELETE FROM member_levels WHERE space_id = $1 AND account_id = $2 AND service = $3`, spaceID, member, service)
	if err != nil {
		return fmt.Errorf("ending an override: %w", err)
	}
	return override(ctx, tx, spaceID, member)
}

// override writes anew the bitmaps that the overrides of a member give, of every
// member when none is named, and marks the change.
func override(ctx context.Context, tx *db.Tx, spaceID, member id.ID) error {
	bits := func(test string) string {
		return `CAST(COALESCE((SELECT SUM(CAST(1 AS BIGINT) << ml.service) FROM member_levels ml
			JOIN space_services sv ON sv.space_id = ml.space_id AND sv.service = ml.service
			WHERE ml.account_id = memberships.account_id AND ml.space_id = memberships.space_id AND ml.level ` + test + `), 0) AS BIGINT)`
	}
	b := db.NewBuilder().Add(`UPDATE memberships SET plus = `+bits(`>= 1`)+`, minus = `+bits(`= 0`)+` WHERE space_id = ?`, spaceID)
	if !member.IsZero() {
		b.Add(` AND account_id = ?`, member)
	} else {
		// Whoever has no override has no bitmap: they are written together.
		b.Add(` AND account_id IN (SELECT account_id FROM member_levels WHERE space_id = ?)`, spaceID)
	}
	if err := run(ctx, tx, b); err != nil {
		return fmt.Errorf("deriving overrides: %w", err)
	}
	return Changed(ctx, tx, spaceID)
}

// AddToGroup makes members of a space members of one of its groups, and readers
// of what the group reads.
func AddToGroup(ctx context.Context, tx *db.Tx, spaceID, group id.ID, members ...id.ID) error {
	if err := space.AddToGroup(ctx, tx, spaceID, group, members...); err != nil {
		return err
	}
	return regroup(ctx, tx, spaceID, group)
}

// RemoveFromGroup takes a member out of a group, and out of what only the group
// let them read.
func RemoveFromGroup(ctx context.Context, tx *db.Tx, spaceID, group, member id.ID) error {
	if err := space.RemoveFromGroup(ctx, tx, spaceID, group, member); err != nil {
		return err
	}
	return regroup(ctx, tx, spaceID, group)
}

// DeleteGroup removes a group. What it alone read is the leads' from then on:
// nothing opens by it.
func DeleteGroup(ctx context.Context, tx *db.Tx, spaceID, group id.ID) error {
	affected, err := audiencesOf(ctx, tx, group)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM audience_entries WHERE group_id = $1 AND space_id = $2`, group, spaceID); err != nil {
		return fmt.Errorf("deleting a group: %w", err)
	}
	if err := space.DeleteGroup(ctx, tx, spaceID, group); err != nil {
		return err
	}
	if err := resolve(ctx, tx, affected, id.ID{}); err != nil {
		return err
	}
	return Changed(ctx, tx, spaceID)
}

// Reserved counts the contents of a space that are restricted to a group, alone or
// with others.
func Reserved(ctx context.Context, tx *db.Tx, spaceID, group id.ID) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM audience_entries WHERE group_id = $1 AND space_id = $2`, group, spaceID).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting what a group reads: %w", err)
	}
	return n, nil
}

// regroup resolves the audiences that name a group.
func regroup(ctx context.Context, tx *db.Tx, spaceID, group id.ID) error {
	affected, err := audiencesOf(ctx, tx, group)
	if err != nil {
		return err
	}
	if err := resolve(ctx, tx, affected, id.ID{}); err != nil {
		return err
	}
	return Changed(ctx, tx, spaceID)
}

func audiencesOf(ctx context.Context, tx *db.Tx, group id.ID) (out []id.ID, err error) {
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var audience id.ID
		err := rows.Scan(&audience)
		out = append(out, audience)
		return err
	}, `SELECT audience_id FROM audience_entries WHERE group_id = $1`, group)
	if err != nil {
		return nil, fmt.Errorf("reading the audiences of a group: %w", err)
	}
	return out, nil
}
