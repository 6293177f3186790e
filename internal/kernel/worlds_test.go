package kernel_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ruche/internal/kernel"
	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/testkit"
)

// TestSoakTheRightIsTheRule makes small worlds by chance, changes them by chance,
// and after each change compares every answer of the right with the oracle's. The
// seed of a world that fails is printed.
func TestSoakTheRightIsTheRule(t *testing.T) {
	t.Parallel()
	worlds, lanes := 150*soak(t), 1
	if soak(t) > 1 {
		lanes = runtime.GOMAXPROCS(0)
	}
	switch {
	case testing.Short():
		worlds = 10 // the race detector makes SQLite thirty times slower
	case os.Getenv("RUCHE_TEST_ENGINE") == "postgres":
		worlds = 30 * soak(t) // each statement is a round trip
	}
	for lane := range lanes {
		t.Run(fmt.Sprint("lane ", lane), func(t *testing.T) {
			t.Parallel()
			liveAll(t, lane*worlds/lanes, (lane+1)*worlds/lanes)
		})
	}
}

// liveAll lives the worlds of the seeds from one on, before another.
func liveAll(t *testing.T, from, before int) {
	t.Helper()
	d := testkit.DB(t, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()})
	undone := errors.New("undone")
	for first := from; first < before && !t.Failed(); first += 100 {
		// A hundred worlds are one transaction, which is then undone: the next ones
		// begin on an empty database.
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			for seed := first; seed < min(first+100, before) && !t.Failed(); seed++ {
				if err := live(t.Context(), t, tx, uint64(seed)); err != nil { // #nosec G115 -- not negative
					return fmt.Errorf("world %d: %w", seed, err)
				}
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		if d.Engine() == db.Postgres {
			sweepDead(t, d)
		}
	}
}

// sweepDead empties the tables of what was undone: PostgreSQL keeps such rows until it
// vacuums, and goes through them. A long run was five times slower after thousand worlds.
func sweepDead(t *testing.T, d *db.DB) {
	t.Helper()
	var names []string
	for _, table := range kernel.Tables() {
		if !strings.HasPrefix(table.Name, "audit_") { // those are only added to
			names = append(names, table.Name)
		}
	}
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `TRUNCATE `+strings.Join(names, ", "))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// soak is how many times longer than usual the long tests last.
func soak(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("RUCHE_SOAK"))
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// life is one world: the oracle, and chance.
type life struct {
	oracle
	*rand.Rand
	t     *testing.T
	tx    *db.Tx
	seed  uint64
	space space.Space
	now   time.Time
}

const services = 2

func live(ctx context.Context, t *testing.T, tx *db.Tx, seed uint64) error {
	t.Helper()
	w := &life{
		oracle: oracle{
			services: map[int]access.Levels{}, roles: map[id.ID]space.Role{}, overrides: map[id.ID]map[int]access.Level{},
			groups: map[id.ID]map[id.ID]bool{}, items: map[id.ID]*node{},
		},
		Rand: rand.New(rand.NewPCG(seed, 1)), t: t, tx: tx, seed: seed, now: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC),
	}
	if err := w.found(ctx); err != nil {
		return err
	}
	steps := []func(context.Context) error{
		w.join, w.role, w.leave, w.level1, w.level1, w.clear, w.levels, w.see, w.group, w.regroup, w.regroup, w.regroup, w.ungroup,
		w.write, w.write, w.state, w.restrict, w.restrict, w.restrict, w.open, w.move, w.move,
	}
	for _, step := range []func(context.Context) error{w.group, w.regroup, w.regroup, w.write, w.write, w.write, w.write, w.write, w.restrict} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	// In a long run, a world is compared after a quarter of its changes and at its
	// end: more worlds find more than more looks at each.
	often := 1
	if soak(t) > 1 {
		often = 4
	}
	for left := 19; left >= 0; left-- {
		step := steps[w.IntN(len(steps))]
		if err := step(ctx); err != nil {
			return err
		}
		if left > 0 && w.IntN(often) > 0 {
			continue
		}
		if err := w.check(ctx); err != nil || t.Failed() {
			return err
		}
	}
	return nil
}

// found makes the people and the space, which its first member leads.
func (w *life) found(ctx context.Context) (err error) {
	for i := range 4 {
		class := account.Agent
		if i%3 == 1 {
			class = account.External
		}
		a, err := account.Create(ctx, w.tx, account.New{Email: fmt.Sprintf("p%d.%d@exemple.fr", w.seed, i), Name: fmt.Sprint("P", i), Class: class, Admin: i == 3}, w.now)
		if err != nil {
			return err
		}
		w.people = append(w.people, a)
	}
	w.visibility = []space.Visibility{space.Public, space.Private, space.Secret}[w.IntN(3)]
	w.space, err = space.Create(ctx, w.tx, space.New{Name: "Espace", Purpose: "x", Kind: space.Community, Visibility: w.visibility, Slug: fmt.Sprint("espace-", w.seed)}, w.now)
	if err != nil {
		return err
	}
	if err := w.levels(ctx); err != nil {
		return err
	}
	for i, p := range w.people[:3] {
		role := space.Role(i + 1)
		if i == 0 {
			role = space.Lead
		}
		if _, err := space.Join(ctx, w.tx, w.space.ID, p.ID, role, w.now); err != nil {
			return err
		}
		w.roles[p.ID] = role
	}
	return nil
}

