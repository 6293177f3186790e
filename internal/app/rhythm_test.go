package app_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/follow"
	"ruche/internal/kernel/notice"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// mailed is the text of the mails of a kind to someone, the last first, and how many there are.
func (h *house) mailed(kind, to string) (text string, n int64) {
	h.t.Helper()
	n = h.number(`SELECT COUNT(*) FROM mails WHERE kind = $1 AND to_email = $2`, kind, to)
	if n > 0 {
		text = h.text(`SELECT text FROM mails WHERE kind = $1 AND to_email = $2 ORDER BY id DESC LIMIT 1`, kind, to)
	}
	return text, n
}

// choose sends the form of when one is mailed.
func choose(p *person, page string, fields ...string) answer {
	if page == mailsPage && !strings.Contains(strings.Join(fields, " "), "calme") {
		fields = append(fields, "calme", "none")
	}
	return p.post(page, fields...)
}

const (
	mailsPage      = "/compte/courriels"
	spaceMailsPage = "/espaces/demat-ads/-/courriels"
)

// TestADigestGathers: what one wants by the day comes the next morning in one mail, with
// one line for each thread, once; what was read by then is left out.
func TestADigestGathers(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.quiet()
	author, reader := h.as(contributor), h.as(external)
	if a := choose(author, mailsPage, "reply", "daily", "mention", "weekly"); a.status != http.StatusSeeOther {
		t.Fatalf("choosing answered %d", a.status)
	}
	if page := author.get(mailsPage).body; !strings.Contains(page, `<option value="daily" selected`) || !strings.Contains(page, `<option value="weekly" selected`) {
		t.Error("the page does not show what was chosen")
	}
	_, one := published(t, author, "Premier fil", "x")
	_, two := published(t, author, "Deuxième fil", "x")
	page, seen := published(t, author, "Fil déjà lu", "x")
	h.clock.Advance(time.Minute)
	reader.post(one+"/-/commentaires", "texte", "Un avis")
	reader.post(one+"/-/commentaires", "texte", "Encore un avis")
	reader.post(two+"/-/commentaires", "texte", "Autre chose")
	reader.post(seen+"/-/commentaires", "texte", "Lu avant le matin")
	reader.post(two+"/-/commentaires", "texte", "Pour toi, @Amadou Diallo")
	h.run()
	if _, n := h.mailed("items.reply", contributor); n != 0 {
		t.Fatalf("%d mails left at once", n)
	}
	if author.bell() != "Notifications (4)" {
		t.Errorf("the bell waits: %s", author.bell())
	}
	author.get(page)
	h.saw()
	h.clock.Advance(2 * time.Hour)
	h.run()
	if _, n := h.mailed("notifications.digest", contributor); n != 0 {
		t.Error("the digest left in the afternoon")
	}
	h.clock.Advance(16 * time.Hour) // Wednesday, 10:21
	h.run()
	text, n := h.mailed("notifications.digest", contributor)
	if n != 1 || !strings.Contains(text, "Jeanne Leroy a commenté") || !strings.Contains(text, "Premier fil") || !strings.Contains(text, "Deuxième fil") || !strings.Contains(text, "2 nouveaux commentaires") {
		t.Errorf("%d digests: %s", n, text)
	}
	if strings.Contains(text, "Fil déjà lu") || strings.Contains(text, "vous mentionne") || strings.Count(text, "Premier fil") != 1 {
		t.Errorf("the digest tells too much: %s", text)
	}
	h.clock.Advance(24 * time.Hour)
	h.run()
	if _, n := h.mailed("notifications.digest", contributor); n != 1 {
		t.Errorf("it came again: %d", n)
	}
	h.clock.Advance(5 * 24 * time.Hour) // Tuesday
	h.run()
	if text, n := h.mailed("notifications.digest", contributor); n != 2 || !strings.Contains(text, "Jeanne Leroy vous mentionne dans") || !strings.Contains(text, "Deuxième fil") || strings.Contains(text, "Premier fil") {
		t.Errorf("the digest of the week, %d: %s", n, text)
	}
}

