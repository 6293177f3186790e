package people_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"ruche/internal/features/people"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
)

func TestSignInWithAddressAndPassword(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	b := a.browser()
	b.get("/connexion").is(t, http.StatusOK).says(t, "Adresse électronique", "Mot de passe", "Vous avez reçu une invitation")
	b.signIn(" Camille.MARTIN@agents.example ", password).leads(t, "/")
	if b.session() == "" {
		t.Fatal("no session cookie")
	}
	b.get("/compte").is(t, http.StatusOK).says(t, "Camille Martin", camille)
	b.get("/connexion?suite=/espaces").leads(t, "/espaces")
}

// TestRefusalsAreAlike compares whole pages, with the typed address taken out.
func TestRefusalsAreAlike(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	a.create("suspendue@agents.example", "Une Autre")
	check(t, a.people.Suspend(t.Context(), "suspendue@agents.example"))
	_, err := a.people.CreateAccount(t.Context(), people.NewAccount{Email: "sans@agents.example", Name: "Sans Mot"})
	check(t, err)
	typed := regexp.MustCompile(`name="email" type="email" value="[^"]*"`)
	pages := map[string]string{}
	for _, try := range []struct{ who, email, password string }{
		{"wrong password", camille, "une autre phrase de passe"},
		{"unknown mailbox", "inconnue@agents.example", password},
		{"suspended", "suspendue@agents.example", password},
		{"without password", "sans@agents.example", password},
	} {
		b := a.browser()
		got := b.signIn(try.email, try.password).is(t, http.StatusUnprocessableEntity).says(t, wrong, try.email).omits(t, try.password)
		if b.session() != "" {
			t.Errorf("%s: has a session", try.who)
		}
		pages[try.who] = typed.ReplaceAllString(got.body, "")
	}
	for who, page := range pages {
		if page != pages["unknown mailbox"] {
			t.Errorf("%s differs from an unknown mailbox:\n%s", who, page)
		}
	}
}

func TestSignInSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	a.browser().post("/connexion", "email", camille, "password", "").is(t, http.StatusUnprocessableEntity).
		says(t, "Tapez votre mot de passe.", camille, "autofocus")
}

func TestSignInStopsAfterTenWrongPasswords(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	b := a.browser()
	for range 10 {
		b.signIn(camille, "une autre phrase de passe").is(t, http.StatusUnprocessableEntity)
	}
	got := b.signIn(camille, password).is(t, http.StatusTooManyRequests).says(t, "Trop d’essais", "minutes avant de réessayer", camille)
	if got.header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	a.browser().signIn("autre@agents.example", password).is(t, http.StatusUnprocessableEntity)
	a.clock.Advance(15 * time.Minute)
	b.signIn(camille, password).leads(t, "/")
}

func TestSuccessForgetsTheCount(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	for range 3 {
		for range 6 {
			a.browser().signIn(camille, "une autre phrase de passe").is(t, http.StatusUnprocessableEntity)
		}
		a.browser().signIn(camille, password).leads(t, "/")
	}
}

func TestSignInStopsOneNetworkAfterSixtyTries(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	b := a.browser()
	b.address = "[2001:db8:1:2::3]:4000"
	for n := range 60 {
		b.signIn(fmt.Sprintf("personne%d@agents.example", n), password).is(t, http.StatusUnprocessableEntity)
	}
	neighbour := a.browser()
	neighbour.address = "[2001:db8:1:2:ffff::9]:5000"
	neighbour.signIn(camille, password).is(t, http.StatusTooManyRequests)
	elsewhere := a.browser()
	elsewhere.address = "[2001:db8:1:3::3]:4000"
	elsewhere.signIn(camille, password).leads(t, "/")
}

func TestSignInLeadsOnlyToThisSite(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	for next, want := range map[string]string{
		"/espaces/demat-ads?page=2":  "/espaces/demat-ads?page=2",
		"https://mal.example/":       "/",
		"//mal.example":              "/",
		`/\mal.example`:              "/",
		"javascript:alert(1)":        "/",
		"/connexion/../../mal":       "/",
		"espaces":                    "/",
		"/%2e%2e//mal.example/x\r\n": "/",
	} {
		a.browser().post("/connexion", "email", camille, "password", password, "suite", next).leads(t, want)
	}
}

func TestSignInGivesANewSessionAndEndsTheOld(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	b := a.signedIn(camille)
	first := b.session()
	b.signIn(camille, password).leads(t, "/")
	if b.session() == first {
		t.Fatal("the session was kept")
	}
	b.get("/compte").is(t, http.StatusOK)
	stolen := a.browser()
	stolen.cookies["__Host-ruche_session"] = first
	stolen.get("/compte").leads(t, "/connexion?suite=%2Fcompte")
	if stolen.session() != "" {
		t.Error("the cookie of a session that is over was not taken back")
	}
}

func TestSignInEndsTheSessionOfSomebodyElse(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	a.create("autre@agents.example", "Une Autre")
	b := a.signedIn("autre@agents.example")
	b.signIn(camille, password).leads(t, "/")
	b.get("/compte").says(t, "Camille Martin")
	if n := a.count(`SELECT COUNT(*) FROM sessions`); n != 1 {
		t.Errorf("%d sessions, want 1", n)
	}
}

