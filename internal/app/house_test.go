package app_test

import (
	"cmp"
	"context"
	"database/sql"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"ruche/internal/app"
	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/config"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/platform/logx"
	"ruche/internal/testkit"
)

const demoPassword = "ruche-demo-2026"

// house is the whole program with the demonstration, on a database of its own.
type house struct {
	*app.App
	t     *testing.T
	clock *clock.Manual
}

func open(t *testing.T) *house {
	t.Helper()
	return openWith(t, logx.Discard())
}

// openLimited is open, with files of so many megabytes at most.
func openLimited(t *testing.T, megabytes int) *house {
	t.Helper()
	return openAs(t, logx.Discard(), func(c *config.Config) { c.MaxUpload = megabytes })
}

func openWith(t *testing.T, log *slog.Logger) *house {
	t.Helper()
	return openAs(t, log, func(*config.Config) {})
}

func openAs(t *testing.T, log *slog.Logger, set func(*config.Config)) *house {
	t.Helper()
	c, err := config.Load(func(name string) (string, bool) {
		v, ok := map[string]string{"RUCHE_AGENT_DOMAINS": "demo.example", "RUCHE_SMTP_URL": "smtp://127.0.0.1:1", "RUCHE_DATA_DIR": t.TempDir()}[name]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	set(&c)
	hasher, err := account.NewFastHasher()
	if err != nil {
		t.Fatal(err)
	}
	now := clock.NewManual(time.Date(2026, 11, 24, 15, 20, 0, 0, time.UTC))
	o := app.Options{Config: c, DB: &db.DB{}, Clock: now, Log: log, Hasher: hasher, Secret: []byte(strings.Repeat("s", 32)), Demo: true}
	blank, err := app.New(o)
	if err != nil {
		t.Fatal(err)
	}
	o.DB = testkit.DB(t, blank.Sets()...)
	a, err := app.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if loaded, err := a.LoadDemo(t.Context()); err != nil || !loaded {
		t.Fatalf("loading the demonstration: %v, %v", loaded, err)
	}
	return &house{App: a, t: t, clock: now}
}

// person is a browser: it keeps cookies.
type person struct {
	h     *house
	name  string
	jar   map[string]string
	site  string // Sec-Fetch-Site of forms; empty: this site's
	part  bool   // asks as a script does, for a part of a page
	count *db.Counter
}

func (h *house) nobody() *person { return &person{h: h, name: "nobody", jar: map[string]string{}} }

func (h *house) as(email string) *person {
	h.t.Helper()
	p := h.nobody()
	p.name = email
	a := p.post("/connexion", "email", email, "password", demoPassword)
	if a.status != http.StatusSeeOther {
		h.t.Fatalf("%s can't sign in: %d", email, a.status)
	}
	return p
}

type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) location() string { return a.header.Get("Location") }

func (p *person) get(path string) answer { return p.do("GET", path, nil) }

// post sends a form made of name, value pairs.
func (p *person) post(path string, pairs ...string) answer {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return p.do("POST", path, form)
}

// cross posts as a page of another site would.
func (p *person) cross(path string, pairs ...string) answer {
	p.site = "cross-site"
	defer func() { p.site = "" }()
	return p.post(path, pairs...)
}

func (p *person) do(method, path string, form url.Values) answer {
	p.h.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	ctx, count := db.WithCounter(p.h.t.Context())
	r := httptest.NewRequestWithContext(ctx, method, "http://127.0.0.1:8080"+path, body)
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", cmp.Or(p.site, "same-origin"))
	}
	if p.part {
		r.Header.Set("HX-Request", "true")
	}
	for name, value := range p.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	p.h.Router.ServeHTTP(w, r)
	p.count = count
	res := w.Result()
	defer func() { _ = res.Body.Close() }()
	for _, c := range res.Cookies() {
		if c.MaxAge < 0 || c.Value == "" {
			delete(p.jar, c.Name)
		} else {
			p.jar[c.Name] = c.Value
		}
	}
	return answer{status: res.StatusCode, header: res.Header, body: w.Body.String()}
}

// actor is who the mailbox's owner is to a use case.
func (h *house) actor(email string) actor.Actor {
	h.t.Helper()
	var a account.Account
	h.read(func(ctx context.Context, tx *db.Tx) (err error) {
		a, err = account.ByEmail(ctx, tx, email)
		return err
	})
	return a.Actor(id.ID{})
}

