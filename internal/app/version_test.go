package app_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"ruche/internal/kernel/revision"
	"ruche/internal/platform/db"
)

// published writes a post as the person and returns its page and its permanent
// address.
func published(t *testing.T, p *person, title, body string) (page, permanent string) {
	t.Helper()
	a := p.post("/espaces/demat-ads/blog/-/nouveau", "title", title, "body", body, "action", "publish")
	if a.status != http.StatusSeeOther {
		t.Fatalf("publishing answered %d", a.status)
	}
	link := regexp.MustCompile(`/p/[0-9a-f-]{36}`).FindString(p.get(a.location()).body)
	if link == "" {
		t.Fatal("the page has no permanent address")
	}
	return a.location(), link
}

// TestTwoWritersAreJoined: a contributor and a lead change different passages
// from the same text; the second to save loses nothing and is told.
func TestTwoWritersAreJoined(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, other := h.as(contributor), h.as(lead)
	page, permanent := published(t, author, "Deux mains", "Premier point.\n\nSecond point.\n")
	edit := page + "/-/modifier"
	if a := other.post(edit, "title", "À deux mains", "body", "Premier point.\n\nSecond point.\n", "base", "1"); a.status != http.StatusSeeOther {
		t.Fatalf("the first to save got %d", a.status)
	}
	a := author.post(edit, "title", "Deux mains", "lede", "En bref", "body", "Premier point, précisé.\n\nSecond point.\n", "base", "1")
	if a.status != http.StatusSeeOther {
		t.Fatalf("the second to save got %d", a.status)
	}
	shown := author.get(page).body
	for _, want := range []string{"À deux mains", "En bref", "précisé", "réunies"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if a := other.get(permanent + "/-/historique"); !strings.Contains(a.body, "Version 3") || !strings.Contains(a.body, "Réunie avec une version") {
		t.Errorf("the history does not tell of it (%d)", a.status)
	}
	if a := author.post(edit, "title", "x", "body", "x", "base", "99"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "incomplet") {
		t.Errorf("a revision that never was answered %d", a.status)
	}
}

// TestAClashKeepsBothTexts: the form holds the joined text from the newest
// revision, the notice the passage of each.
func TestAClashKeepsBothTexts(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, other := h.as(contributor), h.as(lead)
	page, _ := published(t, author, "Une date", "Nous commençons lundi.\n\nVenez.\n")
	edit := page + "/-/modifier"
	other.post(edit, "title", "Une date", "body", "Nous commençons mardi.\n\nVenez nombreux.\n", "base", "1")
	a := author.post(edit, "title", "Une date", "body", "Nous commençons jeudi.\n\nVenez.\n", "base", "1")
	if a.status != http.StatusConflict {
		t.Fatalf("answered %d", a.status)
	}
	for _, want := range []string{"Camille Martin a enregistré", "mardi", "jeudi", "Venez nombreux.\n</textarea>", `name="base" value="2"`} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if a := author.post(edit, "title", "Une date", "body", "Nous commençons jeudi.\n\nVenez nombreux.\n", "base", "2"); a.status != http.StatusSeeOther {
		t.Errorf("the choice answered %d", a.status)
	}
}

func TestAnOlderTextIsGivenBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	author := h.as(contributor)
	page, permanent := published(t, author, "Trois états", "Le premier.")
	edit := page + "/-/modifier"
	author.post(edit, "title", "Trois états", "lede", "Un chapeau", "body", "Le deuxième.", "base", "1")
	if a := author.get(permanent + "/-/historique/2"); !strings.Contains(a.body, "<del") || !strings.Contains(a.body, "<ins") || !strings.Contains(a.body, "deuxième") {
		t.Errorf("the revision does not show what it changed (%d)", a.status)
	}
	for _, who := range []string{external, lead} {
		a := h.as(who).post(permanent + "/-/historique/1/restaurer")
		if want := map[string]int{external: http.StatusForbidden, lead: http.StatusSeeOther}[who]; a.status != want {
			t.Errorf("restoring as %s answered %d, want %d", who, a.status, want)
		}
	}
	if shown := author.get(page).body; !strings.Contains(shown, "Le premier.") || strings.Contains(shown, "Un chapeau") {
		t.Error("the text or the standfirst of the first revision is not back")
	}
	if a := author.get(permanent + "/-/historique"); !strings.Contains(a.body, "Reprise de la version 1") {
		t.Error("the history does not tell of it")
	}
	for _, bad := range []string{"/-/historique/99", "/-/historique/0", "/-/historique/x", "/-/historique?avant=x"} {
		if a := author.get(permanent + bad); a.status != http.StatusNotFound {
			t.Errorf("%s answered %d", bad, a.status)
		}
	}
}

