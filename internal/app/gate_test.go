package app_test

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
)

const (
	lead        = "camille.martin@demo.example"
	contributor = "amadou.diallo@demo.example"
	nowhere     = "nadia.benali@demo.example"
	external    = "jeanne.leroy@partenaire.example"
	admin       = "admin@demo.example"
	secretLead  = "francoise.delmas@demo.example"
)

// victims are the parts of an address, for each space that is attacked.
func victims(h *house, slug string) map[string]string {
	space := h.id(`SELECT id FROM spaces WHERE slug = $1`, slug)
	return map[string]string{
		"slug":   slug,
		"post":   h.text(`SELECT slug FROM items WHERE space_id = $1 AND state = 2 ORDER BY id LIMIT 1`, space),
		"item":   h.id(`SELECT id FROM items WHERE space_id = $1 AND state = 2 ORDER BY id LIMIT 1`, space).String(),
		"remark": h.id(`SELECT r.id FROM remarks r WHERE r.item_id = (SELECT id FROM items WHERE space_id = $1 AND state = 2 ORDER BY id LIMIT 1) ORDER BY r.id LIMIT 1`, space).String(),
		"account": h.id(`SELECT m.account_id FROM memberships m WHERE m.space_id = $1 AND NOT EXISTS (SELECT 1 FROM memberships o JOIN spaces s ON s.id = o.space_id
			WHERE o.account_id = m.account_id AND o.space_id <> m.space_id AND s.slug IN ('demat-ads', 'comite-secret')) ORDER BY m.role, m.account_id LIMIT 1`, space).String(),
		"invitation": h.id(`SELECT id FROM invitations ORDER BY id LIMIT 1`).String(),
		"revision":   "1", "tag": "aucun", "service": "blog", "report": "00000000-0000-7000-8000-000000000000", "name": "image.png", "link": "00000000-0000-7000-8000-000000000000",
		"attachment": h.attached(h.id(`SELECT id FROM items WHERE space_id = $1 AND state = 2 ORDER BY id LIMIT 1`, space)).String(),
		"form":       "item." + h.id(`SELECT id FROM items WHERE space_id = $1 AND state = 2 ORDER BY id LIMIT 1`, space).String(),
		"ref":        h.attached(h.id(`SELECT id FROM items WHERE space_id = $1 AND state = 2 ORDER BY id LIMIT 1`, space)).String(),
		"group":      h.groupOf(slug).String(),
		"asker":      h.asker(slug).String(),
		"token":      "no-such-token", "page": "01-premiers-pas", "path...": "none.css", "id": h.id(`SELECT id FROM accounts ORDER BY id LIMIT 1`).String(),
	}
}

// address fills a pattern; a part that nobody thought of fails the test.
func address(t *testing.T, pattern string, parts map[string]string) string {
	t.Helper()
	for name, value := range parts {
		pattern = strings.ReplaceAll(pattern, "{"+name+"}", value)
	}
	pattern = strings.ReplaceAll(pattern, "{$}", "")
	if strings.Contains(pattern, "{") {
		t.Fatalf("the gate does not know how to fill %s: add the part to victims", pattern)
	}
	return pattern
}

// personas are those of whom a route may be asked. Each is signed in already:
// the removed and the suspended were members of both spaces before.
func personas(h *house) map[string]*person {
	all := map[string]*person{
		"anonymous": h.nobody(), "agent of no space": h.as(nowhere), "external": h.as(external), "contributor": h.as(contributor),
		"lead": h.as(lead), "lead of another space": h.as(secretLead), "administrator": h.as(admin),
	}
	removed, suspended := h.as("thomas.keller@demo.example"), h.as("lucie.pascal@demo.example")
	h.evict(removed.name)
	if err := h.People.Suspend(h.t.Context(), suspended.name); err != nil {
		h.t.Fatal(err)
	}
	// An agent who reads in one space and is nothing in the other; one whose account is over.
	all["reader"], all["expired"] = h.as("chloe.perrin@demo.example"), h.as("david.cohen@demo.example")
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE memberships SET role = 1 WHERE account_id = (SELECT id FROM accounts WHERE email_key = $1)`, all["reader"].name)
		if err == nil {
			_, err = tx.Exec(ctx, `UPDATE accounts SET expires_at = $1 WHERE email_key = $2`, clock.Millis(h.clock.Now()), all["expired"].name)
		}
		return err
	})
	all["removed member"], all["suspended"] = removed, suspended
	all["without the code"] = h.half("karim.haddad@demo.example")
	return all
}

// half is a member who gave the password alone, of the two proofs that the account asks
// for.
func (h *house) half(email string) *person {
	h.t.Helper()
	who := h.actor(email).Account
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO second_factors (account_id, sealed, begun_at, confirmed_at, last_step) VALUES ($1, $2, 1, 1, 0)`, who, []byte("sealed"))
		return err
	})
	p := h.as(email)
	if a := p.get("/connexion/code"); a.status != http.StatusOK {
		h.t.Fatalf("no code is asked of %s: %d", email, a.status)
	}
	return p
}

