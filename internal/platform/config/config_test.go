package config_test

import (
	"errors"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ruche/internal/platform/config"
)

type env map[string]string

func (e env) lookup(name string) (string, bool) {
	v, ok := e[name]
	return v, ok
}

func load(t *testing.T, e env) config.Config {
	t.Helper()
	c, err := config.Load(e.lookup)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	// An empty variable counts as absent.
	for _, e := range []env{{}, {"RUCHE_ADDR": "", "RUCHE_URL": "", "RUCHE_LOG": "", "RUCHE_SECRET_FILE": ""}} {
		c := load(t, e)
		if c.Addr != "127.0.0.1:8080" || c.URL != "http://127.0.0.1:8080" || c.DataDir != "./data" || c.DatabaseURL != "" ||
			c.SMTPURL != "" || c.Secret != "" || len(c.AgentDomains) != 0 || len(c.TrustedProxies) != 0 || c.MetricsAddr != "" ||
			c.InstanceName != "Ruche" || c.Contact != "" || c.MailboxAddr != "127.0.0.1:8025" {
			t.Errorf("defaults: %+v", c)
		}
		if c.Sender() != `"Ruche" <ruche@localhost>` {
			t.Errorf("sender: %s", c.Sender())
		}
		if c.Log != (config.Log{Level: slog.LevelInfo}) || c.Timezone.String() != "Europe/Paris" {
			t.Errorf("log %v, zone %v", c.Log, c.Timezone)
		}
		if !c.Loopback() || c.HTTPS() || c.Host() != "127.0.0.1" || len(c.Notices()) != 0 {
			t.Errorf("loopback %v, https %v, host %s, notices %q", c.Loopback(), c.HTTPS(), c.Host(), c.Notices())
		}
	}
}

