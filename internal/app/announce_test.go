package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestAnAnnouncementReachesAllWhoRead: a mail each, at once and once; on top of their
// home until they read it; never who may not read.
func TestAnAnnouncementReachesAllWhoRead(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(lead)
	page, permanent := published(t, p, "À savoir", "x")
	h.run()
	h.clock.Advance(time.Minute)
	if h.as(contributor).get(permanent+"/-/annoncer").status != http.StatusForbidden || h.as(contributor).post(permanent+"/-/annoncer").status != http.StatusForbidden {
		t.Error("a contributor announces")
	}
	if a := p.get(permanent + "/-/annoncer"); !strings.Contains(a.body, "aux 27 membres qui peuvent lire ce contenu, dont 4 externes") {
		t.Error("whom it reaches is not said before")
	}
	// One has read it already, one wants nothing of it.
	h.as("chloe.perrin@demo.example").get(page)
	h.as("david.cohen@demo.example").post(permanent+"/-/suivi", "suivi", "muet")
	h.run()
	if a := p.post(permanent + "/-/annoncer"); a.status != http.StatusSeeOther {
		t.Fatalf("announcing answered %d", a.status)
	}
	h.run()
	mails := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.announce'`)
	if members := h.number(`SELECT COUNT(*) FROM memberships m JOIN spaces s ON s.id = m.space_id WHERE s.slug = 'demat-ads'`); mails != members-2 {
		t.Errorf("%d mails for %d members, less who announces and who muted it", mails, members)
	}
	if a := p.post(permanent + "/-/annoncer"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "déjà été annoncé") {
		t.Errorf("announcing again answered %d", a.status)
	}
	h.run()
	if again := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.announce'`); again != mails {
		t.Errorf("announced once, mailed %d times more", again-mails)
	}
	onTop := func(who string) bool { return strings.Contains(h.as(who).get("/").body, `id="annonces"`) }
	for who, want := range map[string]bool{external: true, "chloe.perrin@demo.example": true, lead: false, nowhere: false, secretLead: false} {
		if onTop(who) != want {
			t.Errorf("it is on top of the home of %s: %v", who, !want)
		}
	}
	if a := h.as(external).get(page); !strings.Contains(a.body, ">Annonce<") {
		t.Error("the page does not say that it is announced")
	}
	if err := h.Seen.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if onTop(external) || !onTop("chloe.perrin@demo.example") {
		t.Error("it stays once it is read, or goes with the reading of another")
	}
	// To some only: the others are told nothing.
	group := h.group("demat-ads", "Deux", contributor)
	restricted, hidden := published(t, p, "Aux deux", "x")
	h.restrict(strings.TrimPrefix(restricted, "/espaces/demat-ads/blog/"), group)
	p.post(hidden + "/-/annoncer")
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.announce' AND subject LIKE '%Aux deux%' AND to_email <> $1`, contributor); n > 1 { // the other lead
		t.Errorf("%d who may not read it are told", n)
	}
	if strings.Contains(h.as(external).get("/").body, "Aux deux") {
		t.Error("it is on the home of who may not read it")
	}
	h.clock.Advance(31 * 24 * time.Hour)
	if onTop("chloe.perrin@demo.example") {
		t.Error("it never goes")
	}
}