// nobodyYet tells whether a persona is signed out, whatever it was before.
func nobodyYet(who string) bool {
	return slices.Contains([]string{"anonymous", "suspended", "expired", "without the code"}, who)
}

// serviceOf is the service in which a route's action is weighed.
func serviceOf(h *house, route web.Route) int {
	for _, sv := range h.Registry.All() {
		if strings.Contains(route.Pattern+"/", "/{slug}/"+sv.Path+"/") || strings.HasPrefix(route.Pattern, "/p/") || route.Gate.Subject == "item" || strings.Contains(route.Pattern, "{service}") {
			return sv.Bit // the item of victims is of the first service
		}
	}
	return access.Home
}

// TestEveryRouteRefusesWhoMayNot walks the router: every route, every persona,
// in a private and in a secret space. What is expected derives from the one
// table of actions. Refused writes are sent for secret; permitted ones are left to
// the tests of their feature.
func TestEveryRouteRefusesWhoMayNot(t *testing.T) {
	t.Parallel()
	h := open(t)
	people := personas(h)
	for _, slug := range []string{"demat-ads", "comite-secret"} {
		parts := victims(h, slug)
		for _, route := range h.Router.Routes() {
			path := address(t, route.Pattern, parts)
			for _, who := range slices.Sorted(maps.Keys(people)) {
				gate(t, h, people[who], who, slug, route, path)
			}
		}
	}
}

func gate(t *testing.T, h *house, p *person, who, slug string, route web.Route, path string) {
	t.Helper()
	name := slug + " " + route.Method + " " + route.Pattern + " as " + who
	want := expected(t, h, p, nobodyYet(who), slug, route)
	if want == permitted && route.Method != http.MethodGet {
		return
	}
	a := p.do(route.Method, path, map[string][]string{})
	switch want {
	case permitted:
		if a.status >= 400 && (route.Pattern != "/-/live" || a.status != http.StatusUpgradeRequired) {
			t.Errorf("%s: answered %d", name, a.status)
		}
	case toSignIn:
		if route.Method == http.MethodGet && (a.status != http.StatusSeeOther || !strings.HasPrefix(a.location(), "/connexion?")) || route.Method != http.MethodGet && a.status != http.StatusUnauthorized {
			t.Errorf("%s: answered %d to %q", name, a.status, a.location())
		}
	case absent:
		if a.status != http.StatusNotFound {
			t.Errorf("%s: answered %d, want 404", name, a.status)
		}
	case denied:
		if a.status != http.StatusForbidden && a.status != http.StatusNotFound {
			t.Errorf("%s: answered %d, want a refusal", name, a.status)
		}
	}
	if slug == "comite-secret" && p.name != secretLead && strings.Contains(a.body, "préfiguration") {
		t.Errorf("%s: names the secret space", name)
	}
}

type outcome int

const (
	permitted outcome = iota
	toSignIn
	absent
	denied
)

