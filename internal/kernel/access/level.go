package access

import (
	"context"
	"database/sql"
	"fmt"

	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Granted is what each role may do in a service that is on in a space.
type Granted struct {
	Service int
	Levels
}

// LevelsIn lists what each role may do in the services of a space, in the order of
// its tabs, without the first page.
func LevelsIn(ctx context.Context, tx *db.Tx, spaceID id.ID) (out []Granted, err error) {
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var g Granted
		err := rows.Scan(&g.Service, &g.Visitor, &g.Reader, &g.Contributor)
		out = append(out, g)
		return err
	}, `SELECT service, visitor_level, reader_level, contributor_level FROM space_services WHERE space_id = $1 AND service <> $2 ORDER BY position, service`, spaceID, Home)
	if err != nil {
		return nil, fmt.Errorf("reading levels: %w", err)
	}
	return out, nil
}

// SetLevels changes what each role may do in a service of a space. fault.Invalid where
// a role would do less than the one before it, a visitor more than read, or for the
// first page, which stays as it is; fault.NotFound for a service that is off. The
// caller holds the space's lock.
func SetLevels(ctx context.Context, tx *db.Tx, spaceID id.ID, g Granted) error {
	if g.Service == Home || g.Visitor < None || g.Visitor > Read || g.Contributor > Manage {
		return fault.New(fault.Invalid, "access.levels.refused")
	}
	if g.Visitor > g.Reader || g.Reader > g.Contributor {
		return fault.New(fault.Invalid, "access.levels.order")
	}
	n, err := tx.Exec(ctx, `UPDATE space_services SET visitor_level = $1, reader_level = $2, contributor_level = $3 WHERE space_id = $4 AND service = $5`,
		int(g.Visitor), int(g.Reader), int(g.Contributor), spaceID, g.Service)
	if err != nil {
		return fmt.Errorf("changing levels: %w", err)
	}
	if n == 0 {
		return fault.NotFoundError()
	}
	return Derive(ctx, tx, spaceID)
}

// Overrides are the levels that a member has instead of their role's, by service.
func Overrides(ctx context.Context, tx *db.Tx, spaceID, member id.ID) (map[int]Level, error) {
	out := map[int]Level{}
	err := tx.All(ctx, func(rows *sql.Rows) error {
		var service int
		var level Level
		err := rows.Scan(&service, &level)
		out[service] = level
		return err
	}, `SELECT service, level FROM member_levels WHERE space_id = $1 AND account_id = $2`, spaceID, member)
	if err != nil {
		return nil, fmt.Errorf("reading overrides: %w", err)
	}
	return out, nil
}
