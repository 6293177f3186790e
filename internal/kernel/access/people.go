package access

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Knows appends the rule by which the actor may see the profile of an account: it is their
// own, or that of someone who is in a space with them, or, for an agent, that of an agent.
func Knows(b *db.Builder, who string, a actor.Actor) *db.Builder {
	b.Add(`(`+who+`.id = ?`, a.Account)
	if a.Agent {
		b.Add(` OR ` + who + `.class = 'agent'`)
	}
	return b.Add(` OR EXISTS (SELECT 1 FROM memberships mine JOIN memberships theirs ON theirs.space_id = mine.space_id
		WHERE mine.account_id = ? AND theirs.account_id = `+who+`.id))`, a.Account)
}

// KnowsAlways tells whether an agent may see the profile of somebody of a class wherever
// they meet them, so that their name may lead to it.
func KnowsAlways(a actor.Actor, c account.Class) bool { return a.Agent && c == account.Agent }

// Person returns an account that the actor may see the profile of; fault.NotFound
// otherwise.
func Person(ctx context.Context, tx *db.Tx, a actor.Actor, who id.ID) (account.Account, error) {
	query, args, err := Knows(db.NewBuilder().Add(`SELECT COUNT(*) FROM accounts p WHERE p.id = ? AND `, who), "p", a).Build()
	if err != nil {
		return account.Account{}, err
	}
	var known int
	if err := tx.QueryRow(ctx, query, args...).Scan(&known); err != nil {
		return account.Account{}, fmt.Errorf("reading who knows whom: %w", err)
	}
	if known == 0 {
		return account.Account{}, fault.NotFoundError()
	}
	return account.ByID(ctx, tx, who)
}

// SpacesOf lists the spaces of somebody that the actor may see them in, in human order:
// those that they share and, for an agent, the public ones.
func SpacesOf(ctx context.Context, tx *db.Tx, a actor.Actor, who id.ID, limit int) (out []space.Space, err error) {
	b := db.NewBuilder().Add(`SELECT `+space.Columns+` FROM memberships m JOIN spaces s ON s.id = m.space_id WHERE m.account_id = ?
		AND (EXISTS (SELECT 1 FROM memberships mine WHERE mine.space_id = s.id AND mine.account_id = ?)`, who, a.Account)
	if a.Agent {
		b.Add(` OR s.visibility = 'public'`)
	}
	query, args, err := b.Add(`) ORDER BY s.name_key, s.id LIMIT ?`, limit).Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		sp, err := space.Scan(rows.Scan)
		out = append(out, sp)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the spaces of somebody: %w", err)
	}
	return out, nil
}

// DirectoryPage is a page of the directory: who has a word of their name begin as each of
// some words, folded, from the one after an account on.
type DirectoryPage struct {
	Words []string
	After id.ID // zero: from the first on
	Limit int
}

// Listed is someone in the directory.
type Listed struct {
	ID                      id.ID
	Name, Organisation, Job string
	Hue                     int
}

// Directory lists the agents whose account is used, in human order, and tells whether
// there are more. fault.NotFound for who is no agent: there is no directory for them.
func Directory(ctx context.Context, tx *db.Tx, a actor.Actor, p DirectoryPage, now time.Time) (out []Listed, more bool, err error) {
	if !a.Agent {
		return nil, false, fault.NotFoundError()
	}
	b := db.NewBuilder().Add(`SELECT p.id, p.name, p.organisation, COALESCE(f.job, ''), p.hue FROM accounts p LEFT JOIN profiles f ON f.account_id = p.id
		WHERE p.class = 'agent' AND p.state = 'active' AND (p.expires_at = 0 OR p.expires_at > ?)`, clock.Millis(now))
	for _, word := range p.Words {
		b.Add(` AND p.id IN (SELECT w.account_id FROM name_words w WHERE w.word >= ? AND w.word < ?)`, word, word+"\U0010FFFF")
	}
	if !p.After.IsZero() {
		var key []byte
		err := tx.QueryRow(ctx, `SELECT name_key FROM accounts WHERE id = $1`, p.After).Scan(&key)
		if db.IsNoRows(err) {
			return nil, false, fault.NotFoundError()
		}
		if err != nil {
			return nil, false, fmt.Errorf("reading a place in the directory: %w", err)
		}
		b.Add(` AND (p.name_key, p.id) > (?, ?)`, key, p.After)
	}
	query, args, err := b.Add(` ORDER BY p.name_key, p.id LIMIT ?`, p.Limit+1).Build()
	if err != nil {
		return nil, false, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var l Listed
		err := rows.Scan(&l.ID, &l.Name, &l.Organisation, &l.Job, &l.Hue)
		out = append(out, l)
		return err
	}, query, args...)
	if err != nil {
		return nil, false, fmt.Errorf("reading the directory: %w", err)
	}
	if len(out) > p.Limit {
		return out[:p.Limit], true, nil
	}
	return out, false, nil
}
