package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const letterPage = "/espaces/demat-ads/blog/-/lettre"

// letterForm is what the form of a letter sends, as the page fills it.
func letterForm(p *person) url.Values {
	p.h.t.Helper()
	page := p.get(letterPage).body
	form := url.Values{"action": {"envoyer"}, "mot": {""}}
	found := regexp.MustCompile(`name="lettre" value="([^"]+)"`).FindStringSubmatch(page)
	if found == nil {
		p.h.t.Fatalf("there is no form: %.300s", page)
	}
	form.Set("lettre", found[1])
	for _, box := range regexp.MustCompile(`<input[^>]*name="billets"[^>]*>`).FindAllString(page, -1) {
		if strings.Contains(box, " checked") {
			form.Add("billets", regexp.MustCompile(`value="([^"]+)"`).FindStringSubmatch(box)[1])
		}
	}
	return form
}

// TestALetterToTheMembers: each member gets one, with what they may read, and it goes
// once however often the form is sent.
func TestALetterToTheMembers(t *testing.T) {
	t.Parallel()
	h := open(t)
	chief := h.as(lead)
	few := h.group("demat-ads", "Les rares", contributor)
	_, permanent := published(t, h.as(contributor), "Pour quelques-uns", "Un secret d’atelier.")
	h.run()
	h.restrict(h.text(`SELECT slug FROM items WHERE id = $1`, h.item(permanent)), few)
	form := letterForm(chief)
	if !slices.Contains(form["billets"], h.item(permanent).String()) {
		t.Fatal("a post of today is not chosen by itself")
	}
	form.Set("mot", "Bonjour à tous\nUn mot.")
	form.Add("billets", form.Get("billets")) // twice the same
	members := h.number(`SELECT COUNT(*) FROM memberships m JOIN accounts a ON a.id = m.account_id JOIN spaces s ON s.id = m.space_id WHERE s.slug = 'demat-ads' AND a.state = 'active'`)
	for range 2 {
		if a := chief.do("POST", letterPage, form); a.status != http.StatusSeeOther || a.location() != "/espaces/demat-ads/blog" {
			t.Fatalf("sending answered %d: %.400s", a.status, a.body)
		}
	}
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'blog.digest'`); n != members {
		t.Errorf("%d mails to %d members", n, members)
	}
	mailed := func(to string) string {
		return h.text(`SELECT text FROM mails WHERE kind = 'blog.digest' AND to_email = $1`, to)
	}
	if got := mailed(contributor); !strings.Contains(got, "Pour quelques-uns") || !strings.Contains(got, "> Un mot.") || !strings.Contains(got, "/blog/-/lettre/recevoir") {
		t.Errorf("a member of the group is mailed %q", got)
	}
	if got := mailed(external); strings.Contains(got, "Pour quelques-uns") || strings.Contains(got, "secret d’atelier") {
		t.Errorf("who may not read it is mailed %q", got)
	}
	if got := chief.get(letterPage).body; !strings.Contains(got, "Dernière lettre") || len(letterForm(chief)["billets"]) != 0 {
		t.Error("what went in the last letter is chosen again")
	}
}

// TestALetterIsWeighedAgain: who left, stopped letters, or may no more read what it tells
// of gets none of those that wait.
func TestALetterIsWeighedAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	chief, gone, tired := h.as(lead), h.as("thomas.keller@demo.example"), h.as(external)
	published(t, h.as(contributor), "Ce qui vient", "x")
	if a := chief.do("POST", letterPage, letterForm(chief)); a.status != http.StatusSeeOther {
		t.Fatalf("sending answered %d", a.status)
	}
	if a := tired.get("/espaces/demat-ads/blog/-/lettre/recevoir"); a.status != http.StatusOK || !strings.Contains(a.body, "Ne plus recevoir de lettres") {
		t.Fatalf("the page answered %d", a.status)
	}
	h.run()
	tired.post("/espaces/demat-ads/blog/-/lettre/recevoir", "recevoir", "0")
	h.evict(gone.name)
	h.clock.Advance(2 * time.Hour)
	h.run() // the relay of the test answers nothing: what is still to be sent waits
	for who, want := range map[string]bool{external: false, gone.name: false, contributor: true} {
		state := h.text(`SELECT state FROM mails WHERE kind = 'blog.digest' AND to_email = $1`, who)
		if got := state == "queued" || state == "sent"; got != want {
			t.Errorf("the letter to %s is %s", who, state)
		}
	}
	if a := tired.post("/espaces/demat-ads/blog/-/lettre/recevoir", "recevoir", "1"); a.status != http.StatusSeeOther {
		t.Errorf("getting them again answered %d", a.status)
	}
	if a := h.as(nowhere).post("/espaces/demat-ads/blog/-/lettre/recevoir", "recevoir", "0"); a.status != http.StatusNotFound {
		t.Errorf("who is nowhere is answered %d", a.status)
	}
}

// TestALetterThatIsRefused: nothing chosen, a post of another space, one that is a draft:
// what was typed comes back, and nobody is mailed. A trial goes to its writer alone.
func TestALetterThatIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	chief := h.as(lead)
	other := h.id(`SELECT i.id FROM items i JOIN spaces s ON s.id = i.space_id WHERE s.slug = 'comite-secret' AND i.state = 2 ORDER BY i.id LIMIT 1`).String()
	draft := h.id(`SELECT i.id FROM items i JOIN spaces s ON s.id = i.space_id WHERE s.slug = 'demat-ads' AND i.state = 1 ORDER BY i.id LIMIT 1`).String()
	good := letterForm(chief)
	for name, change := range map[string]func(url.Values){
		"nothing":       func(f url.Values) { f.Del("billets") },
		"another space": func(f url.Values) { f.Add("billets", other) },
		"a draft":       func(f url.Values) { f.Add("billets", draft) },
		"no id":         func(f url.Values) { f.Del("lettre") },
		"a long word":   func(f url.Values) { f.Set("mot", "Le mot gardé"+strings.Repeat("x", 2000)) },
	} {
		form := url.Values{}
		for key, values := range good {
			form[key] = slices.Clone(values)
		}
		form.Set("mot", "Le mot gardé")
		change(form)
		if a := chief.do("POST", letterPage, form); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Le mot gardé") {
			t.Errorf("%s answered %d", name, a.status)
		}
	}
	good.Set("action", "essai")
	good.Set("mot", "Un essai")
	if a := chief.do("POST", letterPage, good); a.status != http.StatusOK || !strings.Contains(a.body, "Un essai part à votre adresse") || !strings.Contains(a.body, good.Get("lettre")) {
		t.Errorf("a trial answered %d", a.status)
	}
	h.run()
	if all, mine := h.number(`SELECT COUNT(*) FROM mails WHERE kind LIKE 'blog.digest%'`), h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'blog.digest_test' AND to_email = $1`, lead); all != 1 || mine != 1 {
		t.Errorf("a trial made %d mails, %d to its writer", all, mine)
	}
}
