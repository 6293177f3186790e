package kernel_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// hall is a space with a member, their group, a tree that the group reads, and an
// item that all do.
type hall struct {
	d                  *db.DB
	lead, member       actor.Actor
	space, group       id.ID
	top, child, beside id.ID
	names              map[id.ID]string
	now                time.Time
}

// narrowings are the ways in which the member may lose something.
func narrowings() map[string]func(ctx context.Context, tx *db.Tx, h *hall) error {
	item := func(which func(*hall) id.ID, f func(ctx context.Context, tx *db.Tx, h *hall, it content.Item) error) func(context.Context, *db.Tx, *hall) error {
		return func(ctx context.Context, tx *db.Tx, h *hall) error {
			it, err := content.ForProgram(ctx, tx, which(h))
			if err != nil {
				return err
			}
			return f(ctx, tx, h, it)
		}
	}
	top, beside := func(h *hall) id.ID { return h.top }, func(h *hall) id.ID { return h.beside }
	return map[string]func(ctx context.Context, tx *db.Tx, h *hall) error{
		"out of the group": func(ctx context.Context, tx *db.Tx, h *hall) error {
			return access.RemoveFromGroup(ctx, tx, h.space, h.group, h.member.Account)
		},
		"the group deleted": func(ctx context.Context, tx *db.Tx, h *hall) error {
			return access.DeleteGroup(ctx, tx, h.space, h.group)
		},
		"out of the space": func(ctx context.Context, tx *db.Tx, h *hall) error {
			return access.Leave(ctx, tx, h.space, h.member.Account)
		},
		"no level for the member": func(ctx context.Context, tx *db.Tx, h *hall) error {
			return access.SetLevel(ctx, tx, h.space, h.member.Account, service, access.None)
		},
		"no level for readers": func(ctx context.Context, tx *db.Tx, h *hall) error {
			if err := space.SetService(ctx, tx, h.space, service, 1, 0, int(access.None), int(access.Contribute)); err != nil {
				return err
			}
			return access.Derive(ctx, tx, h.space)
		},
		"the tree for leads": item(top, func(ctx context.Context, tx *db.Tx, _ *hall, it content.Item) error {
			_, err := content.Restrict(ctx, tx, it, nil)
			return err
		}),
		"the item for leads": item(beside, func(ctx context.Context, tx *db.Tx, _ *hall, it content.Item) error {
			_, err := content.Restrict(ctx, tx, it, nil)
			return err
		}),
		"the item into the tree": item(beside, func(ctx context.Context, tx *db.Tx, h *hall, it content.Item) error {
			_, err := content.Move(ctx, tx, h.lead, it, h.top)
			return err
		}),
		"the item to the trash": item(beside, func(ctx context.Context, tx *db.Tx, h *hall, it content.Item) error {
			_, err := content.Trash(ctx, tx, h.lead, it, h.now)
			return err
		}),
	}
}

