package access

import (
	"context"
	"database/sql"
	"fmt"

	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
)

// Where lists the spaces in which the actor, as a member, may do something in a
// service, in human order.
func Where(ctx context.Context, tx *db.Tx, a actor.Actor, action Action, service, limit int) (out []space.Space, err error) {
	need, ok := Need(action)
	if !ok {
		return nil, nil
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		s, err := space.Scan(rows.Scan)
		out = append(out, s)
		return err
	}, `SELECT `+space.Columns+` FROM memberships m JOIN spaces s ON s.id = m.space_id JOIN space_services sv ON sv.space_id = s.id AND sv.service = $1
		LEFT JOIN member_levels ml ON ml.space_id = sv.space_id AND ml.service = sv.service AND ml.account_id = m.account_id
		WHERE m.account_id = $2 AND CASE WHEN m.role = 3 THEN 4 ELSE COALESCE(ml.level, CASE m.role WHEN 2 THEN sv.contributor_level ELSE sv.reader_level END) END >= $3
		ORDER BY s.name_key, s.id LIMIT $4`, service, a.Account, int(need), limit)
	if err != nil {
		return nil, fmt.Errorf("listing spaces: %w", err)
	}
	return out, nil
}
