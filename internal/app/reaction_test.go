package app_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestReactions: a sign is given once by each, counted, named, and taken back;
// what may not be commented takes none.
func TestReactions(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, reader := h.as(contributor), h.as(external)
	page, permanent := published(t, author, "Des signes", "x")
	comment := strings.SplitN(reader.post(permanent+"/-/commentaires", "texte", "Un avis").location(), "#c-", 2)[1]
	on := permanent + "/-/commentaires/" + comment
	if a := reader.post(permanent+"/-/reactions", "signe", "bravo"); a.location() != page+"#signes" {
		t.Fatalf("reacting answered %d to %q", a.status, a.location())
	}
	h.clock.Advance(time.Second)
	if a := author.post(on+"/reactions", "signe", "thanks"); a.location() != page+"#c-"+comment {
		t.Errorf("reacting to a comment leads to %q", a.location())
	}
	author.post(permanent+"/-/reactions", "signe", "bravo")
	shown := author.get(page).body
	if !strings.Contains(shown, `>Bravo, Jeanne Leroy et Amadou Diallo<`) || len(regexp.MustCompile(`class="reaction"[^>]*aria-pressed="true"`).FindAllString(shown, -1)) != 2 {
		t.Error("the page does not tell who reacted")
	}
	author.post(permanent+"/-/reactions", "signe", "bravo")
	if shown := author.get(page).body; !strings.Contains(shown, `>Bravo, Jeanne Leroy<`) {
		t.Error("a sign is not taken back")
	}
	for i := range 5 {
		email := []string{lead, "helene.garnier@demo.example", "bruno.costa@demo.example", "chloe.perrin@demo.example", "david.cohen@demo.example"}[i]
		if a := h.as(email).post(permanent+"/-/reactions", "signe", "bravo"); a.status != http.StatusSeeOther {
			t.Errorf("%s reacting answered %d", email, a.status)
		}
	}
	if shown := reader.get(page).body; !strings.Contains(shown, " et 3 autres personnes") {
		t.Error("the others are not counted")
	}
	if a := reader.post(permanent+"/-/reactions", "signe", "<script>"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown sign answered %d", a.status)
	}
	other, _ := published(t, author, "Un autre", "x")
	foreign := fmt.Sprintf("/p/%s/-/commentaires/%s/reactions", h.id(`SELECT id FROM items WHERE slug = $1`, strings.TrimPrefix(other, "/espaces/demat-ads/blog/")), comment)
	if a := author.post(foreign, "signe", "bravo"); a.status != http.StatusNotFound {
		t.Errorf("a comment of another item answered %d", a.status)
	}
	author.post(permanent + "/-/archiver")
	if a := reader.post(permanent+"/-/reactions", "signe", "joy"); a.status != http.StatusForbidden {
		t.Errorf("an archived item takes a sign: %d", a.status)
	}
	reader.post(on + "/retirer")
	if a := h.as(nowhere).get(permanent + "/-/commentaires"); a.status != http.StatusNotFound {
		t.Errorf("a stranger reads the reactions: %d", a.status)
	}
	author.post(permanent + "/-/corbeille")
	if a := h.as(lead).post(permanent + "/-/supprimer"); a.status != http.StatusSeeOther {
		t.Errorf("what has reactions is not deleted: %d", a.status)
	}
}