// TestAPublishedPostDoesNotTellItsDrafts: what was written before publishing is
// the author's alone.
func TestAPublishedPostDoesNotTellItsDrafts(t *testing.T) {
	t.Parallel()
	h := open(t)
	author := h.as(contributor)
	edit := author.post("/espaces/demat-ads/blog/-/nouveau", "title", "Mûri", "body", "canari-brouillon", "action", "draft").location()
	author.post(edit, "title", "Mûri", "body", "Le texte publié.", "base", "1", "action", "publish")
	page := strings.TrimSuffix(edit, "/-/modifier")
	permanent := regexp.MustCompile(`/p/[0-9a-f-]{36}`).FindString(author.get(page).body)
	for _, path := range []string{"/-/historique", "/-/historique/1", "/-/historique/2"} {
		if a := h.as(lead).get(permanent + path); strings.Contains(a.body, "canari-brouillon") {
			t.Errorf("%s tells the draft to another", path)
		}
	}
	if a := h.as(lead).post(permanent + "/-/historique/1/restaurer"); a.status != http.StatusNotFound {
		t.Errorf("a lead gives back a draft they can't read: %d", a.status)
	}
	for base, pairs := range map[string][]string{"1": {"title", "x", "body", "autre"}, "2": {"title", "y", "body", "encore"}} {
		if a := h.as(lead).post(edit, append(pairs, "base", base)...); strings.Contains(a.body, "canari-brouillon") {
			t.Errorf("saving from revision %s tells the draft to another (%d)", base, a.status)
		}
	}
	if a := author.get(permanent + "/-/historique/1"); !strings.Contains(a.body, "canari-brouillon") {
		t.Error("the author can't read it: the canary is blind")
	}
}

// TestTheTrashTellsNoDraft: a draft that went through the trash before it was
// published stays its author's in the history.
func TestTheTrashTellsNoDraft(t *testing.T) {
	t.Parallel()
	h := open(t)
	author := h.as(contributor)
	edit := author.post("/espaces/demat-ads/blog/-/nouveau", "title", "Repêché", "body", "canari-corbeille", "action", "draft").location()
	itemID := h.id(`SELECT id FROM items WHERE title = $1`, "Repêché").String()
	for _, step := range []string{"/-/corbeille", "/-/corbeille/sortir"} {
		if a := author.post("/p/" + itemID + step); a.status != http.StatusSeeOther {
			t.Fatalf("%s answered %d", step, a.status)
		}
	}
	if a := author.post(edit, "title", "Repêché", "body", "Le texte publié.", "base", "3", "action", "publish"); a.status != http.StatusSeeOther {
		t.Fatalf("publishing answered %d", a.status)
	}
	other := h.as(lead)
	for _, path := range []string{"", "/1", "/2", "/3", "/4"} {
		if a := other.get("/p/" + itemID + "/-/historique" + path); strings.Contains(a.body, "canari-corbeille") {
			t.Errorf("%s tells the draft to another (%d)", path, a.status)
		}
	}
	if a := author.get("/p/" + itemID + "/-/historique/1"); !strings.Contains(a.body, "canari-corbeille") {
		t.Errorf("the author can't read it (%d): the canary is blind", a.status)
	}
}

