package app_test

import (
	"context"
	"database/sql"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/db"
)

// TestTheTrashGivesBack: what is put in the trash is seen by its author and the
// leads, comes back as it was, and is gone after thirty days with all that hung
// from it.
func TestTheTrashGivesBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, leads, reader := h.as(contributor), h.as(lead), h.as(external)
	page, permanent := published(t, author, "Éphémère", "canari-corbeille")
	reader.post(permanent+"/-/commentaires", "texte", "Un commentaire")
	if a := reader.post(permanent + "/-/corbeille"); a.status != http.StatusForbidden {
		t.Errorf("a reader trashes it: %d", a.status)
	}
	a := author.post(permanent + "/-/corbeille")
	if a.status != http.StatusSeeOther {
		t.Fatalf("trashing answered %d", a.status)
	}
	if list := author.get(a.location()).body; !strings.Contains(list, `action="`+permanent+`/-/corbeille/sortir"`) || strings.Contains(list, "Éphémère") {
		t.Error("the list offers no undo, or shows it still")
	}
	for p, want := range map[*person]bool{author: true, leads: true, reader: false, h.as(nowhere): false} {
		if got := p.get(page).status == http.StatusOK; got != want {
			t.Errorf("%s reads it in the trash: %v", p.name, got)
		}
		if got := strings.Contains(p.get("/espaces/demat-ads/corbeille").body, "Éphémère"); got != want {
			t.Errorf("%s sees it in the trash: %v", p.name, got)
		}
	}
	if a := author.post(page+"/-/modifier", "title", "x", "body", "x", "base", "2"); a.status != http.StatusForbidden {
		t.Errorf("it is edited in the trash: %d", a.status)
	}
	if a := leads.post(permanent + "/-/corbeille/sortir"); a.location() != page {
		t.Errorf("it comes back to %q", a.location())
	}
	if a := reader.get(page); a.status != http.StatusOK || !strings.Contains(a.body, "Un commentaire") {
		t.Errorf("it is not back: %d", a.status)
	}

	author.post(permanent + "/-/corbeille")
	h.clock.Advance(29 * 24 * time.Hour)
	h.run()
	if h.as(lead).get(page).status != http.StatusOK {
		t.Error("it is gone after twenty-nine days")
	}
	h.clock.Advance(25 * time.Hour)
	h.run()
	if a := h.as(lead).get(page); a.status != http.StatusNotFound {
		t.Errorf("it is there after thirty days: %d", a.status)
	}
	for _, table := range []string{"items", "item_revisions", "remarks"} {
		column := map[string]string{"items": "title", "item_revisions": "body", "remarks": "body"}[table]
		if n := h.text(`SELECT CAST(COUNT(*) AS TEXT) FROM ` + table + ` WHERE ` + column + ` IN ('Éphémère', 'canari-corbeille', 'Un commentaire')`); n != "0" {
			t.Errorf("%s rows are left in %s", n, table)
		}
	}
}

