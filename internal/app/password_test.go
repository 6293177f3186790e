package app_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestAPasswordMadeOfOnesNameIsRefused, and the old one stays.
func TestAPasswordMadeOfOnesNameIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(contributor)
	a := p.post("/compte/mot-de-passe", "current", "ruche-demo-2026", "password", "AmadouDiallo2026")
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "de ceux que l’on essaie en premier") {
		t.Errorf("a password of one's own name: %d", a.status)
	}
	if a := p.post("/compte/mot-de-passe", "current", "ruche-demo-2026", "password", "cheval correct agrafe"); a.status != http.StatusSeeOther {
		t.Errorf("a good password after it: %d", a.status)
	}
}

// TestAnInvitationIsNoWayAroundTheCode: its link and the password let someone become a
// member, and not in.
func TestAnInvitationIsNoWayAroundTheCode(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.half(nowhere)
	link := invited(h, h.as(lead), nowhere, "reader")
	p := h.nobody()
	if a := p.post(link, "password", demoPassword); a.status != http.StatusSeeOther {
		t.Fatalf("the invitation answered %d", a.status)
	}
	if a := p.get("/compte"); a.status != http.StatusSeeOther {
		t.Errorf("the account's page: %d without the code", a.status)
	}
	if a := p.get("/connexion"); a.location() != "/connexion/code" {
		t.Errorf("the sign-in leads to %q", a.location())
	}
}
