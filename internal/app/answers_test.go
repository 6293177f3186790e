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

	"ruche/internal/kernel/remark"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// TestRecommend: it reaches those who may read, once, with its word, and opens
// nothing to others.
func TestRecommend(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, reader := h.as(contributor), h.as(external)
	_, permanent := published(t, author, "À recommander", "x")
	h.run()
	at := permanent + "/-/recommander"
	stranger := h.text(`SELECT name FROM accounts WHERE email = $1`, nowhere)
	for name, form := range map[string][]string{
		"nobody":      {"a", "", "mot", "Un mot gardé"},
		"no name":     {"a", "Camille Martin", "mot", "Un mot gardé"},
		"a stranger":  {"a", "@" + stranger, "mot", "Un mot gardé"},
		"a long word": {"a", "@Camille Martin", "mot", "Un mot gardé" + strings.Repeat("x", 500)},
		"not my space": {"a", "@Camille Martin", "mot", "Un mot gardé", "espace",
			h.id(`SELECT id FROM spaces WHERE slug = 'demat-ads'`).String()},
		"a secret space": {"a", "@Camille Martin", "mot", "Un mot gardé", "espace",
			h.id(`SELECT id FROM spaces WHERE slug = 'comite-secret'`).String()},
	} {
		if a := reader.post(at, form...); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Un mot gardé") {
			t.Errorf("%s answered %d", name, a.status)
		}
	}
	if a := reader.post(at, "a", "@Camille Martin et @Amadou Diallo", "mot", "Lisez donc"); a.status != http.StatusSeeOther {
		t.Fatalf("recommending answered %d", a.status)
	}
	h.run()
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.recommend' AND text LIKE '%Lisez donc%'`); n != 2 {
		t.Errorf("%d mails were written, want 2", n)
	}
	// A whole space: by its lead, to those who may read.
	group := h.group("demat-ads", "Trio", lead, contributor)
	h.restrict(h.text(`SELECT slug FROM items WHERE id = $1`, h.item(permanent)), group)
	h.as(lead).post(at, "espace", h.id(`SELECT id FROM spaces WHERE slug = 'demat-ads'`).String(), "mot", "Pour tous")
	h.run()
	leads := h.number(`SELECT COUNT(*) FROM memberships m JOIN spaces s ON s.id = m.space_id WHERE s.slug = 'demat-ads' AND m.role = 3`)
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.recommend' AND text LIKE '%Pour tous%'`); n != leads {
		t.Errorf("%d mails were written, want one to the contributor and to each other lead (%d)", n, leads)
	}
	if a := h.as(nowhere).post(at, "a", "@Camille Martin"); a.status != http.StatusNotFound {
		t.Errorf("a stranger recommends: %d", a.status)
	}
}

// TestReadingIsConfirmed: asked by who may edit, said by each reader, counted for
// who asked, told to nobody else.
func TestReadingIsConfirmed(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, reader := h.as(contributor), h.as(external)
	page, permanent := published(t, author, "À lire", "x")
	at := permanent + "/-/lecture"
	if a := reader.post(at); a.status != http.StatusUnprocessableEntity {
		t.Errorf("confirming what nobody asks for answered %d", a.status)
	}
	if a := reader.post(at+"/demander", "demander", "oui"); a.status != http.StatusForbidden {
		t.Errorf("a reader asks: %d", a.status)
	}
	author.post(at+"/demander", "demander", "oui")
	if !strings.Contains(reader.get(page).body, "J’ai lu") || strings.Contains(author.get(page).body, "J’ai lu") {
		t.Error("the page does not ask its readers")
	}
	if a := reader.post(at); a.status != http.StatusSeeOther {
		t.Errorf("confirming answered %d", a.status)
	}
	if shown := reader.get(page).body; strings.Contains(shown, "J’ai lu") || !strings.Contains(shown, "Vous avez confirmé") {
		t.Error("the page still asks who confirmed")
	}
	if a := reader.get(at); a.status != http.StatusForbidden {
		t.Errorf("a reader reads who confirmed: %d", a.status)
	}
	list := author.get(at).body
	if !strings.Contains(list, "1 personne a confirmé") || strings.Count(list, ">Lu<") != 1 || strings.Count(list, ">Pas encore<") < 20 {
		t.Error("the list does not tell who confirmed")
	}
	author.post(at+"/demander", "demander", "non")
	if strings.Contains(h.as(lead).get(page).body, "J’ai lu") {
		t.Error("the page asks for what is asked no more")
	}
	if a := h.as(nowhere).post(at); a.status != http.StatusNotFound {
		t.Errorf("a stranger confirms: %d", a.status)
	}
}

