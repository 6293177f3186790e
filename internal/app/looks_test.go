package app_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ruche/internal/platform/db"
)

// TestCategoriesOfABlog: a lead names them, writers choose one, readers filter by it;
// nobody else changes them, and a post keeps what it has when one is renamed.
func TestCategoriesOfABlog(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, writer := h.as(lead), h.as(contributor)
	const page = "/espaces/demat-ads/blog/-/categories"
	if a := p.post(page, "label", "  Questions   de droit "); a.status != http.StatusSeeOther {
		t.Fatalf("adding answered %d", a.status)
	}
	for name, say := range map[string]string{"questions de DROIT": "porte déjà ce nom", " , ": "Donnez un nom", strings.Repeat("é", 41): "40 caractères"} {
		if a := p.post(page, "label", name); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, say) {
			t.Errorf("adding %q answered %d", name, a.status)
		}
	}
	const write = "/espaces/demat-ads/blog/-/nouveau"
	post := writer.post(write, "title", "Classé", "body", "x", "category", "Questions de droit", "action", "publish").location()
	list := "/espaces/demat-ads/blog?categorie=questions-de-droit"
	if a := h.as(external).get(list); !strings.Contains(a.body, "Classé") || strings.Count(a.body, `<article class="post`) != 1 {
		t.Errorf("the category does not filter: %d", a.status)
	}
	if a := h.as(external).get("/espaces/demat-ads/blog?categorie=aucune"); a.status != http.StatusNotFound {
		t.Errorf("a category that is none answered %d", a.status)
	}
	category := h.id(`SELECT id FROM blog_categories WHERE key = 'questions-de-droit'`).String()
	if a := p.post(page, "categorie", category, "label-"+category, "Le droit", "action", "renommer"); a.status != http.StatusSeeOther {
		t.Fatalf("renaming answered %d", a.status)
	}
	if a := writer.get(post); !strings.Contains(a.body, ">Le droit</a>") {
		t.Error("a post lost its category when it was renamed")
	}
	// Of another space, nothing is changed.
	foreign := h.as(secretLead).post("/espaces/comite-secret/blog/-/categories", "categorie", category, "label-"+category, "Pris", "action", "renommer")
	h.as(secretLead).post("/espaces/comite-secret/blog/-/categories", "categorie", category, "action", "retirer")
	if foreign.status != http.StatusNotFound || h.text(`SELECT label FROM blog_categories WHERE key = 'le-droit'`) != "Le droit" {
		t.Errorf("a category of another space was changed: %d", foreign.status)
	}
	// One that is gone leaves its posts; an earlier version with it has none.
	p.post(page, "categorie", category, "action", "retirer")
	item := h.id(`SELECT id FROM items WHERE title = 'Classé'`).String()
	writer.post(post+"/-/modifier", "title", "Classé", "body", "y", "base", "1", "action", "publish")
	if a := writer.post("/p/"+item+"/-/historique/1/restaurer", "base", "2"); a.status != http.StatusSeeOther || writer.get(post).status != http.StatusOK {
		t.Errorf("restoring a post whose category is gone answered %d", a.status)
	}
}

// TestTheCoverOfAPost: an image that its writer sent or that the post has; shown with
// the post and in lists, to who may read it; never one of elsewhere.
func TestTheCoverOfAPost(t *testing.T) {
	t.Parallel()
	h := open(t)
	writer, reader := h.as(contributor), h.as(external)
	form := "new." + h.id(`SELECT id FROM spaces WHERE slug = 'demat-ads'`).String() + ".blog"
	photo := writer.embedded(form, "photo.png", string(smallPNG()))
	const write = "/espaces/demat-ads/blog/-/nouveau"
	// A form that comes back has what was sent.
	if a := writer.post(write, "title", "", "body", "x", "cover", photo, "cover_alt", "Un plan", "action", "publish"); !strings.Contains(a.body, `value="`+photo+`" selected`) || !strings.Contains(a.body, `value="Un plan"`) {
		t.Error("a refused form lost its cover")
	}
	page := writer.post(write, "title", "Couvert", "body", "x", "cover", photo, "cover_alt", "Un plan", "action", "publish").location()
	shown := reader.get(page).body
	if !strings.Contains(shown, `class="article-cover"`) || !strings.Contains(shown, `alt="Un plan"`) || strings.Contains(shown, "attached-list") {
		t.Error("the cover is not shown with the post, once")
	}
	if a := reader.get("/espaces/demat-ads/blog"); !strings.Contains(a.body, `class="post-cover"`) {
		t.Error("the cover is not shown in the list")
	}
	// Saved untouched, no version; taken away, one.
	fields := []string{"title", "Couvert", "body", "x", "cover", photo, "cover_alt", "Un plan", "base", "1", "action", "publish"}
	writer.post(page+"/-/modifier", fields...)
	if n := h.number(`SELECT revision FROM items WHERE title = 'Couvert'`); n != 1 {
		t.Errorf("nothing touched made version %d", n)
	}
	writer.post(page+"/-/modifier", "title", "Couvert", "body", "x", "cover", "", "base", "1", "action", "publish")
	if strings.Contains(reader.get(page).body, `class="article-cover"`) {
		t.Error("a cover that was taken away is shown")
	}
	other := h.as(secretLead).post("/espaces/comite-secret/blog/-/nouveau", "title", "Pris", "body", "x", "cover", photo, "action", "publish").location()
	if strings.Contains(h.as(secretLead).get(other).body, `class="article-cover"`) {
		t.Error("the cover of a space where one reads nothing is shown")
	}
}

