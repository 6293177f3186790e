package app_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

const (
	door    = "/espaces/demat-ads"
	ask     = door + "/-/demander"
	members = door + "/membres"
)

// answerTo is where the leads answer someone who asks to enter.
func (h *house) answerTo(email string) string {
	return members + "/-/demande/" + h.actor(email).Account.String()
}

// asker is someone who waits to enter a space, without an account that is used elsewhere.
func (h *house) asker(slug string) id.ID {
	h.t.Helper()
	who, space := h.actor(nowhere).Account, h.id(`SELECT id FROM spaces WHERE slug = $1`, slug)
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO join_requests (space_id, account_id, word, asked_at, answered_at, accepted, answered_by, reply) VALUES ($1, $2, '', $3, 0, 0, NULL, '')
			ON CONFLICT (space_id, account_id) DO NOTHING`, space, who, clock.Millis(h.clock.Now()))
		return err
	})
	return who
}

// unasked takes away what the demonstration has of someone's asking.
func (h *house) unasked() {
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM join_requests`)
		return err
	})
}

// TestAskingToEnter: an agent asks at the door of a private space, its leads are mailed and
// let them in; they are mailed, and read.
func TestAskingToEnter(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.unasked()
	asker, boss, writer := h.as(nowhere), h.as(lead), h.as(contributor)
	if a := asker.get(door); a.status != http.StatusOK || !strings.Contains(a.body, `action="`+ask+`"`) {
		t.Fatalf("the door answers %d, without a way to ask", a.status)
	}
	for range 2 { // the second is a double click
		if a := asker.post(ask, "word", "Je prends l’instruction en janvier."); a.status != http.StatusSeeOther {
			t.Fatalf("asking answered %d", a.status)
		}
	}
	if b := asker.get(door).body; !strings.Contains(b, "attend une réponse") || strings.Contains(b, `action="`+ask+`"`) {
		t.Error("the door does not say that one waits")
	}
	h.run()
	for _, to := range []string{lead, "helene.garnier@demo.example"} {
		if text, n := h.mailed("spaces.asked", to); n != 1 || !strings.Contains(text, "Nadia Benali") || !strings.Contains(text, "Je prends l’instruction en janvier.") {
			t.Errorf("%s has %d mails: %s", to, n, text)
		}
	}
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'spaces.asked'`); n != 2 {
		t.Errorf("%d people were mailed, two lead the space", n)
	}
	if b := writer.get(members).body; strings.Contains(b, "Nadia Benali") {
		t.Error("a contributor sees who asks")
	}
	if b := boss.get(members).body; !strings.Contains(b, "Nadia Benali") || !strings.Contains(b, "Je prends l’instruction") {
		t.Error("a lead does not see who asks")
	}
	if b := boss.get(door).body; !strings.Contains(b, "1 personne demande à entrer") {
		t.Error("the home does not tell a lead that someone asks")
	}
	if a := writer.post(h.answerTo(nowhere) + "/accepter"); a.status != http.StatusForbidden {
		t.Errorf("a contributor lets someone in: %d", a.status)
	}
	if a := asker.post(h.answerTo(nowhere) + "/accepter"); a.status != http.StatusNotFound && a.status != http.StatusForbidden {
		t.Errorf("who asks lets themself in: %d", a.status)
	}
	if a := asker.get(door + "/blog"); a.status != http.StatusNotFound {
		t.Errorf("who waits reads: %d", a.status)
	}

	if a := boss.post(h.answerTo(nowhere) + "/accepter"); a.status != http.StatusSeeOther {
		t.Fatalf("letting in answered %d", a.status)
	}
	if a := asker.get(door + "/blog"); a.status != http.StatusOK {
		t.Errorf("who was let in gets %d", a.status)
	}
	h.run()
	if text, n := h.mailed("spaces.answered", nowhere); n != 1 || !strings.Contains(text, "Vous voilà dans") {
		t.Errorf("who asked has %d mails: %s", n, text)
	}
	if n := h.number(`SELECT COUNT(*) FROM events WHERE kind = 'member.joined' AND subject_id = $1`, h.actor(nowhere).Account); n != 1 {
		t.Errorf("%d entries are told", n)
	}
	if a := h.as("helene.garnier@demo.example").post(h.answerTo(nowhere) + "/refuser"); a.status != http.StatusNotFound {
		t.Errorf("another lead answers after it: %d", a.status)
	}
	if a := asker.post(ask); a.status != http.StatusSeeOther || h.number(`SELECT COUNT(*) FROM join_requests WHERE answered_at = 0`) != 0 {
		t.Errorf("a member who asks: %d", a.status)
	}
}

// TestAskingIsRefused, with a word; one may ask again after a week.
func TestAskingIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.unasked()
	asker, boss := h.as(nowhere), h.as(lead)
	if a := asker.post(ask, "word", strings.Repeat("a", 501)); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, strings.Repeat("a", 501)) {
		t.Errorf("a word that is too long: %d", a.status)
	}
	asker.post(ask)
	form := h.answerTo(nowhere) + "/refuser"
	if a := boss.get(form); a.status != http.StatusOK || !strings.Contains(a.body, "Nadia Benali") {
		t.Fatalf("the form answered %d", a.status)
	}
	if a := boss.post(form, "reply", strings.Repeat("b", 501)); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, strings.Repeat("b", 501)) {
		t.Errorf("a reply that is too long: %d", a.status)
	}
	if a := boss.post(form, "reply", "Voyez plutôt le réseau accessibilité."); a.status != http.StatusSeeOther {
		t.Fatalf("refusing answered %d", a.status)
	}
	h.run()
	if text, n := h.mailed("spaces.answered", nowhere); n != 1 || !strings.Contains(text, "Voyez plutôt le réseau") {
		t.Errorf("who asked has %d mails: %s", n, text)
	}
	if b := asker.get(door).body; !strings.Contains(b, "Voyez plutôt le réseau") || strings.Contains(b, `action="`+ask+`"`) {
		t.Error("the door does not say what was answered")
	}
	if a := asker.post(ask); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Vous pourrez en refaire une") {
		t.Errorf("asking at once again: %d", a.status)
	}
	h.clock.Advance(8 * 24 * time.Hour)
	asker = h.as(nowhere)
	if a := asker.post(ask); a.status != http.StatusSeeOther || h.number(`SELECT COUNT(*) FROM join_requests WHERE answered_at = 0`) != 1 {
		t.Errorf("asking after a week: %d", a.status)
	}

	// Taken back before its mails left: the leads hear nothing of it.
	asker.post(ask + "/retirer")
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'spaces.asked' AND state = 'withdrawn' AND created_at = $1`, clock.Millis(h.clock.Now())); n != 2 {
		t.Errorf("%d mails are withdrawn, want 2", n)
	}
	if a := boss.post(h.answerTo(nowhere) + "/accepter"); a.status != http.StatusNotFound {
		t.Errorf("letting in who asks no more: %d", a.status)
	}
}