// TestReports: any reader reports, the leads decide once, nobody on their own
// words, and who reported is told.
func TestReports(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, reader, chief := h.as(contributor), h.as(external), h.as(lead)
	page, permanent := published(t, author, "Contestable", "x")
	comment := strings.SplitN(chief.post(permanent+"/-/commentaires", "texte", "Un mot de trop").location(), "#c-", 2)[1]
	h.run()
	on := permanent + "/-/commentaires/" + comment + "/signaler"
	if a := reader.post(on, "motif", "", "mot", "Ce que j’en pense"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Ce que j’en pense") {
		t.Errorf("a report without a reason answered %d", a.status)
	}
	for range 2 { // a second one is the same
		if a := reader.post(on, "motif", "hurtful", "mot", "Ce que j’en pense"); a.status != http.StatusSeeOther {
			t.Fatalf("reporting answered %d", a.status)
		}
	}
	if a := author.post(permanent+"/-/signaler", "motif", "other"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("reporting one's own post answered %d", a.status)
	}
	reader.post(permanent+"/-/signaler", "motif", "off_topic")
	h.run()
	others := h.number(`SELECT COUNT(*) FROM memberships m JOIN spaces s ON s.id = m.space_id WHERE s.slug = 'demat-ads' AND m.role = 3`) - 1
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.report' AND text LIKE '%Ce que j’en pense%'`); n != others {
		t.Errorf("%d leads are told, want the %d others", n, others)
	}
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.report_admin'`); n != 1 {
		t.Errorf("%d administrators are told that a lead is concerned", n)
	}
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.report_admin' AND text LIKE '%Ce que j’en pense%'`); n != 0 {
		t.Error("an administrator reads what was said in a space that is not theirs")
	}
	const queue = "/espaces/demat-ads/signalements"
	for name, p := range map[string]*person{"a reader": reader, "a contributor": author} {
		if a := p.get(queue); a.status != http.StatusForbidden {
			t.Errorf("%s reads the reports: %d", name, a.status)
		}
	}
	if strings.Contains(chief.get(queue).body, "Un mot de trop") {
		t.Error("a lead sees who reported their own words")
	}
	hers := h.as("helene.garnier@demo.example")
	if !strings.Contains(hers.get(queue).body, "Un mot de trop") {
		t.Error("another lead does not see the report")
	}
	report := h.id(`SELECT id FROM reports WHERE remark_id IS NOT NULL`).String()
	if a := chief.post(queue+"/"+report, "suite", "garder"); a.status != http.StatusForbidden {
		t.Errorf("a lead decides on their own words: %d", a.status)
	}
	if a := author.post(queue+"/"+report, "suite", "garder"); a.status != http.StatusForbidden {
		t.Errorf("a contributor decides: %d", a.status)
	}
	if a := h.as(secretLead).post("/espaces/comite-secret/signalements/"+report, "suite", "retirer"); a.status != http.StatusNotFound {
		t.Errorf("a lead of another space decides: %d", a.status)
	}
	if a := hers.post(queue+"/"+report, "suite", "retirer", "mot", "Merci de l’avoir dit"); a.status != http.StatusSeeOther {
		t.Fatalf("deciding answered %d", a.status)
	}
	if a := hers.post(queue+"/"+report, "suite", "garder"); a.status != http.StatusConflict {
		t.Errorf("deciding twice answered %d", a.status)
	}
	if strings.Contains(reader.get(page).body, "Un mot de trop") || !strings.Contains(hers.get(queue+"?clos=oui").body, "Un mot de trop") {
		t.Error("what was taken away is shown, or not traced")
	}
	post := h.id(`SELECT id FROM reports WHERE remark_id IS NULL`).String()
	chief.post(queue+"/"+post, "suite", "retirer")
	if a := reader.get(page); a.status != http.StatusNotFound {
		t.Errorf("a post that was taken away answered %d", a.status)
	}
	h.clock.Advance(time.Minute)
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.report_handled' AND to_email = $1`, external); n != 2 {
		t.Errorf("who reported gets %d answers, want 2", n)
	}
}

// TestALongThreadIsReadByPages: a hundred answers, a link to the rest, where the comment
// stands once more; an answer to the last one is answered on its page.
func TestALongThreadIsReadByPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(contributor)
	page, permanent := published(t, p, "Un long fil", "x")
	item := h.item(permanent)
	root, last := id.New(), id.ID{}
	h.write(func(ctx context.Context, tx *db.Tx) error {
		for i := range 131 {
			r := remark.Remark{ID: id.New(), Item: item, Parent: root, Author: h.actor(contributor).Account, Body: fmt.Sprintf("Avis n° %d", i), CreatedAt: h.clock.Now().Add(time.Duration(i) * time.Second)}
			if i == 0 {
				r.ID, r.Parent = root, id.ID{}
			}
			last = r.ID
			if err := remark.Insert(ctx, tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	first := p.get(page).body
	if !strings.Contains(first, "Avis n° 100<") || strings.Contains(first, "Avis n° 101<") || !strings.Contains(first, "131 commentaires") {
		t.Error("the first page does not hold a hundred answers")
	}
	more := regexp.MustCompile(`href="([^"]*apres=[^"]*fil=[^"]*)#commentaires"`).FindStringSubmatch(first)
	if more == nil {
		t.Fatal("no link to the answers that follow")
	}
	next := p.get(html.UnescapeString(more[1]))
	for _, shown := range []string{"Avis n° 0<", "Suite des réponses", "Avis n° 101<", "Avis n° 130<", "Revenir aux premiers commentaires"} {
		if !strings.Contains(next.body, shown) {
			t.Errorf("the second page lacks %q", shown)
		}
	}
	if a := p.get(page + "?apres=x&fil=y"); a.status != http.StatusNotFound {
		t.Errorf("an address that was never given answered %d", a.status)
	}
	h.clock.Advance(time.Hour)
	to := p.post("/p/"+item.String()+"/-/commentaires", "texte", "D’accord avec le dernier", "parent", last.String()).location()
	if a := p.get(strings.Split(to, "#")[0]); !strings.Contains(a.body, "D’accord avec le dernier") || strings.Contains(a.body, "Avis n° 5<") {
		t.Errorf("an answer leads to %s, where it is not", to)
	}
}
