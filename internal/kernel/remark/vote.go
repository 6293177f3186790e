package remark

import (
	"context"
	"database/sql"
	"fmt"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// EventVoted says that someone voted for an item, or took their vote back.
const EventVoted activity.Kind = "remark.voted"

// Ballot is how a service takes votes.
type Ballot struct {
	Service int
	// Budget is for how many of its published items one person may vote in one space at
	// the same time; 0 for any number. What is archived gives its votes back.
	Budget int
}

// Vote votes for an item, or takes the vote back when on is false; doing twice what is
// done is fine. It asks for the right to comment, of an item that is published.
// fault.NotFound for an item of another service; fault.Invalid past the budget, which
// is weighed under the lock of the space.
func (r *Remarks) Vote(ctx context.Context, a actor.Actor, itemID id.ID, ballot Ballot, on bool) error {
	now := r.clock.Now()
	return r.db.Write(ctx, func(tx *db.Tx) error {
		it, _, err := r.writable(ctx, tx, a, itemID, access.ItemVote)
		if err != nil {
			return err
		}
		if it.Service != ballot.Service {
			return fault.NotFoundError()
		}
		var n int64
		if on {
			n, err = tx.Exec(ctx, `INSERT INTO votes (item_id, account_id, at) VALUES ($1, $2, $3) ON CONFLICT (item_id, account_id) DO NOTHING`, it.ID, a.Account, clock.Millis(now))
		} else {
			n, err = tx.Exec(ctx, `DELETE FROM votes WHERE item_id = $1 AND account_id = $2`, it.ID, a.Account)
		}
		if err != nil {
			return fmt.Errorf("voting: %w", err)
		}
		if n == 0 {
			return nil
		}
		if on && ballot.Budget > 0 {
			spent, err := Spent(ctx, tx, a, it.Space, it.Service)
			if err != nil {
				return err
			}
			if spent > ballot.Budget {
				return fault.New(fault.Invalid, "remark.votes.spent", "max", ballot.Budget)
			}
		}
		return r.outbox.Append(ctx, tx, a, activity.Event{Kind: EventVoted, Space: it.Space, Item: it.ID})
	})
}

// Spent is for how many published items of a service of a space the actor votes.
func Spent(ctx context.Context, tx *db.Tx, a actor.Actor, space id.ID, service int) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM votes v JOIN items i ON i.id = v.item_id WHERE v.account_id = $1 AND i.space_id = $2 AND i.service = $3 AND i.state = 2`,
		a.Account, space, service).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting votes: %w", err)
	}
	return n, nil
}

// Poll is how many people vote for an item, and whether the actor does.
type Poll struct {
	Votes int
	Mine  bool
}

// Votes counts the votes of those of some items that the actor may read. It runs one
// query.
func Votes(ctx context.Context, tx *db.Tx, a actor.Actor, items []id.ID) (map[id.ID]Poll, error) {
	out := map[id.ID]Poll{}
	if len(items) == 0 {
		return out, nil
	}
	b := db.NewBuilder().Add(`SELECT v.item_id, COUNT(*), MAX(CASE WHEN v.account_id = ? THEN 1 ELSE 0 END) FROM votes v JOIN items i ON i.id = v.item_id WHERE v.item_id IN `, a.Account)
	query, args, err := access.Readable(db.In(b, items).Add(` AND `), "i", a).Add(` GROUP BY v.item_id`).Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var item id.ID
		var c Poll
		var mine int
		err := rows.Scan(&item, &c.Votes, &mine)
		c.Mine = mine == 1
		out[item] = c
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("counting votes: %w", err)
	}
	return out, nil
}
