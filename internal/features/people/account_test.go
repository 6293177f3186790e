package people_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/service"
	"ruche/internal/platform/db"
)

const newPassword = "miel cire propolis"

func newRequest(ctx context.Context, path string) *http.Request {
	return httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
}

func TestAccountPagesAreForPeopleSignedIn(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	for _, path := range []string{"/compte", "/compte/mot-de-passe", "/compte/second-facteur", "/compte/sessions"} {
		a.browser().get(path).is(t, http.StatusSeeOther)
	}
	for _, path := range []string{
		"/compte", "/compte/mot-de-passe", "/compte/second-facteur", "/compte/second-facteur/confirmer", "/compte/second-facteur/codes", "/compte/second-facteur/retirer", "/compte/sessions/019311d4-0000-7000-8000-000000000000/fermer", "/compte/sessions/-/fermer-les-autres",
	} {
		a.browser().post(path, "name", "Mallory").is(t, http.StatusUnauthorized)
	}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	b := a.signedIn(camille)
	b.post("/compte", "name", " Camille   Martin-Duval ", "organisation", "DDT de l’Ain", "langue", "en", "theme", "dark").leads(t, "/compte")
	b.get("/compte").is(t, http.StatusOK).says(t, "Your profile is saved.", `value="Camille Martin-Duval"`, `value="DDT de l’Ain"`, `data-theme="dark"`, `lang="en"`)
	b.post("/compte", "name", "", "organisation", "gardée", "langue", "xx", "theme", "").is(t, http.StatusUnprocessableEntity).says(t, `value="gardée"`)
	if got := a.account(camille); got.Name != "Camille Martin-Duval" || got.Lang != "en" || got.Theme != "dark" {
		t.Errorf("the account is %+v", got)
	}
}

func TestThemeAndLanguageWithoutAccount(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	b := a.browser()
	b.get("/connexion").says(t, `lang="fr"`, "Se connecter").omits(t, "data-theme=")
	b.post("/-/langue", "langue", "en", "next", "/connexion?suite=/aide").leads(t, "/connexion?suite=/aide")
	b.post("/-/theme", "theme", "dark", "next", "https://mal.example").leads(t, "/")
	b.get("/connexion").says(t, `lang="en"`, "Sign in", `data-theme="dark"`)
	b.post("/-/theme", "theme", "system", "next", "/").leads(t, "/")
	b.get("/connexion").omits(t, "data-theme=")
	b.post("/-/theme", "theme", "rose").is(t, http.StatusUnprocessableEntity)
	b.post("/-/langue", "langue", "de").is(t, http.StatusUnprocessableEntity)
	b.cookies["ruche_theme"], b.cookies["ruche_lang"] = `"><script>`, "de"
	b.get("/connexion").says(t, `lang="fr"`).omits(t, "data-theme=")
}

func TestLanguageOfTheBrowser(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	b := a.browser()
	b.header.Set("Accept-Language", "de, en;q=0.8, fr;q=0.5")
	b.get("/connexion").says(t, `lang="en"`)
}

func TestThemeAndLanguageStayWithTheAccount(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	b := a.signedIn(camille)
	b.post("/-/theme", "theme", "light", "next", "/compte").leads(t, "/compte")
	b.post("/-/langue", "langue", "en", "next", "/compte").leads(t, "/compte")
	elsewhere := a.signedIn(camille)
	elsewhere.get("/compte").says(t, `lang="en"`, `data-theme="light"`)
}

func TestChangingThePassword(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	b, elsewhere := a.signedIn(camille), a.signedIn(camille)
	b.post("/compte/mot-de-passe", "current", "faux mot de passe", "password", newPassword).is(t, http.StatusUnprocessableEntity).
		says(t, "Ce n’est pas votre mot de passe actuel.").omits(t, newPassword)
	b.post("/compte/mot-de-passe", "current", password, "password", "court").is(t, http.StatusUnprocessableEntity).says(t, "Au moins 12 caractères")
	b.post("/compte/mot-de-passe", "current", password, "password", newPassword).leads(t, "/compte")
	b.get("/compte").is(t, http.StatusOK).says(t, "Votre mot de passe est changé.")
	elsewhere.get("/compte").leads(t, "/connexion?suite=%2Fcompte")
	a.browser().signIn(camille, password).is(t, http.StatusUnprocessableEntity)
	a.browser().signIn(camille, newPassword).leads(t, "/")
}

