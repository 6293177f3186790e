package app_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"ruche/internal/kernel/account"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

const (
	externalsPage = "/externes"
	mailEnding    = "people.ending"
)

// listed tells whether a page of the externals lists someone.
func listed(t *testing.T, p *person, page, name string) bool {
	t.Helper()
	a := p.get(page)
	if a.status != http.StatusOK {
		t.Fatalf("%s answered %d", page, a.status)
	}
	return strings.Contains(a.body, ">"+name+"<") || strings.Contains(a.body, name+"</label>") || strings.Contains(strings.Join(strings.Fields(a.body), " "), name+" </label>")
}

// ends is the last day of an access, in the time zone of the house.
func (h *house) ends(email string) string {
	h.t.Helper()
	end := time.UnixMilli(h.number(`SELECT expires_at FROM accounts WHERE email = $1`, email))
	return account.LastDay(end).In(h.Config.Timezone).Format(time.DateOnly)
}

// sponsored is the mailbox of who answers for an external.
func (h *house) sponsored(email string) string {
	h.t.Helper()
	return h.text(`SELECT s.email FROM externals e JOIN accounts a ON a.id = e.account_id JOIN accounts s ON s.id = e.sponsor_id WHERE a.email = $1`, email)
}

// change sends the form of the externals.
func (p *person) change(email, do string, more ...string) answer {
	p.h.t.Helper()
	return p.post(externalsPage, append([]string{"qui", p.h.actor(email).Account.String(), "faire", do}, more...)...)
}

// TestWhoeverInvitesAnExternalAnswersForThem: until the day that they gave, or for a year.
func TestWhoeverInvitesAnExternalAnswersForThem(t *testing.T) {
	t.Parallel()
	h := open(t)
	chief, guest := h.as(lead), h.nobody()
	link := invited(h, chief, guestMailbox, "reader")
	guest.post(link, "name", "Malo Le Goff", "organisation", "Ville", "password", "une phrase assez longue")
	if got := h.ends(guestMailbox); got != "2027-11-24" {
		t.Errorf("an access of a year ends on %s", got)
	}
	if got := h.sponsored(guestMailbox); got != lead {
		t.Errorf("%s answers for them", got)
	}
	if !listed(t, chief, externalsPage, "Malo Le Goff") || listed(t, h.as(contributor), externalsPage, "Malo Le Goff") {
		t.Error("whoever answers for them sees them, and nobody else")
	}
	if a := chief.get("/espaces/demat-ads/membres"); !strings.Contains(a.body, "Accès jusqu’au mercredi 24") {
		t.Error("who leads a space does not see when an access ends")
	}
	if a := h.as(contributor).get("/espaces/demat-ads/membres"); strings.Contains(a.body, "Accès jusqu’au") {
		t.Error("a member sees when an access ends")
	}
	if a := guest.get("/compte"); !strings.Contains(a.body, "novembre 2027") || !strings.Contains(a.body, lead) {
		t.Error("an external is not told when their access ends, and who can extend it")
	}
	const other = "anne.petit@ville.example"
	form := []string{"email", other, "role", "reader", "word", ""}
	page := "/espaces/demat-ads/membres/-/inviter"
	for typed, says := range map[string]string{"2026-11-23": "Ce jour est passé", "2029-11-25": "dans les 3", "demain": "Donnez un jour"} {
		a := chief.post(page, append(form, "until", typed)...)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, says) || !strings.Contains(a.body, `value="`+typed+`"`) || !strings.Contains(a.body, other) {
			t.Errorf("%q answered %d", typed, a.status)
		}
	}
	chief.post(page, append(form, "until", "2029-11-24")...)
	text := h.text(`SELECT text FROM mails WHERE to_email = $1`, other)
	link = text[strings.Index(text, "/invitations/"):]
	h.nobody().post(link[:strings.IndexAny(link, " \r\n")], "name", "Anne Petit", "organisation", "Ville", "password", "une phrase assez longue")
	if got := h.ends(other); got != "2029-11-24" {
		t.Errorf("the access ends on %s, and not on the day that was given", got)
	}
	// An agent has neither end nor sponsor, whatever the form said.
	if a := chief.post(page, "email", "neuf@demo.example", "role", "reader", "word", "", "until", "2027-01-01"); a.status != http.StatusSeeOther {
		t.Fatalf("inviting an agent answered %d", a.status)
	}
	text = h.text(`SELECT text FROM mails WHERE to_email = 'neuf@demo.example'`)
	link = text[strings.Index(text, "/invitations/"):]
	h.nobody().post(link[:strings.IndexAny(link, " \r\n")], "name", "Agent Neuf", "organisation", "", "password", "une phrase assez longue")
	if n := h.number(`SELECT COUNT(*) FROM accounts a LEFT JOIN externals e ON e.account_id = a.id WHERE a.email = 'neuf@demo.example' AND a.expires_at = 0 AND e.account_id IS NULL`); n != 1 {
		t.Error("an agent has an end, or somebody who answers for them")
	}
}

