package app_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestAPostFromTheVisualEditor: the tree of the editor is what is written; untouched it
// is no version; what is no tree is refused, and the text stays.
func TestAPostFromTheVisualEditor(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(contributor)
	const text = "Un *mot*, et\nune suite.\n\n\n* liste\n"
	page := p.post("/espaces/demat-ads/blog/-/nouveau", "title", "Arbre", "body", text, "action", "publish").location()
	edit := page + "/-/modifier"
	tree := p.post("/-/editeur", "texte", text).body
	if !strings.HasPrefix(tree, `{"type":"doc"`) {
		t.Fatalf("the editor is given %.100q", tree)
	}
	if a := p.post(edit, "title", "Arbre", "body", text, "body_doc", tree, "base", "1", "action", "publish"); a.status != http.StatusSeeOther {
		t.Fatalf("saving untouched answered %d", a.status)
	}
	if n := h.number(`SELECT revision FROM items WHERE title = 'Arbre'`); n != 1 {
		t.Errorf("nothing touched made version %d", n)
	}
	changed := strings.Replace(tree, "liste", "liste de <b>", 1)
	if a := p.post(edit, "title", "Arbre", "body", text, "body_doc", changed, "base", "1", "action", "publish"); a.status != http.StatusSeeOther {
		t.Fatalf("saving answered %d", a.status)
	}
	if got, want := h.text(`SELECT body FROM items WHERE title = 'Arbre'`), "Un *mot*, et\nune suite.\n\n\n- liste de \\<b>\n"; got != want {
		t.Errorf("kept %q, want %q", got, want)
	}
	if a := p.get(page); !strings.Contains(a.body, "liste de &lt;b&gt;") {
		t.Error("what was typed in the editor is not on the page as it was typed")
	}
	for _, tree := range []string{"{", `{"type":"script"}`, strings.Repeat(`{"type":"doc","content":[`, 200)} {
		a := p.post(edit, "title", "Arbre", "body", text, "body_doc", tree, "base", "2", "action", "publish")
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "une suite.") {
			t.Errorf("what is no tree (%.20s) answered %d", tree, a.status)
		}
	}
	if a := p.post("/-/editeur/texte", "texte", text, "doc", changed); a.body != `"Un *mot*, et\nune suite.\n\n\n- liste de \\\u003cb\u003e\n"`+"\n" {
		t.Errorf("the text of the tree is %s", a.body)
	}
}

// TestWhatTheEditorHadIsTakenUpAgain: a form that keeps itself keeps the tree, and the
// one who comes back finds the text of it.
func TestWhatTheEditorHadIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(contributor)
	who, sp := h.actor(contributor).Account, h.id(`SELECT id FROM spaces WHERE slug = 'demat-ads'`)
	tree := `{"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"Gardé par l’éditeur"}]}]}`
	a := p.post("/-/brouillons/new."+sp.String()+".blog", "compte", who.String(), "title", "", "body", "", "body_doc", tree)
	if a.status != http.StatusOK {
		t.Fatalf("keeping answered %d: %.200s", a.status, a.body)
	}
	if form := p.get("/espaces/demat-ads/blog/-/nouveau"); !strings.Contains(form.body, "Gardé par l’éditeur") {
		t.Error("what the editor had is not offered")
	}
}

// TestHowOneWritesIsKept: with the account, wherever one signs in.
func TestHowOneWritesIsKept(t *testing.T) {
	t.Parallel()
	h := open(t)
	const form = "/espaces/demat-ads/blog/-/nouveau"
	opens := func() bool { return strings.Contains(h.as(contributor).get(form).body, " data-visual") }
	if !opens() {
		t.Error("the visual editor does not open at first")
	}
	if a := h.as(contributor).post("/-/redaction", "redaction", "markdown"); a.status != http.StatusNoContent || opens() {
		t.Errorf("choosing Markdown answered %d", a.status)
	}
	if a := h.as(contributor).post("/-/redaction", "redaction", "autre"); a.status != http.StatusUnprocessableEntity || opens() {
		t.Errorf("a way that is none answered %d", a.status)
	}
	if a := h.as(contributor).get("/compte"); !strings.Contains(a.body, `name="markdown" value="1" checked`) {
		t.Error("the account does not say how one writes")
	}
	h.as(contributor).post("/compte", "name", "Amadou Diallo", "langue", "auto", "theme", "system")
	if !opens() {
		t.Error("the account does not change how one writes")
	}
}
