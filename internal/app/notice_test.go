package app_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"ruche/internal/kernel/remark"
	"ruche/internal/platform/db"
	"ruche/internal/platform/jobs"
)

// bell is what the top right of a page says of what one was told.
func (p *person) bell() string {
	p.h.t.Helper()
	found := regexp.MustCompile(`class="btn btn-ghost btn-icon bell"[\s\S]*?<span class="vh">([^<]*)</span>`).FindStringSubmatch(p.get("/aide").body)
	if found == nil {
		p.h.t.Fatal("there is no bell")
	}
	return found[1]
}

// after is the page to which an answer leads.
func (p *person) after(a answer) answer { return p.get(a.location()) }

// quiet has everyone have read what the demonstration tells them.
func (h *house) quiet() {
	h.t.Helper()
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE notices SET read_at = at`)
		return err
	})
}

// TestTheBell: people are told once of what concerns them, with why; what they see is
// read, and a later answer is new again.
func TestTheBell(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.quiet()
	author, reader, chief := h.as(contributor), h.as(external), h.as(lead)
	post, permanent := published(t, author, "La cloche", "Voici.")
	h.run()
	if author.bell() != "Notifications" || reader.bell() != "Notifications" {
		t.Fatal("a post that names nobody rings")
	}
	h.clock.Advance(time.Minute)
	reader.post(permanent+"/-/commentaires", "texte", "Première réponse")
	h.run()
	if author.bell() != "Notifications (1)" {
		t.Fatalf("after an answer: %s", author.bell())
	}
	chief.post(permanent+"/-/commentaires", "texte", "Deuxième réponse, @Jeanne Leroy")
	h.run()
	page := author.get("/notifications").body
	if author.bell() != "Notifications (1)" || !strings.Contains(page, "2 nouveaux commentaires depuis votre dernière lecture") || !strings.Contains(page, "Vous suivez ce contenu") {
		t.Errorf("two answers are not one notice that counts them: %s", author.bell())
	}
	page = reader.get("/notifications").body
	if reader.bell() != "Notifications (1)" || !strings.Contains(page, "vous mentionne dans") || !strings.Contains(page, "Deuxième réponse") {
		t.Errorf("who is named is told %s", reader.bell())
	}
	author.get(post)
	if author.bell() != "Notifications" {
		t.Error("what is on the page rings until it is written as seen")
	}
	if strings.Contains(author.get("/notifications").body, "notice-unread") || strings.Contains(author.get("/notifications?filtre=non-lues").body, "La cloche") {
		t.Error("what was on a page is unread until it is written as seen")
	}
	h.saw()
	if author.bell() != "Notifications" {
		t.Error("what was seen rings")
	}
	h.clock.Advance(time.Minute)
	reader.post(permanent+"/-/commentaires", "texte", "Troisième réponse")
	h.run()
	if page = author.get("/notifications").body; author.bell() != "Notifications (1)" || !strings.Contains(page, "Troisième réponse") || strings.Contains(page, "depuis votre dernière lecture") {
		t.Error("a later answer is not new")
	}
	chief.post(permanent+"/-/recommander", "a", "@Amadou Diallo", "mot", "Lis ceci")
	h.run()
	if page = author.get("/notifications").body; author.bell() != "Notifications (2)" || !strings.Contains(page, "Lis ceci") {
		t.Errorf("a recommendation rings %s", author.bell())
	}
	chief.post(permanent + "/-/annoncer")
	h.run()
	if author.bell() != "Notifications (3)" || !strings.Contains(author.get("/notifications?filtre=non-lues").body, "Annoncé à qui peut le lire") {
		t.Errorf("an announcement rings %s", author.bell())
	}
	if got := author.get("/notifications?filtre=mentions").body; strings.Contains(got, "Lis ceci") {
		t.Error("the filter of mentions shows others")
	}
	for _, bad := range []string{"?filtre=autre", "?apres=x"} {
		if a := author.get("/notifications" + bad); a.status != http.StatusNotFound {
			t.Errorf("%s answered %d", bad, a.status)
		}
	}
}

// TestWhatWasSeenFirstDoesNotRing: an open page shows a comment before its readers are
// told of it.
func TestWhatWasSeenFirstDoesNotRing(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.quiet()
	author, reader := h.as(contributor), h.as(external)
	post, permanent := published(t, author, "Vu avant", "Voici.")
	h.run()
	h.clock.Advance(time.Minute)
	reader.post(permanent+"/-/commentaires", "texte", "Une réponse")
	author.get(post)
	h.saw()
	h.run()
	if got := author.bell(); got != "Notifications" {
		t.Errorf("what was seen before it was told rings: %s", got)
	}
	if !strings.Contains(author.get("/notifications").body, "Vu avant") {
		t.Error("it is not kept among what one was told")
	}
}

// TestAllIsMarkedAsRead: at one press, up to what the page showed, and it is taken back
// at one.
func TestAllIsMarkedAsRead(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.quiet()
	author, reader := h.as(contributor), h.as(external)
	_, permanent := published(t, author, "À lire", "Voici.")
	h.clock.Advance(time.Minute)
	reader.post(permanent+"/-/commentaires", "texte", "Un")
	h.run()
	until := regexp.MustCompile(`name="jusque" value="(\d+)"`).FindStringSubmatch(author.get("/notifications").body)
	if until == nil {
		t.Fatal("no button marks it as read")
	}
	h.clock.Advance(time.Minute)
	_, later := published(t, author, "À lire plus tard", "Voici.")
	h.clock.Advance(time.Minute)
	reader.post(later+"/-/commentaires", "texte", "Deux")
	h.run()
	a := author.post("/notifications/-/lues", "jusque", until[1])
	if a.status != http.StatusSeeOther || author.bell() != "Notifications (1)" {
		t.Fatalf("marking answered %d and leaves %s", a.status, author.bell())
	}
	undo := regexp.MustCompile(`name="annuler" value="(\d+)"`).FindStringSubmatch(author.after(author.post("/notifications/-/lues", "jusque", until[1])).body)
	if undo == nil {
		t.Fatal("nothing takes it back")
	}
	author.post("/notifications/-/lues", "annuler", undo[1])
	if author.bell() != "Notifications (2)" {
		t.Errorf("taken back, it is %s", author.bell())
	}
	for _, bad := range []string{"", "x", "-1", "99999999999999"} {
		if a := author.post("/notifications/-/lues", "jusque", bad); a.status != http.StatusUnprocessableEntity {
			t.Errorf("until %q answered %d", bad, a.status)
		}
	}
}

// TestTheBellKeepsTheRight: who may read something no more is told of it no more, nor
// hears how much there is; nor of a comment that was taken away.
func TestTheBellKeepsTheRight(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.quiet()
	author, reader, chief := h.as(contributor), h.as(external), h.as(lead)
	_, permanent := published(t, author, "Le droit", "Voici.")
	h.clock.Advance(time.Minute)
	reader.post(permanent+"/-/commentaires", "texte", "Je réponds")
	chief.post(permanent+"/-/commentaires", "texte", "Pour @Jeanne Leroy")
	h.run()
	if reader.bell() != "Notifications (1)" {
		t.Fatalf("who is named: %s", reader.bell())
	}
	last := h.id(`SELECT id FROM remarks ORDER BY id DESC LIMIT 1`).String()
	chief.post(permanent + "/-/commentaires/" + last + "/retirer")
	if n := h.number(`SELECT COUNT(*) FROM remarks WHERE removed_at > 0`); n == 0 {
		t.Fatal("the comment stands")
	}
	if page := reader.get("/notifications").body; reader.bell() != "Notifications" || strings.Contains(page, "vous mentionne") {
		t.Error("a comment that was taken away rings")
	}
	chief.post(permanent+"/-/commentaires", "texte", "Encore @Jeanne Leroy")
	h.run()
	h.evict(external)
	if page := reader.get("/notifications").body; reader.bell() != "Notifications" || strings.Contains(page, "Le droit") {
		t.Error("who left the space is told of it")
	}
}

// TestTellingTwiceIsTellingOnce: an event may reach its subscriber again.
func TestTellingTwiceIsTellingOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.quiet()
	author, reader := h.as(contributor), h.as(external)
	post, permanent := published(t, author, "Deux fois", "Voici.")
	h.clock.Advance(time.Minute)
	reader.post(permanent+"/-/commentaires", "texte", "Une réponse pour @Amadou Diallo")
	h.run()
	before := h.number(`SELECT COUNT(*) FROM notices`)
	author.get(post)
	h.saw()
	event := h.id(`SELECT id FROM events WHERE kind = $1 ORDER BY id DESC LIMIT 1`, string(remark.EventAdded))
	h.write(func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE events SET dispatched = 0 WHERE id = $1`, event); err != nil {
			return err
		}
		return h.Queue.Enqueue(ctx, tx, jobs.Job{Kind: "activity.dispatch", Payload: []byte(`{"event":"` + event.String() + `"}`)})
	})
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM notices`); n != before || author.bell() != "Notifications" {
		t.Errorf("told again, %d notices became %d: %s", before, n, author.bell())
	}
}

// TestNewsSinceTheLastVisit: what others published in one's spaces since one was last
// here, and no more once one says so.
func TestNewsSinceTheLastVisit(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, reader := h.as(contributor), h.as(external)
	page := reader.get("/notifications/nouveautes").body
	if !strings.Contains(page, "Nouveautés de la semaine") {
		t.Error("who was never here is not shown the week")
	}
	h.saw()
	h.clock.Advance(2 * time.Hour)
	if page = reader.get("/notifications/nouveautes").body; !strings.Contains(page, "Nouveautés depuis") || !strings.Contains(page, "Rien de nouveau dans vos espaces") {
		t.Error("after two hours without anything, something is new")
	}
	h.saw()
	published(t, author, "Tout neuf", "Voici.")
	if page = reader.get("/notifications/nouveautes").body; !strings.Contains(page, "Tout neuf") {
		t.Error("what was published in this visit is not new")
	}
	if strings.Contains(author.get("/notifications/nouveautes").body, "Tout neuf") {
		t.Error("what one published oneself is new to oneself")
	}
	until := regexp.MustCompile(`name="jusque" value="(\d+)"`).FindStringSubmatch(page)
	a := reader.post("/notifications/-/lues", "jusque", until[1], "partie", "nouveautes")
	marked := reader.after(a).body
	if !strings.Contains(marked, "Rien de nouveau") {
		t.Error("marked as read, it is new")
	}
	var undo url.Values
	for _, field := range regexp.MustCompile(`name="(annuler|partie)" value="([^"]*)"`).FindAllStringSubmatch(marked, -1) {
		if undo == nil {
			undo = url.Values{}
		}
		undo.Set(field[1], field[2])
	}
	reader.do("POST", "/notifications/-/lues", undo)
	if !strings.Contains(reader.get("/notifications/nouveautes").body, "Tout neuf") {
		t.Error("taken back, it is not new")
	}
}
