package people

import (
	"context"

	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// tell appends what happened to an account.
func (p *People) tell(ctx context.Context, tx *db.Tx, a actor.Actor, kind activity.Kind, who id.ID, detail string) error {
	return p.Outbox.Append(ctx, tx, a, activity.Event{Kind: kind, Subject: who, Detail: detail})
}