// TestASpaceHasItsRhythm: what is chosen for a space comes before what is chosen for all,
// and never means the bell alone, from then on and for what waits.
func TestASpaceHasItsRhythm(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.quiet()
	author, reader := h.as(contributor), h.as(external)
	choose(author, mailsPage, "reply", "never", "mention", "now", "recommended", "now", "announced", "now")
	_, permanent := published(t, author, "Rythmes", "x")
	answer := func(text string) { reader.post(permanent+"/-/commentaires", "texte", text); h.run() }
	sent := func() int64 { _, n := h.mailed("items.reply", contributor); return n }
	h.clock.Advance(time.Minute)
	if answer("Un"); sent() != 0 || author.bell() != "Notifications (1)" {
		t.Errorf("never: %d mails, %s", sent(), author.bell())
	}
	choose(author, spaceMailsPage, "reply", "now")
	if page := author.get(mailsPage).body; !strings.Contains(page, "Réglé à part") {
		t.Error("the page does not say that a space is set apart")
	}
	h.clock.Advance(time.Minute)
	if answer("Deux"); sent() != 1 {
		t.Errorf("at once in the space: %d mails", sent())
	}
	choose(author, spaceMailsPage, "reply", "daily")
	h.clock.Advance(time.Minute)
	answer("Trois")
	choose(author, spaceMailsPage, "reply", "never")
	choose(author, mailsPage, "reply", "daily")
	h.clock.Advance(24 * time.Hour)
	h.run()
	if _, n := h.mailed("notifications.digest", contributor); n != 0 || sent() != 1 {
		t.Errorf("what waited came in spite of never: %d digests", n)
	}
	choose(author, spaceMailsPage, "reply", "")
	if page := author.get(mailsPage).body; strings.Contains(page, "Réglé à part") {
		t.Error("the space is still set apart")
	}
	for _, bad := range [][2]string{{"reply", "hourly"}, {"calme", "jamais"}} {
		if a := choose(author, mailsPage, bad[0], bad[1]); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%v answered %d", bad, a.status)
		}
	}
	if a := h.as(nowhere).post("/espaces/comite-secret/-/courriels", "reply", "now"); a.status != http.StatusNotFound {
		t.Errorf("a secret space answered %d", a.status)
	}
}

// TestADigestTellsOnlyWhatIsRead: the right is asked for when it is written, and once more
// when it leaves; then the rest comes with the next.
func TestADigestTellsOnlyWhatIsRead(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.quiet()
	author, reader := h.as(contributor), h.as(external)
	choose(reader, mailsPage, "reply", "daily", "mention", "daily", "recommended", "never", "calme", "weekends")
	h.clock.Advance(3 * 24 * time.Hour) // Friday
	_, kept := published(t, author, "Reste lisible", "x")
	_, lost := published(t, author, "Se ferme", "canari-digest")
	h.clock.Advance(time.Minute)
	for _, permanent := range []string{kept, lost} {
		reader.post(permanent+"/-/commentaires", "texte", "Je suis")
		author.post(permanent+"/-/commentaires", "texte", "canari pour @Jeanne Leroy")
	}
	author.post(kept+"/-/recommander", "a", "@Jeanne Leroy", "mot", "jamais par courriel")
	h.run()
	h.clock.Advance(24 * time.Hour)
	h.run()
	if text, n := h.mailed("notifications.digest", external); n != 1 || !strings.Contains(text, "Se ferme") || !strings.Contains(text, "Reste lisible") {
		t.Fatalf("%d digests: %s", n, text)
	}
	author.post(lost + "/-/corbeille")
	h.clock.Advance(2 * 24 * time.Hour) // Monday
	h.run()
	if state := h.text(`SELECT state FROM mails WHERE kind = 'notifications.digest' ORDER BY id LIMIT 1`); state != "withdrawn" {
		t.Errorf("a digest of what is no more read is %s", state)
	}
	h.clock.Advance(10 * time.Minute)
	h.run()
	if text, n := h.mailed("notifications.digest", external); n != 2 || strings.Contains(text, "Se ferme") || strings.Contains(text, "jamais par courriel") || !strings.Contains(text, "Reste lisible") {
		t.Errorf("%d digests: %s", n, text)
	}
}