func TestGuessingTheCurrentPasswordStops(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	b := a.signedIn(camille)
	for range 10 {
		b.post("/compte/mot-de-passe", "current", "faux mot de passe", "password", newPassword).is(t, http.StatusUnprocessableEntity)
	}
	b.post("/compte/mot-de-passe", "current", password, "password", newPassword).is(t, http.StatusTooManyRequests)
}

func TestSessionsAreListedAndClosed(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	firefox, edge, iphone := a.browser(), a.browser(), a.browser()
	firefox.header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	edge.header.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0")
	iphone.header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1")
	for _, b := range []*browser{firefox, edge, iphone} {
		b.signIn(camille, password).leads(t, "/")
	}
	page := firefox.get("/compte/sessions").is(t, http.StatusOK).
		says(t, "Firefox sur Linux", "Edge sur Windows", "Safari sur iOS", "Cette session", "Fermer les autres sessions")
	links := regexp.MustCompile(`/compte/sessions/[0-9a-f-]{36}/fermer`).FindAllString(page.body, -1)
	if len(links) != 2 {
		t.Fatalf("%d sessions to close, want 2", len(links))
	}

	a.create("autre@agents.example", "Une Autre")
	a.signedIn("autre@agents.example").post(links[0]).leads(t, "/compte/sessions")
	firefox.get("/compte/sessions").says(t, links[0], links[1])

	firefox.post(links[0]).leads(t, "/compte/sessions")
	firefox.get("/compte/sessions").says(t, "La session est fermée.", links[1]).omits(t, links[0])
	firefox.post("/compte/sessions/-/fermer-les-autres").leads(t, "/compte/sessions")
	firefox.get("/compte/sessions").says(t, "Cette session").omits(t, "Edge", "Safari", "Fermer les autres sessions")
	firefox.post("/compte/sessions/rien/fermer").is(t, http.StatusNotFound)
}

func TestForgottenPassword(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	signedIn := a.signedIn(camille)
	b := a.browser()
	b.get("/mot-de-passe-oublie").is(t, http.StatusOK)
	b.post("/mot-de-passe-oublie", "email", camille).is(t, http.StatusOK).says(t, "Si un compte existe pour")
	link := a.resetLink(camille)
	if link == "" {
		t.Fatal("no link was sent")
	}
	for range 2 { // what a program that looks at links in mails does
		b.get(link).is(t, http.StatusOK).says(t, camille, "Nouveau mot de passe")
	}
	signedIn.get("/compte").is(t, http.StatusOK)
	a.browser().signIn(camille, password).leads(t, "/")

	b.post(link, "password", "court").is(t, http.StatusUnprocessableEntity).says(t, "Au moins 12 caractères")
	b.post(link, "password", newPassword).leads(t, "/")
	b.get("/compte").is(t, http.StatusOK).says(t, "Camille Martin", "Votre mot de passe est changé et vous êtes dans Ruche.")
	signedIn.get("/compte").leads(t, "/connexion?suite=%2Fcompte")

	other := a.browser()
	other.post(link, "password", "encore un autre mot").is(t, http.StatusNotFound).says(t, "Ce lien ne fonctionne plus")
	other.get(link).is(t, http.StatusNotFound)
	other.signIn(camille, "encore un autre mot").is(t, http.StatusUnprocessableEntity)
	other.signIn(camille, newPassword).leads(t, "/")
}

func TestForgottenTellsNothing(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	a.create("suspendue@agents.example", "Une Autre")
	check(t, a.people.Suspend(t.Context(), "suspendue@agents.example"))
	var pages []string
	for _, email := range []string{camille, "inconnue@agents.example", "suspendue@agents.example"} {
		got := a.browser().post("/mot-de-passe-oublie", "email", email).is(t, http.StatusOK)
		pages = append(pages, strings.ReplaceAll(got.body, email, ""))
	}
	if pages[0] != pages[1] || pages[0] != pages[2] {
		t.Error("the answer tells whether there is an account")
	}
	for _, email := range []string{"inconnue@agents.example", "suspendue@agents.example"} {
		if link := a.resetLink(email); link != "" {
			t.Errorf("%s got a link", email)
		}
	}
	a.browser().post("/mot-de-passe-oublie", "email", "camille").is(t, http.StatusUnprocessableEntity).says(t, "Indiquez une adresse complète")
}

