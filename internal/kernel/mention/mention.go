package mention

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/platform/markup"
)

// Limits of one text.
const (
	maxCalls     = 100 // "@" that are looked at
	maxWords     = 6   // of a name
	maxNamesakes = 400
)

// Target is who is named: a person, or a group.
type Target struct {
	Account id.ID
	Group   id.ID
}

const (
	accountPrefix = "account/"
	groupPrefix   = "group/"
)

// String writes a target as a reference keeps it.
func (t Target) String() string {
	if t.Account.IsZero() {
		return groupPrefix + t.Group.String()
	}
	return accountPrefix + t.Account.String()
}

// ParseTarget reads what String writes.
func ParseTarget(s string) (t Target, ok bool) {
	var err error
	if rest, is := strings.CutPrefix(s, accountPrefix); is {
		t.Account, err = id.Parse(rest)
		return t, err == nil
	}
	if rest, is := strings.CutPrefix(s, groupPrefix); is {
		t.Group, err = id.Parse(rest)
		return t, err == nil
	}
	return t, false
}

// named is someone or some group with its name.
type named struct {
	Target
	name string
}

// Resolve writes references in place of the names that a text holds after "@". A
// name that the text held before keeps whom it named; else the one chosen while
// typing is taken, else the only one of that name that may be named. What names
// nobody, or one of several, stays as it was typed.
func Resolve(ctx context.Context, tx *db.Tx, a actor.Actor, scope access.ScopeID, typed string, chosen []Target, before ...string) (string, error) {
	calls := markup.Calls(typed)
	if len(calls) == 0 {
		return typed, nil
	}
	calls = calls[:min(len(calls), maxCalls)]
	known := map[string][]named{}
	for _, text := range before {
		for _, ref := range markup.References(text) {
			if t, ok := ParseTarget(ref.Target); ok {
				key := account.Fold(ref.Name)
				known[key] = append(known[key], named{t, ref.Name})
			}
		}
	}
	spans := make([][]span, len(calls))
	keys := map[string]bool{}
	for i, c := range calls {
		spans[i] = spansOf(c.After)
		for _, s := range spans[i] {
			keys[s.key] = true
		}
	}
	found, err := byNames(ctx, tx, a, scope, keys)
	if err != nil {
		return "", err
	}
	var at []markup.Call
	var lengths []int
	var refs []markup.Reference
	for i, c := range calls {
		for _, s := range spans[i] {
			if n, ok := choose(s.key, known, found, chosen); ok {
				at, lengths, refs = append(at, c), append(lengths, s.length), append(refs, markup.Reference{Target: n.String(), Name: n.name})
				break
			}
		}
	}
	return markup.Refer(typed, at, lengths, refs), nil
}

// span is the beginning of what follows an "@": so many bytes of it, folded.
type span struct {
	length int
	key    string
}

// spansOf lists what may be a name after an "@", the longest first.
func spansOf(after string) (out []span) {
	for n, at := 0, 0; n < maxWords && at < len(after); n++ {
		end := strings.IndexAny(after[at:], " \t\u00a0")
		switch {
		case end < 0:
			end = len(after)
		case end == 0:
			return out // two spaces end a name
		default:
			end += at
		}
		word := strings.TrimRight(after[:end], ".,;:!?()[]{}«»\"'’…*_|")
		if key := account.Fold(word); key != "" && (len(out) == 0 || out[0].length < len(word)) {
			out = append([]span{{len(word), key}}, out...)
		}
		at = end + 1
	}
	return out
}

// choose takes one of those who bear a name. A text that names two people of one
// name keeps them in their order.
func choose(key string, known, found map[string][]named, chosen []Target) (named, bool) {
	if was := known[key]; len(was) > 0 {
		if len(was) > 1 {
			known[key] = was[1:]
		}
		return was[0], true
	}
	all := found[key]
	for _, n := range all {
		for _, c := range chosen {
			if n.Target == c {
				return n, true
			}
		}
	}
	if len(all) == 1 {
		return all[0], true
	}
	return named{}, false
}

