package kernel_test

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// check compares every answer with the oracle's, then what is derived with what
// it is derived from.
func (w *life) check(ctx context.Context) error {
	for _, a := range w.people {
		if err := w.checkItems(ctx, a); err != nil {
			return err
		}
	}
	if err := w.checkPages(ctx, w.anyone()); err != nil {
		return err
	}
	// Who and why of one item: over many worlds, every kind of item comes.
	n := w.anyItem()
	if err := w.checkWho(ctx, n); err != nil {
		return err
	}
	if err := w.checkChildren(ctx, w.anyItem(), w.anyone()); err != nil {
		return err
	}
	if err := w.checkGuest(ctx, w.anyItem(), w.anyone()); err != nil {
		return err
	}
	if err := w.checkReaders(ctx); err != nil {
		return err
	}
	return w.checkScopes(ctx)
}

// checkItems: what the predicate lets someone read.
func (w *life) checkItems(ctx context.Context, a account.Account) error {
	b := db.NewBuilder().Add(`SELECT i.id FROM items i WHERE i.space_id = ? AND `, w.space.ID)
	reads, err := w.ids(ctx, access.Readable(b, "i", a.Actor(id.ID{})))
	if err != nil {
		return err
	}
	for _, n := range w.items {
		if got, want := slices.Contains(reads, n.ID), w.readable(a, n); got != want {
			w.errorf("%s (%s, role %d) reads an item of state %d in service %d, restricted to %v: %v, want %v", a.Name, a.Class, w.roles[a.ID], n.State, n.Service, n.named, got, want)
		}
		if above := w.items[n.Parent]; above != nil && n.State == content.Published && above.State == content.Published && slices.Contains(reads, n.ID) && !slices.Contains(reads, above.ID) {
			w.errorf("%s reads an item and not what lies above it", a.Name)
		}
	}
	return nil
}

// checkPages: someone's levels, and what they read by pages.
func (w *life) checkPages(ctx context.Context, a account.Account) error {
	v, err := access.ByID(ctx, w.tx, a.Actor(id.ID{}), w.space.ID)
	if err == nil {
		for service := range services + 1 {
			if got, want := v.Level(service), w.level(a, service); got != want && (got >= access.Read || want >= access.Read) {
				w.errorf("%s has level %d in service %d, want %d", a.Name, got, service, want)
			}
		}
	}
	if err := w.checkFeed(ctx, a, w.feed(a, 1), func(after content.Cursor) ([]content.Row, *content.Cursor, error) {
		return content.Latest(ctx, w.tx, a.Actor(id.ID{}), w.space.ID, 1, after, 2)
	}); err != nil {
		return err
	}
	if w.roles[a.ID] == space.NoRole {
		return nil
	}
	return w.checkFeed(ctx, a, w.feed(a, -1), func(after content.Cursor) ([]content.Row, *content.Cursor, error) {
		return content.FeedFrom(ctx, w.tx, a.Actor(id.ID{}), content.Look{Spaces: 1, Scopes: 1, Many: 1 + w.IntN(3)}, after, 1+w.IntN(2))
	})
}

func (w *life) checkFeed(_ context.Context, a account.Account, want []id.ID, page func(content.Cursor) ([]content.Row, *content.Cursor, error)) error {
	var got []id.ID
	for next := (&content.Cursor{}); next != nil && len(got) < 100; {
		rows, after, err := page(*next)
		if err != nil {
			return err
		}
		for _, r := range rows {
			got = append(got, r.ID)
		}
		next = after
	}
	if !slices.Equal(got, want) {
		w.errorf("%s reads %d items by pages, want %d in the order of the rule", a.Name, len(got), len(want))
	}
	return nil
}

