package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/db"
)

// terminal runs command lines over settings of their own and keeps what they print.
type terminal struct {
	t        *testing.T
	settings map[string]string
	out, err bytes.Buffer
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	return &terminal{t: t, settings: map[string]string{"RUCHE_DATA_DIR": t.TempDir(), "RUCHE_LOG": "error"}}
}

func (c *terminal) run(ctx context.Context, args ...string) int {
	c.out.Reset()
	c.err.Reset()
	return run(ctx, args, &program{out: &c.out, err: &c.err, env: func(name string) (string, bool) {
		v, ok := c.settings[name]
		return v, ok
	}})
}

func TestAWrongSettingStopsTheStart(t *testing.T) {
	t.Parallel()
	c := newTerminal(t)
	c.settings["RUCHE_ADDR"], c.settings["RUCHE_TIMEZONE"] = "nope", "Mars/Olympus"
	if code := c.run(t.Context(), "serve"); code != 2 {
		t.Errorf("status %d, want 2", code)
	}
	for _, word := range []string{"RUCHE_ADDR", "nope", "host:port", "RUCHE_TIMEZONE", "Mars/Olympus"} {
		if !strings.Contains(c.err.String(), word) {
			t.Errorf("%q is not said in %s", word, &c.err)
		}
	}
}

func TestADatabaseOutOfReachIsNamed(t *testing.T) {
	t.Parallel()
	c := newTerminal(t)
	c.settings["RUCHE_DATABASE_URL"] = "postgres://someone:very-secret@127.0.0.1:1/ruche"
	if code := c.run(t.Context(), "serve"); code != 1 {
		t.Errorf("status %d, want 1", code)
	}
	if said := c.err.String(); !strings.Contains(said, "127.0.0.1:1/ruche") || strings.Contains(said, "very-secret") {
		t.Errorf("it says %s", said)
	}
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	c := newTerminal(t)
	if code := c.run(t.Context(), "migrate"); code != 0 {
		t.Fatalf("migrating: %s", &c.err)
	}
	d, err := db.Open(t.Context(), db.Config{Path: filepath.Join(c.settings["RUCHE_DATA_DIR"], "ruche.db")})
	if err != nil {
		t.Fatal(err)
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if code := c.run(t.Context(), "serve"); code != 1 || !strings.Contains(c.err.String(), "9999") {
		t.Errorf("status %d: %s", code, &c.err)
	}
}

func TestThePortInUseIsNamed(t *testing.T) {
	t.Parallel()
	var l net.ListenConfig
	taken, err := l.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	c := newTerminal(t)
	c.settings["RUCHE_ADDR"] = taken.Addr().String()
	if code := c.run(t.Context(), "serve"); code != 1 || !strings.Contains(c.err.String(), c.settings["RUCHE_ADDR"]) || !strings.Contains(c.err.String(), "RUCHE_ADDR") {
		t.Errorf("status %d: %s", code, &c.err)
	}
}

func TestTheDemonstrationStaysOnThisMachine(t *testing.T) {
	t.Parallel()
	c := newTerminal(t)
	c.settings["RUCHE_URL"] = "https://ruche.example.org"
	for _, args := range [][]string{{"serve", "--demo"}, {"demo"}} {
		if code := c.run(t.Context(), args...); code != 1 || !strings.Contains(c.err.String(), "127.0.0.1") {
			t.Errorf("%v: status %d: %s", args, code, &c.err)
		}
	}
}

func TestAccountsFromTheTerminal(t *testing.T) {
	t.Parallel()
	c := newTerminal(t)
	steps := []struct {
		args []string
		code int
		says string
	}{
		{[]string{"admin", "create", "op@exemple.fr", "--name", "Opale", "--admin"}, 0, "Password:"},
		{[]string{"admin", "create", "op@exemple.fr", "--name", "Opale"}, 1, "already has an account"},
		{[]string{"admin", "create", "no-mailbox", "--name", "X"}, 1, ""},
		{[]string{"admin", "list"}, 0, "op@exemple.fr\tOpale\tagent,admin\tactive"},
		{[]string{"admin", "suspend", "op@exemple.fr"}, 0, "suspended"},
		{[]string{"admin", "list"}, 0, "suspended"},
		{[]string{"admin", "suspend", "--reopen", "op@exemple.fr"}, 0, "open again"},
		{[]string{"admin", "reset-password", "op@exemple.fr"}, 0, "New password"},
		{[]string{"admin", "reset-password", "nobody@exemple.fr"}, 1, ""},
		{[]string{"admin", "reset-factor", "op@exemple.fr"}, 0, "password alone"},
		{[]string{"admin", "reset-factor", "nobody@exemple.fr"}, 1, ""},
		{[]string{"admin", "create", "ext@exemple.fr", "--name", "Externe", "--external"}, 0, "Password:"},
		{[]string{"admin", "access", "ext@exemple.fr", "--sponsor", "op@exemple.fr"}, 0, "changed"},
		{[]string{"admin", "access", "ext@exemple.fr", "--end"}, 0, "changed"},
		{[]string{"admin", "access", "ext@exemple.fr", "--until", "2001-01-01"}, 1, "past"},
		{[]string{"admin", "access", "ext@exemple.fr", "--sponsor", "ext@exemple.fr"}, 1, "agent"},
		{[]string{"admin", "access", "op@exemple.fr", "--end"}, 1, "agent"},
		{[]string{"admin", "access", "nobody@exemple.fr", "--end"}, 1, ""},
		{[]string{"demo"}, 0, "nothing was changed"},
		{[]string{"admin", "audit", "verify"}, 0, "entries, whole"},
		{[]string{"doctor"}, 0, "RUCHE_SMTP_URL"},
		{[]string{"doctor", "--files"}, 0, "whole, each of them"},
		{[]string{"unknown"}, 2, "unknown"},
		{[]string{"admin", "create", "--help"}, 0, "Mailbox"},
	}
	for _, s := range steps {
		if code := c.run(t.Context(), s.args...); code != s.code || !strings.Contains(c.out.String()+c.err.String(), s.says) {
			t.Errorf("%v: status %d, %s%s", s.args, code, &c.out, &c.err)
		}
	}
}

// TestServeStopsCleanly starts the server as `make run` does, reads a page and
// interrupts it.
func TestServeStopsCleanly(t *testing.T) {
	t.Parallel()
	var l net.ListenConfig
	free, err := l.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	c := newTerminal(t)
	c.settings["RUCHE_ADDR"], c.settings["RUCHE_URL"], c.settings["RUCHE_MAILBOX_ADDR"] = addr, "http://"+addr, "127.0.0.1:0"
	ctx, interrupt := context.WithCancel(t.Context())
	ended := make(chan int, 1)
	go func() { ended <- c.run(ctx, "serve", "--demo") }()
	reached := false
	for range 300 {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/readyz", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := http.DefaultClient.Do(r); err == nil {
			reached = res.StatusCode == http.StatusOK
			_ = res.Body.Close()
			break
		}
		time.Sleep(50 * time.Millisecond) //nolint:forbidigo // a socket that opens tells nobody
	}
	interrupt()
	select {
	case code := <-ended:
		if code != 0 || !reached {
			t.Errorf("status %d, ready %v: %s", code, reached, &c.err)
		}
	case <-time.After(5 * time.Second):
		t.Error("still running five seconds after the interruption")
	}
	if out := c.out.String(); !strings.Contains(out, "camille.martin@demo.example") || !strings.Contains(out, "http://"+addr) {
		t.Errorf("it announces %s", out)
	}
}
