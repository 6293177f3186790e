package people_test

import (
	"context"
	"database/sql"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"ruche/internal/features/people"
	"ruche/internal/kernel"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/follow"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/service"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/jobs"
	"ruche/internal/platform/limit"
	"ruche/internal/platform/mail"
	"ruche/internal/platform/mail/mailbox"
	"ruche/internal/platform/web"
	"ruche/internal/testkit"
	"ruche/internal/ui"
)

const (
	camille  = "camille.martin@agents.example"
	password = "abeille tilleul alvéole"
	wrong    = "L’adresse ou le mot de passe ne convient pas."
)

// app is the feature on a real database, behind a real router.
type app struct {
	*testing.T
	db      *db.DB
	clock   *clock.Manual
	catalog *i18n.Catalog
	queue   *jobs.Queue
	sink    *mailbox.Server
	people  *people.People
	router  *web.Router
}

func newApp(t *testing.T, change ...func(*people.Deps)) *app {
	t.Helper()
	a := &app{T: t, clock: clock.NewManual(time.Date(2026, 11, 24, 9, 4, 0, 0, time.UTC))}
	log := slog.New(slog.DiscardHandler)
	feature := (&people.People{}).Feature()
	a.db = testkit.DB(t,
		db.MigrationSet{Name: "jobs", FS: jobs.Migrations()}, db.MigrationSet{Name: "mail", FS: mail.Migrations()},
		db.MigrationSet{Name: "limit", FS: limit.Migrations()}, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()},
		db.MigrationSet{Name: "people", FS: feature.Migrations})
	var err error
	a.catalog, err = i18n.New(i18n.French, web.Catalogue(), mail.Catalogue(), ui.Catalogue(), kernel.Catalogue(), feature.Catalogue)
	check(t, err)
	a.sink, err = mailbox.Start(t.Context(), mailbox.Options{SMTPAddr: "127.0.0.1:0", HTTPAddr: "127.0.0.1:0", Dir: t.TempDir()})
	check(t, err)
	t.Cleanup(func() { _ = a.sink.Close() })
	a.queue = jobs.New(a.db, a.clock, log)
	outbox, err := mail.New(a.db, a.clock, a.queue, mail.Config{SMTPURL: a.sink.SMTPURL(), From: "Ruche <ruche@ruche.example>"})
	check(t, err)
	hasher, err := account.NewFastHasher()
	check(t, err)
	vault, err := account.NewVault([]byte(strings.Repeat("s", 32)))
	check(t, err)
	deps := people.Deps{
		DB: a.db, Clock: a.clock, Log: log, Shell: frame.NewShell(a.db, service.NewRegistry(nil), follow.NewSeen(a.db, log), "Essai"), Hasher: hasher, Vault: vault,
		Limiter: limit.New(a.db, a.clock), Mail: outbox, Outbox: activity.New(a.db, a.clock, a.queue), Catalog: a.catalog, BaseURL: "https://ruche.example", Instance: "Essai",
		AgentDomains: []string{"agents.example"},
	}
	for _, f := range change {
		f(&deps)
	}
	a.people = people.New(deps)
	t.Cleanup(func() { a.people.Drain(context.Background()) })
	a.router = web.NewRouter(web.Options{Log: log, Clock: a.clock, BaseURL: "https://ruche.example"})
	a.router.Use(a.people.Identify)
	a.people.Feature().Routes(a.router)
	return a
}

// withCamille is an app in which she has an account.
func withCamille(t *testing.T, change ...func(*people.Deps)) *app {
	t.Helper()
	a := newApp(t, change...)
	a.create(camille, "Camille Martin")
	return a
}

func (a *app) create(email, name string) account.Account {
	a.Helper()
	made, err := a.people.CreateAccount(a.Context(), people.NewAccount{Email: email, Name: name, Password: password})
	check(a, err)
	return made
}

func (a *app) write(f func(tx *db.Tx) error) {
	a.Helper()
	check(a, a.db.Write(a.Context(), f))
}

// account reads an account as it stands.
func (a *app) account(email string) (found account.Account) {
	a.Helper()
	check(a, a.db.Read(a.Context(), func(tx *db.Tx) error {
		var err error
		found, err = account.ByEmail(a.Context(), tx, email)
		return err
	}))
	return found
}