func TestEveryFieldIsDescribed(t *testing.T) {
	t.Parallel()
	for _, f := range reflect.VisibleFields(reflect.TypeFor[config.Config]()) {
		name := f.Tag.Get("env")
		if !strings.HasPrefix(name, "RUCHE_") || f.Tag.Get("help") == "" {
			t.Errorf("field %s: no variable or no help", f.Name)
		}
		if !strings.Contains(config.Reference(), "\n## "+name+"\n") || !strings.Contains(config.Usage(), name+"\n") && !strings.Contains(config.Usage(), name+" (") {
			t.Errorf("%s is missing in the reference or in the usage", name)
		}
	}
	for line := range strings.Lines(config.Usage()) {
		if len(line) > 81 {
			t.Errorf("usage line over 80 columns: %s", line)
		}
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	c := load(t, env{
		"RUCHE_ADDR": ":80", "RUCHE_URL": "https://Ruche.Example.ORG:443/", "RUCHE_DATA_DIR": "/var/lib/ruche",
		"RUCHE_DATABASE_URL": "postgres://ruche:p%40ss@db:5432/ruche?sslmode=require", "RUCHE_SMTP_URL": "smtps://u:p@mail.example.org",
		"RUCHE_AGENT_DOMAINS": "Example.org, interieur.example.org", "RUCHE_TRUSTED_PROXIES": "10.0.0.0/8, ::ffff:192.0.2.1,2001:db8::/32",
		"RUCHE_SECRET": "0123456789abcdef0123456789abcdef", "RUCHE_METRICS_ADDR": "[::1]:9090", "RUCHE_LOG": "WARN, json",
		"RUCHE_CONTACT":       "equipe.ruche+aide@Example.org",
		"RUCHE_INSTANCE_NAME": " Ruche d’essai ", "RUCHE_TIMEZONE": "Indian/Reunion",
	})
	if c.URL != "https://ruche.example.org" || !c.HTTPS() || c.Host() != "ruche.example.org" || c.Loopback() {
		t.Errorf("url %s", c.URL)
	}
	if !slices.Equal(c.AgentDomains, []string{"example.org", "interieur.example.org"}) {
		t.Errorf("domains %q", c.AgentDomains)
	}
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("2001:db8::/32")}
	if !slices.Equal(c.TrustedProxies, want) {
		t.Errorf("proxies %v", c.TrustedProxies)
	}
	if c.Log != (config.Log{Level: slog.LevelWarn, JSON: true}) || c.InstanceName != "Ruche d’essai" ||
		c.Contact != "equipe.ruche+aide@Example.org" || c.Timezone.String() != "Indian/Reunion" {
		t.Errorf("%+v", c)
	}
	if c.Sender() != "=?utf-8?q?Ruche_d=E2=80=99essai?= <ruche@ruche.example.org>" {
		t.Errorf("sender %s", c.Sender())
	}
	key, err := c.SecretKey()
	if err != nil || string(key) != "0123456789abcdef0123456789abcdef" {
		t.Errorf("secret %q, %v", key, err)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	for name, values := range map[string][]string{
		"RUCHE_ADDR":            {"8080", "127.0.0.1", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:080", "a b:80", "127.0.0.1:-1", "::1:80", "exa_mple:80", "[::1:80"},
		"RUCHE_URL":             {"ruche.example.org", "ftp://ruche.example.org", "https://", "https://u:p@h", "https://h/path", "https://h?q", "https://h?", "https://h#f", "https://h:99999", "https://h:", "https://h_x", "http://[::1", "javascript:alert(1)"},
		"RUCHE_DATA_DIR":        {" ", "a\nb", "a\x00b"},
		"RUCHE_DATABASE_URL":    {"mysql://h/d", "ruche.db", "postgres://h", "postgres://", "postgres:///ruche", "postgres://u:p@h:port/d", "host=h password=hunter2"},
		"RUCHE_SMTP_URL":        {"mail.example.org", "http://mail", "smtp://", "smtp://h/path", "smtp://h?tls=maybe", "smtp://h?x=1", "smtp://h:0", "smtp://u:p:w@h:x"},
		"RUCHE_MAIL_FROM":       {"ruche", "a@b, c@d", "Ruche <ruche@example.org>\r\nBcc: x@y", "a@exa_mple.org"},
		"RUCHE_CONTACT":         {"ruche", "Ruche <ruche@example.org>", "<ruche@example.org>", "a@b, c@d", "a@exa_mple.org", "a](x)@example.org", "\"a b\"@example.org", "a*b@example.org", "é@example.org", " a@example.org", "a@[192.0.2.1]", strings.Repeat("a", 250) + "@b.org", "a@b\r\nBcc: x@y"},
		"RUCHE_MAILBOX_ADDR":    {":8025", "0.0.0.0:8025", "192.0.2.1:8025", "8025"},
		"RUCHE_AGENT_DOMAINS":   {"example", "*.example.org", ".example.org", "a@example.org", "example.org,,b.org", "example.org,", "exam ple.org", "-a.org", "a-.org", "exämple.org", "192.0.2.1", "a..org", "example.org."},
		"RUCHE_SECRET":          {"short", strings.Repeat("a", 64), strings.Repeat("x", 31)},
		"RUCHE_TRUSTED_PROXIES": {"10.0.0.1/8", "0.0.0.0/0", "::/0", "proxy", "10.0.0.0/33", "10.0.0.0/8,", "::ffff:10.0.0.0/104", "fe80::1%eth0"},
		"RUCHE_METRICS_ADDR":    {"9090"},
		"RUCHE_LOG":             {"verbose", "info,xml", "info,", "info,json,text"},
		"RUCHE_INSTANCE_NAME":   {"  ", "a\nb", strings.Repeat("é", 61), "a\xff"},
		"RUCHE_TIMEZONE":        {"Paris", "Local", "../etc/passwd", "UTC+1"},
	} {
		for _, value := range values {
			_, err := config.Load(env{name: value}.lookup)
			var wrong *config.Error
			if !errors.As(err, &wrong) || len(wrong.Problems) != 1 || wrong.Problems[0].Name != name {
				t.Errorf("%s=%q: %v", name, value, err)
				continue
			}
			if p := wrong.Problems[0]; p.Reason == "" || p.Accepts == "" || p.Value == "" {
				t.Errorf("%s=%q: the message is not whole: %s", name, value, p)
			}
			if strings.Count(err.Error(), "\n") != 1 {
				t.Errorf("%s=%q: the value forges a line: %q", name, value, err)
			}
		}
	}
}

func TestAllWrongValuesAreToldAtOnce(t *testing.T) {
	t.Parallel()
	_, err := config.Load(env{"RUCHE_LOG": "loud", "RUCHE_ADDR": "8080", "RUCHE_SECRET": "tooshort"}.lookup)
	want := `wrong settings:
  RUCHE_ADDR="8080": not host:port; accepted: host:port or :port, such as 127.0.0.1:8080
  RUCHE_SECRET=(withheld, 8 bytes): shorter than 32 bytes; accepted: at least 32 random bytes, such as ` + "`openssl rand -hex 32`" + ` gives
  RUCHE_LOG="loud": no such level; accepted: debug, info, warn or error, then perhaps a comma and text or json`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestMessagesHoldNoPassword(t *testing.T) {
	t.Parallel()
	const canary = "hunter2"
	for _, e := range []env{
		{"RUCHE_DATABASE_URL": "mysql://ruche:hunter2@h/d"},
		{"RUCHE_DATABASE_URL": "mysql://h/d?password=hunter2"},
		{"RUCHE_DATABASE_URL": "postgres://ruche:hunter2/x@h/d"},
		{"RUCHE_DATABASE_URL": "postgres://ruche:12?hunter2@h"},
		{"RUCHE_DATABASE_URL": "postgres://ruche:%zzhunter2@h/d"},
		{"RUCHE_DATABASE_URL": "postgres://ruche:%zzhunter2"},
		{"RUCHE_DATABASE_URL": "host=h password=hunter2"},
		{"RUCHE_DATABASE_URL": "hunter2"},
		{"RUCHE_SMTP_URL": "smtp://ruche:hunter2@h/path"},
		{"RUCHE_SMTP_URL": "smtp://ruche:hunter2@@@"},
		{"RUCHE_SMTP_URL": "ruche:hunter2@h:587"},
		{"RUCHE_URL": "https://ruche:hunter2@h"},
		{"RUCHE_SECRET": "hunter2"},
	} {
		_, err := config.Load(e.lookup)
		if err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%v: %v", e, err)
		}
	}
}

func TestSecretsByFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const secret = "fedcba9876543210fedcba9876543210"
	c := load(t, env{
		"RUCHE_SECRET_FILE":       write("secret", secret+"\r\n"),
		"RUCHE_DATABASE_URL_FILE": write("database", "postgres://u:p@h/d\n"),
		"RUCHE_SMTP_URL_FILE":     write("smtp", "smtp://u:p@h"),
	})
	if c.Secret != secret || c.DatabaseURL != "postgres://u:p@h/d" || c.SMTPURL != "smtp://u:p@h" {
		t.Errorf("%+v", c)
	}
	for want, e := range map[string]env{
		"given together":    {"RUCHE_SECRET": secret, "RUCHE_SECRET_FILE": write("both", secret)},
		"cannot read":       {"RUCHE_SECRET_FILE": filepath.Join(dir, "absent")},
		"the file is empty": {"RUCHE_SECRET_FILE": write("empty", "\n")},
		"over 64 KiB":       {"RUCHE_SECRET_FILE": write("long", strings.Repeat("x", 70000))},
		"shorter than":      {"RUCHE_SECRET_FILE": write("short", "hunter2")},
		"is a directory":    {"RUCHE_DATABASE_URL_FILE": dir},
	} {
		_, err := config.Load(e.lookup)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: got %v", want, err)
		}
	}
	// Only secrets come by a file.
	if c := load(t, env{"RUCHE_INSTANCE_NAME_FILE": write("name", "Autre")}); c.InstanceName != "Ruche" {
		t.Errorf("name %q", c.InstanceName)
	}
}

func TestGeneratedSecret(t *testing.T) {
	t.Parallel()
	c := config.Config{DataDir: filepath.Join(t.TempDir(), "new", "data")}
	first, err := c.SecretKey()
	if err != nil || len(first) < 32 {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	again, err := c.SecretKey()
	if err != nil || string(again) != string(first) {
		t.Errorf("the secret changed: %v", err)
	}
	other, err := config.Config{DataDir: t.TempDir()}.SecretKey()
	if err != nil || string(other) == string(first) {
		t.Errorf("two instances share a secret: %v", err)
	}
	file := filepath.Join(c.DataDir, "secret")
	for path, mode := range map[string]fs.FileMode{file: 0o600, c.DataDir: 0o700} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
	if entries, err := os.ReadDir(c.DataDir); err != nil || len(entries) != 1 {
		t.Errorf("left over: %v, %v", entries, err)
	}
	if err := os.WriteFile(file, []byte("cut"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.SecretKey(); err == nil || !strings.Contains(err.Error(), "damaged") || strings.Contains(err.Error(), "cut") {
		t.Errorf("damaged: %v", err)
	}
	if _, err := (config.Config{DataDir: filepath.Join(file, "below")}).SecretKey(); err == nil || !strings.Contains(err.Error(), "RUCHE_DATA_DIR") {
		t.Errorf("no folder: %v", err)
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		addr, url string
		want      bool
	}{
		{"127.0.0.1:8080", "http://127.0.0.1:8080", true},
		{"localhost:8080", "http://LOCALHOST:8080", true},
		{"[::1]:8080", "http://[::1]:8080", true},
		{"127.8.9.1:80", "https://localhost", true},
		{":8080", "http://127.0.0.1:8080", false},
		{"0.0.0.0:8080", "http://127.0.0.1:8080", false},
		{"[::]:8080", "http://127.0.0.1:8080", false},
		{"127.0.0.1:8080", "https://ruche.example.org", false},
		{"127.0.0.1:8080", "http://localhost.example.org", false},
		{"192.168.1.2:8080", "http://192.168.1.2:8080", false},
	} {
		if got := load(t, env{"RUCHE_ADDR": tt.addr, "RUCHE_URL": tt.url}).Loopback(); got != tt.want {
			t.Errorf("%s at %s: %v", tt.addr, tt.url, got)
		}
	}
	if (config.Config{}).Loopback() {
		t.Error("the zero value is loopback")
	}
}

func TestUnknownVariables(t *testing.T) {
	t.Parallel()
	got := config.Unknown([]string{"RUCHE_DATABSE_URL=postgres://u:hunter2@h/d", "RUCHE_ADDR=:1", "RUCHE_SECRET_FILE=x", "RUCHE_SMTP_URL_FILE=x",
		"RUCHE_TEST_POSTGRES=x", "RUCHE_E2E_REPORT=x", "RUCHE_SOAK=10", "PATH=/bin", "RUCHE_QWERTYUIOP=1", "RUCHE_ADRR=:1", "RUCHE_ADDR_FILE=x", "RUCHE_=1"})
	want := []string{
		"RUCHE_ is no setting of Ruche and is ignored",
		"RUCHE_ADDR_FILE is no setting of Ruche and is ignored",
		"RUCHE_ADRR is no setting of Ruche and is ignored; did you mean RUCHE_ADDR?",
		"RUCHE_DATABSE_URL is no setting of Ruche and is ignored; did you mean RUCHE_DATABASE_URL?",
		"RUCHE_QWERTYUIOP is no setting of Ruche and is ignored",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if long := config.Unknown([]string{"RUCHE_" + strings.Repeat("A", 100000) + "=1"}); len(long) != 1 {
		t.Errorf("%d notices", len(long))
	}
}

func TestNotices(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]env{
		"in clear":              {"RUCHE_URL": "http://ruche.example.org"},
		"RUCHE_TRUSTED_PROXIES": {"RUCHE_URL": "https://ruche.example.org"},
	} {
		if got := load(t, e).Notices(); len(got) != 1 || !strings.Contains(got[0], want) {
			t.Errorf("%v: %q", e, got)
		}
	}
	if got := load(t, env{"RUCHE_URL": "https://ruche.example.org", "RUCHE_TRUSTED_PROXIES": "10.0.0.1"}).Notices(); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func FuzzLoad(f *testing.F) {
	names := []string{"RUCHE_ADDR", "RUCHE_URL", "RUCHE_DATABASE_URL", "RUCHE_SMTP_URL", "RUCHE_MAIL_FROM", "RUCHE_AGENT_DOMAINS", "RUCHE_TRUSTED_PROXIES", "RUCHE_LOG", "RUCHE_CONTACT"}
	for i, seed := range []string{":80", "https://h:443/", "postgres://u:p@h/d", "smtp://h?tls=off", "a <a@b.c>", "a.b,c.d", "10.0.0.0/8", "info,json", "a.b+c@d.e"} {
		f.Add(uint8(i), seed)
	}
	f.Fuzz(func(t *testing.T, which uint8, value string) {
		name := names[int(which)%len(names)]
		c, err := config.Load(env{name: value}.lookup)
		if err != nil {
			if !strings.Contains(err.Error(), name) || strings.Count(err.Error(), "\n") != 1 {
				t.Errorf("message %q", err)
			}
			return
		}
		// What was accepted is accepted again, and gives the same.
		if again, err := config.Load(env{"RUCHE_URL": c.URL, "RUCHE_MAIL_FROM": c.Sender()}.lookup); err != nil || again.URL != c.URL || again.Sender() != c.Sender() {
			t.Errorf("url %q, sender %q: %v", c.URL, c.Sender(), err)
		}
		if strings.ContainsAny(c.Contact, " \t\r\n<>()[]*`\"\\") {
			t.Errorf("contact %q", c.Contact)
		}
		for _, d := range c.AgentDomains {
			if d != strings.ToLower(d) || strings.ContainsAny(d, " @,*") {
				t.Errorf("domain %q", d)
			}
		}
	})
}
