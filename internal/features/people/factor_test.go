package people_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"ruche/internal/features/people"
	"ruche/internal/kernel/account"
	"ruche/internal/platform/db"
)

const factorPage = "/compte/second-facteur"

// phone is the application that makes one's codes.
type phone struct {
	app *app
	key string
}

func (p phone) code() string {
	p.app.Helper()
	code, err := totp.GenerateCode(p.key, p.app.clock.Now())
	check(p.app, err)
	return code
}

// addFactor adds a second factor and returns what makes its codes, with the recovery codes.
func (b *browser) addFactor() (phone, []string) {
	b.app.Helper()
	b.post(factorPage, "current", password).leads(b.app, factorPage)
	page := b.get(factorPage).is(b.app, http.StatusOK).says(b.app, "data:image/png;base64,")
	key := regexp.MustCompile(`factor-key">([A-Z2-7 ]+)<`).FindStringSubmatch(page.body)
	if key == nil {
		b.app.Fatalf("no key on the page: %s", page.body)
	}
	p := phone{b.app, strings.ReplaceAll(key[1], " ", "")}
	shown := b.post(factorPage+"/confirmer", "code", p.code()).is(b.app, http.StatusOK)
	codes := recoveryCodes(shown)
	if len(codes) != account.RecoveryCodes {
		b.app.Fatalf("%d recovery codes: %v", len(codes), codes)
	}
	return p, codes
}

// recoveryCodes are those that a page shows: an id may look like one.
func recoveryCodes(page answer) (codes []string) {
	for _, found := range regexp.MustCompile(`<code>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</code>`).FindAllStringSubmatch(page.body, -1) {
		codes = append(codes, found[1])
	}
	return codes
}

func TestASecondFactorIsAskedForOnceAdded(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	here, elsewhere := a.signedIn(camille), a.signedIn(camille)
	here.post(factorPage, "current", "pas le bon").is(t, http.StatusUnprocessableEntity).says(t, "Ce n’est pas votre mot de passe actuel.")
	here.get(factorPage).omits(t, "factor-key")
	p, _ := here.addFactor()
	here.get("/compte").is(t, http.StatusOK)
	elsewhere.get("/compte").is(t, http.StatusSeeOther) // its session is over

	b := a.browser()
	b.post("/connexion", "email", camille, "password", password, "suite", "/compte/sessions").leads(t, "/connexion/code?suite=%2Fcompte%2Fsessions")
	b.get("/compte").leads(t, "/connexion?suite=%2Fcompte")
	b.get("/connexion?suite=%2Fcompte").leads(t, "/connexion/code?suite=%2Fcompte")
	b.get("/connexion/code?suite=%2Fcompte").is(t, http.StatusOK).says(t, `autocomplete="one-time-code"`)
	b.post("/connexion/code", "code", "").is(t, http.StatusUnprocessableEntity).says(t, "Tapez le code.")
	// That which confirmed the factor was taken.
	b.post("/connexion/code", "code", p.code(), "suite", "/compte").is(t, http.StatusUnprocessableEntity).says(t, "Ce code n’est pas le bon, ou il a déjà servi.", `value="/compte"`)
	if n := a.count(`SELECT COUNT(*) FROM sessions WHERE half = 1`); n != 1 {
		t.Errorf("%d half sessions", n)
	}
	if list, err := a.people.Sessions(t.Context(), a.account(camille).Actor([16]byte{})); err != nil || len(list) != 1 {
		t.Errorf("a half session is listed: %d, %v", len(list), err)
	}
	other := a.browser()
	other.signIn(camille, password).leads(t, "/connexion/code")
	other.post("/deconnexion").leads(t, "/connexion")
	other.get("/connexion").is(t, http.StatusOK) // as somebody else, perhaps
	half := b.session()
	a.clock.Advance(30 * time.Second)
	code := p.code()
	b.post("/connexion/code", "code", code[:3]+" "+code[3:], "suite", "/compte/sessions").leads(t, "/compte/sessions")
	b.get("/compte/sessions").is(t, http.StatusOK)
	if b.session() == half {
		t.Error("the token of the half session opens the whole one")
	}
	again := a.browser()
	again.signIn(camille, password).leads(t, "/connexion/code")
	again.post("/connexion/code", "code", code).is(t, http.StatusUnprocessableEntity)
	a.clock.Advance(11 * time.Minute)
	again.post("/connexion/code", "code", p.code()).leads(t, "/connexion")
	again.get("/connexion").says(t, "Il s’est passé trop de temps.")
}

func TestARecoveryCodeServesOnce(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	here := a.signedIn(camille)
	_, codes := here.addFactor()
	b := a.browser()
	b.signIn(camille, password)
	b.get("/connexion/code?secours=1").says(t, "Code de secours")
	b.post("/connexion/code", "code", strings.ToUpper(strings.ReplaceAll(codes[3], "-", " ")), "secours", "1").leads(t, "/")
	b.get("/compte").is(t, http.StatusOK).says(t, "Vous êtes entré par un code de secours")
	b.get(factorPage).says(t, "Il vous reste 9 codes de secours.")
	again := a.browser()
	again.signIn(camille, password)
	again.post("/connexion/code", "code", codes[3], "secours", "1").is(t, http.StatusUnprocessableEntity)
	again.post("/connexion/code", "code", codes[4], "secours", "1").leads(t, "/")

	// New ones take the place of all.
	renewed := b.post(factorPage+"/codes", "code", codes[5]).is(t, http.StatusOK)
	fresh := recoveryCodes(renewed)
	if len(fresh) != account.RecoveryCodes || slices.Contains(fresh, codes[6]) {
		t.Errorf("the new codes are %v", fresh)
	}
	b.post(factorPage+"/retirer", "code", codes[6]).is(t, http.StatusUnprocessableEntity).says(t, `id="champ-code-remove"`, `href="#champ-code-remove"`)
	b.post(factorPage+"/retirer", "code", fresh[0]).leads(t, factorPage)
	b.get(factorPage).says(t, "Le second facteur est retiré.", "Ajouter un second facteur")
	a.browser().signIn(camille, password).leads(t, "/")
}