// TestSoakNoInterleavingShowsMore runs two narrowings beside each other while the
// member reads in three ways, again and again. What a reading gives must be what one
// of the states gives through which the space may have gone, whole: they are told
// beforehand, by transactions that are undone.
func TestSoakNoInterleavingShowsMore(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d, lead, _, now := room(ctx, t)
	all := narrowings()
	kinds := make([]string, 0, len(all))
	for kind := range all {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	rounds := 40 * soak(t)
	if testing.Short() {
		rounds = 10
	}
	r := rand.New(rand.NewPCG(7, 7)) // #nosec G404 -- a test's chance
	for round := range rounds {
		h := furnished(ctx, t, d, lead, now, round)
		one, two := kinds[r.IntN(len(kinds))], kinds[r.IntN(len(kinds))]
		allowed := map[string]bool{}
		for _, order := range [][]string{{}, {one}, {two}, {one, two}, {two, one}} {
			allowed[h.after(ctx, t, all, order)] = true
		}
		for _, seen := range h.race(ctx, t, all[one], all[two]) {
			if !allowed[seen] {
				t.Errorf("round %d, %s beside %s: read %s; the states give %v", round, one, two, seen, allowed)
			}
		}
	}
}

func furnished(ctx context.Context, t *testing.T, d *db.DB, lead actor.Actor, now time.Time, round int) *hall {
	t.Helper()
	h := &hall{d: d, lead: lead, now: now, names: map[id.ID]string{}}
	err := d.Write(ctx, func(tx *db.Tx) error {
		who, err := account.Create(ctx, tx, account.New{Email: fmt.Sprintf("m%d@exemple.fr", round), Name: "M", Class: account.Agent}, now)
		if err != nil {
			return err
		}
		s, err := space.Create(ctx, tx, space.New{Name: fmt.Sprint("Salle ", round), Purpose: "x", Kind: space.Community, Visibility: space.Private}, now)
		if err != nil {
			return err
		}
		h.member, h.space = who.Actor(id.ID{}), s.ID
		for account, role := range map[id.ID]space.Role{lead.Account: space.Lead, who.ID: space.Reader} {
			if _, err := space.Join(ctx, tx, s.ID, account, role, now); err != nil {
				return err
			}
		}
		if err := space.SetService(ctx, tx, s.ID, service, 1, 0, int(access.Comment), int(access.Contribute)); err != nil {
			return err
		}
		if err := access.Derive(ctx, tx, s.ID); err != nil {
			return err
		}
		g, err := space.CreateGroup(ctx, tx, s.ID, "copil", now)
		if err != nil {
			return err
		}
		h.group = g.ID
		if err := access.AddToGroup(ctx, tx, s.ID, g.ID, who.ID); err != nil {
			return err
		}
		for _, made := range []struct {
			name   string
			id     *id.ID
			parent *id.ID
		}{{"top", &h.top, &id.ID{}}, {"child", &h.child, &h.top}, {"beside", &h.beside, &id.ID{}}} {
			it, err := content.Create(ctx, tx, lead, content.New{Space: s.ID, Service: service, Kind: "post", Parent: *made.parent, Text: content.Text{Title: made.name}, State: content.Published}, now)
			if err != nil {
				return err
			}
			*made.id, h.names[it.ID] = it.ID, made.name
		}
		top, err := content.ForProgram(ctx, tx, h.top)
		if err != nil {
			return err
		}
		_, err = content.Restrict(ctx, tx, top, []access.Entry{{Group: g.ID}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// reads is what the member reads in one transaction, by a list, a page and one by
// one; the three must agree.
func (h *hall) reads(ctx context.Context, tx *db.Tx) (string, error) {
	var listed, paged, single []string
	query, args, err := access.Readable(db.NewBuilder().Add(`SELECT i.id FROM items i WHERE i.space_id = ? AND `, h.space), "i", h.member).Build()
	if err != nil {
		return "", err
	}
	found, err := scanIDs(ctx, tx, query, args)
	if err != nil {
		return "", err
	}
	for _, i := range found {
		listed = append(listed, h.names[i])
	}
	rows, _, err := content.Latest(ctx, tx, h.member, h.space, service, content.Cursor{}, 10)
	if err != nil {
		return "", err
	}
	for _, row := range rows {
		paged = append(paged, h.names[row.ID])
	}
	for i, name := range h.names {
		_, err := content.ByID(ctx, tx, h.member, i)
		switch {
		case err == nil:
			single = append(single, name)
		case fault.KindOf(err) != fault.NotFound:
			return "", err
		}
	}
	slices.Sort(listed)
	slices.Sort(paged)
	slices.Sort(single)
	if !slices.Equal(listed, single) || !slices.Equal(listed, paged) {
		return fmt.Sprintf("a list of %v, a page of %v, one by one %v", listed, paged, single), nil
	}
	return strings.Join(listed, " "), nil
}

// after tells what the member reads once some narrowings are done, and undoes them.
func (h *hall) after(ctx context.Context, t *testing.T, all map[string]func(context.Context, *db.Tx, *hall) error, order []string) (seen string) {
	t.Helper()
	undone := errors.New("undone")
	err := h.d.Write(ctx, func(tx *db.Tx) error {
		for _, kind := range order {
			if err := refused(all[kind](ctx, tx, h)); err != nil {
				return err
			}
		}
		var err error
		if seen, err = h.reads(ctx, tx); err != nil {
			return err
		}
		return undone
	})
	if !errors.Is(err, undone) {
		t.Fatal(err)
	}
	return seen
}

// refused lets pass that there is nothing left to narrow: the other one did it.
func refused(err error) error {
	if kind := fault.KindOf(err); err != nil && (kind == fault.NotFound || kind == fault.Invalid) {
		return nil
	}
	return err
}

// race runs the two while the member reads, and returns what was read.
func (h *hall) race(ctx context.Context, t *testing.T, one, two func(context.Context, *db.Tx, *hall) error) (seen []string) {
	t.Helper()
	var writers sync.WaitGroup
	errs := make(chan error, 3)
	for _, narrow := range []func(context.Context, *db.Tx, *hall) error{one, two} {
		writers.Go(func() {
			errs <- h.d.Write(ctx, func(tx *db.Tx) error {
				if _, err := space.Lock(ctx, tx, h.space); err != nil {
					return err
				}
				return refused(narrow(ctx, tx, h))
			})
		})
	}
	ended := make(chan struct{})
	go func() { writers.Wait(); close(ended) }()
	for last := false; !last; {
		select {
		case <-ended:
			last = true // once more, after both
		default:
		}
		err := h.d.Read(ctx, func(tx *db.Tx) error {
			now, err := h.reads(ctx, tx)
			seen = append(seen, now)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	return seen
}

func scanIDs(ctx context.Context, tx *db.Tx, query string, args []any) (out []id.ID, err error) {
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var one id.ID
		err := rows.Scan(&one)
		out = append(out, one)
		return err
	}, query, args...)
	return out, err
}
