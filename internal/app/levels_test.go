package app_test

import (
	"net/http"
	"strings"
	"testing"

	"ruche/internal/kernel/access"
)

// TestLevelsOfRolesAndOfOneMember closes the blog to readers, opens it to one of
// them, and closes it to one contributor.
func TestLevelsOfRolesAndOfOneMember(t *testing.T) {
	t.Parallel()
	h := open(t)
	boss, writer, reader, other := h.as(lead), h.as(contributor), h.as("bruno.costa@demo.example"), h.as("sophie.tran@demo.example")
	const levels, blog = "/espaces/demat-ads/reglages/droits", "/espaces/demat-ads/blog"
	mark := seenIn(t, boss.get(levels))
	if a := writer.post(levels, "vu", mark, "reader-1", "4"); a.status != http.StatusForbidden {
		t.Errorf("a contributor changes levels: %d", a.status)
	}
	if a := boss.post(levels, "vu", mark, "reader-1", "4", "contributor-1", "1"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "au moins ce que peut le précédent") {
		t.Errorf("a contributor below a reader: %d", a.status)
	}
	if a := boss.post(levels, "vu", mark, "reader-1", "9"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a level that is none: %d", a.status)
	}
	if a := boss.post(levels, "vu", mark, "reader-1", "0", "contributor-1", "3"); a.status != http.StatusSeeOther {
		t.Fatalf("closing the blog to readers: %d", a.status)
	}
	if a, b := reader.get(blog), reader.get("/espaces/demat-ads"); a.status != http.StatusNotFound || b.status != http.StatusOK || strings.Contains(b.body, "derniers-billets") {
		t.Errorf("a reader gets %d for the blog and %d for the space", a.status, b.status)
	}
	if a := writer.get(blog); a.status != http.StatusOK {
		t.Errorf("a contributor gets %d", a.status)
	}
	// From a page of before.
	if a := boss.post(levels, "vu", mark, "reader-1", "2", "contributor-1", "3"); a.status != http.StatusConflict || !strings.Contains(a.body, "Ne voit rien") || reader.get(blog).status != http.StatusNotFound {
		t.Errorf("a stale form answered %d", a.status)
	}

	of := func(email string) string {
		return "/espaces/demat-ads/membres/" + h.actor(email).Account.String() + "/-/droits"
	}
	if a := boss.post(of(reader.name), "level-1", "3"); a.status != http.StatusSeeOther {
		t.Fatalf("an override: %d", a.status)
	}
	if a, b := reader.get(blog+"/-/nouveau"), other.get(blog); a.status != http.StatusOK || b.status != http.StatusNotFound {
		t.Errorf("the one reader gets %d, another %d", a.status, b.status)
	}
	if strings.Count(boss.get("/espaces/demat-ads/membres").body, "Droits particuliers") != 2 {
		t.Error("the list of the members does not tell who has rights of their own")
	}
	if a := boss.post(of(contributor), "level-1", "0"); a.status != http.StatusSeeOther || writer.get(blog).status != http.StatusNotFound {
		t.Errorf("closing the blog to one contributor: %d", a.status)
	}
	if a := boss.post(of(contributor), "level-1", ""); a.status != http.StatusSeeOther || writer.get(blog).status != http.StatusOK {
		t.Errorf("giving a contributor their role's level back: %d", a.status)
	}
	if a := boss.post(of("helene.garnier@demo.example"), "level-1", "0"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("limiting a lead: %d", a.status)
	}
	if a := boss.post(of(nowhere), "level-1", "3"); a.status != http.StatusNotFound {
		t.Errorf("rights for who is no member: %d", a.status)
	}
	if n := h.number(`SELECT COUNT(*) FROM events WHERE kind = $1`, string(access.EventChanged)); n != 4 {
		t.Errorf("%d changes were told, want 4", n)
	}
}

// TestALevelIsTheWholeOfIt: nothing of a service that someone sees nothing of is told
// on the pages that hold all services.
func TestALevelIsTheWholeOfIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	boss, reader := h.as(lead), h.as("bruno.costa@demo.example")
	title := h.text(`SELECT i.title FROM items i JOIN spaces s ON s.id = i.space_id WHERE s.slug = 'demat-ads' AND i.state = 2 AND i.audience_id IS NULL ORDER BY i.published_at DESC, i.id DESC LIMIT 1`)
	title = strings.Split(title, "’")[0]
	if !strings.Contains(reader.get("/").body, title) {
		t.Fatal("the canary is blind")
	}
	if a := boss.post("/espaces/demat-ads/membres/"+h.actor(reader.name).Account.String()+"/-/droits", "level-1", "0"); a.status != http.StatusSeeOther {
		t.Fatalf("an override: %d", a.status)
	}
	for _, path := range []string{"/", "/espaces/demat-ads", "/suivis"} {
		if strings.Contains(reader.get(path).body, title) {
			t.Errorf("%s tells of the blog", path)
		}
	}
}