// TestSuspendedPersonGetsNoLink suspends between the demand and the sending.
func TestSuspendedPersonGetsNoLink(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	a.create("autre@agents.example", "Une Autre")
	a.browser().post("/mot-de-passe-oublie", "email", camille).is(t, http.StatusOK)
	a.browser().post("/mot-de-passe-oublie", "email", "autre@agents.example").is(t, http.StatusOK)
	a.people.Drain(t.Context())
	check(t, a.people.Suspend(t.Context(), camille))
	if got := a.sent(camille); len(got) != 1 || got[0] != "withdrawn" {
		t.Errorf("the mail to somebody suspended is %v, want withdrawn", got)
	}
	if got := a.sent("autre@agents.example"); len(got) != 1 || got[0] != "sent" {
		t.Errorf("the other mail is %v, want sent", got)
	}
}

func TestForgottenIsLimited(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	for range 3 {
		a.browser().post("/mot-de-passe-oublie", "email", camille).is(t, http.StatusOK)
	}
	a.browser().post("/mot-de-passe-oublie", "email", camille).is(t, http.StatusTooManyRequests).says(t, "Trop d’essais", camille)
	a.people.Drain(t.Context())
	if n := a.count(`SELECT COUNT(*) FROM mails`); n != 3 {
		t.Errorf("%d mails, want 3", n)
	}
}

func TestLinksEnd(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(a *app){
		"time":     func(a *app) { a.clock.Advance(time.Hour) },
		"password": func(a *app) { check(a, a.people.ResetPassword(a.Context(), camille, newPassword)) },
		"suspend": func(a *app) {
			check(a, a.people.Suspend(a.Context(), camille))
			check(a, a.people.Reopen(a.Context(), camille))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := withCamille(t)
			a.browser().post("/mot-de-passe-oublie", "email", camille).is(t, http.StatusOK)
			link := a.resetLink(camille)
			a.browser().get(link).is(t, http.StatusOK)
			end(a)
			a.browser().get(link).is(t, http.StatusNotFound)
			a.browser().post(link, "password", "encore un autre mot").is(t, http.StatusNotFound)
			a.browser().signIn(camille, "encore un autre mot").is(t, http.StatusUnprocessableEntity)
		})
	}
}

func TestDemoLoadsItsPeople(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	hasher, err := account.NewFastHasher()
	check(t, err)
	w := &service.World{Clock: a.clock, Location: time.UTC, Hasher: hasher, People: map[string]account.Account{}}
	a.write(func(tx *db.Tx) error { return a.people.Feature().Demo(t.Context(), tx, w) })
	if n := a.count(`SELECT COUNT(*) FROM accounts`); n < 30 || n != len(w.People) {
		t.Errorf("%d accounts, %d people of the world, want 30 or more", n, len(w.People))
	}
	for email, want := range map[string]account.Account{
		"admin@demo.example":              {Class: account.Agent, Admin: true},
		"camille.martin@demo.example":     {Class: account.Agent},
		"amadou.diallo@demo.example":      {Class: account.Agent},
		"nadia.benali@demo.example":       {Class: account.Agent},
		"jeanne.leroy@partenaire.example": {Class: account.External},
	} {
		if got := w.People[email]; got.Class != want.Class || got.Admin != want.Admin {
			t.Errorf("%s is %+v", email, got)
		}
		a.browser().signIn(email, "ruche-demo-2026").leads(t, "/")
	}
}

func TestPagesCostFewQueries(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	b := a.signedIn(camille)
	for _, path := range []string{"/compte", "/compte/mot-de-passe", "/compte/sessions", "/assets/app.css"} {
		ctx, counter := db.WithCounter(t.Context())
		b.do(newRequest(ctx, path))
		most := int64(12)
		if strings.HasPrefix(path, "/assets/") {
			most = 0
		}
		if n := counter.Queries(); n > most {
			t.Errorf("%s: %d queries, want at most %d", path, n, most)
		}
	}
}
