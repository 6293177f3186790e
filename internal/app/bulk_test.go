package app_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/clock"
)

const listPage = "/espaces/demat-ads/membres/-/inviter/liste"

// list sends the form of a list, with a file of that content unless it is empty.
func (p *person) list(action, text, role, word, file string) answer {
	p.h.t.Helper()
	var files []string
	if file != "" {
		files = []string{"membres.csv", file}
	}
	return p.upload(listPage, map[string]string{"list": text, "role": role, "word": word, "action": action}, files...)
}

// TestAListOfThreeHundred: a table of 300 rows, twelve of them faulty, in the encoding
// and with the semicolons of a Western spreadsheet: nothing leaves before it is sent,
// then one mail to each of the others, and the faulty ones stay in the form.
func TestAListOfThreeHundred(t *testing.T) {
	t.Parallel()
	h := open(t)
	chief := h.as(lead)
	var file strings.Builder
	file.WriteString("Pr\xe9nom;Courriel\r\n")
	for n := range 300 {
		mailbox := fmt.Sprintf("invite.%d@mairie.example", n)
		if n%25 == 24 {
			mailbox = fmt.Sprintf("invite.%d@mairie", n)
		}
		fmt.Fprintf(&file, "Zo\xe9 %d;%s\r\n", n, mailbox)
	}
	sent := func() int64 { return h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'spaces.invitation'`) }
	before := sent()
	a := chief.list("check", "", "reader", "Bienvenue", file.String())
	if a.status != http.StatusOK || !strings.Contains(a.body, "300 lignes lues") || !strings.Contains(a.body, "Envoyer 288 invitations") || sent() != before {
		t.Fatalf("checking answered %d and left %d mails", a.status, sent()-before)
	}
	a = chief.list("send", "", "reader", "Bienvenue", file.String())
	if a.status != http.StatusOK || !strings.Contains(a.body, "288 invitations partent.") || !strings.Contains(a.body, "12 lignes sont à corriger") || !strings.Contains(a.body, "invite.24@mairie\n") || strings.Contains(a.body, "invite.23@mairie.example") {
		t.Errorf("sending answered %d: %.2000s", a.status, a.body)
	}
	if n := sent() - before; n != 288 {
		t.Errorf("%d invitations left, want 288", n)
	}
	chief.list("send", "", "reader", "Bienvenue", file.String())
	if n := sent() - before; n != 288 {
		t.Errorf("sent twice, %d invitations left", n)
	}
	if n := h.number(`SELECT COUNT(DISTINCT to_email) FROM mails WHERE kind = 'spaces.invitation' AND to_email LIKE 'invite.%'`); n != 288 {
		t.Errorf("%d mailboxes were written to", n)
	}
}

// TestAListTellsWhatBecomesOfEachLine: members, those who are invited already, those who
// have an account, and externals who may not lead.
func TestAListTellsWhatBecomesOfEachLine(t *testing.T) {
	t.Parallel()
	h := open(t)
	chief := h.as(lead)
	chief.post("/espaces/demat-ads/membres/-/inviter", "email", "attend@mairie.example", "role", "reader", "word", "")
	text := strings.Join([]string{contributor, "attend@mairie.example", nowhere, "neuf@mairie.example", "Jean sans adresse"}, "\n")
	a := chief.list("check", text, "reader", "", "")
	for _, want := range []string{"Déjà membre", "Invitation déjà en attente", "a déjà un compte", "Cette ligne ne contient pas d’adresse", "Envoyer 2 invitations"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if a = chief.list("check", "neuf@mairie.example", "lead", "", ""); !strings.Contains(a.body, "Refusée") || strings.Contains(a.body, "Envoyer 1") {
		t.Error("an external may lead")
	}
	if a = chief.list("send", contributor, "reader", "", ""); a.status != http.StatusOK || !strings.Contains(a.body, "Rien à envoyer") {
		t.Errorf("a list of members answered %d", a.status)
	}
}

// TestAListThatIsRefused: what was typed comes back; eleven lists an hour are too many.
func TestAListThatIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t)
	chief := h.as(lead)
	many := strings.Repeat("x", 10) + "\n"
	for n := range 501 {
		many += fmt.Sprintf("p%d@mairie.example\n", n)
	}
	for name, test := range map[string]struct {
		text, role, word, file string
	}{
		"nothing":      {"", "reader", "Un mot gardé", ""},
		"too many":     {many, "reader", "Un mot gardé", ""},
		"no role":      {"a@mairie.example", "roi", "Un mot gardé", ""},
		"a long word":  {"a@mairie.example", "reader", "Un mot gardé" + strings.Repeat("x", 500), ""},
		"a large file": {"a@mairie.example", "reader", "Un mot gardé", strings.Repeat("a\n", 600_000)},
	} {
		a := chief.list("send", test.text, test.role, test.word, test.file)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Un mot gardé") || test.text != "" && !strings.Contains(a.body, "@mairie.example") {
			t.Errorf("%s answered %d", name, a.status)
		}
	}
	for n := range 10 {
		if a := chief.list("send", fmt.Sprintf("encore.%d@mairie.example", n), "reader", "", ""); a.status != http.StatusSeeOther {
			t.Fatalf("list %d answered %d", n, a.status)
		}
	}
	if a := chief.list("send", "trop@mairie.example", "reader", "", ""); a.status != http.StatusTooManyRequests || !strings.Contains(a.body, "trop@mairie.example") {
		t.Errorf("an eleventh list answered %d", a.status)
	}
	h.clock.Advance(time.Hour + time.Minute)
	if a := chief.list("send", "trop@mairie.example", "reader", "", ""); a.status != http.StatusSeeOther {
		t.Errorf("an hour later, a list answered %d", a.status)
	}
	if a := h.as(contributor).list("send", "a@mairie.example", "reader", "", ""); a.status != http.StatusForbidden {
		t.Errorf("a contributor is answered %d", a.status)
	}
}

// TestThoseWhoHaveNotComeAreReminded: once each, not before three days, at one press; who
// came or was called back is left alone.
func TestThoseWhoHaveNotComeAreReminded(t *testing.T) {
	t.Parallel()
	h := open(t)
	const page = "/espaces/demat-ads/membres/-/invitations"
	h.clock.Advance(20 * 24 * time.Hour) // those of the demonstration are over
	chief := h.as(lead)
	chief.post(page + "/-/relancer")
	mails := func() int64 { return h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'spaces.invitation'`) }
	before := mails()
	chief.list("send", "un@mairie.example deux@mairie.example trois@mairie.example", "reader", "", "")
	if a := chief.get(page); a.status != http.StatusOK || strings.Contains(a.body, "Relancer") {
		t.Errorf("on the same day, someone may be reminded: %d", a.status)
	}
	h.clock.Advance(4 * 24 * time.Hour)
	revoked := h.id(`SELECT id FROM invitations WHERE email = 'trois@mairie.example'`).String()
	if a := chief.post(page+"/"+revoked+"/annuler", "suite", page); a.location() != page {
		t.Errorf("calling back leads to %q", a.location())
	}
	if a := chief.get(page); !strings.Contains(a.body, "Relancer") || !strings.Contains(a.body, "un@mairie.example") {
		t.Errorf("after four days, nobody may be reminded: %d", a.status)
	}
	late := h.number(`SELECT COUNT(*) FROM invitations v JOIN spaces s ON s.id = v.space_id WHERE s.slug = 'demat-ads' AND v.used_at = 0 AND v.revoked_at = 0`)
	if a := chief.post(page + "/-/relancer"); a.status != http.StatusSeeOther {
		t.Errorf("reminding answered %d", a.status)
	}
	if n := mails() - before; n != 3+late {
		t.Errorf("%d mails left, want the three and %d again", n, late)
	}
	if a := chief.get(page); strings.Contains(a.body, "Relancer") {
		t.Error("who was reminded may be reminded at once")
	}
	chief.post(page + "/-/relancer")
	h.clock.Advance(time.Minute)
	if a := chief.post(page + "/-/relancer"); a.status != http.StatusTooManyRequests {
		t.Errorf("a third time in a day answered %d", a.status)
	}
	if n := mails() - before; n != 3+late {
		t.Errorf("%d mails left after all", n)
	}
	if a := h.as(contributor).post(page + "/-/relancer"); a.status != http.StatusForbidden {
		t.Errorf("a contributor reminds: %d", a.status)
	}
}

