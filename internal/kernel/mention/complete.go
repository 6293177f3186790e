package mention

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// Place is where someone types: in an item that exists, by its scope, or in a new
// one of a service of a space.
type Place struct {
	Scope   access.ScopeID
	Space   id.ID
	Service int
}

// Candidate is whom the beginning of a name may mean. Members is how many a group
// has; the other fields are a person's.
type Candidate struct {
	Target
	Name         string
	Organisation string
	Class        account.Class
	Hue          int
	Members      int
}

// completions bounds what is proposed, people and groups together; shortest is
// from how many letters on people are looked for.
const (
	completions = 8
	shortest    = 2
)

// Complete lists the others whom the actor may name whose name, or the end of it, begins
// with what is typed, in human order, groups first: eight at most. People come
// from two letters on. The caller has checked that the actor may write there.
func Complete(ctx context.Context, tx *db.Tx, a actor.Actor, p Place, typed string, now time.Time) ([]Candidate, error) {
	prefix := account.Fold(typed)
	groups, err := p.groups(ctx, tx, prefix)
	if err != nil || utf8.RuneCountInString(prefix) < shortest {
		return groups, err
	}
	for n := namesakes; ; n *= wider {
		people, all, err := p.people(ctx, tx, a, prefix, now, n)
		if err != nil {
			return nil, err
		}
		if room := completions - len(groups); all || len(people) >= room {
			return append(groups, people[:min(len(people), room)]...), nil
		}
	}
}

// namesakes is among how many people, in human order, those who may be named are
// looked for at first; then among so many times more. The right of a person costs
// more than their name, and many bear a name that begins with three letters.
const (
	namesakes = 64
	wider     = 8
)

// people lists those who may be named among the first of those whose name begins so;
// all tells whether there are no others.
func (p Place) people(ctx context.Context, tx *db.Tx, a actor.Actor, prefix string, now time.Time, first int) (out []Candidate, all bool, err error) {
	b := mayBeNamed(db.NewBuilder().Add(`SELECT p.id, p.name, p.organisation, p.class, p.hue, CASE WHEN p.id <> ? AND (p.expires_at = 0 OR p.expires_at > ?) AND `, a.Account, clock.Millis(now)), a).
		Add(` THEN 1 ELSE 0 END FROM `)
	query, args, err := p.from(b).Add(` CROSS JOIN (SELECT DISTINCT name_key, account_id FROM name_words WHERE word >= ? AND word < ? ORDER BY name_key, account_id LIMIT ?) w
		CROSS JOIN accounts p WHERE p.id = w.account_id ORDER BY w.name_key, w.account_id`, prefix, prefix+"\U0010FFFF", first).Build()
	if err != nil {
		return nil, false, err
	}
	seen := 0
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var c Candidate
		var may int
		err := rows.Scan(&c.Account, &c.Name, &c.Organisation, &c.Class, &c.Hue, &may)
		if seen++; may == 1 {
			out = append(out, c)
		}
		return err
	}, query, args...)
	if err != nil {
		return nil, false, fmt.Errorf("completing a name: %w", err)
	}
	return out, seen < first, nil
}

// from appends the place as a row i with its space, service and audience.
func (p Place) from(b *db.Builder) *db.Builder {
	if p.Scope != 0 {
		return b.Add(`(SELECT space_id, service, audience_id FROM scopes WHERE id = ?) i`, int64(p.Scope))
	}
	return b.Add(`(SELECT space_id, service, NULLIF(space_id, space_id) AS audience_id FROM space_services WHERE space_id = ? AND service = ?) i`, p.Space, p.Service)
}

// groups lists those of the space whose name begins so, half of what is proposed.
func (p Place) groups(ctx context.Context, tx *db.Tx, prefix string) (out []Candidate, err error) {
	b := p.from(db.NewBuilder().Add(`SELECT g.id, g.name, (SELECT COUNT(*) FROM group_members m WHERE m.group_id = g.id) FROM `)).
		Add(` JOIN space_groups g ON g.space_id = i.space_id ORDER BY g.name_key, g.id LIMIT 200`)
	query, args, err := b.Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var c Candidate
		err := rows.Scan(&c.Group, &c.Name, &c.Members)
		name := account.Fold(c.Name)
		if len(out) < completions/2 && (strings.HasPrefix(name, prefix) || strings.Contains(name, " "+prefix)) {
			out = append(out, c)
		}
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("completing the name of a group: %w", err)
	}
	return out, nil
}
