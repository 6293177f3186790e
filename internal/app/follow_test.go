package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestFollowing: who publishes or comments follows, is told once of each comment of
// others, and stops being told at one press.
func TestFollowing(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, reader, third := h.as(contributor), h.as(external), h.as(lead)
	page, permanent := published(t, author, "Suivi", "x")
	h.run()
	mails := func(to string) int64 {
		return h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.reply' AND to_email = $1`, to)
	}
	reader.post(permanent+"/-/commentaires", "texte", "Un")
	h.run()
	if mails(contributor) != 1 || mails(external) != 0 || mails(lead) != 0 {
		t.Errorf("a first comment is told to %d, %d, %d", mails(contributor), mails(external), mails(lead))
	}
	third.post(permanent+"/-/commentaires", "texte", "Deux, @Jeanne Leroy")
	h.run()
	if mails(contributor) != 2 || mails(external) != 0 || h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.mention'`) != 1 {
		t.Error("who is named in a comment is not told once, of that")
	}
	text := h.text(`SELECT text FROM mails WHERE kind = 'items.reply' ORDER BY id DESC LIMIT 1`)
	if !strings.Contains(text, permanent+"/-/suivi") {
		t.Error("the mail does not lead to where one stops it")
	}
	author.get(permanent + "/-/suivi") // fetched, as a mail scanner does
	third.post(permanent+"/-/commentaires", "texte", "Trois")
	h.run()
	if mails(contributor) != 3 {
		t.Error("a link that was fetched stopped the mails")
	}
	if a := author.post(permanent+"/-/suivi", "suivi", "muet"); a.location() != page {
		t.Fatalf("muting answered %d", a.status)
	}
	author.post(permanent+"/-/commentaires", "texte", "Je commente, et ne veux toujours rien recevoir")
	third.post(permanent+"/-/commentaires", "texte", "Quatre")
	h.run()
	if mails(contributor) != 3 {
		t.Error("who muted it is told of a comment")
	}
	h.group("demat-ads", "Tout le monde", contributor, external)
	third.post(permanent+"/-/commentaires", "texte", "Cinq, @Tout le monde")
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.mention' AND to_email = $1`, contributor); n != 0 {
		t.Error("who muted it is told of a group")
	}
	third.post(permanent+"/-/commentaires", "texte", "Six, @Amadou Diallo")
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.mention' AND to_email = $1`, contributor); n != 1 {
		t.Error("who muted it is not told when named in person")
	}
	if a := author.post(permanent+"/-/suivi", "suivi", "tout"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a choice that is none answered %d", a.status)
	}
}

// TestAMailToAFollowerIsWeighedAgain: who lost the right, or stopped following,
// before the mail left gets none.
func TestAMailToAFollowerIsWeighedAgain(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(h *house, permanent string){
		"removed": func(h *house, _ string) {
			h.evict(external)
		},
		"suspended": func(h *house, _ string) {
			if err := h.People.Suspend(h.t.Context(), external); err != nil {
				h.t.Fatal(err)
			}
		},
		"muted":   func(h *house, permanent string) { h.as(external).post(permanent+"/-/suivi", "suivi", "muet") },
		"trashed": func(h *house, permanent string) { h.as(lead).post(permanent + "/-/corbeille") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			_, permanent := published(t, h.as(contributor), "Suivi", "x")
			h.as(external).post(permanent+"/-/suivi", "suivi", "suivre")
			h.as(lead).post(permanent+"/-/commentaires", "texte", "Un")
			h.run() // the relay of the test answers nothing: the mail waits
			if state := h.text(`SELECT state FROM mails WHERE to_email = $1 AND kind = 'items.reply'`, external); state != "queued" {
				t.Fatalf("the mail is %s", state)
			}
			lose(h, permanent)
			h.clock.Advance(2 * time.Hour)
			h.run()
			if state := h.text(`SELECT state FROM mails WHERE to_email = $1 AND kind = 'items.reply'`, external); state == "queued" || state == "sent" {
				t.Errorf("the mail is %s", state)
			}
		})
	}
}

// TestWhatIsNewIsMarked: comments of others since the last visit, on the page, on
// the home, and in the list of what one follows; and what one may read no more is
// in none.
func TestWhatIsNewIsMarked(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, reader := h.as(contributor), h.as(external)
	page, permanent := published(t, author, "À suivre de près", "x")
	reader.post(permanent+"/-/commentaires", "texte", "Le premier")
	h.run()
	first := reader.get(page).body
	h.saw()
	if strings.Contains(first, `>Nouveau<`) {
		t.Error("at a first visit, something is new")
	}
	h.clock.Advance(time.Minute)
	author.post(permanent+"/-/commentaires", "texte", "Le deuxième")
	if home := reader.get("/").body; !strings.Contains(home, "1 nouveau commentaire") {
		t.Error("the home does not tell what is new")
	}
	if list := reader.get("/suivis").body; !strings.Contains(list, "À suivre de près") || !strings.Contains(list, "1 nouveau commentaire") {
		t.Error("the list does not tell what is new")
	}
	if n := strings.Count(reader.get(page).body, `>Nouveau<`); n != 1 {
		t.Errorf("%d comments are marked new, want 1", n)
	}
	h.saw()
	if strings.Contains(reader.get(page).body, `>Nouveau<`) || strings.Contains(reader.get("/").body, "1 nouveau commentaire") {
		t.Error("what was seen is still new")
	}
	h.evict(external)
	if strings.Contains(reader.get("/suivis").body, "À suivre de près") {
		t.Error("what one may read no more is still listed")
	}
}

