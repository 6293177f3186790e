package app_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestTags: they are folded, found together in the space by who may read, changed
// with the text and given back with it.
func TestTags(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(contributor)
	const form = "/espaces/demat-ads/blog/-/nouveau"
	a := p.post(form, "title", "Étiqueté", "body", "x", "tags", " Été ,  ete; plan d’eau, Épreuve", "action", "publish")
	if a.status != http.StatusSeeOther {
		t.Fatalf("publishing answered %d", a.status)
	}
	page := a.location()
	shown := p.get(page).body
	for key, label := range map[string]string{"ete": "Été", "plan-d-eau": "plan d’eau", "epreuve": "Épreuve"} {
		if !strings.Contains(shown, `href="/espaces/demat-ads/mots-cles/`+key+`">`+label+`</a>`) {
			t.Errorf("the post lacks %s", label)
		}
		if list := p.get("/espaces/demat-ads/mots-cles/" + key); !strings.Contains(list.body, "Étiqueté") || !strings.Contains(list.body, label) {
			t.Errorf("%s is not found (%d)", label, list.status)
		}
	}
	if strings.Count(shown, ">Été</a>") != 1 || strings.Contains(shown, ">ete</a>") {
		t.Error("two spellings are two tags")
	}
	p.post(page+"/-/modifier", "title", "Étiqueté", "body", "x", "tags", "Hiver", "base", "1")
	if list := p.get("/espaces/demat-ads/mots-cles/ete"); strings.Contains(list.body, "Étiqueté") {
		t.Error("a tag that was taken away is found")
	}
	item := h.id(`SELECT id FROM items WHERE title = 'Étiqueté'`).String()
	p.post("/p/" + item + "/-/historique/1/restaurer")
	if list := p.get("/espaces/demat-ads/mots-cles/ete"); !strings.Contains(list.body, "Étiqueté") {
		t.Error("an older text comes back without its tags")
	}
	for tags, want := range map[string]string{strings.Repeat("x", 41): "40 caractères", "a,b,c,d,e,f,g,h,i,j,k": "10 mots-clés"} {
		if a := p.post(form, "title", "x", "body", "x", "tags", tags, "action", "publish"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, want) || !strings.Contains(a.body, tags) {
			t.Errorf("%q answered %d", tags, a.status)
		}
	}
	p.post(form, "title", "Caché", "body", "x", "tags", "canari", "action", "draft")
	for _, who := range []*person{h.as(lead), h.as(external)} {
		if list := who.get("/espaces/demat-ads/mots-cles/ete"); strings.Contains(list.body, "canari") {
			t.Errorf("%s is told the tag of a draft", who.name)
		}
	}
	if a := h.as(nowhere).get("/espaces/demat-ads/mots-cles/ete"); a.status != http.StatusNotFound {
		t.Errorf("a stranger gets %d", a.status)
	}
}