// TestWhoAnswersForAnExternalEndsAndOpensTheirAccess: their sessions close, they are told
// whom to ask, and setting an end opens it again.
func TestWhoAnswersForAnExternalEndsAndOpensTheirAccess(t *testing.T) {
	t.Parallel()
	h := open(t)
	chief, guest := h.as(lead), h.as(external)
	if a := chief.change(external, "finir"); a.status != http.StatusSeeOther || !strings.Contains(chief.after(a).body, "Accès terminé pour 1") {
		t.Fatalf("ending answered %d", a.status)
	}
	if a := guest.get("/espaces/demat-ads"); a.status != http.StatusSeeOther {
		t.Errorf("their session lives: %d", a.status)
	}
	if a := h.nobody().post("/connexion", "email", external, "password", demoPassword); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "a pris fin le ") || !strings.Contains(a.body, lead) {
		t.Errorf("signing in answered %d, and does not say whom to ask", a.status)
	}
	h.evict(external)
	link := invited(h, chief, external, "reader")
	if a := h.nobody().post(link, "password", demoPassword); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Votre accès à la plateforme a pris fin") || !strings.Contains(a.body, "Camille Martin") {
		t.Errorf("an invitation does not say that the access is over: %d", a.status)
	}
	if a := h.nobody().post("/connexion", "email", external, "password", "pas le bon mot de passe"); strings.Contains(a.body, "a pris fin") {
		t.Error("a wrong password learns that an access is over")
	}
	if listed(t, chief, externalsPage, "Jeanne Leroy") || !listed(t, chief, externalsPage+"?etat=termines", "Jeanne Leroy") {
		t.Error("an access that is over stands among those that are open")
	}
	chief.change(external, "finir") // twice: the day on which it ended stays
	if n := h.number(`SELECT COUNT(*) FROM events WHERE kind = 'account.end_changed'`); n != 1 {
		t.Errorf("%d ends were told of", n)
	}
	if a := chief.change(external, "prolonger", "jusqu_au", "2027-03-31"); a.status != http.StatusSeeOther || h.ends(external) != "2027-03-31" {
		t.Errorf("extending answered %d", a.status)
	}
	if a := h.as(external).post(link); a.status != http.StatusSeeOther {
		t.Errorf("an access that was opened again accepts no invitation: %d", a.status)
	}
	if a := h.as(external).get("/espaces/demat-ads"); a.status != http.StatusOK {
		t.Errorf("an access that was opened again answers %d", a.status)
	}
	a := chief.change(external, "prolonger", "jusqu_au", "2026-01-01")
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="2026-01-01"`) || !strings.Contains(a.body, "checked") {
		t.Errorf("a day that is past answered %d, or what was chosen is lost", a.status)
	}
}

// TestNobodyElseChangesTheAccessOfAnExternal: who does not answer for one is told that there
// is none, for one of several too; administrators may.
func TestNobodyElseChangesTheAccessOfAnExternal(t *testing.T) {
	t.Parallel()
	h := open(t)
	before := h.ends(external)
	for _, who := range []string{contributor, nowhere, external} {
		for _, do := range []string{"finir", "prolonger", "confier"} {
			if a := h.as(who).change(external, do, "jusqu_au", "2027-06-01", "referent", who); a.status != http.StatusNotFound {
				t.Errorf("%s does %s: %d", who, do, a.status)
			}
		}
	}
	chief := h.as(lead)
	const orphan = "noemie.blanc@regard-commun.example"
	if a := chief.change(external, "finir", "qui", h.actor(orphan).Account.String()); a.status != http.StatusNotFound {
		t.Errorf("one that is theirs with one that is not: %d", a.status)
	}
	if a := chief.change(contributor, "finir"); a.status != http.StatusNotFound {
		t.Errorf("an agent's access was ended: %d", a.status)
	}
	if a := chief.get(externalsPage + "?de=tous"); a.status != http.StatusNotFound {
		t.Errorf("who is no administrator sees all: %d", a.status)
	}
	if got := h.ends(external); got != before || h.sponsored(external) != lead {
		t.Errorf("the access ends on %s, and %s answers for it", got, h.sponsored(external))
	}
	boss := h.as(admin)
	if !listed(t, boss, externalsPage+"?de=sans-referent", "Noémie Blanc") || listed(t, boss, externalsPage+"?de=sans-referent", "Jeanne Leroy") || !listed(t, boss, externalsPage+"?de=tous", "Jeanne Leroy") {
		t.Error("an administrator sees those that nobody answers for apart")
	}
	const other = "hugo.ferreira@studio-passerelle.example"
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM externals WHERE account_id = $1`, h.actor(other).Account)
		return err
	})
	if a := boss.change(other, "prolonger", "jusqu_au", "2027-05-31"); a.status != http.StatusSeeOther || h.ends(other) != "2027-05-31" || h.sponsored(other) != admin {
		t.Errorf("an administrator sets an end: %d, and %s answers for them", a.status, h.sponsored(other))
	}
	if a := boss.change(orphan, "confier", "referent", lead); a.status != http.StatusSeeOther || h.sponsored(orphan) != lead {
		t.Errorf("an administrator hands over: %d", a.status)
	}
	if text, n := h.mailed(mailEnding, lead); n != 1 || !strings.Contains(text, "Noémie Blanc") {
		t.Errorf("who answers for them now gets %d mails: %s", n, text)
	}
	for _, typed := range []string{"personne@demo.example", external, ""} {
		a := chief.change(orphan, "confier", "referent", typed)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Aucun agent n’a cette adresse") || h.sponsored(orphan) != lead {
			t.Errorf("handing over to %q answered %d", typed, a.status)
		}
	}
	if a := chief.post(externalsPage, "faire", "finir"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Choisissez au moins une personne.") {
		t.Errorf("nobody chosen answered %d", a.status)
	}
	if a := chief.post(externalsPage, "qui", h.actor(external).Account.String()); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Dites que faire") {
		t.Errorf("nothing to do answered %d", a.status)
	}
}

