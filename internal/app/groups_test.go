package app_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"ruche/internal/kernel/access"
	"ruche/internal/platform/db"
)

// TestAGroupIsKeptByTheLeads makes a group, fills it, restricts a post to it, and
// takes it all back.
func TestAGroupIsKeptByTheLeads(t *testing.T) {
	t.Parallel()
	h := open(t)
	boss, reader := h.as(lead), h.as(contributor)
	a := boss.post("/espaces/demat-ads/groupes", "name", "Comité de lecture")
	if a.status != http.StatusSeeOther {
		t.Fatalf("making a group answered %d", a.status)
	}
	page := a.location()
	if a := boss.post("/espaces/demat-ads/groupes", "name", "comite de LECTURE"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "comite de LECTURE") {
		t.Errorf("a name that is taken: %d", a.status)
	}
	member := h.actor(contributor).Account
	if a := boss.get(page + "?q=amad"); !strings.Contains(a.body, member.String()) || strings.Contains(a.body, h.actor(external).Account.String()) {
		t.Error("the search of a member does not find the one who is looked for alone")
	}
	if a := boss.post(page + "/-/membres"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("adding nobody: %d", a.status)
	}
	if a := boss.post(page+"/-/membres", "membre", h.actor(nowhere).Account.String()); a.status != http.StatusNotFound {
		t.Errorf("adding who is no member: %d", a.status)
	}
	if a := boss.post(page+"/-/membres", "membre", member.String()); a.status != http.StatusSeeOther {
		t.Fatalf("adding a member: %d", a.status)
	}
	if a := boss.get(page + "?q=amad"); strings.Contains(a.body, `value="`+member.String()) || !strings.Contains(a.body, "Amadou Diallo") {
		t.Error("whoever is in the group is not in it on its page")
	}
	slug := victims(h, "demat-ads")["post"]
	h.restrict(slug, h.id(`SELECT id FROM space_groups WHERE name = 'Comité de lecture'`))
	post := "/espaces/demat-ads/blog/" + slug
	if a, b := reader.get(post), h.as(external).get(post); a.status != http.StatusOK || b.status != http.StatusNotFound {
		t.Errorf("a member of the group gets %d, another %d", a.status, b.status)
	}
	if a := boss.get(page + "/-/supprimer"); !strings.Contains(a.body, "1 contenu lui est réservé") {
		t.Error("the question does not say what the group reads")
	}
	if a := boss.post(page + "/-/membres/" + member.String() + "/retirer"); a.status != http.StatusSeeOther {
		t.Fatalf("taking a member out: %d", a.status)
	}
	if a := reader.get(post); a.status != http.StatusNotFound {
		t.Errorf("whoever left the group gets %d", a.status)
	}
	if a := boss.post(page, "name", "Lecture"); a.status != http.StatusSeeOther || !strings.Contains(boss.get(page).body, "<h1>Lecture</h1>") {
		t.Errorf("renaming: %d", a.status)
	}
	if a := boss.post(page + "/-/supprimer"); a.status != http.StatusSeeOther || boss.get(page).status != http.StatusNotFound {
		t.Errorf("deleting: %d", a.status)
	}
	if a := boss.get(post); a.status != http.StatusOK {
		t.Errorf("a lead gets %d for what a group that is gone read", a.status)
	}
	if n := h.number(`SELECT COUNT(*) FROM events WHERE kind = $1`, string(access.EventChanged)); n != 3 {
		t.Errorf("%d changes of rights were told, want 3", n)
	}
}

// TestWhoIsInNoGroupMakesNone: a contributor sees groups and changes none.
func TestWhoIsInNoGroupMakesNone(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(contributor)
	group := h.groupOf("demat-ads")
	a := p.get("/espaces/demat-ads/groupes")
	if !strings.Contains(a.body, "Copil") || strings.Contains(a.body, "Créer le groupe") {
		t.Error("a contributor sees the wrong page of groups")
	}
	a = p.get("/espaces/demat-ads/groupes/" + group.String())
	if a.status != http.StatusOK || strings.Contains(a.body, "supprimer") || strings.Contains(a.body, "retirer") {
		t.Errorf("a contributor is offered to change a group (%d)", a.status)
	}
	// A group of another space has no page here, for its lead either.
	other := h.groupOf("comite-secret")
	if a := h.as(lead).get("/espaces/demat-ads/groupes/" + other.String()); a.status != http.StatusNotFound {
		t.Errorf("the group of another space: %d", a.status)
	}
	h.read(func(ctx context.Context, tx *db.Tx) error {
		if n, err := access.Reserved(ctx, tx, h.id(`SELECT id FROM spaces WHERE slug = 'demat-ads'`), group); err != nil || n != 1 {
			t.Errorf("the group reads %d contents (%v), want the one of the demonstration", n, err)
		}
		return nil
	})
}