// TestNothingComesAtNight: a mail of the evening leaves in the morning; the bell rings.
func TestNothingComesAtNight(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.quiet()
	author, reader := h.as(contributor), h.as(external)
	choose(author, mailsPage, "calme", "nights")
	_, permanent := published(t, author, "Le soir", "x")
	page, other := published(t, author, "Lu le soir", "x")
	h.clock.Advance(6 * time.Hour) // 22:20 in Paris
	reader.post(permanent+"/-/commentaires", "texte", "Il est tard")
	h.run()
	due := clock.FromMillis(h.number(`SELECT due_at FROM mails WHERE kind = 'items.reply' AND to_email = $1`, contributor))
	if want := notice.Nights.Open(h.clock.Now(), h.Config.Timezone); !due.Equal(want) || due.Sub(h.clock.Now()) < 9*time.Hour {
		t.Errorf("it leaves at %s, want %s", due, want)
	}
	if author.bell() != "Notifications (1)" {
		t.Errorf("the bell: %s", author.bell())
	}

	// Read in the evening, it is no news in the morning.
	reader.post(other+"/-/commentaires", "texte", "Lu le soir même")
	h.run()
	author.get(page)
	h.saw()
	h.clock.Advance(10 * time.Hour)
	h.run()
	state := func(permanent string) string {
		return h.text(`SELECT state FROM mails WHERE kind = 'items.reply' AND ref = $1`, h.item(permanent).String()+"/"+h.actor(contributor).Account.String())
	}
	if state(permanent) == "withdrawn" || state(other) != "withdrawn" {
		t.Errorf("in the morning the mail of what is unread is %s, of what was read %s", state(permanent), state(other))
	}
}

// TestADigestThatWaitsIsWeighedAgain: over a weekend that is to be quiet, what was read and
// what was stopped is left out of what leaves on Monday.
func TestADigestThatWaitsIsWeighedAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.quiet()
	reads, stops, keeps, other := h.as(contributor), h.as(lead), h.as("helene.garnier@demo.example"), h.as(external)
	h.clock.Advance(3 * 24 * time.Hour) // Friday
	pages := map[*person]string{}
	for _, p := range []*person{reads, stops, keeps} {
		if a := choose(p, mailsPage, "reply", "daily", "calme", "weekends"); a.status != http.StatusSeeOther {
			t.Fatalf("choosing answered %d", a.status)
		}
		page, permanent := published(t, p, "Du vendredi de "+p.name, "x")
		pages[p] = page
		h.clock.Advance(time.Minute)
		other.post(permanent+"/-/commentaires", "texte", "Avant la fin de la semaine")
	}
	h.run()
	h.clock.Advance(20 * time.Hour) // Saturday
	h.run()
	reads.get(pages[reads])
	h.saw()
	headers := h.text(`SELECT headers FROM mails WHERE kind = 'notifications.digest' AND to_email = $1`, stops.name)
	found := regexp.MustCompile(`(/courriels/arreter/[\w-]+)`).FindStringSubmatch(headers)
	if found == nil {
		t.Fatalf("a digest has no way to stop: %s", headers)
	}
	h.nobody().post(found[1], "List-Unsubscribe", "One-Click")
	h.clock.Advance(2 * 24 * time.Hour) // Monday
	h.run()
	for p, want := range map[*person]bool{reads: false, stops: false, keeps: true} {
		state := h.text(`SELECT state FROM mails WHERE kind = 'notifications.digest' AND to_email = $1`, p.name)
		if (state != "withdrawn") != want {
			t.Errorf("the digest of %s is %s", p.name, state)
		}
	}
}