// checkWho: the list of readers, their number and the reasons agree with the
// rule for each person.
func (w *life) checkWho(ctx context.Context, n *node) error {
	readers, next, err := access.Who(ctx, w.tx, n.ID, w.now, id.ID{})
	if err != nil {
		return err
	}
	if !next.IsZero() {
		w.errorf("so few readers have another page")
	}
	members, externals := 0, 0
	for _, a := range w.people {
		reads := w.readable(a, n)
		listed := slices.ContainsFunc(readers, func(r access.Reader) bool { return r.Account == a.ID })
		if member := w.roles[a.ID] != space.NoRole; listed != (reads && member) {
			w.errorf("%s is listed among the readers: %v, reads: %v, member: %v", a.Name, listed, reads, member)
		} else if listed {
			members++
			if a.Class == account.External {
				externals++
			}
		}
		why, err := access.Why(ctx, w.tx, n.ID, a.ID)
		if err != nil {
			return err
		}
		if why.Readable != reads || reads && !reasoned(why) {
			w.errorf("why %s reads (%v): %+v", a.Name, reads, why)
		}
	}
	gotMembers, gotExternals, visitors, err := access.CountReaders(ctx, w.tx, n.ID, w.now)
	if err != nil {
		return err
	}
	will := 0
	for _, a := range w.people {
		if w.roles[a.ID] != space.NoRole && w.level(a, n.Service) >= access.Read && w.within(a, n) {
			will++
		}
	}
	if got, _, err := access.CountScopeReaders(ctx, w.tx, n.Scope, w.now); err != nil || got != will {
		w.errorf("%d members read what is published in the scope of an item (%v), want %d", got, err, will)
	}
	wantVisitors := w.visibility == space.Public && w.services[n.Service].Visitor >= access.Read && w.within(account.Account{}, n) &&
		(n.State == content.Published || n.State == content.Archived)
	if gotMembers != members || gotExternals != externals || visitors != wantVisitors {
		w.errorf("%d readers, %d externals, visitors %v; want %d, %d, %v", gotMembers, gotExternals, visitors, members, externals, wantVisitors)
	}
	return nil
}

// checkChildren: what lies under an item, by pages of two in the order of titles.
func (w *life) checkChildren(ctx context.Context, above *node, a account.Account) error {
	var want, got []id.ID
	for _, n := range w.items {
		if n.Parent == above.ID && w.readable(a, n) {
			want = append(want, n.ID)
		}
	}
	slices.SortFunc(want, func(x, y id.ID) int {
		return cmp.Or(cmp.Compare(w.items[x].Title, w.items[y].Title), slices.Compare(x[:], y[:]))
	})
	for next := (&content.ChildCursor{}); next != nil && len(got) < 100; {
		list, after, err := content.Children(ctx, w.tx, a.Actor(id.ID{}), above.ID, *next, 2)
		if err != nil {
			return err
		}
		for _, it := range list {
			got = append(got, it.ID)
		}
		next = after
	}
	if !slices.Equal(got, want) {
		w.errorf("%s reads %d items under another, want %d", a.Name, len(got), len(want))
	}
	return nil
}

// checkGuest: a link that someone makes of an item gives that item and what lies under
// it, as far as the same people read it, while who made it reads it.
func (w *life) checkGuest(ctx context.Context, shared *node, by account.Account) error {
	link, token, err := content.Share(ctx, w.tx, by.Actor(id.ID{}), shared.ID, w.now, w.now.Add(time.Hour))
	if err != nil {
		return err
	}
	for _, n := range w.items {
		_, err := content.ForGuest(ctx, w.tx, token, n.ID, w.now)
		got := err == nil
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if want := w.readable(by, shared) && w.given(n, shared); got != want {
			w.errorf("by a link of %s to an item of state %d, an item of state %d is read: %v, want %v", by.Name, shared.State, n.State, got, want)
		}
	}
	if _, err := content.SharedBy(ctx, w.tx, token, w.now.Add(time.Hour)); fault.KindOf(err) != fault.NotFound {
		w.errorf("a link is read after its end: %v", err)
	}
	if err := content.Revoke(ctx, w.tx, shared.ID, link, w.now); err != nil {
		return err
	}
	if _, err := content.SharedBy(ctx, w.tx, token, w.now); fault.KindOf(err) != fault.NotFound {
		w.errorf("a link is read after it was revoked: %v", err)
	}
	_, err = w.tx.Exec(ctx, `DELETE FROM guest_links WHERE id = $1`, link)
	return err
}

// given tells whether a link to an item gives another: it is the same or lies under
// it, both are out, and nothing between the two is restricted.
func (o *oracle) given(it, shared *node) bool {
	for n := it; n != nil; n = o.items[n.Parent] {
		if n.ID == shared.ID {
			return out(it) && out(shared)
		}
		if n.named != nil {
			return false
		}
	}
	return false
}

