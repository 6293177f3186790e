package app_test

import (
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// embedded sends a file from a form, and returns what a text calls it.
func (p *person) embedded(form, name, content string) string {
	p.h.t.Helper()
	a := p.upload("/-/editeur/fichiers/"+form, nil, name, content)
	var sent struct {
		Ref   string
		Image bool
	}
	if err := json.Unmarshal([]byte(a.body), &sent); err != nil || a.status != http.StatusOK || sent.Image != strings.HasSuffix(name, ".png") {
		p.h.t.Fatalf("sending %s answered %d: %.300s", name, a.status, a.body)
	}
	return sent.Ref
}

var textImage = regexp.MustCompile(`<img src="([^"]+)" alt="([^"]*)" width="8" height="4"`)

// TestAnImageInAText: sent while one writes, seen by its writer alone; joined when the
// text is kept, and read with it; refused without words; copied with the text.
func TestAnImageInAText(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, reader, stranger := h.as(contributor), h.as(external), h.as(nowhere)
	form := "new." + h.id(`SELECT id FROM spaces WHERE slug = 'demat-ads'`).String() + ".blog"
	if a := stranger.upload("/-/editeur/fichiers/"+form, nil, "x.png", string(smallPNG())); a.status != http.StatusNotFound {
		t.Errorf("a stranger sends from a form of the space: %d", a.status)
	}
	photo, notes := author.embedded(form, "photo.png", string(smallPNG())), author.embedded(form, "notes.txt", "des notes")
	preview := "/-/fichiers/" + photo + "/apercu"
	if mine, theirs := author.get(preview).status, reader.get(preview).status; mine != http.StatusOK || theirs != http.StatusNotFound {
		t.Errorf("what waits is seen by its sender: %d, by another: %d", mine, theirs)
	}
	const write = "/espaces/demat-ads/blog/-/nouveau"
	a := author.post(write, "title", "Illustré", "body", "![ ](fichier:"+photo+")", "action", "publish")
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Une image du texte n’a pas de description") || !strings.Contains(a.body, photo) {
		t.Errorf("an image without words answered %d", a.status)
	}
	body := "![Un \\*plan\\*](fichier:" + photo + ")\n\nVoir [les notes](fichier:" + notes + "), et ![d’ailleurs](fichier:" + h.id(`SELECT id FROM items ORDER BY id LIMIT 1`).String() + ")."
	page := author.post(write, "title", "Illustré", "body", body, "action", "publish").location()
	shown := reader.get(page).body
	image := textImage.FindStringSubmatch(shown)
	if image == nil || image[2] != "Un *plan*" || !strings.Contains(shown, `class="file-link">les notes</a> <span class="file-note">`) || !strings.Contains(shown, "et d’ailleurs.") {
		t.Fatalf("the text shows %.3000s", shown[strings.Index(shown, "<article"):])
	}
	if strings.Contains(shown, `class="attached-list"`) {
		t.Error("the files of the text stand beside it once more")
	}
	if got := reader.get(image[1]); got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "image/") {
		t.Errorf("the image answered %d, %s", got.status, got.header.Get("Content-Type"))
	}
	if a, b := reader.get(preview).status, stranger.get(preview).status; a != http.StatusOK || b != http.StatusNotFound {
		t.Errorf("once joined it is previewed by a reader: %d, by a stranger: %d", a, b)
	}
	// What is sent for a text does not wait to stand beside it.
	item := h.id(`SELECT id FROM items WHERE title = 'Illustré'`).String()
	author.embedded("item."+item, "encore.png", string(smallPNG()))
	if a := author.get("/p/" + item + "/-/pieces"); strings.Contains(a.body, "encore.png") {
		t.Error("an image of a text waits among the files beside it")
	}
	// Another text shows the same image when its writer may read it.
	again := author.post(write, "title", "Repris", "body", "![Encore](fichier:"+photo+")", "action", "publish").location()
	if !textImage.MatchString(reader.get(again).body) {
		t.Error("an image is not taken over from a text that its writer reads")
	}
	outside := h.as(secretLead).post("/espaces/comite-secret/blog/-/nouveau", "title", "Pris", "body", "![Volé](fichier:"+photo+")", "action", "publish").location()
	if textImage.MatchString(h.as(secretLead).get(outside).body) {
		t.Error("an image is taken from a space where one reads nothing")
	}
	if n := h.number(`SELECT COUNT(*) FROM uploads`); n != 1 {
		t.Errorf("%d files wait, and one was sent to no text yet", n)
	}
	// Taken out of the text, it is shown no more; an earlier version has it back.
	author.post(page+"/-/modifier", "title", "Illustré", "body", "Sans image.", "base", "1", "action", "publish")
	if textImage.MatchString(reader.get(page).body) {
		t.Error("an image taken out of the text is shown")
	}
	if a := author.post("/p/"+item+"/-/historique/1/restaurer", "base", "2"); a.status != http.StatusSeeOther || !textImage.MatchString(reader.get(page).body) {
		t.Errorf("restoring answered %d", a.status)
	}
	link := h.share(h.as(lead), "/p/"+item)
	guest := h.nobody().get(link)
	if image := textImage.FindStringSubmatch(guest.body); image == nil || h.nobody().get(image[1]).status != http.StatusOK {
		t.Errorf("a guest does not see the image: %v", image)
	}
	two := author.upload("/-/editeur/fichiers/"+form, nil, "a.txt", "a", "b.txt", "b")
	if two.status != http.StatusUnprocessableEntity || !strings.Contains(two.body, "Un seul fichier") {
		t.Errorf("two files at once answered %d: %s", two.status, two.body)
	}
}

