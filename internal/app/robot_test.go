package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/db"
)

// everything is the rows of every table, by table; what counts requests is left out.
func (h *house) everything() map[string]string {
	h.t.Helper()
	out := map[string]string{}
	h.read(func(ctx context.Context, tx *db.Tx) error {
		for _, table := range h.Tables() {
			if table.Name == "rate_limits" {
				continue
			}
			var b bytes.Buffer
			if err := dump(ctx, tx, table.Name, json.NewEncoder(&b)); err != nil {
				return err
			}
			lines := strings.Split(b.String(), "\n")
			slices.Sort(lines)
			out[table.Name] = strings.Join(lines, "\n")
		}
		return nil
	})
	return out
}

// TestARobotChangesNothing: a program that fetches each address of each mail, as those do
// that look for harm in them, changes nothing; what the person then presses works.
func TestARobotChangesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.quiet()
	author, reader, chief := h.as(contributor), h.as(external), h.as(lead)
	invitation := invited(h, chief, guestMailbox, "reader")
	choose(reader, mailsPage, "reply", "daily", "mention", "now", "recommended", "now", "announced", "now")
	_, permanent := published(t, author, "Pour un robot", "x")
	h.clock.Advance(time.Minute)
	reader.post(permanent+"/-/commentaires", "texte", "Pour vous, @Amadou Diallo")
	chief.post(permanent+"/-/commentaires", "texte", "Une réponse")
	chief.post(permanent+"/-/recommander", "a", "@Amadou Diallo", "mot", "Lis ceci")
	chief.post(permanent + "/-/annoncer")
	reader.post(permanent+"/-/signaler", "motif", "off_topic")
	h.unasked()
	h.as(nowhere).post(ask)
	chief.post(h.answerTo(nowhere) + "/accepter")
	h.as("anais.roche@demo.example").post(ask)
	if a := chief.do("POST", letterPage, letterForm(chief)); a.status != http.StatusSeeOther {
		t.Fatalf("a letter answered %d", a.status)
	}
	h.run()
	h.clock.Advance(24 * time.Hour)
	h.run()
	h.nobody().post("/mot-de-passe-oublie", "email", contributor)
	h.People.Drain(t.Context()) // it is sent behind the request
	if err := h.People.ResetFactor(t.Context(), nowhere); err != nil {
		t.Fatal(err)
	}
	h.run()
	h.saw()

	var found []string
	for _, kind := range []string{
		"spaces.invitation", "people.password", "people.factor", "items.mention", "items.reply", "items.recommend", "items.announce", "items.report", "blog.digest", "spaces.asked", "spaces.answered", "notifications.digest",
	} {
		if h.number(`SELECT COUNT(*) FROM mails WHERE kind = $1`, kind) == 0 {
			t.Fatalf("no mail of the kind %s", kind)
		}
		text := h.text(`SELECT text || ' ' || html || ' ' || headers FROM mails WHERE kind = $1 ORDER BY id DESC LIMIT 1`, kind)
		for _, one := range regexp.MustCompile(`https?://127\.0\.0\.1:\d+(/[^\s"'<>\\]*)`).FindAllStringSubmatch(strings.ReplaceAll(text, `\u003e`, " "), -1) {
			if address := html.UnescapeString(one[1]); !slices.Contains(found, address) {
				found = append(found, address)
			}
		}
	}
	if len(found) < 9 {
		t.Fatalf("the mails hold %d addresses: %v", len(found), found)
	}
	before := h.everything()
	robot := h.nobody()
	for range 3 {
		for _, address := range found {
			robot.do(http.MethodHead, address, nil)
			if a := robot.get(address); a.status >= http.StatusInternalServerError {
				t.Errorf("%s answered %d", address, a.status)
			}
		}
	}
	h.run()
	h.saw()
	for name, rows := range h.everything() {
		if rows != before[name] {
			t.Errorf("the table %s changed", name)
		}
	}
	if a := h.nobody().post(invitation, "name", "Malo Le Goff", "organisation", "Ville", "password", "une phrase assez longue"); a.status != http.StatusSeeOther {
		t.Errorf("the invitation no more works: %d", a.status)
	}
	at := slices.IndexFunc(found, func(address string) bool { return strings.HasPrefix(address, "/mot-de-passe/") })
	if a := h.nobody().post(found[at], "password", "une autre phrase assez longue"); a.status != http.StatusSeeOther {
		t.Errorf("the link for a password no more works: %d", a.status)
	}
}