func TestCodesAreNotGuessed(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	p, _ := a.signedIn(camille).addFactor()
	b := a.browser()
	b.signIn(camille, password)
	a.clock.Advance(30 * time.Second)
	for range 5 {
		b.post("/connexion/code", "code", "000000").is(t, http.StatusUnprocessableEntity)
	}
	b.post("/connexion/code", "code", p.code()).is(t, http.StatusTooManyRequests).says(t, "Trop d’essais.")
	for range 3 {
		a.clock.Advance(16 * time.Minute)
		b.signIn(camille, password)
		for range 5 {
			b.post("/connexion/code", "code", "000000").is(t, http.StatusUnprocessableEntity)
		}
	}
	a.clock.Advance(16 * time.Minute)
	b.signIn(camille, password)
	b.post("/connexion/code", "code", p.code()).is(t, http.StatusTooManyRequests)
	if n := a.count(`SELECT COUNT(*) FROM mails WHERE to_email = $1 AND text LIKE '%mot de passe, puis trop de codes faux%'`, camille); n != 1 {
		t.Errorf("%d mails tell that somebody has the password", n)
	}

	// Who makes the password another shuts the other out, and may try again.
	c := a.browser()
	c.post("/mot-de-passe-oublie", "email", camille).is(t, http.StatusOK)
	c.post(a.resetLink(camille), "password", newPassword).leads(t, "/connexion/code")
	c.get("/compte").is(t, http.StatusSeeOther)
	b.post("/connexion/code", "code", p.code()).leads(t, "/connexion")
	c.post("/connexion/code", "code", p.code()).leads(t, "/")
	c.get("/compte").is(t, http.StatusOK)
}

func TestABegunFactorIsNone(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	b := a.signedIn(camille)
	b.post(factorPage+"/confirmer", "code", "123456").is(t, http.StatusConflict).says(t, "Recommencez s’il le faut.")
	b.post(factorPage+"/retirer", "code", "123456").is(t, http.StatusConflict).says(t, "Votre compte n’a pas de second facteur.")
	b.post(factorPage, "current", password).leads(t, factorPage)
	b.post(factorPage+"/confirmer", "code", "12").is(t, http.StatusUnprocessableEntity).says(t, "factor-key")
	a.browser().signIn(camille, password).leads(t, "/")
	a.clock.Advance(2 * time.Hour)
	b.get(factorPage).omits(t, "factor-key")
	if n := a.count(`SELECT COUNT(*) FROM recovery_codes`); n != 0 {
		t.Errorf("%d recovery codes of a factor that was not confirmed", n)
	}
}

func TestAFactorIsToldOfByMail(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	here := a.signedIn(camille)
	here.addFactor()
	check(t, a.people.ResetFactor(t.Context(), camille))
	here.get("/compte").is(t, http.StatusSeeOther)
	a.signedIn(camille).get("/compte").is(t, http.StatusOK)
	if n := a.count(`SELECT COUNT(*) FROM mails WHERE kind = 'people.factor' AND text LIKE '%Ce n’est pas vous%'`); n != 2 {
		t.Errorf("%d mails say what to do", n)
	}
	if got := a.sent(camille); !slices.Equal(got, []string{"sent", "sent"}) {
		t.Errorf("the mails are %v", got)
	}
}

func TestTheKeyIsSealed(t *testing.T) {
	t.Parallel()
	a := withCamille(t)
	here := a.signedIn(camille)
	p, codes := here.addFactor()
	check(t, a.db.Read(t.Context(), func(tx *db.Tx) error {
		var sealed []byte
		err := tx.QueryRow(t.Context(), `SELECT sealed FROM second_factors`).Scan(&sealed)
		if strings.Contains(string(sealed), p.key) || len(sealed) != 20+12+16 {
			t.Errorf("the key is kept as %x", sealed)
		}
		return err
	}))
	// Of another account, or by another secret, it opens nothing.
	other, err := account.NewVault([]byte(strings.Repeat("o", 32)))
	check(t, err)
	err = a.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := account.ProveFactor(t.Context(), tx, other, a.account(camille).ID, codes[0], a.clock.Now())
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "another secret") {
		t.Errorf("another secret: %v", err)
	}
}

// TestAnAdministratorMustHaveOne: but on a demonstration, which answers on this machine
// alone.
func TestAnAdministratorMustHaveOne(t *testing.T) {
	t.Parallel()
	for _, demo := range []bool{false, true} {
		a := newApp(t, func(d *people.Deps) { d.Demo = demo })
		_, err := a.people.CreateAccount(t.Context(), people.NewAccount{Email: camille, Name: "Camille Martin", Password: password, Admin: true})
		check(t, err)
		b := a.signedIn(camille)
		if demo {
			b.get("/compte").is(t, http.StatusOK)
			continue
		}
		b.get("/compte").leads(t, factorPage)
		b.post("/compte", "name", "Autre").is(t, http.StatusForbidden)
		b.get(factorPage).says(t, "Un second facteur est demandé")
		_, codes := b.addFactor()
		b.get("/compte").is(t, http.StatusOK)
		b.get(factorPage).omits(t, factorPage+"/retirer")
		b.post(factorPage+"/retirer", "code", codes[0]).is(t, http.StatusForbidden)
	}
}
