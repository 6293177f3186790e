package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/testkit"
)

// TestAFullDisk writes until SQLite has no room left: then writes answer 507 and
// say so, reads go on, and once there is room again all is as if nothing had been.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	d := testkit.Open(t, db.Config{Path: filepath.Join(t.TempDir(), "ruche.db"), CheckSQL: true, Unsafe: true})
	a := whole(t, d, clock.System())
	if err := a.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := settle(t, a, 20)
	server := httptest.NewServer(a.Router)
	defer server.Close()
	addr := strings.TrimPrefix(server.URL, "http://")
	c.address.Store(&addr)

	room(t, d, number(t, d, "PRAGMA page_count")+60)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	written := make(chan struct{})
	go func() { c.write(ctx); close(written) }()
	c.wait(t, func() bool { return c.ledger.acks.Load() > 0 && c.ledger.busy.Load() > 100 })
	w := c.writers[0]
	for path, want := range map[string]int{"/": 200, "/espaces": 200, "/espaces/" + w.space + "/blog": 200} {
		if res := w.plain(t, http.MethodGet, path, ""); res.status != want {
			t.Errorf("%s answers %d on a full disk", path, res.status)
		}
	}
	long := text("plein", 1)
	long.Set("body", strings.Repeat("trop ", 100_000))
	res := w.plain(t, http.MethodPost, "/espaces/"+w.space+"/blog/-/nouveau", long.Encode())
	if res.status != http.StatusInsufficientStorage || !strings.Contains(res.body, "Le serveur est plein") {
		t.Errorf("a write on a full disk answers %d: %.300s", res.status, res.body)
	}
	room(t, d, 1<<30)
	c.hear(t, 200)
	stop()
	<-written
	c.check(t, d)
}

// room bounds SQLite's file, in pages, as a full disk does.
func room(t *testing.T, d *db.DB, pages int) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		var n int
		return tx.QueryRow(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// number reads one.
func number(t *testing.T, d *db.DB, query string) (n int) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(t.Context(), query).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// plain is one exchange that is no write of the crowd's.
func (w writer) plain(t *testing.T, method, path, form string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+*w.address.Load()+path, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a, err := w.exchange(r)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// asRestarter says that the PostgreSQL server at hand is the test's own.
const asRestarter = "RUCHE_TEST_APP_RESTARTS"

// TestAPostgresThatRestarts stops PostgreSQL hard (pg_ctl -m immediate) under
// writers and starts it again, three times. It works on a server of its own, which
// it asks of scripts/postgres.sh; SQLite has none to stop.
func TestAPostgresThatRestarts(t *testing.T) {
	if os.Getenv(asRestarter) == "" {
		t.Parallel()
		if os.Getenv("RUCHE_TEST_ENGINE") != string(db.Postgres) {
			return
		}
		again := exec.CommandContext(t.Context(), "../../scripts/postgres.sh", "run", "--", os.Args[0], "-test.run=^TestAPostgresThatRestarts$", "-test.v")
		again.Env = append(os.Environ(), asRestarter+"=1")
		again.Cancel = func() error { return again.Process.Signal(os.Interrupt) } // it takes its server with it
		out, err := again.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		t.Logf("%s", out)
		return
	}
	config := testkit.DBConfig(t, whole(t, &db.DB{}, clock.System()).Sets()...)
	config.URL += "&synchronous_commit=on" // as a server has it
	d := testkit.Open(t, config)
	a := whole(t, d, clock.System())
	c := settle(t, a, 200)
	server := httptest.NewServer(a.Router)
	defer server.Close()
	addr := strings.TrimPrefix(server.URL, "http://")
	c.address.Store(&addr)
	folder := ""
	err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(t.Context(), "SHOW data_directory").Scan(&folder) })
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	written := make(chan struct{})
	go func() { c.write(ctx); close(written) }()
	for range 3 {
		c.hear(t, 200)
		before := c.ledger.busy.Load()
		control(t, folder, "stop", "--mode=immediate")
		c.wait(t, func() bool { return c.ledger.busy.Load() > before+100 }) // pages say 503, and nothing else
		control(t, folder, "start", "--log="+folder+"/server.log")
		c.hear(t, 1)
	}
	stop()
	<-written
	c.check(t, d)
}

// control runs pg_ctl of the very version that made the folder, as its owner.
func control(t *testing.T, folder, verb string, more ...string) {
	t.Helper()
	opts, err := os.ReadFile(filepath.Join(folder, "postmaster.opts"))
	if err != nil {
		t.Fatal(err)
	}
	binary, line, _ := strings.Cut(strings.TrimSpace(string(opts)), " ")
	args := append([]string{filepath.Join(filepath.Dir(binary), "pg_ctl"), verb, "--pgdata=" + folder, "--wait", "--silent"}, more...)
	if verb == "start" {
		args = append(args, "--options="+strings.ReplaceAll(line, `"`, `'`))
	}
	if os.Getuid() == 0 {
		args = append([]string{"runuser", "-u", "postgres", "--"}, args...)
	}
	c := exec.CommandContext(t.Context(), args[0], args[1:]...) // #nosec G204 -- the test's own server
	c.Dir = "/"
	if err := c.Run(); err != nil {
		log, _ := os.ReadFile(filepath.Join(folder, "server.log"))
		t.Fatalf("%s: %v: %s", c, err, log)
	}
}

// wait waits until what is asked holds.
func (c *crowd) wait(t *testing.T, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !holds(); {
		if time.Now().After(end) {
			t.Fatal("nothing came for a minute")
		}
		pause(t.Context(), time.Millisecond)
	}
}
