package app_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"ruche/internal/platform/db"
)

const guestMailbox = "malo.legoff@ville.example"

// invited invites a mailbox into demat-ads and returns the path of the link that
// its mail holds.
func invited(h *house, p *person, email, role string) string {
	h.t.Helper()
	if a := p.post("/espaces/demat-ads/membres/-/inviter", "email", email, "role", role, "word", "À bientôt."); a.status != http.StatusSeeOther {
		h.t.Fatalf("inviting answered %d: %s", a.status, a.body)
	}
	text := h.text(`SELECT text FROM mails WHERE to_email = $1 ORDER BY created_at DESC, id DESC LIMIT 1`, email)
	link := regexp.MustCompile(`/invitations/[A-Za-z0-9_-]+`).FindString(text)
	if link == "" {
		h.t.Fatalf("no link in %q", text)
	}
	return link
}

func TestAnInvitationWorksOnceAndOnlyByPost(t *testing.T) {
	t.Parallel()
	h := open(t)
	link := invited(h, h.as(lead), guestMailbox, "contributor")
	guest := h.nobody()
	for range 3 { // a mail scanner
		if a := guest.do("HEAD", link, nil); a.status != http.StatusOK {
			t.Fatalf("HEAD answered %d", a.status)
		}
		if a := guest.get(link); a.status != http.StatusOK || !strings.Contains(a.body, "Camille Martin") || !strings.Contains(a.body, "À bientôt.") {
			t.Fatalf("the link shows %d", a.status)
		}
	}
	if a := guest.post(link, "name", "", "password", "court"); a.status != http.StatusUnprocessableEntity || strings.Contains(a.body, "court\"") {
		t.Errorf("faulty answers gave %d", a.status)
	}
	if a := guest.post(link, "name", "Malo Le Goff", "organisation", "Ville", "password", "une phrase assez longue"); a.status != http.StatusSeeOther || a.location() != "/espaces/demat-ads" {
		t.Fatalf("accepting answered %d to %q", a.status, a.location())
	}
	if a := guest.get("/espaces/demat-ads/blog/-/nouveau"); a.status != http.StatusOK {
		t.Errorf("the new contributor may not write: %d", a.status)
	}
	if class := h.text(`SELECT class FROM accounts WHERE email = $1`, guestMailbox); class != "external" {
		t.Errorf("the guest is %s", class)
	}
	for _, p := range []*person{h.nobody(), guest} {
		if a := p.get(link); a.status != http.StatusNotFound {
			t.Errorf("a used link shows %d", a.status)
		}
		if a := p.post(link, "name", "Autre", "password", "une phrase assez longue"); a.status != http.StatusNotFound {
			t.Errorf("a used link answers %d", a.status)
		}
	}
}

func TestDeadLinksLookAlike(t *testing.T) {
	t.Parallel()
	h := open(t)
	camille := h.as(lead)
	revoked := invited(h, camille, "a@ville.example", "reader")
	invitation := h.id(`SELECT id FROM invitations WHERE email = 'a@ville.example'`)
	if a := camille.post("/espaces/demat-ads/membres/-/invitations/" + invitation.String() + "/annuler"); a.status != http.StatusSeeOther {
		t.Fatalf("revoking answered %d", a.status)
	}
	p := h.nobody()
	unknown := p.get("/invitations/unknown")
	if a := p.get(revoked); a.status != http.StatusNotFound || a.body != strings.ReplaceAll(unknown.body, "/invitations/unknown", revoked) {
		t.Errorf("a revoked link is told from an unknown one: %d", a.status)
	}
	expired := invited(h, camille, "b@ville.example", "reader")
	h.clock.Advance(15 * 24 * time.Hour)
	if a := p.get(expired); a.status != http.StatusNotFound || !strings.Contains(a.body, expired+"/-/renouveler") {
		t.Errorf("an expired link offers no new one: %d", a.status)
	}
	if a := p.post(expired + "/-/renouveler"); a.status != http.StatusOK {
		t.Errorf("renewing answered %d", a.status)
	}
	if a := p.get(expired); a.status != http.StatusNotFound {
		t.Errorf("the old link lives on: %d", a.status)
	}
}