func out(n *node) bool { return n.State == content.Published || n.State == content.Archived }

// reasoned tells whether the reasons given make the answer, told by themselves.
func reasoned(r access.Reason) bool {
	level := r.Level
	if r.Override != nil && r.Role != space.Lead {
		level = *r.Override
	}
	reads := level >= access.Read || r.Visitor
	if r.Restricted {
		reads = reads && (r.Role == space.Lead || len(r.Named) > 0)
	}
	return reads && (!r.Private || r.Author || r.Role == space.Lead)
}

// checkReaders: the readers of each audience are those whom every restricted node
// from it to the top names.
func (w *life) checkReaders(ctx context.Context) error {
	for _, n := range w.items {
		if n.named == nil {
			continue
		}
		got, err := w.ids(ctx, db.NewBuilder().Add(`SELECT account_id FROM audience_readers WHERE audience_id = ? ORDER BY account_id`, n.Audience))
		if err != nil {
			return err
		}
		var want []id.ID
		for _, m := range w.members() {
			named := true
			for at := n; at != nil; at = w.items[at.Parent] {
				named = named && (at.named == nil || w.names(at.named, m))
			}
			if named {
				want = append(want, m)
			}
		}
		if !slices.Equal(got, want) {
			w.errorf("an audience has %d readers, want %d", len(got), len(want))
		}
	}
	return nil
}

// checkScopes: each item repeats its scope; each scope and the space know their
// newest published item.
func (w *life) checkScopes(ctx context.Context) error {
	type place struct {
		at   time.Time
		last id.ID
	}
	newest := map[access.ScopeID]place{}
	var whole place
	for _, n := range w.items {
		var audience id.ID
		for at := n; at != nil && audience.IsZero(); at = w.items[at.Parent] {
			if at.named != nil {
				audience = at.Audience
			}
		}
		if n.Audience != audience || n.Restricted != (n.named != nil) {
			w.errorf("an item has audience %s, want %s", n.Audience, audience)
		}
		if n.State != content.Published {
			continue
		}
		for p, set := range map[*place]func(place){{at: newest[n.Scope].at, last: newest[n.Scope].last}: func(p place) { newest[n.Scope] = p }, {at: whole.at, last: whole.last}: func(p place) { whole = p }} {
			if n.PublishedAt.After(p.at) || n.PublishedAt.Equal(p.at) && slices.Compare(n.ID[:], p.last[:]) > 0 {
				set(place{n.PublishedAt, n.ID})
			}
		}
	}
	err := w.tx.All(ctx, func(rows *sql.Rows) error {
		var scope access.ScopeID
		var service int
		var audience, last, item id.ID
		var at int64
		if err := rows.Scan(&scope, &service, &audience, &at, &last, &item); err != nil {
			return err
		}
		n := w.items[item]
		if n.Scope != scope || n.Service != service || n.Audience != audience {
			w.errorf("an item is of scope %d, whose service is %d and audience %s", n.Scope, service, audience)
		}
		if want := newest[scope]; last != want.last || at != 0 && time.UnixMilli(at).UTC() != want.at {
			w.errorf("a scope was last published in at %d with %s, want %v with %s", at, last, want.at, want.last)
		}
		return nil
	}, `SELECT s.id, s.service, s.audience_id, s.last_at, s.last_id, i.id FROM items i JOIN scopes s ON s.id = i.scope_id WHERE i.space_id = $1`, w.space.ID)
	if err != nil {
		return err
	}
	var last id.ID
	if err := w.tx.QueryRow(ctx, `SELECT last_id FROM space_access WHERE space_id = $1`, w.space.ID).Scan(&last); err != nil {
		return err
	}
	if last != whole.last {
		w.errorf("the space was last published in with %s, want %s", last, whole.last)
	}
	return nil
}

func (w *life) ids(ctx context.Context, b *db.Builder) (out []id.ID, err error) {
	query, args, err := b.Build()
	if err != nil {
		return nil, err
	}
	err = w.tx.All(ctx, func(rows *sql.Rows) error {
		var one id.ID
		err := rows.Scan(&one)
		out = append(out, one)
		return err
	}, query, args...)
	return out, err
}
