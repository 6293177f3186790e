package app_test

import (
	"context"
	"encoding/xml"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
)

var feedAddress = regexp.MustCompile(`class="feed-address">[^<]*(/flux/[A-Za-z0-9_-]{43})<`)

// fed makes the address of a feed of a blog.
func (p *person) fed(slug string) string {
	p.h.t.Helper()
	a := p.post("/espaces/"+slug+"/-/flux/blog", "action", "creer")
	found := feedAddress.FindStringSubmatch(a.body)
	if found == nil {
		p.h.t.Fatalf("making a feed answered %d", a.status)
	}
	return found[1]
}

// TestAFeedReadsAsItsPerson: what they may read at that moment, to whoever has the
// address; nothing once it is closed, made anew, or the right is gone.
func TestAFeedReadsAsItsPerson(t *testing.T) {
	t.Parallel()
	h := open(t)
	p, anyone := h.as("chloe.perrin@demo.example"), h.nobody()
	page, _ := published(t, h.as(lead), "Nouvelle <b> & fraîche", "Du *texte* avec [un lien](/x).")
	address := p.fed("demat-ads")
	a := anyone.get(address)
	var feed struct {
		Title string `xml:"title"`
		Entry []struct {
			Title     string `xml:"title"`
			ID        string `xml:"id"`
			Summary   string `xml:"summary"`
			Published string `xml:"published"`
			Author    string `xml:"author>name"`
			Link      struct {
				Href string `xml:"href,attr"`
			} `xml:"link"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(a.body), &feed); err != nil || a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "application/atom+xml") {
		t.Fatalf("the feed answered %d (%v): %.500s", a.status, err, a.body)
	}
	if len(feed.Entry) == 0 || !strings.HasPrefix(feed.Entry[0].Title, "Nouvelle <b> &") || feed.Entry[0].Summary != "Du texte avec un lien." || feed.Entry[0].Author == "" || !strings.Contains(feed.Entry[0].Link.Href, "/p/") {
		t.Fatalf("the first entry is %+v", feed.Entry)
	}
	if _, err := time.Parse(time.RFC3339, feed.Entry[0].Published); err != nil {
		t.Error(err)
	}
	if a := anyone.get(page); a.status == http.StatusOK {
		t.Error("the address opens a page")
	}
	for _, secret := range []string{"Comité de pilotage", "Trois scénarios", "Chantier signature"} {
		if strings.Contains(a.body, secret) {
			t.Errorf("the feed tells %q to who may not read it", secret)
		}
	}
	if again := p.fed("demat-ads"); anyone.get(address).status != http.StatusNotFound || anyone.get(again).status != http.StatusOK {
		t.Error("an address that another replaced still leads somewhere")
	} else {
		address = again
	}
	if a := h.as(nowhere).post("/espaces/demat-ads/-/flux/blog", "action", "creer"); a.status != http.StatusNotFound {
		t.Errorf("a stranger makes a feed: %d", a.status)
	}
	if a := p.post("/espaces/demat-ads/-/flux/rien", "action", "creer"); a.status != http.StatusNotFound {
		t.Errorf("a feed of nothing answered %d", a.status)
	}
	// The right is weighed at each reading.
	expire := func(at int64) {
		h.write(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE accounts SET expires_at = $1 WHERE email_key = $2`, at, p.name)
			return err
		})
	}
	expire(clock.Millis(h.clock.Now()))
	if a := anyone.get(address); a.status != http.StatusNotFound {
		t.Errorf("the feed of an account that is over answered %d", a.status)
	}
	expire(0)
	if a := anyone.get(address); a.status != http.StatusOK {
		t.Errorf("the feed of an account that is open again answered %d", a.status)
	}
	closed := h.as(contributor)
	other := closed.fed("demat-ads")
	closed.post("/espaces/demat-ads/-/flux/blog", "action", "fermer")
	if a := anyone.get(other); a.status != http.StatusNotFound {
		t.Errorf("a feed that was closed answered %d", a.status)
	}
	h.evict(p.name)
	if a := anyone.get(address); a.status != http.StatusNotFound {
		t.Errorf("the feed of who is no member any more answered %d", a.status)
	}
}
