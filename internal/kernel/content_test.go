package kernel_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
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

const service = 1

// room is a space with one service and its lead.
func room(ctx context.Context, t *testing.T) (d *db.DB, a actor.Actor, spaceID id.ID, now time.Time) {
	t.Helper()
	now = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	d = testkit.DB(t, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()})
	err := d.Write(ctx, func(tx *db.Tx) error {
		who, err := account.Create(ctx, tx, account.New{Email: "a@exemple.fr", Name: "A", Class: account.Agent}, now)
		if err != nil {
			return err
		}
		a = who.Actor(id.ID{})
		s, err := space.Create(ctx, tx, space.New{Name: "S", Purpose: "x", Kind: space.Community, Visibility: space.Private}, now)
		if err != nil {
			return err
		}
		spaceID = s.ID
		if _, err := space.Join(ctx, tx, s.ID, a.Account, space.Lead, now); err != nil {
			return err
		}
		if err := space.SetService(ctx, tx, s.ID, service, 1, 0, int(access.Comment), int(access.Contribute)); err != nil {
			return err
		}
		return access.Derive(ctx, tx, s.ID)
	})
	if err != nil {
		t.Fatal(err)
	}
	return d, a, spaceID, now
}

func TestRevisions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d, a, spaceID, now := room(ctx, t)
	err := d.Write(ctx, func(tx *db.Tx) error {
		it, err := content.Create(ctx, tx, a, content.New{Space: spaceID, Service: service, Kind: "post", Text: content.Text{Title: "Un", Body: "a"}, State: content.Draft}, now)
		if err != nil {
			return err
		}
		same, err := content.Apply(ctx, tx, a, it, 1, content.Change{Text: content.Text{Title: "Un", Body: "a"}, State: content.Draft}, now.Add(time.Minute))
		if err != nil || same.Revision != 1 {
			t.Errorf("a write that changes nothing gives revision %d, %v", same.Revision, err)
		}
		published, err := content.Apply(ctx, tx, a, it, 1, content.Change{Text: content.Text{Title: "Un", Body: "b"}, State: content.Published}, now.Add(time.Hour))
		if err != nil || published.Revision != 2 || !published.PublishedAt.Equal(now.Add(time.Hour)) {
			t.Errorf("publishing: revision %d at %v, %v", published.Revision, published.PublishedAt, err)
		}
		if _, err := content.Apply(ctx, tx, a, published.Item, 1, content.Change{Text: content.Text{Title: "Deux", Body: "c"}, State: content.Published}, now); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a stale write: %v", err)
		}
		if _, err := content.Apply(ctx, tx, a, it, 1, content.Change{Text: content.Text{Title: "Trois"}, State: content.Draft}, now); fault.KindOf(err) != fault.Conflict {
			t.Errorf("a write over a row that moved on: %v", err)
		}
		var kept int
		if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM item_revisions WHERE item_id = $1`, it.ID).Scan(&kept); err != nil || kept != 2 {
			t.Errorf("%d revisions kept, %v", kept, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAddressesAreNumbered(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d, a, spaceID, now := room(ctx, t)
	var slugs []string
	err := d.Write(ctx, func(tx *db.Tx) error {
		for _, title := range []string{"Bilan", "Bilan", "Bilan 2", "Bilan", "Bilans"} {
			it, err := content.Create(ctx, tx, a, content.New{Space: spaceID, Service: service, Kind: "post", Text: content.Text{Title: title}, State: content.Draft}, now)
			if err != nil {
				return err
			}
			slugs = append(slugs, it.Slug)
		}
		return nil
	})
	if want := []string{"bilan", "bilan-2", "bilan-2-2", "bilan-3", "bilans"}; err != nil || !slices.Equal(slugs, want) {
		t.Errorf("%v, want %v, %v", slugs, want, err)
	}
}

// TestPagesJoinToTheWhole: paging by key loses and doubles nothing, even among
// items of one instant.
func TestPagesJoinToTheWhole(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d, a, spaceID, now := room(ctx, t)
	err := d.Write(ctx, func(tx *db.Tx) error {
		for i := range 23 {
			if _, err := content.Create(ctx, tx, a, content.New{Space: spaceID, Service: service, Kind: "post", Text: content.Text{Title: "T"}, State: content.Published}, now.Add(time.Duration(i/5)*time.Minute)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Read(ctx, func(tx *db.Tx) error {
		var all []content.Row
		next := &content.Cursor{}
		for next != nil {
			var page []content.Row
			var err error
			if page, next, err = content.Latest(ctx, tx, a, spaceID, service, *next, 4); err != nil {
				return err
			}
			all = append(all, page...)
		}
		seen := map[id.ID]bool{}
		for i, row := range all {
			if seen[row.ID] {
				t.Errorf("%s twice", row.Slug)
			}
			seen[row.ID] = true
			if i > 0 && row.PublishedAt.After(all[i-1].PublishedAt) {
				t.Errorf("%s out of order", row.Slug)
			}
		}
		if len(all) != 23 {
			t.Errorf("%d items, want 23", len(all))
		}
		feed, _, err := content.Feed(ctx, tx, a, content.Cursor{}, 7)
		if err != nil || len(feed) != 7 || feed[0].ID != all[0].ID {
			t.Errorf("the feed has %d items, %v", len(feed), err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTheFeedIsTheSameHoweverItLooks: whether the spaces of a person are gathered or sought
// among the latest of all, and however far it looks at first.
func TestTheFeedIsTheSameHoweverItLooks(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d, a, _, now := room(ctx, t)
	type post struct {
		id id.ID
		at time.Time
	}
	var mine []post
	err := d.Write(ctx, func(tx *db.Tx) error {
		other, err := account.Create(ctx, tx, account.New{Email: "b@exemple.fr", Name: "B", Class: account.Agent}, now)
		if err != nil {
			return err
		}
		for i := range 40 {
			s, err := space.Create(ctx, tx, space.New{Name: fmt.Sprint("Espace ", i), Purpose: "x", Kind: space.Community, Visibility: space.Private}, now)
			if err != nil {
				return err
			}
			who := []actor.Actor{a}
			if i%4 == 3 {
				who[0] = other.Actor(id.ID{}) // one in four is not theirs
			}
			for _, m := range who {
				if _, err := space.Join(ctx, tx, s.ID, m.Account, space.Lead, now); err != nil {
					return err
				}
			}
			if err := space.SetService(ctx, tx, s.ID, service, 1, 0, int(access.Comment), int(access.Contribute)); err != nil {
				return err
			}
			if err := access.Derive(ctx, tx, s.ID); err != nil {
				return err
			}
			for j := range i % 3 {
				at := now.Add(time.Duration(i*7%11-20*j) * time.Minute) // many at one instant
				it, err := content.Create(ctx, tx, who[0], content.New{Space: s.ID, Service: service, Kind: "post", Text: content.Text{Title: "T"}, State: content.Published}, at)
				if err != nil {
					return err
				}
				if who[0] == a {
					mine = append(mine, post{it.ID, at})
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(mine, func(x, y post) int { return cmp.Or(y.at.Compare(x.at), bytes.Compare(y.id[:], x.id[:])) })
	for _, look := range []content.Look{{Spaces: 3, Scopes: 2, Many: 1}, {Spaces: 3, Scopes: 2, Many: 1000}, {Spaces: 60, Scopes: 31, Many: 1}, {Spaces: 12, Scopes: 31, Many: 30}} {
		var got []post
		err := d.Read(ctx, func(tx *db.Tx) error {
			for next := (&content.Cursor{}); next != nil; {
				rows, after, err := content.FeedFrom(ctx, tx, a, look, *next, 4)
				if err != nil {
					return err
				}
				for _, r := range rows {
					got = append(got, post{r.ID, r.PublishedAt})
				}
				next = after
			}
			return nil
		})
		same := func(x, y post) bool { return x.id == y.id && x.at.Equal(y.at) }
		if err != nil || !slices.EqualFunc(got, mine, same) {
			t.Errorf("%+v: %d items, want %d in order, %v", look, len(got), len(mine), err)
		}
	}
}
