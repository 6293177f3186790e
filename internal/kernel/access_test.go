package kernel_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"ruche/internal/kernel"
	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/testkit"
)

// world is a few people, spaces and items made by chance, with the plain facts
// from which a right is told by hand.
type world struct {
	people []account.Account
	spaces []space.Space
	levels map[id.ID]map[int]access.Levels // by space and service
	roles  map[[2]id.ID]space.Role         // by space and account
	items  []content.Item
}

func build(ctx context.Context, t *testing.T, d *db.DB, r *rand.Rand) world {
	t.Helper()
	w := world{levels: map[id.ID]map[int]access.Levels{}, roles: map[[2]id.ID]space.Role{}}
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	err := d.Write(ctx, func(tx *db.Tx) error {
		for i := range 6 {
			class := account.Agent
			if i%3 == 2 {
				class = account.External
			}
			a, err := account.Create(ctx, tx, account.New{Email: fmt.Sprintf("p%d@exemple.fr", i), Name: fmt.Sprint("P", i), Class: class, Admin: i == 0}, now)
			if err != nil {
				return err
			}
			w.people = append(w.people, a)
		}
		for i := range 8 {
			v := []space.Visibility{space.Public, space.Private, space.Secret}[i%3]
			s, err := space.Create(ctx, tx, space.New{Name: fmt.Sprint("Espace ", i), Purpose: "x", Kind: space.Community, Visibility: v}, now)
			if err != nil {
				return err
			}
			if err := w.furnish(ctx, tx, r, s, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// furnish gives a space services with levels by chance, members and items in
// every state.
func (w *world) furnish(ctx context.Context, tx *db.Tx, r *rand.Rand, s space.Space, now time.Time) error {
	w.spaces = append(w.spaces, s)
	w.levels[s.ID] = map[int]access.Levels{}
	for bit := range 4 {
		l := access.Levels{Visitor: access.Level(r.IntN(3)), Reader: access.Level(r.IntN(5)), Contributor: access.Level(r.IntN(5))}
		w.levels[s.ID][bit] = l
		if err := space.SetService(ctx, tx, s.ID, bit, bit, int(l.Visitor), int(l.Reader), int(l.Contributor)); err != nil {
			return err
		}
	}
	for _, p := range w.people {
		role := space.Role(r.IntN(4))
		if role == space.NoRole {
			continue
		}
		if _, err := space.Join(ctx, tx, s.ID, p.ID, role, now); err != nil {
			return err
		}
		w.roles[[2]id.ID{s.ID, p.ID}] = role
	}
	for state := content.Draft; state <= content.Trashed; state++ {
		author := w.people[r.IntN(len(w.people))]
		it, err := content.Create(ctx, tx, author.Actor(id.ID{}), content.New{Space: s.ID, Service: r.IntN(4), Kind: "post", Text: content.Text{Title: "T"}, State: content.Draft}, now)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE items SET state = $1 WHERE id = $2`, int(state), it.ID); err != nil {
			return err
		}
		it.State = state
		w.items = append(w.items, it)
	}
	return access.Derive(ctx, tx, s.ID)
}

func (w *world) level(a account.Account, s space.Space, service int) access.Level {
	l := w.levels[s.ID][service]
	level := l.Of(w.roles[[2]id.ID{s.ID, a.ID}])
	if a.Class == account.Agent && s.Visibility == space.Public {
		level = max(level, l.Visitor)
	}
	return level
}

// readable is the rule, in words: the service may be read; a draft is its
// author's; what is scheduled or in the trash is its author's and the leads';
// an author reads as long as they are a member.
func (w *world) readable(a account.Account, it content.Item) bool {
	var s space.Space
	for _, candidate := range w.spaces {
		if candidate.ID == it.Space {
			s = candidate
		}
	}
	role := w.roles[[2]id.ID{s.ID, a.ID}]
	if w.level(a, s, it.Service) < access.Read {
		return false
	}
	mine := it.Author == a.ID && role != space.NoRole
	switch it.State {
	case content.Published, content.Archived:
		return true
	case content.Draft:
		return mine
	case content.Scheduled, content.Trashed:
		return mine || role == space.Lead
	}
	return false
}

func (w *world) known(a account.Account, s space.Space) bool {
	return w.roles[[2]id.ID{s.ID, a.ID}] != space.NoRole || a.Class == account.Agent && s.Visibility != space.Secret
}

// TestThePredicateIsTheRule compares the SQL with the plain rule, for every
// person and every item of many small worlds.
func TestThePredicateIsTheRule(t *testing.T) {
	t.Parallel()
	d := testkit.DB(t, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()})
	for seed := range uint64(4) {
		ctx := t.Context()
		if seed > 0 {
			d = testkit.DB(t, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()})
		}
		w := build(ctx, t, d, rand.New(rand.NewPCG(seed, 2)))
		err := d.Read(ctx, func(tx *db.Tx) error {
			for _, a := range w.people {
				for _, it := range w.items {
					_, err := content.ByID(ctx, tx, a.Actor(id.ID{}), it.ID)
					if err != nil && fault.KindOf(err) != fault.NotFound {
						return err
					}
					if got, want := err == nil, w.readable(a, it); got != want {
						t.Errorf("seed %d: %s (%s) reads an item of state %d: %v, want %v", seed, a.Name, a.Class, it.State, got, want)
					}
				}
				for _, it := range w.items {
					if _, err := content.ByID(ctx, tx, actor.Anonymous(), it.ID); fault.KindOf(err) != fault.NotFound {
						t.Errorf("nobody reads an item: %v", err)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestTheViewIsTheRule compares what a view says with the plain rule: who knows
// of a space, and every action in every service.
func TestTheViewIsTheRule(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := testkit.DB(t, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()})
	w := build(ctx, t, d, rand.New(rand.NewPCG(7, 2)))
	actions := []access.Action{
		access.SpaceRead, access.SpaceManage, access.MemberInvite, access.ItemRead, access.ItemComment, access.ItemCreate,
		access.ItemEditOwn, access.ItemEditAny, access.RemarkEditOwn, access.RemarkRemove,
	}
	err := d.Read(ctx, func(tx *db.Tx) error {
		for _, a := range w.people {
			catalogue, _, err := access.Catalogue(ctx, tx, a.Actor(id.ID{}), access.CatalogueFilter{}, access.CatalogueCursor{}, 100)
			if err != nil {
				return err
			}
			listed := map[id.ID]bool{}
			for _, e := range catalogue {
				listed[e.Space.ID] = true
			}
			for _, s := range w.spaces {
				v, err := access.BySlug(ctx, tx, a.Actor(id.ID{}), s.Slug)
				if err != nil && fault.KindOf(err) != fault.NotFound {
					return err
				}
				if known := w.known(a, s); (err == nil) != known || listed[s.ID] != known {
					t.Errorf("%s knows of a %s space: view %v, catalogue %v, want %v", a.Name, s.Visibility, err == nil, listed[s.ID], known)
				}
				for bit := range 4 {
					for _, action := range actions {
						need, ok := access.Need(action)
						want := ok && err == nil && w.level(a, s, bit) >= need
						if got := v.Can(action, bit); got != want {
							t.Errorf("%s may %s in service %d of a %s space: %v, want %v", a.Name, action, bit, s.Visibility, got, want)
						}
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if (access.View{}).Can("invented.action", access.Home) {
		t.Error("an action outside the table is permitted")
	}
}

// TestTheCataloguePagesByKey: the pages joined are the whole, in order, once each.
func TestTheCataloguePagesByKey(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := testkit.DB(t, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()})
	w := build(ctx, t, d, rand.New(rand.NewPCG(9, 2)))
	a := w.people[0].Actor(id.ID{})
	err := d.Read(ctx, func(tx *db.Tx) error {
		whole, _, err := access.Catalogue(ctx, tx, a, access.CatalogueFilter{}, access.CatalogueCursor{}, 100)
		if err != nil {
			return err
		}
		var joined []string
		next := &access.CatalogueCursor{}
		for next != nil {
			var page []access.CatalogueEntry
			if page, next, err = access.Catalogue(ctx, tx, a, access.CatalogueFilter{}, *next, 2); err != nil {
				return err
			}
			for _, e := range page {
				joined = append(joined, e.Space.Slug)
			}
		}
		if len(joined) != len(whole) {
			t.Fatalf("%d spaces by pages, %d at once", len(joined), len(whole))
		}
		for i, e := range whole {
			if joined[i] != e.Space.Slug {
				t.Errorf("place %d: %s by pages, %s at once", i, joined[i], e.Space.Slug)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