// byNames finds whom the actor may name by whole names.
func byNames(ctx context.Context, tx *db.Tx, a actor.Actor, scope access.ScopeID, keys map[string]bool) (map[string][]named, error) {
	words := make([]string, 0, len(keys))
	for key := range keys {
		words = append(words, key)
	}
	out := map[string][]named{}
	b := db.NewBuilder().Add(`SELECT p.id, p.name FROM scopes i JOIN name_words w ON w.place = 0 JOIN accounts p ON p.id = w.account_id WHERE i.id = ? AND w.word IN `, int64(scope))
	mayBeNamed(db.In(b, words).Add(` AND `), a).Add(` LIMIT ?`, maxNamesakes)
	err := each(ctx, tx, b, func(who id.ID, name string) {
		key := account.Fold(name)
		out[key] = append(out[key], named{Target{Account: who}, name})
	})
	if err != nil {
		return nil, err
	}
	b = db.NewBuilder().Add(`SELECT g.id, g.name FROM scopes i JOIN space_groups g ON g.space_id = i.space_id WHERE i.id = ?`, int64(scope))
	err = each(ctx, tx, b, func(group id.ID, name string) {
		if key := account.Fold(name); keys[key] {
			out[key] = append(out[key], named{Target{Group: group}, name})
		}
	})
	return out, err
}

// mayBeNamed appends the rule for the accounts p beside the scope i.
func mayBeNamed(b *db.Builder, a actor.Actor) *db.Builder {
	b.Add(`p.state = 'active' AND `)
	access.ReadableScopeBy(b, "i", "p")
	if !a.Agent {
		b.Add(` AND EXISTS (SELECT 1 FROM memberships co WHERE co.space_id = i.space_id AND co.account_id = p.id)`)
	}
	return b
}

func each(ctx context.Context, tx *db.Tx, b *db.Builder, keep func(id.ID, string)) error {
	query, args, err := b.Build()
	if err != nil {
		return err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var key id.ID
		var name string
		err := rows.Scan(&key, &name)
		keep(key, name)
		return err
	}, query, args...)
	if err != nil {
		return fmt.Errorf("looking for names: %w", err)
	}
	return nil
}

// ResolveWithin is Resolve for a text that has a limit, in bytes: where references
// would pass it, names stay words.
func ResolveWithin(ctx context.Context, tx *db.Tx, a actor.Actor, scope access.ScopeID, typed string, limit int, chosen []Target, before ...string) (string, error) {
	resolved, err := Resolve(ctx, tx, a, scope, typed, chosen, before...)
	if err != nil || len(resolved) > limit {
		return typed, err
	}
	return resolved, nil
}

// Set writes anew whom the text of an item, or of one of its remarks when remark
// is set, names. Only who may be named gets a row. Those who were named already
// keep theirs, with its time and its author.
func Set(ctx context.Context, tx *db.Tx, a actor.Actor, scope access.ScopeID, item, remark id.ID, text string, now time.Time) error {
	was, err := rows(ctx, tx, item, remark)
	if err != nil {
		return err
	}
	refs := markup.References(text)
	if len(was) == 0 && len(refs) == 0 {
		return nil
	}
	wanted := map[Target]bool{}
	for _, ref := range refs {
		if t, ok := ParseTarget(ref.Target); ok && len(wanted) < maxCalls {
			wanted[t] = true
		}
	}
	var gone []Target
	for t := range was {
		if wanted[t] {
			delete(wanted, t)
		} else {
			gone = append(gone, t)
		}
	}
	if err := forget(ctx, tx, item, remark, gone); err != nil {
		return err
	}
	return add(ctx, tx, a, scope, item, remark, wanted, now)
}

// rows are those of a text.
func rows(ctx context.Context, tx *db.Tx, item, remark id.ID) (map[Target]bool, error) {
	query, args, err := of(db.NewBuilder().Add(`SELECT account_id, group_id FROM mentions WHERE `), item, remark).Build()
	if err != nil {
		return nil, err
	}
	out := map[Target]bool{}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var t Target
		err := rows.Scan(&t.Account, &t.Group)
		out[t] = true
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading mentions: %w", err)
	}
	return out, nil
}

