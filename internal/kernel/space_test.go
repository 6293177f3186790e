package kernel_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"ruche/internal/kernel"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/testkit"
)

func TestSlug(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Démat. ADS":               "demat-ads",
		"L’été à Sète, 2027 !":     "l-ete-a-sete-2027",
		"Œuvres & Ægide":           "oeuvres-aegide",
		"   ":                      "espace",
		"日本":                       "espace",
		"--a--b--":                 "a-b",
		strings.Repeat("mot ", 40): strings.TrimRight(strings.Repeat("mot-", 15), "-"),
	} {
		if got := space.Slug(name); got != want {
			t.Errorf("Slug(%q) = %q, want %q", name, got, want)
		}
	}
}

// openSpace makes a space with members of the roles given.
func openSpace(ctx context.Context, t *testing.T, d *db.DB, v space.Visibility, roles ...space.Role) (s space.Space, members []id.ID) {
	t.Helper()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	err := d.Write(ctx, func(tx *db.Tx) (err error) {
		if s, err = space.Create(ctx, tx, space.New{Name: "Même nom", Purpose: "x", Kind: space.Project, Visibility: v}, now); err != nil {
			return err
		}
		for _, role := range roles {
			i := id.New()
			a, err := account.Create(ctx, tx, account.New{Email: i.String() + "@exemple.fr", Name: "P", Class: account.Agent}, now)
			if err != nil {
				return err
			}
			members = append(members, a.ID)
			if _, err := space.Join(ctx, tx, s.ID, a.ID, role, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, members
}

func TestANameTakenIsNumberedAndASecretOneIsDrawn(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := testkit.DB(t, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()})
	first, _ := openSpace(ctx, t, d, space.Private)
	second, _ := openSpace(ctx, t, d, space.Private)
	secret, _ := openSpace(ctx, t, d, space.Secret)
	if first.Slug != "meme-nom" || second.Slug != "meme-nom-2" {
		t.Errorf("slugs %s and %s", first.Slug, second.Slug)
	}
	if tail, ok := strings.CutPrefix(secret.Slug, "meme-nom-"); !ok || len(tail) != 8 {
		t.Errorf("the slug of a secret space is %s", secret.Slug)
	}
}

func TestASpaceKeepsALead(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := testkit.DB(t, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()})
	s, m := openSpace(ctx, t, d, space.Private, space.Lead, space.Reader)
	change := func(f func(tx *db.Tx) error) fault.Kind {
		err := d.Write(ctx, f)
		if err == nil {
			return 255
		}
		return fault.KindOf(err)
	}
	if k := change(func(tx *db.Tx) error { return space.Leave(ctx, tx, s.ID, m[0]) }); k != fault.Invalid {
		t.Errorf("the last lead leaves: %v", k)
	}
	if k := change(func(tx *db.Tx) error { return space.SetRole(ctx, tx, s.ID, m[0], space.Reader) }); k != fault.Invalid {
		t.Errorf("the last lead steps down: %v", k)
	}
	if k := change(func(tx *db.Tx) error { return space.SetRole(ctx, tx, s.ID, m[1], space.Lead) }); k != 255 {
		t.Errorf("a second lead: %v", k)
	}
	if k := change(func(tx *db.Tx) error { return space.Leave(ctx, tx, s.ID, m[0]) }); k != 255 {
		t.Errorf("the first of two leads leaves: %v", k)
	}
	if k := change(func(tx *db.Tx) error { return space.Leave(ctx, tx, s.ID, m[0]) }); k != fault.NotFound {
		t.Errorf("someone who left leaves again: %v", k)
	}
}

func TestJoiningNeverLowersARole(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := testkit.DB(t, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()})
	s, m := openSpace(ctx, t, d, space.Private, space.Lead, space.Contributor)
	for _, step := range []struct {
		role    space.Role
		changed bool
	}{{space.Reader, false}, {space.Contributor, false}, {space.Lead, true}} {
		err := d.Write(ctx, func(tx *db.Tx) error {
			changed, err := space.Join(ctx, tx, s.ID, m[1], step.role, time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
			if changed != step.changed {
				t.Errorf("joining as %s changed something: %v", step.role, changed)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAStaleSettingIsAConflict(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := testkit.DB(t, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()})
	s, _ := openSpace(ctx, t, d, space.Private)
	s.Name = "Autre nom"
	for i, want := range []bool{true, false} {
		err := d.Write(ctx, func(tx *db.Tx) error { return space.Update(ctx, tx, s, 1) })
		if ok := err == nil; ok != want || !ok && fault.KindOf(err) != fault.Conflict {
			t.Errorf("write %d: %v", i+1, err)
		}
	}
}