func TestTwoTabsMakeOneAccount(t *testing.T) {
	t.Parallel()
	h := open(t)
	link := invited(h, h.as(lead), guestMailbox, "reader")
	var tabs sync.WaitGroup
	statuses := make(chan int, 4)
	for range 4 {
		tabs.Go(func() {
			statuses <- h.nobody().post(link, "name", "Malo", "password", "une phrase assez longue").status
		})
	}
	tabs.Wait()
	close(statuses)
	in := 0
	for s := range statuses {
		if s == http.StatusSeeOther {
			in++
		} else if s != http.StatusNotFound {
			t.Errorf("a tab got %d", s)
		}
	}
	if in != 1 {
		t.Errorf("%d tabs got in, want 1", in)
	}
}

func TestAnInvitationForSomeoneElse(t *testing.T) {
	t.Parallel()
	h := open(t)
	link := invited(h, h.as(lead), nowhere, "reader")
	stranger := h.as(contributor)
	if a := stranger.get(link); a.status != http.StatusOK || !strings.Contains(a.body, nowhere) {
		t.Errorf("shows %d", a.status)
	}
	if a := stranger.post(link); a.status != http.StatusForbidden {
		t.Errorf("someone else's click answered %d", a.status)
	}
	if a := h.nobody().post(link, "password", "wrong password 123"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong password answered %d", a.status)
	}
	nadia := h.as(nowhere)
	if a := nadia.post(link); a.status != http.StatusSeeOther {
		t.Errorf("her own click answered %d", a.status)
	}
	if a := nadia.get("/espaces/demat-ads/blog"); a.status != http.StatusOK {
		t.Errorf("she is in and gets %d", a.status)
	}
}

// TestAnInvitationDiesWithTheRightToGiveIt: someone who will lose a space can't
// keep a door to it.
func TestAnInvitationDiesWithTheRightToGiveIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	camille := h.as(lead)
	amadou := h.actor(contributor).Account.String()
	role := func(to string) {
		t.Helper()
		if a := camille.post("/espaces/demat-ads/membres/"+amadou+"/-/role", "role", to); a.status != http.StatusSeeOther {
			t.Fatalf("giving the role %s answered %d", to, a.status)
		}
	}
	shows := func(link string, want int) {
		t.Helper()
		if a := h.nobody().get(link); a.status != want {
			t.Errorf("the link shows %d, want %d", a.status, want)
		}
	}
	role("lead")
	link := invited(h, h.as(contributor), guestMailbox, "reader")
	shows(link, http.StatusOK)
	role("contributor")
	shows(link, http.StatusNotFound)
	if a := h.nobody().post(link, "name", "Malo", "password", "une phrase assez longue"); a.status != http.StatusNotFound {
		t.Errorf("the link of who leads no more answers %d", a.status)
	}

	role("lead")
	link = invited(h, h.as(contributor), guestMailbox, "reader")
	if err := h.People.Suspend(t.Context(), contributor); err != nil {
		t.Fatal(err)
	}
	shows(link, http.StatusNotFound)
	invitation := h.id(`SELECT id FROM invitations WHERE email = $1 AND revoked_at = 0`, guestMailbox)
	if a := camille.post("/espaces/demat-ads/membres/-/invitations/" + invitation.String() + "/renvoyer"); a.status != http.StatusSeeOther {
		t.Fatalf("sending it again answered %d", a.status)
	}
	text := h.text(`SELECT text FROM mails WHERE to_email = $1 ORDER BY created_at DESC, id DESC LIMIT 1`, guestMailbox)
	if !strings.Contains(text, "Camille Martin") {
		t.Errorf("the mail is not from who sent it again: %s", text)
	}
	shows(regexp.MustCompile(`/invitations/[A-Za-z0-9_-]+`).FindString(text), http.StatusOK)
}