// TestAGuestHasTheLinkAlone walks the router as someone without an account who has a
// link to a post: it opens that post and its files, and nothing else.
func TestAGuestHasTheLinkAlone(t *testing.T) {
	t.Parallel()
	h := open(t)
	guest := h.nobody()
	link := h.share(h.as(lead), "/p/"+victims(h, "demat-ads")["item"])
	for _, slug := range []string{"demat-ads", "comite-secret"} {
		parts := victims(h, slug)
		parts["token"] = strings.TrimPrefix(link, "/partage/")
		for _, route := range h.Router.Routes() {
			path := address(t, route.Pattern, parts)
			if !strings.HasPrefix(route.Pattern, "/partage/") {
				gate(t, h, guest, "anonymous", slug, route, path)
				continue
			}
			want := http.StatusOK
			if strings.Contains(route.Pattern, "{attachment}") && slug != "demat-ads" {
				want = http.StatusNotFound
			}
			if a := guest.get(path); a.status != want {
				t.Errorf("%s in %s: %d, want %d", route.Pattern, slug, a.status, want)
			}
		}
	}
}

// expected tells what a route must answer to a persona.
func expected(t *testing.T, h *house, p *person, signedOut bool, slug string, route web.Route) outcome {
	t.Helper()
	g := route.Gate
	switch {
	case g.Action == "public":
		if strings.HasPrefix(route.Pattern, "/invitations/") || strings.HasPrefix(route.Pattern, "/mot-de-passe/") || strings.HasPrefix(route.Pattern, "/partage/") || strings.HasPrefix(route.Pattern, "/flux/") || strings.HasPrefix(route.Pattern, "/courriels/arreter/") || strings.HasPrefix(route.Pattern, "/assets/") {
			return absent // the link and the file that are asked for are none
		}
		return permitted
	case signedOut:
		return toSignIn
	case g.Action == "signed_in":
		return permitted
	case g.Action == "audit.read":
		return absent // none of them is an auditor
	case g.Action == "people.know":
		if h.knowsPerson(p, slug) {
			return permitted
		}
		return absent
	case g.Action == "space.open", g.Action == "people.directory", g.Action == "people.externals":
		if p.name == external {
			return absent
		}
		return permitted
	}
	if g.Action == "space.ask" { // whoever knows of a space may ask to enter it; for who is in, it does nothing
		if knows(t, h, p, slug) {
			return permitted
		}
		return absent
	}
	action := access.Action(g.Action)
	if _, known := access.Need(action); !known {
		t.Fatalf("%s %s asks for %q, which is no action of the table", route.Method, route.Pattern, g.Action)
	}
	return inSpace(t, h, p, slug, route, action)
}

// knowsPerson tells whether someone may see the profile of the member who is attacked: both
// are agents, or they are in a space together.
func (h *house) knowsPerson(p *person, slug string) bool {
	h.t.Helper()
	of, err := id.Parse(victims(h, slug)["account"])
	if err != nil {
		h.t.Fatal(err)
	}
	if p.name != external && h.text(`SELECT class FROM accounts WHERE id = $1`, of) == "agent" {
		return true
	}
	return h.number(`SELECT COUNT(*) FROM memberships a JOIN memberships b ON b.space_id = a.space_id WHERE a.account_id = $1 AND b.account_id = $2`, of, h.actor(p.name).Account) > 0
}

// knows tells whether someone may know of a space.
func knows(t *testing.T, h *house, p *person, slug string) bool {
	t.Helper()
	err := h.DB.Read(t.Context(), func(tx *db.Tx) error {
		_, err := access.BySlug(t.Context(), tx, h.actor(p.name), slug)
		return err
	})
	if err != nil && fault.KindOf(err) != fault.NotFound {
		t.Fatal(err)
	}
	return err == nil
}