func of(b *db.Builder, item, remark id.ID) *db.Builder {
	b.Add(`item_id = ? AND remark_id`, item)
	if remark.IsZero() {
		return b.Add(` IS NULL`)
	}
	return b.Add(` = ?`, remark)
}

func forget(ctx context.Context, tx *db.Tx, item, remark id.ID, gone []Target) error {
	if len(gone) == 0 {
		return nil
	}
	var people, groups []id.ID
	for _, t := range gone {
		people, groups = append(people, t.Account), append(groups, t.Group)
	}
	b := of(db.NewBuilder().Add(`DELETE FROM mentions WHERE `), item, remark).Add(` AND (account_id IN `)
	return run(ctx, tx, db.In(db.In(b, people).Add(` OR group_id IN `), groups).Add(`)`))
}

// add writes the rows of those who may be named.
func add(ctx context.Context, tx *db.Tx, a actor.Actor, scope access.ScopeID, item, remark id.ID, wanted map[Target]bool, now time.Time) error {
	if len(wanted) == 0 {
		return nil
	}
	var people, groups []id.ID
	for t := range wanted {
		if t.Account.IsZero() {
			groups = append(groups, t.Group)
		} else {
			people = append(people, t.Account)
		}
	}
	head := func() *db.Builder {
		return db.NewBuilder().Add(`INSERT INTO mentions (item_id, remark_id, account_id, group_id, by_id, at) SELECT it.id, `)
	}
	if len(people) > 0 {
		b := text(head(), remark).Add(`, p.id, NULL, me.id, CAST(? AS BIGINT) FROM accounts p, accounts me, items it, scopes i WHERE it.id = ? AND me.id = ? AND i.id = ? AND p.id IN `,
			clock.Millis(now), item, a.Account, int64(scope))
		if err := run(ctx, tx, mayBeNamed(db.In(b, people).Add(` AND `), a)); err != nil {
			return err
		}
	}
	if len(groups) > 0 {
		b := text(head(), remark).Add(`, NULL, g.id, me.id, CAST(? AS BIGINT) FROM space_groups g, accounts me, items it WHERE it.id = ? AND me.id = ? AND g.space_id = it.space_id AND g.id IN `,
			clock.Millis(now), item, a.Account)
		return run(ctx, tx, db.In(b, groups))
	}
	return nil
}

// text appends the remark as a column, of the type that it has.
func text(b *db.Builder, remark id.ID) *db.Builder {
	if remark.IsZero() {
		return b.Add(`NULLIF(it.id, it.id)`)
	}
	return b.Add(`(SELECT r.id FROM remarks r WHERE r.id = ?)`, remark)
}

func run(ctx context.Context, tx *db.Tx, b *db.Builder) error {
	query, args, err := b.Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("writing mentions: %w", err)
	}
	return nil
}

// Names gives the names of today of those whom the text of an item names, and
// those of its remarks that are listed, by reference. The caller has read the item
// for the actor. It runs one query.
func Names(ctx context.Context, tx *db.Tx, item id.ID, remarks []id.ID) (map[string]string, error) {
	b := db.NewBuilder().Add(`SELECT n.account_id, n.group_id, COALESCE(p.name, g.name) FROM mentions n
		LEFT JOIN accounts p ON p.id = n.account_id LEFT JOIN space_groups g ON g.id = n.group_id
		WHERE n.item_id = ? AND (p.id IS NOT NULL OR g.id IS NOT NULL) AND (n.remark_id IS NULL OR n.remark_id IN `, item)
	query, args, err := db.In(b, remarks).Add(`) LIMIT 2000`).Build()
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var t Target
		var name string
		err := rows.Scan(&t.Account, &t.Group, &name)
		out[t.String()] = name
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading names: %w", err)
	}
	return out, nil
}