// TestWhatOneTypesIsKept: a form keeps by itself what is typed, offers it later to
// its writer alone, and forgets it once it is saved or given up.
func TestWhatOneTypesIsKept(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(contributor)
	const form = "/espaces/demat-ads/blog/-/nouveau"
	keep := regexp.MustCompile(`data-draft="([^"]+)"`).FindStringSubmatch(p.get(form).body)[1]
	kept := func(who string) int { return strings.Count(h.as(who).get(form).body, "sans l’enregistrer") }
	a := p.post(keep, "title", "Commencé", "body", "Le début")
	if a.status != http.StatusOK || !strings.Contains(a.body, "Brouillon gardé à") {
		t.Fatalf("keeping answered %d: %s", a.status, a.body)
	}
	slot := slotOf(t, a)
	if kept(contributor) != 1 || kept(lead) != 0 {
		t.Error("the text is offered to the wrong person")
	}
	if a := p.get(form + "?reprendre=" + slot); !strings.Contains(a.body, "Le début") || !strings.Contains(a.body, `value="Commencé"`) || !strings.Contains(a.body, `value="`+slot+`"`) {
		t.Error("the text is not taken up")
	}
	if a := p.post(keep+"/abandonner", "suite", form, "brouillon", slot); a.location() != form || kept(contributor) != 0 {
		t.Errorf("it is not given up (%q)", a.location())
	}
	slot = slotOf(t, p.post(keep, "title", "Commencé", "body", "Le début"))
	p.post(form, "title", "Fini", "body", "La fin", "action", "draft", "brouillon", slot)
	if kept(contributor) != 0 {
		t.Error("it is offered after it was saved")
	}
	for _, bad := range []string{"/-/brouillons/item", "/-/brouillons/item.x", "/-/brouillons/new." + h.actor(contributor).Account.String() + ".A"} {
		if a := p.post(bad, "title", "x"); a.status != http.StatusNotFound {
			t.Errorf("%s answered %d", bad, a.status)
		}
	}
	if a := p.post(keep, "title", "x", "body", strings.Repeat("é", 1_200_000)); a.status != http.StatusRequestEntityTooLarge {
		t.Errorf("two megabytes answered %d", a.status)
	}
	p.post(keep, "title", "Commencé", "body", "Le début")
	h.clock.Advance(91 * 24 * time.Hour)
	if _, err := h.Queue.RunPending(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := h.text(`SELECT CAST(COUNT(*) AS TEXT) FROM drafts`); n != "0" {
		t.Errorf("%s drafts outlive their time", n)
	}
}

func slotOf(t *testing.T, a answer) string {
	t.Helper()
	var kept struct{ Slot string }
	if err := json.Unmarshal([]byte(a.body), &kept); err != nil || kept.Slot == "" {
		t.Fatalf("no slot in %q (%d)", a.body, a.status)
	}
	return kept.Slot
}

// TestTwoTabsKeepTwoTexts: the same form in two tabs never writes over the other's
// text, taken up by both or not; saving one leaves the other.
func TestTwoTabsKeepTwoTexts(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(contributor)
	const form = "/espaces/demat-ads/blog/-/nouveau"
	keep := regexp.MustCompile(`data-draft="([^"]+)"`).FindStringSubmatch(p.get(form).body)[1]
	one := slotOf(t, p.post(keep, "title", "Un", "body", "Le premier onglet"))
	two := slotOf(t, p.post(keep, "title", "Deux", "body", "Le second onglet"))
	page := p.get(form).body
	if !strings.Contains(page, "Le premier onglet") || !strings.Contains(page, "Le second onglet") {
		t.Fatal("one tab wrote over the other")
	}
	// Both tabs go on from the same text.
	again := slotOf(t, p.post(keep, "title", "Un", "body", "Le premier onglet, suite", "brouillon", one))
	other := slotOf(t, p.post(keep, "title", "Un", "body", "Le premier onglet, autrement", "brouillon", one))
	if again == one || other == again || other[:36] == one[:36] || again[:36] != one[:36] {
		t.Errorf("slots %q, %q, %q", one, again, other)
	}
	// An answer that never came back: the same text again is the same draft.
	if same := slotOf(t, p.post(keep, "title", "Un", "body", "Le premier onglet, suite", "brouillon", one)); same[:36] != one[:36] {
		t.Errorf("the same text took another slot: %q, %q", one, same)
	}
	page = p.get(form).body
	for _, text := range []string{"suite", "autrement", "Le second onglet"} {
		if !strings.Contains(page, text) {
			t.Errorf("%q is lost", text)
		}
	}
	p.post(form, "title", "Deux", "body", "Le second onglet", "action", "draft", "brouillon", two)
	if page = p.get(form).body; strings.Contains(page, "Le second onglet</blockquote>") || !strings.Contains(page, "autrement") {
		t.Error("saving one tab does not forget that one alone")
	}
}

// TestAnotherAccountDoesNotGetTheText: a tab left open by one account sends
// nothing once another has signed in, neither by itself nor when asked to.
func TestAnotherAccountDoesNotGetTheText(t *testing.T) {
	t.Parallel()
	h := open(t)
	writer, other := h.actor(contributor).Account.String(), h.as(lead)
	const form = "/espaces/demat-ads/blog/-/nouveau"
	keep := regexp.MustCompile(`data-draft="([^"]+)"`).FindStringSubmatch(other.get(form).body)[1]
	_, permanent := published(t, h.as(contributor), "Un billet", "x")
	comments := permanent + "/-/commentaires"
	if a := other.get(comments); !strings.Contains(a.body, `name="compte" value="`+h.actor(lead).Account.String()+`"`) {
		t.Error("the form of a comment does not say whose it is")
	}
	for _, to := range []string{keep, form, comments} {
		a := other.post(to, "title", "canari", "body", "canari-texte", "texte", "canari-texte", "compte", writer, "action", "publish")
		if a.status != http.StatusForbidden || strings.Contains(a.body, "canari-texte") {
			t.Errorf("%s answered %d", to, a.status)
		}
	}
	if n := h.text(`SELECT CAST((SELECT COUNT(*) FROM drafts) + (SELECT COUNT(*) FROM items WHERE title = 'canari') + (SELECT COUNT(*) FROM remarks WHERE body = 'canari-texte') AS TEXT)`); n != "0" {
		t.Errorf("%s rows hold the text", n)
	}
	if a := h.as(contributor).post(form, "title", "canari", "body", "canari-texte", "compte", writer, "action", "publish"); a.status != http.StatusSeeOther {
		t.Errorf("the writer's own form answered %d", a.status)
	}
}

// TestTheOldestDraftsGo: what one person keeps is bounded.
func TestTheOldestDraftsGo(t *testing.T) {
	t.Parallel()
	h := open(t)
	me, now := h.actor(contributor).Account, h.clock.Now()
	h.write(func(ctx context.Context, tx *db.Tx) error {
		for n := range 12 {
			d := revision.Draft{Form: revision.OfItem(me), Fields: map[string]string{"body": strings.Repeat("x", revision.MaxDraft-100), "n": strconv.Itoa(n)}}
			if _, err := revision.Keep(ctx, tx, me, d, now.Add(time.Duration(n)*time.Minute)); err != nil {
				return err
			}
		}
		return nil
	})
	h.read(func(ctx context.Context, tx *db.Tx) error {
		kept, err := revision.Kept(ctx, tx, me, revision.OfItem(me), 20)
		if len(kept) != revision.MaxKept/revision.MaxDraft || len(kept) > 0 && kept[0].Fields["n"] != "11" {
			t.Errorf("%d are kept", len(kept))
		}
		return err
	})
}

// TestAFieldIsChosen: on the page of a clash one takes the other's text for one
// field and keeps one's own for the rest, without scripts.
func TestAFieldIsChosen(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, other := h.as(contributor), h.as(lead)
	page, permanent := published(t, author, "Une date", "Nous commençons lundi.\n")
	edit := page + "/-/modifier"
	other.post(edit, "title", "Autre date", "lede", "Leur chapeau", "body", "Nous commençons mardi.\n", "base", "1")
	a := author.post(edit, "title", "Ma date", "body", "Nous commençons jeudi.\n", "base", "1")
	if a.status != http.StatusConflict || !strings.Contains(a.body, `name="choix-title"`) || !strings.Contains(a.body, `name="choix-body"`) || strings.Contains(a.body, `name="choix-lede"`) {
		t.Fatalf("answered %d", a.status)
	}
	a = author.post(edit, "title", "Ma date", "lede", "Leur chapeau", "body", "Nous commençons jeudi.\n", "base", "2", "choix-title", "mien", "choix-body", "autre")
	if shown := author.get(page).body; a.status != http.StatusSeeOther || !strings.Contains(shown, "Ma date") || !strings.Contains(shown, "mardi") || strings.Contains(shown, "jeudi") {
		t.Errorf("answered %d", a.status)
	}
	if a := author.get(permanent + "/-/historique/3?avec=1"); !strings.Contains(a.body, "version 1") || !strings.Contains(a.body, "Nous commençons mardi.") {
		t.Errorf("comparing with a chosen version answered %d", a.status)
	}
	if a := author.get(permanent + "/-/historique/3?avec=99"); a.status != http.StatusNotFound {
		t.Errorf("comparing with none answered %d", a.status)
	}
}

// TestRestoringIsUndone: the notice takes the text back that was there.
func TestRestoringIsUndone(t *testing.T) {
	t.Parallel()
	h := open(t)
	author := h.as(contributor)
	page, permanent := published(t, author, "Trois états", "Le premier.")
	author.post(page+"/-/modifier", "title", "Trois états", "body", "Le deuxième.", "base", "1")
	to := author.post(permanent + "/-/historique/1/restaurer").location()
	undo := permanent + "/-/historique/2/restaurer"
	if shown := author.get(to).body; !strings.Contains(shown, "Le premier.") || !strings.Contains(shown, `action="`+undo+`"`) {
		t.Fatal("the notice offers no undo")
	}
	author.post(undo)
	if shown := author.get(to).body; !strings.Contains(shown, "Le deuxième.") {
		t.Error("the text is not back")
	}
}

// TestAFormOfAnEndedSessionComesBack: who was signed out while typing gets a page
// that holds all of it, and no password.
func TestAFormOfAnEndedSessionComesBack(t *testing.T) {
	t.Parallel()
	h := open(t)
	a := h.nobody().post("/espaces/demat-ads/blog/-/nouveau", "title", "Un <b>titre</b>", "body", "Deux lignes\ndéjà tapées", "action", "publish")
	if a.status != http.StatusUnauthorized || !strings.Contains(a.body, "Deux lignes\ndéjà tapées</textarea>") ||
		!strings.Contains(a.body, `value="Un &lt;b&gt;titre&lt;/b&gt;"`) || !strings.Contains(a.body, `action="/espaces/demat-ads/blog/-/nouveau"`) {
		t.Errorf("answered %d: %s", a.status, a.body)
	}
	if a := h.nobody().post("/compte/mot-de-passe", "password", "un secret tapé", "new_password", "un autre secret"); strings.Contains(a.body, "secret") {
		t.Error("a password is written into a page")
	}
	again := url.Values{"title": {"Un titre"}, "body": {"Deux lignes"}, "action": {"publish"}}
	if a := h.as(contributor).do("POST", "/espaces/demat-ads/blog/-/nouveau", again); a.status != http.StatusSeeOther {
		t.Errorf("sending it again answered %d", a.status)
	}
}