// TestTheEndOfAnAccessIsWarnedOfTwice: thirty days before and seven, once each, by day, the
// external and who answers for them.
func TestTheEndOfAnAccessIsWarnedOfTwice(t *testing.T) {
	t.Parallel()
	h := open(t)
	chief := h.as(lead)
	chief.change(external, "prolonger", "jusqu_au", "2026-12-30")
	warn := func() (int64, int64) {
		t.Helper()
		if err := h.People.WarnEnding(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, theirs := h.mailed(mailEnding, external)
		_, mine := h.mailed(mailEnding, lead)
		return theirs, mine
	}
	for _, c := range []struct {
		after  time.Duration
		mails  int64
		reason string
	}{
		{0, 0, "37 days before"}, {7 * 24 * time.Hour, 1, "30 days before"}, {time.Hour, 1, "an hour later"}, {11 * time.Hour, 1, "by night"},
		{21*24*time.Hour + 12*time.Hour, 1, "8 days before"}, {24 * time.Hour, 2, "7 days before"}, {24 * time.Hour, 2, "6 days before"},
	} {
		h.clock.Advance(c.after)
		if theirs, mine := warn(); theirs != c.mails || mine != c.mails {
			t.Errorf("%s: %d and %d mails, want %d each", c.reason, theirs, mine, c.mails)
		}
	}
	text, _ := h.mailed(mailEnding, external)
	if !strings.Contains(text, "décembre 2026") || !strings.Contains(text, lead) {
		t.Errorf("the warning says %s", text)
	}
	if text, _ := h.mailed(mailEnding, lead); !strings.Contains(text, "Jeanne Leroy") || !strings.Contains(text, "/externes") {
		t.Errorf("the warning to who answers for them says %s", text)
	}
}

// TestExternalsComeByPages: each once, whatever ends they share.
func TestExternalsComeByPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	const many = 120
	h.write(func(ctx context.Context, tx *db.Tx) error {
		for n := range many {
			var end time.Time // of a third, never
			if n%3 > 0 {
				end = h.clock.Now().AddDate(0, n%3, 0)
			}
			one, err := account.Create(ctx, tx, account.New{Email: fmt.Sprintf("externe.%d@ville.example", n), Name: fmt.Sprintf("Externe n%03d", n), Class: account.External, Lang: "fr", ExpiresAt: end}, h.clock.Now())
			if err != nil {
				return err
			}
			if err := account.SetSponsor(ctx, tx, []id.ID{one.ID}, h.actor(lead).Account); err != nil {
				return err
			}
		}
		return nil
	})
	seen, pages := map[string]int{}, 0
	next := regexp.MustCompile(`href="(/externes\?apres=[^"]+)"`)
	for page := externalsPage; page != ""; pages++ {
		a := h.as(lead).get(page)
		if a.status != http.StatusOK {
			t.Fatalf("%s answered %d", page, a.status)
		}
		for _, name := range regexp.MustCompile(`Externe n\d+`).FindAllString(a.body, -1) {
			seen[name]++
		}
		page = ""
		if found := next.FindStringSubmatch(a.body); found != nil {
			page = html.UnescapeString(found[1])
		}
	}
	for name, n := range seen {
		if n != 1 {
			t.Errorf("%s stands %d times", name, n)
		}
	}
	if len(seen) != many || pages != 3 {
		t.Errorf("%d externals on %d pages", len(seen), pages)
	}
}