// TestAnInvitationIntoAGroup: whoever accepts is a member of the group and reads what is
// for it; a group that is gone meanwhile keeps nobody out, and one of another space is none.
func TestAnInvitationIntoAGroup(t *testing.T) {
	t.Parallel()
	h := open(t)
	chief := h.as(lead)
	group, elsewhere, gone := h.group("demat-ads", "Pilotes"), h.group("comite-secret", "Ailleurs"), h.group("demat-ads", "Éphémère")
	const page = "/espaces/demat-ads/membres/-/inviter"
	if a := chief.post(page, "email", "pilote@mairie.example", "role", "reader", "word", "Mot gardé", "group", elsewhere.String()); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Ce groupe n’existe plus") || !strings.Contains(a.body, "Mot gardé") {
		t.Errorf("a group of another space answered %d", a.status)
	}
	if a := chief.upload(listPage, map[string]string{"list": "x@mairie.example", "role": "reader", "action": "send", "group": elsewhere.String()}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a list into a group of another space answered %d", a.status)
	}
	chief.post(page, "email", "pilote@mairie.example", "role", "reader", "word", "", "group", group.String())
	chief.upload(listPage, map[string]string{"list": "liste@mairie.example", "role": "reader", "action": "send", "group": group.String()})
	chief.post(page, "email", "perdu@mairie.example", "role", "reader", "word", "", "group", gone.String())
	if a := chief.post("/espaces/demat-ads/groupes/" + gone.String() + "/-/supprimer"); a.status != http.StatusSeeOther {
		t.Fatalf("deleting a group answered %d", a.status)
	}
	for email, in := range map[string]int64{"pilote@mairie.example": 1, "liste@mairie.example": 1, "perdu@mairie.example": 0} {
		link := regexp.MustCompile(`/invitations/[A-Za-z0-9_-]+`).FindString(h.text(`SELECT text FROM mails WHERE kind = 'spaces.invitation' AND to_email = $1`, email))
		if a := h.nobody().post(link, "name", "Personne "+email, "password", "une phrase assez longue"); a.status != http.StatusSeeOther {
			t.Fatalf("%s: accepting answered %d", email, a.status)
		}
		who := h.actor(email).Account
		if n := h.number(`SELECT COUNT(*) FROM group_members WHERE group_id = $1 AND account_id = $2`, group, who); n != in {
			t.Errorf("%s is %d times in the group, want %d", email, n, in)
		}
		if n := h.number(`SELECT COUNT(*) FROM memberships m JOIN spaces s ON s.id = m.space_id WHERE m.account_id = $1 AND s.slug = 'demat-ads'`, who); n != 1 {
			t.Errorf("%s is %d times a member", email, n)
		}
	}
}