// TestAnImageGoesWithItsText: to a copy in another space, and where the text moves, for
// those who read there.
func TestAnImageGoesWithItsText(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(lead)
	form := "new." + h.id(`SELECT id FROM spaces WHERE slug = 'demat-ads'`).String() + ".blog"
	photo, beside := p.embedded(form, "photo.png", string(smallPNG())), p.embedded(form, "autre.png", string(smallPNG()))
	page := p.post("/espaces/demat-ads/blog/-/nouveau", "title", "Emporté", "body", "![Un plan](fichier:"+photo+")", "cover", beside, "cover_alt", "Le même", "action", "publish").location()
	permanent := h.permanent(page)
	target := h.id(`SELECT id FROM spaces WHERE slug = 'reseau-accessibilite'`).String()
	for _, how := range []string{"copier", "deplacer"} {
		a := p.post(permanent+"/-/copier", "espace", target, "geste", how)
		if a.status != http.StatusSeeOther {
			t.Fatalf("%s answered %d: %.300s", how, a.status, a.body)
		}
		shown := p.get(strings.TrimSuffix(a.location(), "/-/modifier")).body
		image := textImage.FindStringSubmatch(shown)
		if image == nil || !strings.Contains(shown, `class="article-cover"`) || strings.Contains(shown, "attached-list") || strings.Contains(image[1], strings.TrimPrefix(permanent, "/p/")) {
			t.Errorf("%s: the text has lost its image, or its cover: %v", how, image)
		} else if got := p.get(image[1]).status; got != http.StatusOK {
			t.Errorf("%s: the image answered %d", how, got)
		}
	}
}

// TestAPictureThatIsNotShownIsAFile: too many pixels, or a format that pages do not
// show. The sender is told, and what was sent is kept.
func TestAPictureThatIsNotShownIsAFile(t *testing.T) {
	t.Parallel()
	h := open(t)
	author := h.as(contributor)
	form := "/-/editeur/fichiers/new." + h.id(`SELECT id FROM spaces WHERE slug = 'demat-ads'`).String() + ".blog"
	// The first chunk of a PNG of 20,000 by 10,000 pixels.
	head := []byte{'I', 'H', 'D', 'R', 0, 0, 0x4e, 0x20, 0, 0, 0x27, 0x10, 8, 2, 0, 0, 0}
	wide := slices.Concat([]byte("\x89PNG\r\n\x1a\n"), []byte{0, 0, 0, 13}, head, binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(head)))
	for name, file := range map[string]struct{ content, why string }{
		"vue.png":  {string(wide), "a trop de pixels pour être montrée (40 millions au plus)"},
		"logo.svg": {`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, "n’est pas une image que les pages montrent"},
		"notes.md": {"# Notes", ""},
	} {
		var sent struct {
			Ref, Said string
			Image     bool
		}
		a := author.upload(form, nil, name, file.content)
		if err := json.Unmarshal([]byte(a.body), &sent); err != nil || a.status != http.StatusOK || sent.Image || sent.Ref == "" {
			t.Errorf("%s answered %d: %.300s", name, a.status, a.body)
		}
		if !strings.Contains(sent.Said, file.why) || (file.why == "") != (sent.Said == "") {
			t.Errorf("of %s is said %q", name, sent.Said)
		}
	}
}