// TestWhatASpaceKeepsAtHand: a lead pins, readers see it on the home and first in the
// blog, as far as they may read it, and no more than a dozen.
func TestWhatASpaceKeepsAtHand(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, reader := h.as(lead), h.as(external)
	page, permanent := published(t, p, "À retenir", "x")
	if a := h.as(contributor).post(permanent+"/-/epingle", "epingler", "oui"); a.status != http.StatusForbidden {
		t.Errorf("a contributor pins: %d", a.status)
	}
	for range 2 {
		if a := p.post(permanent+"/-/epingle", "epingler", "oui"); a.status != http.StatusSeeOther {
			t.Fatalf("pinning answered %d", a.status)
		}
	}
	home := reader.get("/espaces/demat-ads").body
	at, widget := strings.Index(home, "À retenir"), strings.Index(home, "derniers-billets")
	if at < 0 || at > widget {
		t.Error("what is kept at hand is not on the home, above the news")
	}
	if a := reader.get("/espaces/demat-ads/blog").body; strings.Count(a, "À retenir") != 1 || strings.Index(a, "À retenir") > strings.Index(a, "Une seule adresse") {
		t.Error("what is kept at hand does not stand first in the blog, once")
	}
	group := h.groupOf("demat-ads").String()
	restricted := p.post("/espaces/demat-ads/blog/-/nouveau", "title", "À quelques-uns", "body", "x", "audience", group, "action", "publish").location()
	p.post("/p/"+h.id(`SELECT id FROM items WHERE title = 'À quelques-uns'`).String()+"/-/epingle", "epingler", "oui")
	if a := h.as("david.cohen@demo.example").get("/espaces/demat-ads").body; strings.Contains(a, "À quelques-uns") {
		t.Errorf("%s is told to who may not read it", restricted)
	}
	p.post(permanent+"/-/corbeille", url.Values{}.Encode(), "")
	if a := reader.get("/espaces/demat-ads").body; strings.Contains(a, "À retenir") {
		t.Errorf("%s is in the trash and at hand", page)
	}
	h.write(pinAll)
	more, _ := published(t, p, "Une de trop", "x")
	if a := p.post("/p/"+h.id(`SELECT id FROM items WHERE title = 'Une de trop'`).String()+"/-/epingle", "epingler", "oui"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Pas plus de 12") {
		t.Errorf("%s: pinning without end answered %d", more, a.status)
	}
}