func (w *life) anyone() account.Account { return w.people[w.IntN(len(w.people))] }

func (w *life) join(ctx context.Context) error {
	p, role := w.anyone(), space.Role(1+w.IntN(2))
	changed, err := space.Join(ctx, w.tx, w.space.ID, p.ID, role, w.now)
	if changed {
		w.roles[p.ID] = role
	}
	return err
}

func (w *life) role(ctx context.Context) error {
	p, role := w.anyone(), space.Role(1+w.IntN(3))
	last := w.roles[p.ID] == space.Lead && w.leads() == 1 && role != space.Lead
	err := access.SetRole(ctx, w.tx, w.space.ID, p.ID, role)
	switch {
	case w.roles[p.ID] == space.NoRole:
		return w.refuses(err, fault.NotFound)
	case last:
		return w.refuses(err, fault.Invalid)
	}
	w.roles[p.ID] = role
	if role == space.Lead {
		delete(w.overrides, p.ID)
	}
	return err
}

func (w *life) leave(ctx context.Context) error {
	p := w.anyone()
	if w.roles[p.ID] == space.Lead && w.leads() == 1 || w.roles[p.ID] == space.NoRole {
		return nil // refusals are the tests' of space: half of Leave is done by then
	}
	w.left(p.ID)
	return access.Leave(ctx, w.tx, w.space.ID, p.ID)
}

func (w *life) level1(ctx context.Context) error {
	p, service, level := w.anyone(), w.IntN(services+1), access.Level(max(0, w.IntN(7)-2))
	err := access.SetLevel(ctx, w.tx, w.space.ID, p.ID, service, level)
	_, on := w.services[service]
	switch {
	case service == access.Home:
		return w.refuses(err, fault.Invalid)
	case w.roles[p.ID] == space.NoRole || !on:
		return w.refuses(err, fault.NotFound)
	case w.roles[p.ID] == space.Lead:
		return w.refuses(err, fault.Invalid)
	}
	if w.overrides[p.ID] == nil {
		w.overrides[p.ID] = map[int]access.Level{}
	}
	w.overrides[p.ID][service] = level
	return err
}

func (w *life) clear(ctx context.Context) error {
	p, service := w.anyone(), 1+w.IntN(services)
	delete(w.overrides[p.ID], service)
	return access.ClearLevel(ctx, w.tx, w.space.ID, p.ID, service)
}

// levels gives every service levels by chance; the home is for all who are in.
func (w *life) levels(ctx context.Context) error {
	for service := range services + 1 {
		l := access.Levels{Visitor: access.Level(w.IntN(3)), Reader: access.Level(w.IntN(5)), Contributor: access.Level(1 + w.IntN(4))}
		if service == access.Home {
			l = access.Levels{Visitor: access.Read, Reader: access.Read, Contributor: access.Read}
		}
		w.services[service] = l
		if err := space.SetService(ctx, w.tx, w.space.ID, service, service, int(l.Visitor), int(l.Reader), int(l.Contributor)); err != nil {
			return err
		}
	}
	return access.Derive(ctx, w.tx, w.space.ID)
}

// see changes who knows of the space.
func (w *life) see(ctx context.Context) error {
	w.visibility = []space.Visibility{space.Public, space.Private, space.Secret}[w.IntN(3)]
	if _, err := w.tx.Exec(ctx, `UPDATE spaces SET visibility = $1 WHERE id = $2`, string(w.visibility), w.space.ID); err != nil {
		return err
	}
	return access.Derive(ctx, w.tx, w.space.ID)
}

func (w *life) group(ctx context.Context) error {
	g, err := space.CreateGroup(ctx, w.tx, w.space.ID, fmt.Sprint("Groupe ", len(w.groups), w.Uint32()), w.now)
	if err == nil {
		w.groups[g.ID] = map[id.ID]bool{}
	}
	return err
}

func (w *life) anyGroup() (id.ID, bool) {
	if len(w.groups) == 0 {
		return id.ID{}, false
	}
	all := slices.SortedFunc(maps.Keys(w.groups), func(a, b id.ID) int { return slices.Compare(a[:], b[:]) })
	return all[w.IntN(len(all))], true
}

// regroup adds someone to a group, or takes them out.
func (w *life) regroup(ctx context.Context) error {
	g, ok := w.anyGroup()
	p := w.anyone()
	if !ok || w.roles[p.ID] == space.NoRole {
		return nil
	}
	if w.groups[g][p.ID] {
		delete(w.groups[g], p.ID)
		return access.RemoveFromGroup(ctx, w.tx, w.space.ID, g, p.ID)
	}
	w.groups[g][p.ID] = true
	return access.AddToGroup(ctx, w.tx, w.space.ID, g, p.ID)
}