// TestAListLeavesLater: at an hour, one after the other; what is called back or given a new
// link meanwhile is mailed by no old one.
func TestAListLeavesLater(t *testing.T) {
	t.Parallel()
	h := open(t)
	chief := h.as(lead)
	send := func(day, hour string) answer {
		return chief.upload(listPage, map[string]string{"list": "un@mairie.example\ndeux@mairie.example\ntrois@mairie.example\nJean sans adresse", "role": "reader", "action": "send", "day": day, "hour": hour})
	}
	for _, bad := range [][2]string{{"2026-11-23", "09:00"}, {"2026-11-30", ""}, {"2030-01-01", "09:00"}, {"2027-03-28", "02:30"}} {
		if a := send(bad[0], bad[1]); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "deux@mairie.example") {
			t.Errorf("%v answered %d", bad, a.status)
		}
	}
	const when = "lundi 30\u00a0novembre 2026 à 9\u00a0h"
	if a := send("2026-11-30", "09:00"); !strings.Contains(a.body, "3 invitations partiront à partir du "+when) || !strings.Contains(chief.get("/espaces/demat-ads/membres").body, "Part le "+when) {
		t.Errorf("it is not said when they leave: %d", a.status)
	}
	h.run()
	at := time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
	for n, email := range []string{"un@mairie.example", "deux@mairie.example", "trois@mairie.example"} {
		if due := h.number(`SELECT due_at FROM mails WHERE kind = 'spaces.invitation' AND to_email = $1`, email); due != clock.Millis(at.Add(time.Duration(n)*time.Second)) {
			t.Errorf("%s leaves at %s", email, clock.FromMillis(due))
		}
		if life := h.number(`SELECT expires_at FROM invitations WHERE email = $1`, email) - clock.Millis(at); life < clock.Millis(time.Unix(0, 0).Add(14*24*time.Hour)) {
			t.Errorf("the link of %s lives %d ms", email, life)
		}
	}
	if a := send("2026-12-01", "09:00"); a.status != http.StatusOK || h.number(`SELECT COUNT(*) FROM invitations WHERE email LIKE '%@mairie.example'`) != 3 {
		t.Errorf("sent twice, it answered %d", a.status)
	}
	again := h.id(`SELECT id FROM invitations WHERE email = 'deux@mairie.example'`).String()
	chief.post("/espaces/demat-ads/membres/-/invitations/" + again + "/renvoyer")
	chief.post("/espaces/demat-ads/membres/-/invitations/" + h.id(`SELECT id FROM invitations WHERE email = 'trois@mairie.example'`).String() + "/annuler")
	h.clock.Advance(6 * 24 * time.Hour)
	h.run()
	for email, want := range map[string]int64{"un@mairie.example": 0, "deux@mairie.example": 1, "trois@mairie.example": 1} {
		if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'spaces.invitation' AND to_email = $1 AND state = 'withdrawn'`, email); n != want {
			t.Errorf("%d mails to %s are withdrawn, want %d", n, email, want)
		}
	}
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'spaces.invitation' AND to_email = 'deux@mairie.example' AND state <> 'withdrawn'`); n != 1 {
		t.Errorf("%d mails hold the new link", n)
	}
}