// TestALinkIsNoSecondChance: passwords tried at an invitation and at the page to
// sign in are counted together.
func TestALinkIsNoSecondChance(t *testing.T) {
	t.Parallel()
	h := open(t)
	link := invited(h, h.as(lead), nowhere, "reader")
	for range 10 {
		h.nobody().post(link, "password", "wrong password 123")
	}
	if a := h.nobody().post("/connexion", "email", nowhere, "password", demoPassword); a.status != http.StatusTooManyRequests {
		t.Errorf("after ten passwords at the link, signing in answered %d", a.status)
	}
}

func TestAQueuedInvitationIsCheckedAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	camille := h.as(lead)
	invited(h, camille, guestMailbox, "reader")
	invitation := h.id(`SELECT id FROM invitations WHERE email = $1`, guestMailbox)
	camille.post("/espaces/demat-ads/membres/-/invitations/" + invitation.String() + "/annuler")
	if _, err := h.Queue.RunPending(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := h.text(`SELECT state FROM mails WHERE to_email = $1`, guestMailbox); n == "sent" || n == "queued" {
		t.Errorf("the mail of a revoked invitation is %s", n)
	}
}

func TestAPostIsKeptWhateverGoesWrong(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(contributor)
	const form = "/espaces/demat-ads/blog/-/nouveau"
	a := p.post(form, "title", " ", "body", "Le texte déjà tapé.", "action", "publish")
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Le texte déjà tapé.") || !strings.Contains(a.body, "Donnez un titre") {
		t.Errorf("an empty title answered %d", a.status)
	}
	a = p.post(form, "title", "Un titre gardé", "body", strings.Repeat("é ", 1_700_000), "action", "publish")
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Un titre gardé") || !strings.Contains(a.body, "dépasse 1 Mo") || strings.Count(a.body, "é ") < 1_699_999 {
		t.Errorf("a body of 5 MB answered %d and kept %d of its words", a.status, strings.Count(a.body, "é "))
	}
	a = p.post(form, "title", "<script>alert(1)</script>", "body", "[x](javascript:alert(1)) <script>alert(2)</script> <img src=x onerror=alert(3)>", "action", "publish")
	if a.status != http.StatusSeeOther {
		t.Fatalf("publishing answered %d", a.status)
	}
	page := p.get(a.location())
	for _, bad := range []string{"<script>alert", "javascript:alert", "<img src=x"} {
		if strings.Contains(page.body, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

func TestAStaleEditShowsBothTexts(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(contributor)
	at := p.post("/espaces/demat-ads/blog/-/nouveau", "title", "Deux onglets", "body", "un", "action", "publish").location() + "/-/modifier"
	if a := p.post(at, "title", "Deux onglets", "body", "le premier onglet", "base", "1"); a.status != http.StatusSeeOther {
		t.Fatalf("the first tab got %d", a.status)
	}
	a := p.post(at, "title", "Deux onglets", "body", "le second onglet", "base", "1")
	if a.status != http.StatusConflict || !strings.Contains(a.body, "le premier onglet") || !strings.Contains(a.body, "le second onglet") || !strings.Contains(a.body, `name="base" value="2"`) {
		t.Errorf("the second tab got %d", a.status)
	}
	h.read(func(ctx context.Context, tx *db.Tx) error {
		var n int
		err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM item_revisions v JOIN items i ON i.id = v.item_id WHERE i.title = 'Deux onglets'`).Scan(&n)
		if n != 2 {
			t.Errorf("%d revisions, want 2", n)
		}
		return err
	})
}

func TestADraftIsItsAuthors(t *testing.T) {
	t.Parallel()
	h := open(t)
	author := h.as(contributor)
	at := author.post("/espaces/demat-ads/blog/-/nouveau", "title", "Pas encore", "body", "chut", "action", "draft").location()
	path := strings.TrimSuffix(at, "/-/modifier")
	for _, who := range []string{lead, external, nowhere, admin} {
		if a := h.as(who).get(path); a.status != http.StatusNotFound {
			t.Errorf("%s reads a draft: %d", who, a.status)
		}
		if a := h.as(who).get("/espaces/demat-ads/blog"); strings.Contains(a.body, "Pas encore") {
			t.Errorf("%s sees a draft in the list", who)
		}
	}
	if a := author.post(at, "title", "Pas encore", "body", "voilà", "base", "1", "action", "publish"); a.status != http.StatusSeeOther || a.location() != path {
		t.Fatalf("publishing answered %d to %s", a.status, a.location())
	}
	if a := h.as(lead).get(path); a.status != http.StatusOK {
		t.Errorf("the published post answers %d", a.status)
	}
}

func TestCommentsAndAnswers(t *testing.T) {
	t.Parallel()
	h := open(t)
	v := victims(h, "demat-ads")
	path := "/espaces/demat-ads/blog/" + v["post"]
	p := h.as(external)
	item := "/p/" + v["item"]
	if a := p.post(item+"/-/commentaires", "texte", "   "); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Écrivez votre commentaire") {
		t.Errorf("an empty comment answered %d", a.status)
	}
	a := p.post(item+"/-/commentaires", "texte", "Une question <b>franche</b>")
	to, err := url.Parse(a.location())
	if a.status != http.StatusSeeOther || err != nil || !strings.HasPrefix(to.Fragment, "c-") {
		t.Fatalf("commenting answered %d to %q", a.status, a.location())
	}
	comment := strings.TrimPrefix(to.Fragment, "c-")
	if a := h.as(lead).post(item+"/-/commentaires", "texte", "La réponse", "parent", comment); a.status != http.StatusSeeOther {
		t.Errorf("answering gave %d", a.status)
	}
	page := p.get(path).body
	if !strings.Contains(page, "La réponse") || strings.Contains(page, "<b>franche</b>") {
		t.Error("the page lacks the answer, or runs the markup")
	}
	edit := item + "/-/commentaires/" + comment + "/"
	if a := h.as(contributor).post(edit+"modifier", "texte", "détourné"); a.status != http.StatusNotFound {
		t.Errorf("someone else edits a comment: %d", a.status)
	}
	if a := h.as(contributor).post(edit + "retirer"); a.status != http.StatusNotFound && a.status != http.StatusForbidden {
		t.Errorf("someone else removes a comment: %d", a.status)
	}
	if a := p.post(edit+"modifier", "texte", "Une question plus claire"); a.status != http.StatusSeeOther {
		t.Errorf("editing gave %d", a.status)
	}
	if a := h.as(lead).post(edit + "retirer"); a.status != http.StatusSeeOther {
		t.Errorf("a lead can't remove it: %d", a.status)
	}
	if page := p.get(path).body; strings.Contains(page, "Une question plus claire") || !strings.Contains(page, "La réponse") {
		t.Error("a removed comment shows, or took its answer away")
	}
}

// TestALongThreadIsAnsweredWhereItIs: beyond the first page of comments, one
// answers, is refused, edits, and comes back to the very comment.
func TestALongThreadIsAnsweredWhereItIs(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(external)
	path := "/p/" + victims(h, "demat-ads")["item"]
	const at = "/-/commentaires"
	var last string
	for range 51 {
		h.clock.Advance(time.Second)
		a := p.post(path+at, "texte", "Un fil de plus")
		if last = a.location(); a.status != http.StatusSeeOther {
			t.Fatalf("commenting answered %d", a.status)
		}
	}
	comes := func(location, text string) (comment string) {
		t.Helper()
		page, comment, ok := strings.Cut(location, "#c-")
		if a := p.get(page); !ok || a.status != http.StatusOK || !strings.Contains(a.body, `id="c-`+comment+`"`) || !strings.Contains(a.body, text) {
			t.Errorf("%s does not show the comment", location)
		}
		return comment
	}
	root := comes(last, "Un fil de plus")
	page, _, _ := strings.Cut(last, "#")
	link := regexp.MustCompile(`href="([^"#]*repondre=` + root + `)#`).FindStringSubmatch(p.get(page).body)
	if link == nil {
		t.Fatal("the comment can't be answered")
	}
	if a := p.get(strings.ReplaceAll(link[1], "&amp;", "&")); !strings.Contains(a.body, `name="parent" value="`+root+`"`) {
		t.Errorf("%s opens no form to answer", link[1])
	}
	long := "Trop " + strings.Repeat("é", 20_001)
	if a := p.post(path+at, "texte", long, "parent", root); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, long) {
		t.Errorf("a refused answer is lost (%d)", a.status)
	}
	h.clock.Advance(time.Hour)
	answer := comes(p.post(path+at, "texte", "Une réponse tardive", "parent", root).location(), "Une réponse tardive")
	comes(p.post(path+at+"/"+answer+"/modifier", "texte", "Une réponse corrigée").location(), "Une réponse corrigée")
}

// TestNamesTurnNoTextAround: a name with characters that reorder what follows
// could pass for another.
func TestNamesTurnNoTextAround(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(lead)
	const bad = "Pôle \u202egnp.exe"
	link := invited(h, p, guestMailbox, "reader")
	for path, forms := range map[string][][]string{
		"/espaces/-/nouveau": {
			{"name", bad, "purpose", "x", "kind", "community", "visibility", "private"},
			{"name", "x", "purpose", bad, "kind", "community", "visibility", "private"},
		},
		"/espaces/demat-ads/blog/-/nouveau": {{"title", bad, "body", "x", "action", "publish"}, {"title", "x", "lede", bad, "body", "x", "action", "publish"}},
		"/espaces/demat-ads/reglages": {
			{"name", bad, "purpose", "x", "visibility", "private", "hue", "3", "base", "1"},
			{"name", "x", "purpose", bad, "visibility", "private", "hue", "3", "base", "1"},
		},
	} {
		for _, form := range forms {
			if a := p.post(path, form...); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "gnp.exe") {
				t.Errorf("%s answered %d to %v", path, a.status, form)
			}
		}
	}
	if a := h.nobody().post(link, "name", bad, "password", "une phrase assez longue"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("the invitation answered %d", a.status)
	}
}

func TestTheLastLeadStays(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(secretLead)
	me := h.actor(secretLead).Account.String()
	for path, form := range map[string][]string{
		"/espaces/comite-secret/-/quitter":                    nil,
		"/espaces/comite-secret/membres/" + me + "/-/retirer": nil,
		"/espaces/comite-secret/membres/" + me + "/-/role":    {"role", "reader"},
	} {
		if a := p.post(path, form...); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "dernière personne") {
			t.Errorf("%s answered %d", path, a.status)
		}
	}
}

func TestPermanentLinks(t *testing.T) {
	t.Parallel()
	h := open(t)
	v := victims(h, "demat-ads")
	if a := h.as(contributor).get("/p/" + v["item"]); a.status != http.StatusSeeOther || a.location() != "/espaces/demat-ads/blog/"+v["post"] {
		t.Errorf("leads to %q (%d)", a.location(), a.status)
	}
	for _, bad := range []string{"/p/x", "/p/" + v["id"]} {
		if a := h.as(contributor).get(bad); a.status != http.StatusNotFound {
			t.Errorf("%s answered %d", bad, a.status)
		}
	}
}

func TestAnotherSiteCanNotAct(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(lead)
	a := p.cross("/espaces/-/nouveau", "name", "Volé", "purpose", "x", "kind", "community", "visibility", "public")
	if a.status != http.StatusForbidden {
		t.Errorf("a cross-site form answered %d", a.status)
	}
}
