package remark

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// EventReacted says that someone reacted to an item or to a remark, or took it
// back.
const EventReacted activity.Kind = "remark.reacted"

// Sign is a reaction. The texts are stored, for ever.
type Sign string

// The signs.
const (
	Agree  Sign = "agree"
	Thanks Sign = "thanks"
	Bravo  Sign = "bravo"
	Joy    Sign = "joy"
	Think  Sign = "think"
	Seen   Sign = "seen"
)

// Signs lists the reactions that may be given, in the order in which they are
// offered.
func Signs() []Sign { return []Sign{Agree, Thanks, Bravo, Joy, Think, Seen} }

// Tally is how many people gave one sign, with the names of the first of them.
type Tally struct {
	Sign  Sign
	Count int
	Mine  bool
	Names []string // three at most, the first to react first
}

// React gives a sign to an item, or to one of its remarks when remarkID is set,
// or takes it back when the actor had given it. It asks for the right to comment,
// of an item that takes comments. fault.Invalid for a sign that is not offered.
func (r *Remarks) React(ctx context.Context, a actor.Actor, itemID, remarkID id.ID, sign Sign) error {
	now := r.clock.Now()
	return r.db.Write(ctx, func(tx *db.Tx) error {
		it, _, err := r.writable(ctx, tx, a, itemID, access.ItemComment)
		if err != nil {
			return err
		}
		if err := r.toggle(ctx, tx, a, it, remarkID, sign, now); err != nil {
			return err
		}
		return r.outbox.Append(ctx, tx, a, activity.Event{Kind: EventReacted, Space: it.Space, Item: it.ID, Remark: remarkID})
	})
}

func (r *Remarks) toggle(ctx context.Context, tx *db.Tx, a actor.Actor, it content.Item, remarkID id.ID, sign Sign, at time.Time) error {
	if !remarkID.IsZero() {
		if _, err := ByID(ctx, tx, a, it.ID, remarkID); err != nil {
			return err
		}
	}
	if !slices.Contains(Signs(), sign) {
		return fault.New(fault.Invalid, "remark.sign.unknown")
	}
	b := db.NewBuilder().Add(`DELETE FROM reactions WHERE item_id = ? AND account_id = ? AND sign = ? AND remark_id`, it.ID, a.Account, string(sign))
	if remarkID.IsZero() {
		b.Add(` IS NULL`)
	} else {
		b.Add(` = ?`, remarkID)
	}
	query, args, err := b.Build()
	if err != nil {
		return err
	}
	gone, err := tx.Exec(ctx, query, args...)
	if err != nil || gone > 0 {
		return err
	}
	return InsertSign(ctx, tx, it.ID, remarkID, a.Account, sign, at)
}

// InsertSign writes the row of a reaction as it is given; it checks no right.
// Imports and demo data use it, React stands on it.
func InsertSign(ctx context.Context, tx *db.Tx, item, remarkID, account id.ID, sign Sign, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO reactions (item_id, remark_id, account_id, sign, at) VALUES ($1, $2, $3, $4, $5)`,
		item, remarkID, account, string(sign), clock.Millis(at))
	if err != nil {
		return fmt.Errorf("reacting: %w", err)
	}
	return nil
}

// Tallies counts the signs given to an item, under the zero id, and to those of
// its remarks that are named, in the order of Signs. It runs one query.
func Tallies(ctx context.Context, tx *db.Tx, a actor.Actor, itemID id.ID, remarks []id.ID) (map[id.ID][]Tally, error) {
	b := db.NewBuilder().Add(`SELECT t.remark_id, t.sign, t.total, t.mine, t.name FROM (
			SELECT r.remark_id, r.sign, a.name, COUNT(*) OVER same AS total, MAX(CASE WHEN r.account_id = ? THEN 1 ELSE 0 END) OVER same AS mine,
				ROW_NUMBER() OVER (PARTITION BY r.remark_id, r.sign ORDER BY r.at, r.account_id) AS place
			FROM reactions r JOIN items i ON i.id = r.item_id JOIN accounts a ON a.id = r.account_id
			WHERE r.item_id = ? AND (r.remark_id IS NULL OR r.remark_id IN `, a.Account, itemID)
	access.Readable(db.In(b, remarks).Add(`) AND `), "i", a).
		Add(` WINDOW same AS (PARTITION BY r.remark_id, r.sign)) t WHERE t.place <= 3 ORDER BY t.place`)
	query, args, err := b.Build()
	if err != nil {
		return nil, err
	}
	out := map[id.ID][]Tally{}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var on id.ID
		var t Tally
		var mine int
		var name string
		if err := rows.Scan(&on, &t.Sign, &t.Count, &mine, &name); err != nil {
			return err
		}
		t.Mine = mine == 1
		i := slices.IndexFunc(out[on], func(o Tally) bool { return o.Sign == t.Sign })
		if i < 0 {
			i, out[on] = len(out[on]), append(out[on], t)
		}
		out[on][i].Names = append(out[on][i].Names, name)
		return nil
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("counting reactions: %w", err)
	}
	for on := range out {
		slices.SortFunc(out[on], func(x, y Tally) int { return slices.Index(Signs(), x.Sign) - slices.Index(Signs(), y.Sign) })
	}
	return out, nil
}
