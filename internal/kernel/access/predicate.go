package access

import (
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// Readable appends the predicate "readable by the actor" for a table of items
// known under the alias, which has space_id, service, audience_id, state and
// author_id. Compose it into every query that returns items or what hangs from
// them.
//
// A role's mask, the member's overrides and the visitor's mask give the services
// that may be read; a restricted item is for the readers of its audience and for
// leads; drafts are their author's, scheduled and trashed items their author's
// and the leads', as long as the author may read the service.
func Readable(b *db.Builder, alias string, a actor.Actor) *db.Builder {
	return predicate(b, alias, "?", "CAST(? AS BIGINT)", true, a.Account, bit(a.Agent))
}

// SpaceOf appends, to a list of tables, what the right of the actor is weighed by in the
// space of one item: one row, whatever is read beside it. ReadableThere goes with it.
func SpaceOf(b *db.Builder, item id.ID, a actor.Actor) *db.Builder {
	return b.Add(`(SELECT space_id, visitor_mask, reader_mask, contributor_mask, lead_mask FROM space_access WHERE space_id = (SELECT space_id FROM items WHERE id = ?) LIMIT 1) sa
		LEFT JOIN (SELECT space_id, account_id, role, plus, minus FROM memberships WHERE account_id = ? AND space_id = (SELECT space_id FROM items WHERE id = ?) LIMIT 1) m
		ON m.space_id = sa.space_id`, item, a.Account, item)
}

// SpaceIn is SpaceOf for a space that is known.
func SpaceIn(b *db.Builder, space id.ID, a actor.Actor) *db.Builder {
	return b.Add(`(SELECT space_id, visitor_mask, reader_mask, contributor_mask, lead_mask FROM space_access WHERE space_id = ? LIMIT 1) sa
		LEFT JOIN (SELECT space_id, account_id, role, plus, minus FROM memberships WHERE account_id = ? AND space_id = ? LIMIT 1) m
		ON m.space_id = sa.space_id`, space, a.Account, space)
}

// ReadableThere is Readable for items of the space of SpaceOf or SpaceIn, and of no other. As a CASE
// PostgreSQL takes it to hold for half of the rows, and not for a few that it may sort.
func ReadableThere(b *db.Builder, alias string, a actor.Actor) *db.Builder {
	return b.Add(`CASE WHEN `+alias+`.space_id = sa.space_id AND `+rule(alias, "CAST(? AS BIGINT)", true)+` THEN TRUE ELSE FALSE END`, bit(a.Agent))
}

// ReadableScope is Readable for a table of scopes: whether the published items
// of the scope may be read. All of them have the same readers.
func ReadableScope(b *db.Builder, alias string, a actor.Actor) *db.Builder {
	return predicate(b, alias, "?", "CAST(? AS BIGINT)", false, a.Account, bit(a.Agent))
}

// ReadableScopeThere is ReadableScope beside the space_access of the space of the scope as sa
// and the actor's membership of it as m, which the query around has joined.
func ReadableScopeThere(b *db.Builder, alias string, a actor.Actor) *db.Builder {
	return b.Add(rule(alias, "CAST(? AS BIGINT)", false), bit(a.Agent))
}

// ReadableScopeBy is ReadableScope for a table of accounts of the query around,
// known under an alias, which has id and class. Both aliases are constants.
func ReadableScopeBy(b *db.Builder, alias, accounts string) *db.Builder {
	return predicate(b, alias, accounts+".id", agency(accounts), false)
}

// ReadableBy is Readable for such a table of accounts.
func ReadableBy(b *db.Builder, alias, accounts string) *db.Builder {
	return predicate(b, alias, accounts+".id", agency(accounts), true)
}

// predicate appends the rule with the person and their agency as SQL: a
// placeholder each, or columns of the query around. The alias and both are
// constants of ours, never input.
//
// LIMIT 1 OFFSET 0 keeps PostgreSQL from turning the test into a hash join over
// everything.
func predicate(b *db.Builder, alias, me, agent string, item bool, args ...any) *db.Builder {
	return b.Add(`EXISTS (SELECT 1 FROM space_access sa
		LEFT JOIN memberships m ON m.space_id = sa.space_id AND m.account_id = `+me+`
		WHERE sa.space_id = `+alias+`.space_id AND `+rule(alias, agent, item)+` LIMIT 1 OFFSET 0)`, args...)
}

// rule is the right itself, of one person to one row: over the row under its alias,
// the space_access of its space as sa, and the person's membership of it as m, all
// NULL for who is no member. A query that has joined the three weighs many people
// without looking each of them up.
//
// The bits are OR-ed, never the rows: PostgreSQL and SQLite both lose their
// index on an OR of conditions.
func rule(alias, agent string, item bool) string {
	text := `(((COALESCE((CASE m.role WHEN 3 THEN sa.lead_mask WHEN 2 THEN sa.contributor_mask WHEN 1 THEN sa.reader_mask END
			| m.plus) & ~m.minus, 0) | (sa.visitor_mask * ` + agent + `)) >> ` + alias + `.service) & 1) = 1
		AND (` + alias + `.audience_id IS NULL OR m.role = 3
			OR EXISTS (SELECT 1 FROM audience_readers ar WHERE ar.audience_id = ` + alias + `.audience_id AND ar.account_id = m.account_id LIMIT 1 OFFSET 0))`
	if item {
		text += ` AND (` + alias + `.state IN (2, 3)
			OR (` + alias + `.state = 1 AND m.account_id = ` + alias + `.author_id)
			OR (` + alias + `.state IN (4, 5) AND (m.role = 3 OR m.account_id = ` + alias + `.author_id)))`
	}
	return text
}

// agency is whether an account of the query around is an agent, as 1 or 0.
func agency(accounts string) string {
	return `CASE ` + accounts + `.class WHEN 'agent' THEN 1 ELSE 0 END`
}

func bit(on bool) int {
	if on {
		return 1
	}
	return 0
}