// run does the jobs that are due.
func (h *house) run() {
	h.t.Helper()
	if _, err := h.Queue.RunPending(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

func TestOnlyALeadDeletesForGood(t *testing.T) {
	t.Parallel()
	h := open(t)
	author := h.as(contributor)
	page, permanent := published(t, author, "De trop", "x")
	if a := h.as(lead).post(permanent + "/-/supprimer"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("what is not in the trash is deleted: %d", a.status)
	}
	author.post(permanent + "/-/corbeille")
	if a := author.post(permanent + "/-/supprimer"); a.status != http.StatusForbidden {
		t.Errorf("an author deletes for good: %d", a.status)
	}
	if a := h.as(lead).get(permanent + "/-/supprimer"); a.status != http.StatusOK || !strings.Contains(a.body, "De trop") {
		t.Errorf("the question answered %d", a.status)
	}
	if a := h.as(lead).post(permanent + "/-/supprimer"); a.status != http.StatusSeeOther || h.as(lead).get(page).status != http.StatusNotFound {
		t.Errorf("deleting answered %d", a.status)
	}
}

func TestAnArchivedPostIsReadAndClosed(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, reader := h.as(contributor), h.as(external)
	page, permanent := published(t, author, "Clos", "x")
	if a := author.post(permanent + "/-/archiver"); a.location() != page {
		t.Fatalf("archiving answered %d", a.status)
	}
	if a := reader.get(page); a.status != http.StatusOK || !strings.Contains(a.body, "Archivé") {
		t.Errorf("it is read no more: %d", a.status)
	}
	if a := reader.post(permanent+"/-/commentaires", "texte", "Trop tard"); a.status != http.StatusForbidden {
		t.Errorf("it is commented: %d", a.status)
	}
	if strings.Contains(reader.get("/espaces/demat-ads/blog").body, "Clos") {
		t.Error("it is in the list")
	}
	author.post(permanent + "/-/archiver/rouvrir")
	if !strings.Contains(reader.get("/espaces/demat-ads/blog").body, "Clos") {
		t.Error("it is not back in the list")
	}
}

// TestAPostAppearsAtItsHour: scheduled in the zone of the instance, seen by its
// author and the leads until then, published once at its hour.
func TestAPostAppearsAtItsHour(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, reader := h.as(contributor), h.as(external)
	const form = "/espaces/demat-ads/blog/-/nouveau"
	for day, want := range map[string]string{"": "Donnez le jour", "2026-11-23": "passé", "2027-03-28": "heure d’été", "2030-01-01": "deux ans"} {
		hour := "02:30"
		if a := author.post(form, "title", "Plus tard", "body", "canari-prévu", "action", "schedule", "day", day, "hour", hour); a.status != http.StatusUnprocessableEntity ||
			!strings.Contains(a.body, want) || !strings.Contains(a.body, "canari-prévu") || !strings.Contains(a.body, `value="`+day+`"`) {
			t.Errorf("%q answered %d", day, a.status)
		}
	}
	edit := author.post(form, "title", "Plus tard", "body", "canari-prévu", "action", "schedule", "day", "2026-11-25", "hour", "09:00").location()
	page := strings.TrimSuffix(edit, "/-/modifier")
	if a := author.get(edit); !strings.Contains(a.body, `value="2026-11-25"`) || !strings.Contains(a.body, `value="09:00"`) {
		t.Error("the form forgot when")
	}
	seen := func(p *person) bool { return strings.Contains(p.get("/espaces/demat-ads/blog").body, "Plus tard") }
	if reader.get(page).status != http.StatusNotFound || seen(reader) || h.as(lead).get(page).status != http.StatusOK || !seen(author) {
		t.Error("what is scheduled is seen by the wrong people")
	}
	h.clock.Set(time.Date(2026, 11, 25, 7, 59, 0, 0, time.UTC)) // 8:59 in Paris
	h.run()
	if seen(reader) {
		t.Error("it appeared before its hour")
	}
	h.clock.Set(time.Date(2026, 11, 25, 8, 0, 30, 0, time.UTC))
	h.run()
	h.run()
	if !seen(reader) || reader.get(page).status != http.StatusOK {
		t.Error("it did not appear at its hour")
	}
	if n := h.text(`SELECT CAST(COUNT(*) AS TEXT) FROM events e JOIN items i ON i.id = e.item_id WHERE i.title = 'Plus tard' AND e.kind = 'content.published'`); n != "1" {
		t.Errorf("published %s times", n)
	}
}

// TestAnAuthorWithoutTheRightPublishesNothing: what someone scheduled and may not
// publish any more waits for the leads.
func TestAnAuthorWithoutTheRightPublishesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	author := h.as(contributor)
	edit := author.post("/espaces/demat-ads/blog/-/nouveau", "title", "Plus tard", "body", "x", "action", "schedule", "day", "2026-11-25", "hour", "09:00").location()
	member := h.actor(contributor).Account.String()
	h.as(lead).post("/espaces/demat-ads/membres/"+member+"/-/role", "role", "reader")
	h.clock.Advance(24 * time.Hour)
	h.run()
	if a := h.as(external).get(strings.TrimSuffix(edit, "/-/modifier")); a.status != http.StatusNotFound {
		t.Errorf("it appeared: %d", a.status)
	}
	if a := h.as(lead).get(strings.TrimSuffix(edit, "/-/modifier")); a.status != http.StatusOK || !strings.Contains(a.body, "Paraîtra") {
		t.Errorf("the lead does not see it: %d", a.status)
	}
}

// TestAPurgeForgetsNoTable walks the foreign keys of the schema: every table that
// hangs from items must say so, or a purge would fail on it or forget it.
func TestAPurgeForgetsNoTable(t *testing.T) {
	t.Parallel()
	h := open(t)
	declared := map[string]string{}
	for _, table := range h.Tables() {
		if table.Item != "" {
			declared[table.Name] = table.Item
		}
	}
	query := `SELECT m.name, f."from", f."table" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`
	if h.DB.Engine() == db.Postgres {
		query = `SELECT c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text FROM pg_constraint c
			JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace`
	}
	plain := regexp.MustCompile(`^[a-z_]+$`)
	var hang []string
	h.read(func(ctx context.Context, tx *db.Tx) error {
		return tx.All(ctx, func(rows *sql.Rows) error {
			var from, column, to string
			if err := rows.Scan(&from, &column, &to); err != nil {
				return err
			}
			if !plain.MatchString(from) {
				t.Errorf("%q is no name of a table", from)
			}
			if to == "items" && from != "items" {
				hang = append(hang, from)
				if declared[from] != column {
					t.Errorf("%s.%s hangs from items and is declared %q", from, column, declared[from])
				}
			}
			if to == "remarks" && from != "remarks" && declared[from] == "" {
				t.Errorf("%s hangs from remarks and not from an item", from)
			}
			return nil
		}, query)
	})
	if len(hang) < 4 || !slices.Contains(hang, "blog_posts") {
		t.Errorf("only %v were found: the walk is blind", hang)
	}
}
