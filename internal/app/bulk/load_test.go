package bulk_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"ruche/internal/app"
	"ruche/internal/app/bulk"
	"ruche/internal/kernel/account"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/config"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/logx"
	"ruche/internal/testkit"
)

// whole puts the program together over a database.
func whole(tb testing.TB, d *db.DB) *app.App {
	tb.Helper()
	c, err := config.Load(func(name string) (string, bool) {
		v, ok := map[string]string{"RUCHE_DATA_DIR": tb.TempDir()}[name]
		return v, ok
	})
	if err != nil {
		tb.Fatal(err)
	}
	hasher, err := account.NewFastHasher()
	if err != nil {
		tb.Fatal(err)
	}
	a, err := app.New(app.Options{Config: c, DB: d, Clock: clock.System(), Log: logx.Discard(), Hasher: hasher, Secret: make([]byte, 32)})
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

func now() time.Time { return time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC) }

// TestTheBigWorldIsTrue: what follows from other rows is what the kernel says that it
// is, the counts are those asked for, and the same seed gives the same world.
func TestTheBigWorldIsTrue(t *testing.T) {
	t.Parallel()
	blank := whole(t, &db.DB{})
	d := testkit.DB(t, blank.Sets()...)
	size := bulk.Hundredth()
	began := time.Now()
	progress := func(what string, n int) {
		t.Logf("%s: %d after %s", what, n, time.Since(began).Round(time.Millisecond))
	}
	_, err := bulk.Load(t.Context(), d, bulk.Options{Size: size, Service: posts(t, blank), Seed: 1, Now: now(), Progress: progress})
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{
		`SELECT COUNT(*) FROM accounts`:                            size.Accounts,
		`SELECT COUNT(*) FROM spaces`:                              size.Spaces,
		`SELECT COUNT(*) FROM items`:                               size.Items,
		`SELECT COUNT(*) FROM space_groups`:                        size.Groups,
		`SELECT COUNT(*) FROM items WHERE audience_id IS NOT NULL`: 5 * size.Nodes,
		// Each space has a lead, each account its names.
		`SELECT COUNT(*) FROM spaces s WHERE NOT EXISTS (SELECT 1 FROM memberships m WHERE m.space_id = s.id AND m.role = 3)`:               0,
		`SELECT COUNT(*) FROM accounts a WHERE NOT EXISTS (SELECT 1 FROM name_words w WHERE w.account_id = a.id AND w.place = 0)`:           0,
		`SELECT COUNT(*) FROM items i WHERE NOT EXISTS (SELECT 1 FROM item_revisions v WHERE v.item_id = i.id AND v.revision = i.revision)`: 0,
		`SELECT COUNT(*) FROM items i WHERE NOT EXISTS (SELECT 1 FROM blog_posts p WHERE p.item_id = i.id)`:                                 0,
		// An item has the space, the service and the audience of its scope.
		`SELECT COUNT(*) FROM items i JOIN scopes s ON s.id = i.scope_id WHERE i.space_id <> s.space_id OR i.service <> s.service
			OR NOT (i.audience_id = s.audience_id OR i.audience_id IS NULL AND s.audience_id IS NULL)`: 0,
		// The newest of a scope and of a space is there.
		`SELECT COUNT(*) FROM items i JOIN scopes s ON s.id = i.scope_id WHERE i.state = 2 AND (i.published_at > s.last_at OR i.published_at = s.last_at AND i.id > s.last_id)`: 0,
		`SELECT COUNT(*) FROM scopes s JOIN space_access a ON a.space_id = s.space_id WHERE s.last_at > a.last_at`:                                                              0,
		`SELECT COUNT(*) FROM scopes s WHERE s.last_at > 0 AND NOT EXISTS (SELECT 1 FROM items i WHERE i.id = s.last_id AND i.scope_id = s.id AND i.published_at = s.last_at)`:  0,
		// The readers of an audience are those whom its entries name.
		`SELECT COUNT(*) FROM audience_readers r WHERE NOT EXISTS (SELECT 1 FROM audience_entries e LEFT JOIN group_members g ON g.group_id = e.group_id
			WHERE e.audience_id = r.audience_id AND COALESCE(e.account_id, g.account_id) = r.account_id)`: 0,
		`SELECT COUNT(*) FROM audience_entries e LEFT JOIN group_members g ON g.group_id = e.group_id WHERE COALESCE(e.account_id, g.account_id) IS NOT NULL
			AND NOT EXISTS (SELECT 1 FROM audience_readers r WHERE r.audience_id = e.audience_id AND r.account_id = COALESCE(e.account_id, g.account_id))`: 0,
		`SELECT COUNT(*) FROM spaces s WHERE NOT EXISTS (SELECT 1 FROM space_access a WHERE a.space_id = s.id)`: 0,
	} {
		if n := count(t, d, query); n != want {
			t.Errorf("%d rows, want %d: %s", n, want, query)
		}
	}
	for who, want := range map[string]int{bulk.FewEmail: size.Few, bulk.ManyEmail: size.Many, bulk.MostEmail: size.Most} {
		if n := count(t, d, fmt.Sprintf(`SELECT COUNT(*) FROM memberships m JOIN accounts a ON a.id = m.account_id WHERE a.email = '%s'`, who)); n < want*9/10 || n > want+1 {
			t.Errorf("%s is a member of %d spaces, want about %d", who, n, want)
		}
	}
	if n := count(t, d, `SELECT COUNT(*) FROM items i JOIN items p ON p.id = i.parent_id WHERE p.title = 'Billet 0000000'`); n != size.Folder {
		t.Errorf("%d items stand in the folder", n)
	}
	if _, err := bulk.Load(t.Context(), d, bulk.Options{Size: size, Service: posts(t, blank), Seed: 1, Now: now()}); fault.KindOf(err) != fault.Conflict {
		t.Errorf("loading over a world: %v", err)
	}
	other := testkit.DB(t, blank.Sets()...)
	if _, err := bulk.Load(t.Context(), other, bulk.Options{Size: size, Service: posts(t, blank), Seed: 1, Now: now()}); err != nil {
		t.Fatal(err)
	}
	const same = `SELECT COUNT(*) FROM items WHERE title > 'Billet 0005' AND state = 2`
	if a, b := count(t, d, same), count(t, other, same); a != b {
		t.Errorf("one seed gives %d and %d", a, b)
	}
}

func count(tb testing.TB, d *db.DB, query string) (n int) {
	tb.Helper()
	err := d.Read(tb.Context(), func(tx *db.Tx) error { return tx.QueryRow(context.WithoutCancel(tb.Context()), query).Scan(&n) })
	if err != nil {
		tb.Fatalf("%v: %s", err, query)
	}
	return n
}

// posts is the service of the blog.
func posts(tb testing.TB, a *app.App) int {
	tb.Helper()
	sv := a.Registry.ByPath("blog")
	if sv == nil {
		tb.Fatal("there is no blog")
	}
	return sv.Bit
}