func (h *house) read(f func(ctx context.Context, tx *db.Tx) error) {
	h.t.Helper()
	if err := h.DB.Read(h.t.Context(), func(tx *db.Tx) error { return f(h.t.Context(), tx) }); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) write(f func(ctx context.Context, tx *db.Tx) error) {
	h.t.Helper()
	if err := h.DB.Write(h.t.Context(), func(tx *db.Tx) error { return f(h.t.Context(), tx) }); err != nil {
		h.t.Fatal(err)
	}
}

// text reads one value from the database.
func (h *house) text(query string, args ...any) (s string) {
	h.t.Helper()
	h.read(func(ctx context.Context, tx *db.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&s) })
	return s
}
func (h *house) id(query string, args ...any) (i id.ID) {
	h.t.Helper()
	h.read(func(ctx context.Context, tx *db.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&i) })
	return i
}

// number reads one number from the database.
func (h *house) number(query string, args ...any) (n int64) {
	h.t.Helper()
	h.read(func(ctx context.Context, tx *db.Tx) error { return tx.QueryRow(ctx, query, args...).Scan(&n) })
	return n
}

// item is the id in a permanent address.
func (h *house) item(permanent string) id.ID {
	h.t.Helper()
	item, err := id.Parse(strings.TrimPrefix(permanent, "/p/"))
	if err != nil {
		h.t.Fatal(err)
	}
	return item
}

// join makes someone a reader of a space.
func (h *house) join(email string, sp id.ID) {
	h.t.Helper()
	who := h.actor(email).Account
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := space.Join(ctx, tx, sp, who, space.Reader, h.clock.Now())
		return err
	})
}

// evict takes someone out of each of their spaces.
func (h *house) evict(email string) {
	h.t.Helper()
	who := h.actor(email).Account
	h.write(func(ctx context.Context, tx *db.Tx) error {
		var from []id.ID
		err := tx.All(ctx, func(rows *sql.Rows) error {
			var sp id.ID
			err := rows.Scan(&sp)
			from = append(from, sp)
			return err
		}, `SELECT space_id FROM memberships WHERE account_id = $1`, who)
		for _, sp := range from {
			if err == nil {
				err = access.Leave(ctx, tx, sp, who)
			}
		}
		return err
	})
}

// group makes a group of members of a space.
func (h *house) group(slug, name string, emails ...string) (group id.ID) {
	h.t.Helper()
	sp := h.id(`SELECT id FROM spaces WHERE slug = $1`, slug)
	var who []id.ID
	for _, email := range emails {
		who = append(who, h.actor(email).Account)
	}
	h.write(func(ctx context.Context, tx *db.Tx) error {
		g, err := space.CreateGroup(ctx, tx, sp, name, h.clock.Now())
		for _, member := range who {
			if err == nil {
				err = space.AddToGroup(ctx, tx, sp, g.ID, member)
			}
		}
		group = g.ID
		return err
	})
	return group
}

// groupOf is the first group of a space, made where it has none.
func (h *house) groupOf(slug string) (group id.ID) {
	h.t.Helper()
	if h.number(`SELECT COUNT(*) FROM space_groups g JOIN spaces s ON s.id = g.space_id WHERE s.slug = $1`, slug) == 0 {
		return h.group(slug, "Essai")
	}
	return h.id(`SELECT g.id FROM space_groups g JOIN spaces s ON s.id = g.space_id WHERE s.slug = $1 ORDER BY g.id LIMIT 1`, slug)
}

// permanent is the permanent address of a post of a page.
func (h *house) permanent(page string) string {
	h.t.Helper()
	parts := strings.Split(page, "/")
	return "/p/" + h.id(`SELECT i.id FROM items i JOIN spaces s ON s.id = i.space_id WHERE s.slug = $1 AND i.slug = $2`, parts[2], parts[4]).String()
}

// restrict gives a post of demat-ads to a group.
func (h *house) restrict(slug string, group id.ID) {
	h.t.Helper()
	item := h.id(`SELECT i.id FROM items i JOIN spaces s ON s.id = i.space_id WHERE s.slug = 'demat-ads' AND i.slug = $1`, slug)
	h.write(func(ctx context.Context, tx *db.Tx) error {
		it, err := content.ForProgram(ctx, tx, item)
		if err != nil {
			return err
		}
		_, err = content.Restrict(ctx, tx, it, []access.Entry{{Group: group}})
		return err
	})
}