func (w *life) ungroup(ctx context.Context) error {
	g, ok := w.anyGroup()
	if !ok {
		return nil
	}
	delete(w.groups, g)
	for _, it := range w.items {
		if it.named != nil {
			it.named = slices.DeleteFunc(slices.Clone(it.named), func(e access.Entry) bool { return e.Group == g })
		}
	}
	return access.DeleteGroup(ctx, w.tx, w.space.ID, g)
}

// anyItem is an item, often one of the first: most others lie under it.
func (w *life) anyItem() *node {
	if w.IntN(2) == 0 {
		return w.items[w.order[w.IntN(2)]]
	}
	return w.items[w.order[w.IntN(len(w.order))]]
}

// write makes an item under another or at the top, in any state, often at the
// same instant as others.
func (w *life) write(ctx context.Context) error {
	author := w.anyone()
	n := content.New{Space: w.space.ID, Service: 1 + w.IntN(services), Kind: "post", Text: content.Text{Title: fmt.Sprint("T", w.IntN(3))}, State: content.Draft}
	if len(w.order) > 1 && w.IntN(4) > 0 {
		above := w.anyItem()
		if !w.readable(author, above) {
			_, err := content.Create(ctx, w.tx, author.Actor(id.ID{}), content.New{Space: n.Space, Service: above.Service, Kind: "post", Text: content.Text{Title: "T"}, Parent: above.ID, State: content.Draft}, w.now)
			return w.refuses(err, fault.NotFound)
		}
		n.Parent, n.Service = above.ID, above.Service
	}
	if w.IntN(2) == 0 {
		w.now = w.now.Add(time.Minute)
	}
	if w.IntN(4) > 0 {
		n.State = content.Published
	}
	var named []access.Entry // nil: the item is not restricted by itself
	if entries := w.entries(); len(entries) > 0 && w.IntN(5) == 0 {
		named, n.Readers = entries, entries
	}
	it, err := content.Create(ctx, w.tx, author.Actor(id.ID{}), n, w.now)
	if err != nil {
		return err
	}
	w.items[it.ID] = &node{Item: it, named: named}
	w.order = append(w.order, it.ID)
	return nil
}

func (w *life) state(ctx context.Context) error {
	n := w.anyItem()
	to := content.State(1 + w.IntN(5))
	done, err := content.Apply(ctx, w.tx, w.people[0].Actor(id.ID{}), n.Item, n.Revision, content.Change{Text: content.Text{Title: n.Title, Body: n.Body}, State: to, PublishAt: w.now.Add(time.Hour)}, w.now)
	n.Item = done.Item
	return err
}

func (w *life) entries() []access.Entry {
	out := []access.Entry{}
	if g, ok := w.anyGroup(); ok && w.IntN(4) > 0 {
		out = append(out, access.Entry{Group: g})
	}
	for _, m := range w.members() {
		if w.IntN(3) == 0 {
			out = append(out, access.Entry{Account: m})
		}
	}
	return out
}

func (w *life) restrict(ctx context.Context) error {
	n := w.anyItem()
	n.named = w.entries()
	_, err := content.Restrict(ctx, w.tx, n.Item, n.named)
	return errors.Join(err, w.reload(ctx))
}

func (w *life) open(ctx context.Context) error {
	n := w.anyItem()
	n.named = nil
	_, err := content.Open(ctx, w.tx, n.Item)
	return errors.Join(err, w.reload(ctx))
}

func (w *life) move(ctx context.Context) error {
	n, to := w.anyItem(), w.anyItem()
	mover := w.anyone()
	var parent id.ID
	want := fault.Kind(255)
	if w.IntN(3) > 0 {
		parent = to.ID
		inside := false
		for at := to; at != nil; at = w.items[at.Parent] {
			inside = inside || at.ID == n.ID
		}
		switch {
		case to.Service != n.Service || !w.readable(mover, to):
			want = fault.NotFound
		case inside:
			want = fault.Invalid
		}
	}
	_, err := content.Move(ctx, w.tx, mover.Actor(id.ID{}), n.Item, parent)
	if want != 255 {
		return w.refuses(err, want)
	}
	n.Parent = parent
	return errors.Join(err, w.reload(ctx))
}

// refuses turns the refusal that was expected into success.
func (w *life) refuses(err error, want fault.Kind) error {
	if err == nil || fault.KindOf(err) != want {
		return fmt.Errorf("answered %w, want a refusal of kind %d", err, want)
	}
	return nil
}

// reload takes over what the database derived: audience, scope and mark.
func (w *life) reload(ctx context.Context) error {
	return w.tx.All(ctx, func(rows *sql.Rows) error {
		it, err := content.Scan(rows.Scan)
		if err == nil {
			w.items[it.ID].Item = it
		}
		return err
	}, `SELECT `+content.Columns+` FROM items i WHERE i.space_id = $1`, w.space.ID)
}

func (w *life) errorf(format string, args ...any) {
	w.t.Helper()
	w.t.Errorf("world %d: %s", w.seed, fmt.Sprintf(format, args...))
}