func TestMemberOfOneSpaceLandsThere(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	who := a.account(camille)
	join := func(name string) {
		a.write(func(tx *db.Tx) error {
			s, err := space.Create(t.Context(), tx, space.New{Name: name, Kind: space.Community, Visibility: space.Private}, a.clock.Now())
			if err != nil {
				return err
			}
			_, err = space.Join(t.Context(), tx, s.ID, who.ID, space.Reader, a.clock.Now())
			return err
		})
	}
	join("Démat. ADS")
	a.browser().signIn(camille, password).leads(t, "/espaces/demat-ads")
	a.browser().post("/connexion", "email", camille, "password", password, "suite", "/aide").leads(t, "/aide")
	join("Accessibilité")
	a.browser().signIn(camille, password).leads(t, "/")
}

func TestSignOutEndsTheSession(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	b := a.signedIn(camille)
	kept := b.session()
	b.post("/deconnexion").leads(t, "/connexion")
	if b.session() != "" {
		t.Error("the cookie stays")
	}
	b.cookies["__Host-ruche_session"] = kept
	b.get("/compte").leads(t, "/connexion?suite=%2Fcompte")
	a.browser().post("/deconnexion").leads(t, "/connexion")
}

func TestSuspensionEndsSessions(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	b := a.signedIn(camille)
	check(t, a.people.Suspend(t.Context(), camille))
	b.get("/compte").leads(t, "/connexion?suite=%2Fcompte")
	check(t, a.people.Reopen(t.Context(), camille))
	b.signIn(camille, password).leads(t, "/")
}

func TestUseOfASessionIsNoted(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	b := a.signedIn(camille)
	if cookie := b.get("/compte").is(t, http.StatusOK).header.Get("Set-Cookie"); cookie != "" {
		t.Errorf("a session just opened is prolonged: %s", cookie)
	}
	a.clock.Advance(29 * 24 * time.Hour)
	cookie := b.get("/compte").is(t, http.StatusOK).header.Get("Set-Cookie")
	if !strings.Contains(cookie, "Expires=Fri, 22 Jan 2027 09:04:00 GMT") {
		t.Errorf("the cookie is not prolonged: %s", cookie)
	}
	a.people.Drain(t.Context())
	a.clock.Advance(29 * 24 * time.Hour)
	b.get("/compte").is(t, http.StatusOK)
	a.people.Drain(t.Context())
	a.clock.Advance(31 * 24 * time.Hour)
	b.get("/compte").leads(t, "/connexion?suite=%2Fcompte")
}

func TestADatabaseThatIsDownSignsNobodyOut(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	b := a.signedIn(camille)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := newRequest(ctx, "/compte")
	got := b.do(r)
	if got.status < 500 || b.session() == "" {
		t.Errorf("status %d with session %q, want an error of ours and the session kept", got.status, b.session())
	}
}

func TestDemoOffersItsAccounts(t *testing.T) {
	t.Parallel()
	usual := newApp(t)
	usual.browser().get("/connexion").omits(t, "ruche-demo-2026", "demo.example")
	demo := newApp(t, func(d *people.Deps) { d.Demo = true })
	demo.browser().get("/connexion").says(t, "ruche-demo-2026", "admin@demo.example", "camille.martin@demo.example",
		"amadou.diallo@demo.example", "nadia.benali@demo.example", "jeanne.leroy@partenaire.example")
}

func TestClassIsByTheExactDomain(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	for email, want := range map[string]account.Class{
		"a@agents.example":             account.Agent,
		"a@AGENTS.example":             account.Agent,
		"a@sub.agents.example":         account.External,
		"a@notagents.example":          account.External,
		"a@agents.example.evil.org":    account.External,
		"a@evil.org@agents.example":    account.External,
		`"a@evil.org"@agents.example`:  account.External,
		"agents.example":               account.External,
		"X <a@agents.example>, b@c.fr": account.External,
		"":                             account.External,
	} {
		if got := a.people.ClassOf(email); got != want {
			t.Errorf("%q is %s, want %s", email, got, want)
		}
	}
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	made := a.account(camille)
	if made.Class != account.Agent || made.Admin {
		t.Errorf("made %+v, want a plain agent", made)
	}
	for name, n := range map[string]people.NewAccount{
		"taken":          {Email: "CAMILLE.martin@agents.example", Name: "X"},
		"no mailbox":     {Email: "camille", Name: "X"},
		"no name":        {Email: "x@agents.example"},
		"short password": {Email: "x@agents.example", Name: "X", Password: "court"},
	} {
		want := fault.Invalid
		if name == "taken" {
			want = fault.Conflict
		}
		if _, err := a.people.CreateAccount(t.Context(), n); err == nil || fault.KindOf(err) != want {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	b := a.signedIn(camille)
	check(t, a.people.ResetPassword(t.Context(), camille, "miel cire propolis"))
	b.get("/compte").leads(t, "/connexion?suite=%2Fcompte")
	b.signIn(camille, "miel cire propolis").leads(t, "/")
	for what, err := range map[string]error{
		"reset":   a.people.ResetPassword(t.Context(), "nulle@agents.example", password),
		"suspend": a.people.Suspend(t.Context(), "nulle@agents.example"),
		"reopen":  a.people.Reopen(t.Context(), "nulle@agents.example"),
	} {
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s of nobody: %v, want NotFound", what, err)
		}
	}
	list, err := a.people.List(t.Context(), made.ID, 10)
	if err != nil || len(list) != 0 {
		t.Errorf("after the last there are %v, %v", list, err)
	}
}