// count answers a question about the number of rows.
func (a *app) count(query string, args ...any) (n int) {
	a.Helper()
	check(a, a.db.Read(a.Context(), func(tx *db.Tx) error { return tx.QueryRow(a.Context(), query, args...).Scan(&n) }))
	return n
}

// resetLink returns the path of the link in the last mail to a mailbox, "" when
// there is no mail.
func (a *app) resetLink(email string) string {
	a.Helper()
	a.people.Drain(a.Context())
	var text string
	err := a.db.Read(a.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(a.Context(), `SELECT text FROM mails WHERE to_email = $1 ORDER BY id DESC LIMIT 1`, email).Scan(&text)
	})
	if db.IsNoRows(err) {
		return ""
	}
	check(a, err)
	return regexp.MustCompile(`/mot-de-passe/[\w-]{43}`).FindString(text)
}

// sent delivers what waits and returns the state of the mails to a mailbox.
func (a *app) sent(email string) (states []string) {
	a.Helper()
	a.people.Drain(a.Context())
	_, err := a.queue.RunPending(a.Context())
	check(a, err)
	check(a, a.db.Read(a.Context(), func(tx *db.Tx) error {
		return tx.All(a.Context(), func(rows *sql.Rows) error {
			var state string
			err := rows.Scan(&state)
			states = append(states, state)
			return err
		}, `SELECT state FROM mails WHERE to_email = $1 ORDER BY id`, email)
	}))
	return states
}

// browser keeps cookies as a browser does.
type browser struct {
	app     *app
	cookies map[string]string
	address string
	header  http.Header
}

func (a *app) browser() *browser {
	return &browser{app: a, cookies: map[string]string{}, address: "192.0.2.7:4000", header: http.Header{"Accept-Language": {"fr"}}}
}

// signedIn is a browser in which somebody is signed in.
func (a *app) signedIn(email string) *browser {
	a.Helper()
	b := a.browser()
	b.signIn(email, password).is(a, http.StatusSeeOther)
	return b
}

func (b *browser) session() string { return b.cookies["__Host-ruche_session"] }

func (b *browser) signIn(email, password string) answer {
	b.app.Helper()
	return b.post("/connexion", "email", email, "password", password)
}

func (b *browser) get(path string) answer {
	b.app.Helper()
	return b.do(httptest.NewRequestWithContext(b.app.Context(), http.MethodGet, path, nil))
}

func (b *browser) post(path string, pairs ...string) answer {
	b.app.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(b.app.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *browser) do(r *http.Request) answer {
	b.app.Helper()
	for name, values := range b.header {
		r.Header[name] = values
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	r.RemoteAddr = b.address
	w := httptest.NewRecorder()
	b.app.router.ServeHTTP(w, r)
	res := w.Result()
	defer func() { _ = res.Body.Close() }()
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 || c.Value == "" {
			delete(b.cookies, c.Name)
			continue
		}
		b.cookies[c.Name] = c.Value
	}
	return answer{status: w.Code, header: res.Header, body: html.UnescapeString(w.Body.String())}
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (r answer) is(tb testing.TB, status int) answer {
	tb.Helper()
	if r.status != status {
		tb.Fatalf("status %d, want %d: %s", r.status, status, r.body)
	}
	return r
}

func (r answer) leads(tb testing.TB, target string) answer {
	tb.Helper()
	r.is(tb, http.StatusSeeOther)
	if got := r.header.Get("Location"); got != target {
		tb.Fatalf("leads to %q, want %q", got, target)
	}
	return r
}

func (r answer) says(tb testing.TB, texts ...string) answer {
	tb.Helper()
	for _, text := range texts {
		if !strings.Contains(r.body, text) {
			tb.Fatalf("%q is not on the page: %s", text, r.body)
		}
	}
	return r
}

func (r answer) omits(tb testing.TB, texts ...string) answer {
	tb.Helper()
	for _, text := range texts {
		if strings.Contains(r.body, text) {
			tb.Fatalf("%q is on the page: %s", text, r.body)
		}
	}
	return r
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
