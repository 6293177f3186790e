package app_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
)

// share makes a link to an item, and returns the path that it leads to.
func (h *house) share(p *person, permanent string) string {
	h.t.Helper()
	a := p.post(permanent+"/-/partage", "jours", "7")
	found := regexp.MustCompile(`value="[^"]*(/partage/[A-Za-z0-9_-]+)"`).FindStringSubmatch(a.body)
	if a.status != http.StatusOK || found == nil {
		h.t.Fatalf("sharing answered %d and no link", a.status)
	}
	return found[1]
}

// TestALinkIsReadWithoutAnAccount: what it shows, what it hides, and all that ends it.
func TestALinkIsReadWithoutAnAccount(t *testing.T) {
	t.Parallel()
	h := open(t)
	boss, guest := h.as(lead), h.nobody()
	a := boss.post("/espaces/demat-ads/blog/-/nouveau", "title", "À montrer dehors", "lede", "Un chapô.", "body", "Un **texte**. Demandez à @Amadou Diallo.", "action", "publish")
	post := a.location()
	permanent := h.permanent(post)
	file := h.attached(h.item(permanent))
	if a := boss.post(permanent+"/-/commentaires", "texte", "Entre nous seulement"); a.status != http.StatusSeeOther {
		t.Fatalf("commenting answered %d", a.status)
	}
	link := h.share(boss, permanent)
	if strings.Contains(boss.get(permanent+"/-/partage").body, link) {
		t.Error("a link is shown twice")
	}
	a = guest.get(link)
	for _, want := range []string{"À montrer dehors", "Un chapô.", "<strong>texte</strong>", "Amadou Diallo", "Camille Martin"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("a guest does not read %q (%d)", want, a.status)
		}
	}
	for _, hidden := range []string{"Entre nous seulement", "Démat. ADS", "demat-ads", "ruche:account"} {
		if strings.Contains(a.body, hidden) {
			t.Errorf("a guest reads %q", hidden)
		}
	}
	if got := a.header.Get("X-Robots-Tag") + a.header.Get("Cache-Control"); !strings.Contains(got, "noindex") || !strings.Contains(got, "no-store") {
		t.Errorf("the page may be kept: %q", got)
	}
	if a := guest.get(link + "/fichiers/" + file.String() + "/image.png"); a.status != http.StatusOK || a.header.Get("Content-Disposition") == "" {
		t.Errorf("a guest gets %d for the file", a.status)
	}
	other := h.attached(h.id(`SELECT i.id FROM items i JOIN spaces s ON s.id = i.space_id WHERE s.slug = 'demat-ads' AND i.state = 2 ORDER BY i.id LIMIT 1`))
	if a := guest.get(link + "/fichiers/" + other.String() + "/image.png"); a.status != http.StatusNotFound {
		t.Errorf("a guest gets %d for a file of another item", a.status)
	}

	// Nobody from outside opens a door, and nobody for what is not theirs.
	for email, want := range map[string]int{external: http.StatusForbidden, contributor: http.StatusForbidden, nowhere: http.StatusNotFound} {
		if a := h.as(email).post(permanent+"/-/partage", "jours", "7"); a.status != want {
			t.Errorf("%s shares: %d, want %d", email, a.status, want)
		}
	}
	theirs := h.permanent(h.as(external).post("/espaces/demat-ads/blog/-/nouveau", "title", "D’une externe", "body", "x", "action", "publish").location())
	if a := h.as(external).post(theirs+"/-/partage", "jours", "7"); a.status != http.StatusForbidden {
		t.Errorf("an external shares what is theirs: %d", a.status)
	}

	ends := map[string]func(){
		"closed": func() {
			found := regexp.MustCompile(`action="(/p/[^"]+/fermer)"`).FindStringSubmatch(boss.get(permanent + "/-/partage").body)
			if a := boss.post(found[1]); a.status != http.StatusSeeOther {
				t.Errorf("closing answered %d", a.status)
			}
			if a := boss.post(found[1]); a.status != http.StatusNotFound {
				t.Errorf("closing twice answered %d", a.status)
			}
		},
		"over":    func() { h.clock.Advance(7*24*time.Hour + time.Second) },
		"trashed": func() { boss.post(permanent + "/-/corbeille") },
	}
	for _, name := range []string{"closed", "over", "trashed"} {
		link := h.share(h.as(lead), permanent)
		if name == "closed" { // only the newest stands first in the list
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE guest_links SET revoked_at = 1 WHERE created_at < (SELECT MAX(created_at) FROM guest_links)`)
				return err
			})
			h.clock.Advance(time.Second)
			link = h.share(h.as(lead), permanent)
		}
		boss = h.as(lead)
		ends[name]()
		if a := guest.get(link); a.status != http.StatusNotFound {
			t.Errorf("a link that is %s: %d", name, a.status)
		}
	}
}

// TestALinkGivesNoMoreThanItsMakerHas: it is dead once they lost the right, by
// whichever way.
func TestALinkGivesNoMoreThanItsMakerHas(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(h *house){
		"removed":   func(h *house) { h.evict(contributor) },
		"suspended": func(h *house) { _ = h.People.Suspend(h.t.Context(), contributor) },
		"expired": func(h *house) {
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE accounts SET expires_at = $1 WHERE email_key = $2`, clock.Millis(h.clock.Now()), contributor)
				return err
			})
		},
		"without the service": func(h *house) {
			h.as(lead).post("/espaces/demat-ads/membres/"+h.actor(contributor).Account.String()+"/-/droits", "level-1", "0")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			p, guest := h.as(contributor), h.nobody()
			permanent := h.permanent(p.post("/espaces/demat-ads/blog/-/nouveau", "title", "À lui", "body", "x", "action", "publish").location())
			link := h.share(p, permanent)
			if a := guest.get(link); a.status != http.StatusOK {
				t.Fatalf("a link that stands: %d", a.status)
			}
			lose(h)
			if a := guest.get(link); a.status != http.StatusNotFound {
				t.Errorf("the link of who is %s: %d", name, a.status)
			}
		})
	}
}
