package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ruche/internal/kernel/account"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
)

// personOf is the address of someone's profile.
func (h *house) personOf(email string) string {
	h.t.Helper()
	return "/personnes/" + h.actor(email).Account.String()
}

// TestAProfileIsForWhoMayKnowThePerson: agents know each other, and others know those who
// are in a space with them.
func TestAProfileIsForWhoMayKnowThePerson(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, c := range []struct {
		who, of string
		want    int
	}{
		{nowhere, contributor, http.StatusOK}, {nowhere, secretLead, http.StatusOK}, {nowhere, external, http.StatusNotFound},
		{contributor, external, http.StatusOK}, {external, contributor, http.StatusOK}, {external, external, http.StatusOK},
		{external, nowhere, http.StatusNotFound}, {external, secretLead, http.StatusNotFound}, {admin, external, http.StatusNotFound},
	} {
		if a := h.as(c.who).get(h.personOf(c.of)); a.status != c.want {
			t.Errorf("%s sees %s: %d, want %d", c.who, c.of, a.status, c.want)
		}
	}
	p := h.as(external)
	h.evict(external)
	if a := p.get(h.personOf(contributor)); a.status != http.StatusNotFound {
		t.Errorf("an external who left sees a member: %d", a.status)
	}
	if a := h.as(contributor).get(h.personOf(external)); a.status != http.StatusNotFound {
		t.Errorf("a member sees an external who left: %d", a.status)
	}
}

// TestAProfileTellsOfNoSpaceThatOneMayNotSee: a secret space is in nobody's profile but for
// its members, a private one for those who are in it.
func TestAProfileTellsOfNoSpaceThatOneMayNotSee(t *testing.T) {
	t.Parallel()
	h := open(t)
	spaces := func(who, of string) string { return h.as(who).get(h.personOf(of)).body }
	if page := spaces(secretLead, secretLead); !strings.Contains(page, "/espaces/comite-secret") {
		t.Fatal("one's own profile lacks one's space: the test is blind")
	}
	if page := spaces(nowhere, secretLead); strings.Contains(page, "comite-secret") {
		t.Error("a profile tells of a secret space")
	}
	page := spaces(nowhere, lead)
	if strings.Contains(page, "/espaces/demat-ads") || !strings.Contains(page, "/espaces/reseau-accessibilite") {
		t.Error("a profile tells of a private space, or hides a public one")
	}
	if page := spaces(contributor, lead); !strings.Contains(page, "/espaces/demat-ads") {
		t.Error("a profile hides a space that both are in")
	}
	if page := spaces(external, lead); strings.Contains(page, "/espaces/reseau-accessibilite") {
		t.Error("a profile tells an external of a space that is not theirs")
	}
}

// TestTheDirectoryIsOfAgentsForAgents, found by any word of their name, page after page.
func TestTheDirectoryIsOfAgentsForAgents(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(nowhere)
	all := p.get("/annuaire").body
	for who, listed := range map[string]bool{contributor: true, secretLead: true, external: false} {
		if strings.Contains(all, h.personOf(who)) != listed {
			t.Errorf("%s is in the directory: %v, want %v", who, !listed, listed)
		}
	}
	if a := h.as(external).get("/annuaire"); a.status != http.StatusNotFound || strings.Contains(a.body, "Annuaire") {
		t.Errorf("an external reads the directory: %d", a.status)
	}
	for typed, found := range map[string]string{"dial": contributor, "ÉLI fon": "elise.fontaine@demo.example", "le bihan": "yann.lebihan@demo.example"} {
		if page := p.get("/annuaire?q=" + strings.ReplaceAll(typed, " ", "+")).body; !strings.Contains(page, h.personOf(found)) {
			t.Errorf("%q does not find %s", typed, found)
		}
	}
	if page := p.get("/annuaire?q=zzz").body; !strings.Contains(page, "Personne de ce nom") {
		t.Error("nobody found is not said")
	}
	if a := p.get("/annuaire?apres=x"); a.status != http.StatusNotFound {
		t.Errorf("a wrong place answered %d", a.status)
	}

	h.write(func(ctx context.Context, tx *db.Tx) error {
		for i := range 60 {
			if _, err := account.Create(ctx, tx, account.New{Email: fmt.Sprintf("z%d@demo.example", i), Name: fmt.Sprintf("Zoé Agent %02d", i), Class: account.Agent}, h.clock.Now()); err != nil {
				return err
			}
		}
		// One is suspended, one's account is over: they are in it no more.
		if _, err := tx.Exec(ctx, `UPDATE accounts SET state = 'suspended' WHERE email_key = 'z0@demo.example'`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE accounts SET expires_at = $1 WHERE email_key = 'z1@demo.example'`, clock.Millis(h.clock.Now()))
		return err
	})
	first := p.get("/annuaire?q=zo%C3%A9").body
	if n := strings.Count(first, "Zoé Agent"); n != 50 || strings.Contains(first, "Agent 00") || strings.Contains(first, "Agent 01") {
		t.Errorf("the first page has %d people", n)
	}
	_, rest, _ := strings.Cut(first, "apres=")
	after, _, _ := strings.Cut(rest, `"`)
	after, _, _ = strings.Cut(after, "&")
	if page := p.get("/annuaire?q=zo%C3%A9&apres=" + after).body; strings.Count(page, "Zoé Agent") != 8 || !strings.Contains(page, "Agent 59") {
		t.Errorf("the second page has %d people", strings.Count(page, "Zoé Agent"))
	}
	if a := p.get(h.personOf("z0@demo.example")); a.status != http.StatusOK || !strings.Contains(a.body, "Ce compte n’est plus utilisé") {
		t.Errorf("a suspended agent: %d", a.status)
	}
}

// TestWhatOneSaysOfOneself is kept, cut by nothing, and refused with what was typed.
func TestWhatOneSaysOfOneself(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(contributor)
	fields := []string{"name", "Amadou Diallo", "organisation", "DDT", "langue", "fr", "theme", "system", "job", "Instructeur", "skills", "Urbanisme, urbanisme ; Cartographie, PCAET", "about", "Bonjour.\n\n<b>Pas du HTML</b>"}
	if a := p.post("/compte", fields...); a.status != http.StatusSeeOther {
		t.Fatalf("keeping a profile answered %d", a.status)
	}
	page := h.as(nowhere).get(h.personOf(contributor)).body
	for _, want := range []string{"Instructeur", "Urbanisme", "Cartographie", "PCAET", "&lt;b&gt;Pas du HTML"} {
		if !strings.Contains(page, want) {
			t.Errorf("the profile lacks %q", want)
		}
	}
	if strings.Contains(page, "urbanisme<") {
		t.Error("a skill is there twice")
	}
	many := strings.Repeat("x", 61) + "," + strings.Join(strings.Split(strings.Repeat("abcdefghijklmnopqrstuvwxyz", 1), ""), ",")
	fields[11] = many
	if a := p.post("/compte", fields...); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, many) || !strings.Contains(a.body, "Pas du HTML") {
		t.Errorf("too many skills: %d, or what was typed is lost", a.status)
	}
	if page := h.as(nowhere).get(h.personOf(contributor)).body; !strings.Contains(page, "PCAET") {
		t.Error("a refused profile changed something")
	}
}