// TestWhoMayAsk: nobody where there is nothing to ask for, and nothing is told.
func TestWhoMayAsk(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.unasked()
	for _, c := range []struct {
		who, slug string
		status    int
	}{
		{nowhere, "comite-secret", http.StatusNotFound},
		{nowhere, "comite-absent", http.StatusNotFound},
		{external, "refonte-portail", http.StatusNotFound},
		{nowhere, "reseau-accessibilite", http.StatusSeeOther}, // public: one reads it already
		{contributor, "demat-ads", http.StatusSeeOther},
	} {
		if a := h.as(c.who).post("/espaces/" + c.slug + "/-/demander"); a.status != c.status {
			t.Errorf("%s asks to enter %s: %d, want %d", c.who, c.slug, a.status, c.status)
		}
	}
	if n := h.number(`SELECT COUNT(*) FROM join_requests`); n != 0 {
		t.Errorf("%d wait", n)
	}
	// Whose account is suspended waits no more.
	h.as(nowhere).post(ask)
	if err := h.People.Suspend(t.Context(), nowhere); err != nil {
		t.Fatal(err)
	}
	boss := h.as(lead)
	if b := boss.get(members).body; strings.Contains(b, "Nadia Benali") {
		t.Error("someone suspended is listed")
	}
	if a := boss.post(h.answerTo(nowhere) + "/accepter"); a.status != http.StatusNotFound {
		t.Errorf("letting in someone suspended: %d", a.status)
	}
}

// TestTheCatalogueSaysHowToEnter: what is public is joined there, what is private is asked
// at its door, and who asked is told that they wait.
func TestTheCatalogueSaysHowToEnter(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.unasked()
	p := h.as(nowhere)
	page := p.get("/espaces").body
	for _, want := range []string{`action="/espaces/reseau-accessibilite/-/rejoindre"`, `href="` + door + `"><span>Demander à entrer`} {
		if !strings.Contains(page, want) {
			t.Errorf("the catalogue lacks %q", want)
		}
	}
	p.post(ask)
	page = p.get("/espaces").body
	if strings.Count(page, "Vous attendez une réponse") != 1 || strings.Contains(page, `href="`+door+`"><span>Demander`) {
		t.Error("who asked is not told that they wait")
	}
	if a := p.post("/espaces/reseau-accessibilite/-/rejoindre"); a.status != http.StatusSeeOther {
		t.Fatalf("joining answered %d", a.status)
	}
	if page = p.get("/espaces").body; strings.Contains(page, "/-/rejoindre") {
		t.Error("one may join what one is in")
	}
	for name, body := range map[string]string{"an external": h.as(external).get("/espaces").body, "a lead, of theirs": h.as(lead).get("/espaces?parmi=miens").body} {
		if strings.Contains(body, "/-/rejoindre") || strings.Contains(body, "Demander à entrer") {
			t.Errorf("%s is shown a way in", name)
		}
	}
}