// TestAThreadOfFortyFive: one comment in a thread that forty-five people follow tells each
// once, and each gets one digest.
func TestAThreadOfFortyFive(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.quiet()
	author := h.as(contributor)
	_, permanent := published(t, author, "Un fil suivi", "x")
	item, sp := h.item(permanent), h.id(`SELECT id FROM spaces WHERE slug = 'demat-ads'`)
	const many = 45
	h.write(func(ctx context.Context, tx *db.Tx) error {
		for n := range many {
			email := fmt.Sprintf("suiveur-%d@demo.example", n)
			one, err := account.Create(ctx, tx, account.New{Email: email, Name: fmt.Sprintf("Personne %d", n), Class: account.Agent}, h.clock.Now())
			if err != nil {
				return err
			}
			if _, err := space.Join(ctx, tx, sp, one.ID, space.Reader, h.clock.Now()); err != nil {
				return err
			}
			if err := follow.Join(ctx, tx, one.ID, item, follow.Commented); err != nil {
				return err
			}
			if err := notice.SetRhythms(ctx, tx, one.ID, id.ID{}, map[notice.Kind]notice.Rhythm{notice.Reply: notice.Daily}); err != nil {
				return err
			}
		}
		return nil
	})
	h.clock.Advance(time.Minute)
	reader := h.as(external)
	began := time.Now()
	if a := reader.post(permanent+"/-/commentaires", "texte", "Un seul avis"); a.status != http.StatusSeeOther {
		t.Fatalf("commenting answered %d", a.status)
	}
	t.Logf("the request of the comment took %s", time.Since(began).Round(time.Millisecond))
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM notices n JOIN accounts a ON a.id = n.account_id WHERE a.email LIKE 'suiveur-%' AND n.item_id = $1 AND n.read_at < n.at`, item); n != many {
		t.Errorf("%d of %d are told", n, many)
	}
	h.clock.Advance(24 * time.Hour)
	h.run()
	h.run()
	mails, people := h.number(`SELECT COUNT(*) FROM mails WHERE to_email LIKE 'suiveur-%'`), h.number(`SELECT COUNT(DISTINCT to_email) FROM mails WHERE kind = 'notifications.digest' AND to_email LIKE 'suiveur-%'`)
	if mails != many || people != many {
		t.Errorf("%d mails to %d people, want one each", mails, people)
	}
}

// TestAMailIsStoppedFromWithinIt: by the one click of RFC 8058, without signing in. Who
// fetches the address changes nothing, and it names nothing.
func TestAMailIsStoppedFromWithinIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.quiet()
	author, reader := h.as(contributor), h.as(external)
	_, permanent := published(t, author, "canari du fil", "x")
	answer := func() {
		h.clock.Advance(time.Minute)
		reader.post(permanent+"/-/commentaires", "texte", "Un avis de plus")
		h.run()
	}
	answer()
	headers := h.text(`SELECT headers FROM mails WHERE kind = 'items.reply' AND to_email = $1`, contributor)
	found := regexp.MustCompile(`"List-Unsubscribe":"[^h]*https?://[^/]+(/courriels/arreter/[\w-]+)`).FindStringSubmatch(headers)
	if found == nil || !strings.Contains(headers, `"List-Unsubscribe-Post":"List-Unsubscribe=One-Click"`) {
		t.Fatalf("no way to stop: %s", headers)
	}
	robot := h.nobody()
	for range 3 {
		robot.do(http.MethodHead, found[1], nil)
		if a := robot.get(found[1]); a.status != http.StatusOK || strings.Contains(a.body, "canari") {
			t.Errorf("the page answered %d", a.status)
		}
	}
	answer()
	if _, n := h.mailed("items.reply", contributor); n != 2 {
		t.Fatalf("fetching the address stopped the mails: %d", n)
	}
	if a := robot.post(found[1], "List-Unsubscribe", "One-Click"); a.status != http.StatusOK {
		t.Errorf("the click answered %d", a.status)
	}
	answer()
	if _, n := h.mailed("items.reply", contributor); n != 2 {
		t.Errorf("%d mails after the click", n)
	}
	for _, bad := range []string{found[1] + "x", found[1][:len(found[1])-4]} {
		if a := robot.post(bad); a.status != http.StatusNotFound {
			t.Errorf("%s answered %d", bad, a.status)
		}
	}
	h.evict(contributor)
	if a := robot.post(found[1], "List-Unsubscribe", "One-Click"); a.status != http.StatusOK || strings.Contains(a.body, "canari") {
		t.Errorf("who left is answered %d", a.status)
	}

	choose(reader, mailsPage, "reply", "daily", "mention", "now")
	author = h.as(lead)
	author.post(permanent+"/-/commentaires", "texte", "Encore un")
	h.run()
	h.clock.Advance(24 * time.Hour)
	h.run()
	headers = h.text(`SELECT headers FROM mails WHERE kind = 'notifications.digest' AND to_email = $1`, external)
	if found = regexp.MustCompile(`(/courriels/arreter/[\w-]+)`).FindStringSubmatch(headers); found == nil {
		t.Fatalf("a digest has no way to stop: %s", headers)
	}
	robot.post(found[1], "List-Unsubscribe", "One-Click")
	if page := reader.get(mailsPage).body; !strings.Contains(page, `<option value="never" selected`) || strings.Contains(page, `<option value="daily" selected`) {
		t.Error("the digests go on")
	}
}