func pinAll(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO item_pins (item_id, space_id, by_id, at) SELECT i.id, i.space_id, i.author_id, 1 FROM items i JOIN spaces s ON s.id = i.space_id
		WHERE s.slug = 'demat-ads' AND i.state = 2 ORDER BY i.id LIMIT 12 ON CONFLICT (item_id) DO NOTHING`)
	return err
}

// TestThePreviewIsThePage: the text of the preview is that of the page, and nothing is
// kept of it; what is wrong is said as when one publishes.
func TestThePreviewIsThePage(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(contributor)
	space := h.id(`SELECT id FROM spaces WHERE slug = 'demat-ads'`).String()
	photo := p.embedded("new."+space+".blog", "photo.png", string(smallPNG()))
	before := [2]int64{h.number(`SELECT COUNT(*) FROM items`), h.number(`SELECT COUNT(*) FROM events`)}
	body := "#### Bas\n\nMerci @Camille Martin, voir [ici](/a).\n\n![Un plan](fichier:" + photo + ")\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n"
	fields := []string{"title", "Montré", "lede", "Chapô", "body", body, "cover", photo, "cover_alt", "Couverture"}
	const write = "/espaces/demat-ads/blog/-/nouveau"
	a := p.post(write, append(fields, "action", "preview")...)
	if a.status != http.StatusOK || !strings.Contains(a.body, "ne dit pas où il mène") || !strings.Contains(a.body, `class="mention">@Camille Martin`) {
		t.Fatalf("previewing answered %d: %.3000s", a.status, a.body)
	}
	if after := [2]int64{h.number(`SELECT COUNT(*) FROM items`), h.number(`SELECT COUNT(*) FROM events`)}; after != before || h.number(`SELECT COUNT(*) FROM uploads`) != 1 {
		t.Errorf("a preview wrote something: %v, %v", before, after)
	}
	if !strings.Contains(a.body, `src="/-/fichiers/`+photo+`/apercu" alt="Un plan"`) || !strings.Contains(a.body, `alt="Couverture"`) || !strings.Contains(a.body, "@Camille Martin, voir [ici](/a).") {
		t.Error("the preview lacks an image, or the form what was typed")
	}
	page := p.get(p.post(write, append(fields, "action", "publish")...).location())
	if got, want := proseOf(a.body, "h4"), proseOf(page.body, "h2"); got != want {
		t.Errorf("the preview shows\n%s\nand the page\n%s", got, want)
	}
	if a := p.post(write, "title", "", "body", "x", "action", "preview"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "resume-erreurs") {
		t.Errorf("previewing what cannot be published answered %d", a.status)
	}
	edit := "/espaces/demat-ads/blog/montre/-/modifier"
	if a := p.post(edit, "title", "Montré", "body", "Autre texte", "base", "1", "action", "preview"); a.status != http.StatusOK || !strings.Contains(a.body, "<p>Autre texte</p>") || h.number(`SELECT revision FROM items WHERE title = 'Montré'`) != 1 {
		t.Errorf("previewing a change answered %d", a.status)
	}
	if a := h.as(external).post("/espaces/comite-secret/blog/-/nouveau", append(fields, "action", "preview")...); a.status != http.StatusNotFound {
		t.Errorf("a stranger previews: %d", a.status)
	}
}

var servedAt = regexp.MustCompile(`src="[^"]*"`)

// proseOf is the text of an article, whatever the level of its headings and where its
// images are served.
func proseOf(page, heading string) string {
	_, prose, _ := strings.Cut(page, `<div class="prose">`)
	prose, _, _ = strings.Cut(prose, "</article>")
	prose = strings.ReplaceAll(strings.ReplaceAll(prose, "<"+heading+" ", "<h "), "</"+heading+">", "</h>")
	prose, _, _ = strings.Cut(servedAt.ReplaceAllString(prose, ""), "</div></div>")
	end := strings.Index(prose, "</table>")
	return prose[:max(end, 0)]
}

// TestAMistakeIsTakenBack: the notice of an act that is done by one press holds the form
// that undoes it.
func TestAMistakeIsTakenBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(lead)
	page, permanent := published(t, p, "Un faux geste", "x")
	item := h.item(permanent).String()
	member := h.actor(contributor).Account.String()
	pinned := func() string {
		return strconv.FormatInt(h.number(`SELECT COUNT(*) FROM item_pins WHERE item_id = $1`, h.item(permanent)), 10)
	}
	role := func() string {
		return strconv.FormatInt(h.number(`SELECT m.role FROM memberships m JOIN spaces s ON s.id = m.space_id WHERE s.slug = 'demat-ads' AND m.account_id = $1`, h.actor(contributor).Account), 10)
	}
	mode := func() string {
		return h.text(`SELECT CAST(COALESCE(MAX(mode), 0) AS TEXT) FROM item_marks WHERE item_id = $1 AND account_id = $2`, h.item(permanent), h.actor(lead).Account)
	}
	for name, act := range map[string]struct {
		path  string
		form  []string
		back  string
		state func() string
	}{
		"pin":    {"/p/" + item + "/-/epingle", []string{"epingler", "oui"}, page, pinned},
		"follow": {"/p/" + item + "/-/suivi", []string{"suivi", "muet"}, page, mode},
		"role":   {"/espaces/demat-ads/membres/" + member + "/-/role", []string{"role", "reader"}, "/espaces/demat-ads/membres", role},
	} {
		before := act.state()
		if a := p.post(act.path, act.form...); a.status != http.StatusSeeOther {
			t.Errorf("%s answered %d: %.300s", name, a.status, a.body)
			continue
		}
		if act.state() == before {
			t.Errorf("%s changed nothing", name)
		}
		undo := undoForm.FindStringSubmatch(p.get(act.back).body)
		if undo == nil || undo[1] != act.path || undo[2] != act.form[0] {
			t.Errorf("%s: its notice holds no form that undoes it: %v", name, undo)
			continue
		}
		p.post(undo[1], undo[2], undo[3])
		if after := act.state(); after != before {
			t.Errorf("%s: %s before, %s once undone", name, before, after)
		}
	}
}

var undoForm = regexp.MustCompile(`(?s)data-flash>.*?<form method="post" action="([^"]+)">\s*<input type="hidden" name="([^"]+)" value="([^"]*)"`)
