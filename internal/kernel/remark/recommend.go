package remark

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/mention"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/platform/markup"
)

// EventRecommended says that someone recommended an item. The event's remark is the
// id of the recommendation.
const EventRecommended activity.Kind = "remark.recommended"

// Limits of a recommendation.
const (
	MaxWord       = 500 // characters
	maxRecipients = 50  // people and groups named
)

// Recommendation is what someone recommends and to whom: To are people and groups
// named after "@", as they are typed; Space is all the members of a space.
type Recommendation struct {
	To     string
	Chosen []mention.Target
	Space  id.ID
	Word   string
}

// Recommend tells people of an item that both may read. It reaches those who may
// read it at the moment of the mail, and opens nothing to others. To a whole space
// it asks for the right to manage that space. fault.Invalid names the fields "a"
// (nobody, somebody who may not be named, too many), "espace" and "mot".
func (r *Remarks) Recommend(ctx context.Context, a actor.Actor, itemID id.ID, c Recommendation) error {
	c.Word = strings.TrimSpace(c.Word)
	if utf8.RuneCountInString(c.Word) > MaxWord {
		return fault.InvalidFields(fault.Field{Name: "mot", Key: "remark.word.long", Args: []any{"max", MaxWord}})
	}
	now := r.clock.Now()
	return r.db.Write(ctx, func(tx *db.Tx) error {
		it, v, err := r.locked(ctx, tx, a, itemID)
		if err != nil {
			return err
		}
		if err := v.Check(access.ItemRecommend, it.Service); err != nil {
			return err
		}
		if it.State != content.Published {
			return fault.New(fault.Invalid, "content.state")
		}
		targets, err := recipients(ctx, tx, a, it, c)
		if err != nil {
			return err
		}
		made := id.New()
		_, err = tx.Exec(ctx, `INSERT INTO recommendations (id, item_id, by_id, word, at) VALUES ($1, $2, $3, $4, $5)`, made, it.ID, a.Account, c.Word, clock.Millis(now))
		if err != nil {
			return fmt.Errorf("recommending: %w", err)
		}
		b := db.NewBuilder().Add(`INSERT INTO recommendation_targets (item_id, recommendation_id, account_id, group_id, space_id) VALUES `)
		for i, t := range targets {
			if i > 0 {
				b.Add(`, `)
			}
			b.Add(`(?, ?, ?, ?, ?)`, it.ID, made, t.Account, t.Group, t.space)
		}
		query, args, err := b.Build()
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return fmt.Errorf("recommending: %w", err)
		}
		return r.outbox.Append(ctx, tx, a, activity.Event{Kind: EventRecommended, Space: it.Space, Item: it.ID, Remark: made})
	})
}

type recipient struct {
	mention.Target
	space id.ID
}

// recipients reads whom a recommendation names.
func recipients(ctx context.Context, tx *db.Tx, a actor.Actor, it content.Item, c Recommendation) (out []recipient, err error) {
	text, err := mention.Resolve(ctx, tx, a, it.Scope, c.To, c.Chosen)
	if err != nil {
		return nil, err
	}
	for _, ref := range markup.References(text) {
		if t, ok := mention.ParseTarget(ref.Target); ok {
			out = append(out, recipient{Target: t})
		}
	}
	if left := markup.Calls(text); len(left) > 0 {
		return nil, fault.InvalidFields(fault.Field{Name: "a", Key: "remark.recipient.unknown", Args: []any{"name", left[0].After}})
	}
	if len(out) > maxRecipients {
		return nil, fault.InvalidFields(fault.Field{Name: "a", Key: "remark.recipient.many", Args: []any{"max", maxRecipients}})
	}
	if !c.Space.IsZero() {
		v, err := access.ByID(ctx, tx, a, c.Space)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		if err != nil || !v.Can(access.SpaceManage, access.Home) {
			return nil, fault.InvalidFields(fault.Field{Name: "espace", Key: "remark.recipient.space"})
		}
		out = append(out, recipient{space: c.Space})
	}
	if len(out) == 0 {
		return nil, fault.InvalidFields(fault.Field{Name: "a", Key: "remark.recipient.none"})
	}
	return out, nil
}

// Word returns what was said of a recommendation; empty for one that is gone.
func Word(ctx context.Context, tx *db.Tx, recommendation id.ID) (word string, err error) {
	err = tx.QueryRow(ctx, `SELECT word FROM recommendations WHERE id = $1`, recommendation).Scan(&word)
	if err != nil && !db.IsNoRows(err) {
		return "", fmt.Errorf("reading a recommendation: %w", err)
	}
	return word, nil
}