// TestBacklinks: what leads to an item is told to who may read it, and only to them.
func TestBacklinks(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, chief := h.as(contributor), h.as(lead)
	page, permanent := published(t, author, "La cible", "x")
	from, _ := published(t, author, "La source", "Voyez [ici](http://127.0.0.1:8080"+page+"#t-x) et [là]("+permanent+").")
	_, other := published(t, author, "Une autre source", "x")
	chief.post(other+"/-/commentaires", "texte", "Déjà dit : "+permanent+" et [ici]("+permanent+")")
	h.run()
	shown := chief.get(page).body
	if strings.Count(shown, "La source (") != 1 || strings.Count(shown, "Une autre source (") != 1 {
		t.Error("the page does not tell what leads to it")
	}
	// The source is for one group: others do not hear of it.
	group := h.group("demat-ads", "Relecture", contributor)
	h.restrict(strings.TrimPrefix(from, "/espaces/demat-ads/blog/"), group)
	if strings.Contains(h.as(external).get(page).body, "La source (") {
		t.Error("a source that one may not read is told")
	}
	if !strings.Contains(author.get(page).body, "La source (") {
		t.Error("its reader does not see it")
	}
	author.post(from+"/-/modifier", "title", "La source", "base", "1", "action", "publish", "body", "Plus rien.")
	h.run()
	if strings.Contains(author.get(page).body, "La source (") {
		t.Error("a link that is gone is still told")
	}
}

// TestCopyAndMove: a copy is a draft elsewhere; what is moved keeps its history, its
// comments and its readers' way to it.
func TestCopyAndMove(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, chief := h.as(contributor), h.as(lead)
	page, permanent := published(t, author, "À déménager", "Le texte, @Camille Martin.")
	author.post(page+"/-/modifier", "title", "À déménager", "base", "1", "action", "publish", "lede", "Le chapô", "tags", "cartons", "body", "Le texte revu, @Camille Martin.")
	comment := strings.SplitN(h.as(external).post(permanent+"/-/commentaires", "texte", "Un avis").location(), "#c-", 2)[1]
	author.post(permanent+"/-/commentaires", "texte", "Une réponse à @Jeanne Leroy", "parent", comment)
	chief.post(permanent+"/-/commentaires/"+comment+"/reactions", "signe", "bravo")
	h.run()
	target := h.id(`SELECT s.id FROM spaces s JOIN memberships m ON m.space_id = s.id JOIN memberships l ON l.space_id = s.id
		WHERE m.account_id = $1 AND l.account_id = $2 AND m.role >= 2 AND l.role >= 2 AND s.slug <> 'demat-ads' ORDER BY s.slug LIMIT 1`, h.actor(contributor).Account, h.actor(lead).Account)
	secret := h.id(`SELECT id FROM spaces WHERE slug = 'comite-secret'`)
	if a := author.post(permanent+"/-/copier", "espace", secret.String(), "geste", "copier"); a.status != http.StatusUnprocessableEntity || strings.Contains(a.body, "préfiguration") {
		t.Errorf("copying to a space that one may not know of answered %d", a.status)
	}
	if a := author.post(permanent+"/-/copier", "espace", target.String(), "geste", "deplacer"); a.status != http.StatusForbidden {
		t.Errorf("who does not manage moves the comments of others: %d", a.status)
	}
	a := author.post(permanent+"/-/copier", "espace", target.String(), "geste", "copier")
	if a.status != http.StatusSeeOther || !strings.HasSuffix(a.location(), "/-/modifier") || !strings.Contains(author.get(a.location()).body, "Le texte revu, @Camille Martin.") {
		t.Fatalf("copying answered %d to %q", a.status, a.location())
	}
	if chief.get(strings.TrimSuffix(a.location(), "/-/modifier")).status != http.StatusNotFound {
		t.Error("the copy is no draft of its author")
	}

	moved := chief.post(permanent+"/-/copier", "espace", target.String(), "geste", "deplacer").location()
	shown := author.get(moved).body
	for _, want := range []string{"Le texte revu", "Le chapô", "cartons", "Un avis", "Une réponse à", "Amadou Diallo", `>Bravo, Camille Martin<`} {
		if !strings.Contains(shown, want) {
			t.Errorf("the item that was moved lost %q", want)
		}
	}
	for _, old := range []string{permanent, page} {
		a := author.get(old)
		for a.status == http.StatusSeeOther && a.location() != moved {
			a = author.get(a.location())
		}
		if a.location() != moved {
			t.Errorf("%s leads to %q (%d)", old, a.location(), a.status)
		}
	}
	if a := h.as(external).get(permanent); a.status != http.StatusNotFound {
		t.Errorf("who may not read it there is led there: %d", a.status)
	}
	if !strings.Contains(author.get(h.permanent(moved)+"/-/historique").body, "Version 2") {
		t.Error("its history is lost")
	}
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind IN ('items.mention', 'items.reply')`); n != 3 {
		t.Errorf("%d mails: moving told someone again, or someone was not told", n)
	}
	h.clock.Advance(31 * 24 * time.Hour)
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM items WHERE id = $1`, h.item(permanent)); n != 0 {
		t.Error("the old one is not purged")
	}
	if a := h.as(contributor).get(permanent); a.location() != moved {
		t.Errorf("once purged, its address leads to %q", a.location())
	}
}

// saw writes what people have seen.
func (h *house) saw() {
	h.t.Helper()
	if err := h.Seen.Flush(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}