func inSpace(t *testing.T, h *house, p *person, slug string, route web.Route, action access.Action) outcome {
	t.Helper()
	var v access.View
	err := h.DB.Read(t.Context(), func(tx *db.Tx) (err error) {
		v, err = access.BySlug(t.Context(), tx, h.actor(p.name), slug)
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		return absent
	}
	if err != nil {
		t.Fatal(err)
	}
	if route.Pattern == "/espaces/{slug}" && route.Method == http.MethodGet {
		return permitted // the door of a private space says whom to ask
	}
	service := serviceOf(h, route)
	switch v.Check(action, service) {
	case nil:
	default:
		if v.Level(service) < access.Read {
			return absent
		}
		return denied
	}
	// Another's item or remark needs more than one's own.
	if action == access.ItemEditOwn && !v.Can(access.ItemEditAny, service) || action == access.RemarkEditOwn {
		return denied
	}
	return permitted
}

// TestASecretSpaceIsAbsent compares, byte by byte, what outsiders get for a
// secret space and for none.
func TestASecretSpaceIsAbsent(t *testing.T) {
	t.Parallel()
	h := open(t)
	secret := victims(h, "comite-secret")
	ghost := maps.Clone(secret)
	ghost["slug"] = "comite-absent"
	for _, p := range []*person{h.as(nowhere), h.as(external), h.as(lead), h.as(admin)} {
		for _, route := range h.Router.Routes() {
			if route.Method == http.MethodGet && strings.Contains(route.Pattern, "{slug}") {
				a, b := p.get(address(t, route.Pattern, secret)), p.get(address(t, route.Pattern, ghost))
				a.header.Del("X-Request-Id")
				b.header.Del("X-Request-Id")
				if a.status != http.StatusNotFound || a.body != b.body || !maps.EqualFunc(a.header, b.header, slices.Equal) {
					t.Errorf("%s tells %s that the space exists: %d and %d", route.Pattern, p.name, a.status, b.status)
				}
			}
		}
	}
}

// TestNothingSecretIsToldElsewhere reads the pages that are not the space's.
func TestNothingSecretIsToldElsewhere(t *testing.T) {
	t.Parallel()
	h := open(t)
	canaries := []string{"préfiguration", "comite-secret", "Trois scénarios", "règles de discrétion", "Françoise Delmas"}
	for _, p := range []*person{h.as(nowhere), h.as(external), h.as(lead), h.as(admin), h.nobody()} {
		for _, path := range []string{"/", "/espaces", "/espaces/demat-ads", "/espaces/demat-ads/membres", "/espaces/reseau-accessibilite", "/compte"} {
			a := p.get(path)
			for _, c := range canaries[:4] {
				if strings.Contains(a.body, c) {
					t.Errorf("%s reads %q at %s", p.name, c, path)
				}
			}
		}
	}
	if a := h.as(secretLead).get("/espaces"); !strings.Contains(a.body, "comite-secret") {
		t.Error("its own lead does not find it: the canary is blind")
	}
}

// TestAChildOfAnotherParent names things of one space through the address of
// another, where the actor may do everything.
func TestAChildOfAnotherParent(t *testing.T) {
	t.Parallel()
	h := open(t)
	own, foreign := victims(h, "demat-ads"), victims(h, "comite-secret")
	p := h.as(lead)
	for _, part := range []string{"post", "remark", "account", "invitation", "attachment", "group"} {
		mixed := maps.Clone(own)
		mixed[part] = foreign[part]
		if part == "invitation" {
			mixed["slug"] = "reseau-accessibilite" // the demonstration's invitation is demat-ads'
		}
		for _, route := range h.Router.Routes() {
			if !strings.Contains(route.Pattern, "{"+part+"}") || !strings.Contains(route.Pattern, "{slug}") && !strings.Contains(route.Pattern, "{item}") {
				continue
			}
			a := p.do(route.Method, address(t, route.Pattern, mixed), map[string][]string{"role": {"reader"}, "texte": {"x"}, "title": {"x"}, "base": {"1"}, "name": {"x"}, "membre": {own["account"]}})
			if a.status != http.StatusNotFound {
				t.Errorf("%s %s with the %s of another space: %d", route.Method, route.Pattern, part, a.status)
			}
		}
	}
}

// TestRemovalIsImmediate: the next request after a removal is refused.
func TestRemovalIsImmediate(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(contributor)
	if a := p.get("/espaces/demat-ads/blog"); a.status != http.StatusOK {
		t.Fatalf("a contributor gets %d", a.status)
	}
	member := h.actor(contributor).Account
	if a := h.as(lead).post("/espaces/demat-ads/membres/" + member.String() + "/-/retirer"); a.status != http.StatusSeeOther {
		t.Fatalf("removing answered %d", a.status)
	}
	if a := p.get("/espaces/demat-ads/blog"); a.status != http.StatusNotFound {
		t.Errorf("a removed member gets %d", a.status)
	}
	if h.actor(contributor).Account != member || h.text(`SELECT class FROM accounts WHERE id = $1`, member) != string(account.Agent) {
		t.Error("the account itself changed")
	}
}
