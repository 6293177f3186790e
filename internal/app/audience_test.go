package app_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"ruche/internal/kernel/access"
)

// seenIn finds the mark of the readers that a page showed.
func seenIn(t *testing.T, a answer) string {
	t.Helper()
	found := regexp.MustCompile(`name="vu" value="([^"]+)"`).FindStringSubmatch(a.body)
	if found == nil {
		t.Fatalf("no form of the readers (%d)", a.status)
	}
	return found[1]
}

// TestWhomAPostIsFor writes a post for a group, then opens it, then closes it to all
// but one person.
func TestWhomAPostIsFor(t *testing.T) {
	t.Parallel()
	h := open(t)
	writer, boss, inside, outside := h.as("lucie.pascal@demo.example"), h.as(lead), h.as(contributor), h.as("yann.lebihan@demo.example")
	group := h.group("demat-ads", "Jury", contributor)
	form := writer.get("/espaces/demat-ads/blog/-/nouveau")
	if !strings.Contains(form.body, `value="`+group.String()+`"`) || !strings.Contains(form.body, "Tout l’espace (27 membres, dont 4 externes)") {
		t.Error("the form does not ask whom the post is for")
	}
	a := writer.post("/espaces/demat-ads/blog/-/nouveau", "title", "Grille du jury", "body", "Merci @Yann Le Bihan et @Amadou Diallo", "action", "publish", "audience", group.String())
	if a.status != http.StatusSeeOther {
		t.Fatalf("publishing answered %d", a.status)
	}
	post := a.location()
	for name, p := range map[string]*person{"the writer": writer, "a lead": boss, "one of the group": inside} {
		if a := p.get(post); a.status != http.StatusOK || !strings.Contains(a.body, "Accès restreint") {
			t.Errorf("%s gets %d", name, a.status)
		}
	}
	if a, b := outside.get(post), outside.get("/espaces/demat-ads/blog"); a.status != http.StatusNotFound || strings.Contains(b.body, "Grille du jury") {
		t.Errorf("one outside the group gets %d", a.status)
	}
	if n := h.number(`SELECT COUNT(*) FROM mentions`+` WHERE account_id = $1`, h.actor("yann.lebihan@demo.example").Account); n != 0 {
		t.Error("a restricted post names who may not read it")
	}

	readers := h.permanent(post) + "/-/acces"
	page := writer.get(readers)
	if !strings.Contains(page.body, "Réservé à Jury") || !strings.Contains(page.body, "Amadou Diallo") || strings.Contains(page.body, "Yann Le Bihan") {
		t.Error("the page does not tell who reads")
	}
	if !strings.Contains(page.body, "Vous l’avez écrit") || !strings.Contains(boss.get(readers).body, "Vous animez cet espace") {
		t.Error("the page does not tell its reader why they read")
	}
	if a := inside.get(readers); !strings.Contains(a.body, "parce que vous êtes dans : Jury") || a.status != http.StatusOK || strings.Contains(a.body, `name="vu"`) {
		t.Errorf("a reader gets %d, or the form", a.status)
	}
	if a := inside.post(readers, "lecture", "tous", "vu", seenIn(t, page)); a.status != http.StatusForbidden {
		t.Errorf("a reader opens it: %d", a.status)
	}
	mark := seenIn(t, page)
	if a := writer.post(readers, "lecture", "tous", "vu", mark); a.status != http.StatusSeeOther {
		t.Fatalf("opening answered %d", a.status)
	}
	if a := outside.get(post); a.status != http.StatusOK {
		t.Errorf("once open, one outside the group gets %d", a.status)
	}

	// From a page of before: both choices are shown, and nothing is done.
	a = boss.post(readers, "lecture", "certains", "groupe", group.String(), "vu", mark)
	if a.status != http.StatusConflict || !strings.Contains(a.body, "entre-temps") || outside.get(post).status != http.StatusOK {
		t.Errorf("a stale form answered %d", a.status)
	}
	mark = seenIn(t, a)
	if a := writer.post(readers, "lecture", "certains", "vu", mark); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Cochez au moins") {
		t.Errorf("nobody named: %d", a.status)
	}
	if a := writer.post(readers, "lecture", "certains", "personne", h.actor(nowhere).Account.String(), "vu", mark); a.status != http.StatusUnprocessableEntity {
		t.Errorf("who is no member named: %d", a.status)
	}
	yann := h.actor("yann.lebihan@demo.example").Account
	a = writer.post(readers, "lecture", "certains", "groupe", group.String(), "q", "bih", "action", "chercher", "vu", mark)
	if a.status != http.StatusOK || !strings.Contains(a.body, `value="`+yann.String()+`"`) || strings.Contains(a.body, `value="`+yann.String()+`" checked`) || !strings.Contains(a.body, `value="`+group.String()+`" checked`) {
		t.Errorf("looking for someone answered %d", a.status)
	}
	if a := writer.post(readers, "lecture", "certains", "personne", yann.String(), "vu", mark); a.status != http.StatusSeeOther {
		t.Fatalf("closing answered %d", a.status)
	}
	for name, c := range map[string]struct {
		p    *person
		want int
	}{"the one named": {outside, 200}, "the writer": {writer, 200}, "one of the group of before": {inside, 404}} {
		if a := c.p.get(post); a.status != c.want {
			t.Errorf("%s gets %d, want %d", name, a.status, c.want)
		}
	}
	if n := h.number(`SELECT COUNT(*) FROM events WHERE kind = $1 AND item_id IS NOT NULL`, string(access.EventChanged)); n != 2 {
		t.Errorf("%d changes were told, want 2", n)
	}
}

// TestAPostForAGroupThatIsGoneOpensToNobody: what was typed stays, and is not
// published for all.
func TestAPostForAGroupThatIsGoneOpensToNobody(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(contributor)
	for _, group := range []string{"00000000-0000-7000-8000-000000000000", "nonsense", h.groupOf("comite-secret").String()} {
		a := p.post("/espaces/demat-ads/blog/-/nouveau", "title", "Pour un groupe perdu", "body", "x", "action", "publish", "audience", group)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Pour un groupe perdu") || !strings.Contains(a.body, `value="`+group+`" selected`) {
			t.Errorf("a group that is none (%s): %d", group, a.status)
		}
	}
	if n := h.number(`SELECT COUNT(*) FROM items WHERE title = 'Pour un groupe perdu'`); n != 0 {
		t.Errorf("%d posts were made", n)
	}
}
