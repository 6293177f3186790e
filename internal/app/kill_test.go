package app_test

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"ruche/internal/app"
	"ruche/internal/kernel/account"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/config"
	"ruche/internal/platform/db"
	"ruche/internal/platform/logx"
	"ruche/internal/platform/web"
	"ruche/internal/testkit"
)

// asServer holds, in a process that a test starts to kill it, the database that
// it serves.
const asServer = "RUCHE_TEST_APP_SERVER"

// itsFiles is the folder of the files of such a process.
const itsFiles = "RUCHE_TEST_APP_FILES"

// TestServeForEver is the server of the tests that kill one; alone it has nothing
// to do.
func TestServeForEver(t *testing.T) {
	text := os.Getenv(asServer)
	if text == "" {
		return
	}
	go func() { // a server outlives no test
		for told := make([]byte, 1); ; {
			if _, err := os.Stdin.Read(told); err != nil {
				os.Exit(1)
			}
			if err := failWhenTold(told[0]); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}()
	var c db.Config
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	a := whole(t, testkit.Open(t, c), clock.System())
	if err := a.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	ln, err := web.Listen(t.Context(), "127.0.0.1:0", "RUCHE_ADDR")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(os.Stdout, "listening %s\n", ln.Addr())
	go func() {
		if err := a.Queue.Run(t.Context(), 4); err != nil {
			t.Error(err)
		}
	}()
	if err := web.Serve(t.Context(), ln, a.Router, a.Log); err != nil {
		t.Fatal(err)
	}
}

// whole puts the program together over a database, without the demonstration.
func whole(t *testing.T, d *db.DB, now clock.Clock) *app.App {
	t.Helper()
	c, err := config.Load(func(name string) (string, bool) {
		v, ok := map[string]string{"RUCHE_AGENT_DOMAINS": "demo.example", "RUCHE_SMTP_URL": "smtp://127.0.0.1:1", "RUCHE_DATA_DIR": cmp.Or(os.Getenv(itsFiles), t.TempDir())}[name]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	hasher, err := account.NewFastHasher()
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(app.Options{Config: c, DB: d, Clock: now, Log: logx.Discard(), Hasher: hasher, Secret: []byte(strings.Repeat("s", 32))})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// served is a process of TestServeForEver.
type served struct {
	t     *testing.T
	child *exec.Cmd
	in    io.Writer
	addr  string
}

// tell sends a server how it is to fail.
func (s served) tell(how byte) {
	s.t.Helper()
	if _, err := s.in.Write([]byte{how}); err != nil {
		s.t.Fatal(err)
	}
}

func serve(t *testing.T, c db.Config, folder string) served {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	s := served{t: t, child: exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestServeForEver$", "-test.timeout=0")}
	s.child.Env = append(os.Environ(), asServer+"="+string(text), itsFiles+"="+folder)
	s.child.Stderr = os.Stderr
	if s.in, err = s.child.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := s.child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.child.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	for lines := bufio.NewScanner(out); s.addr == "" && lines.Scan(); {
		s.addr, _ = strings.CutPrefix(lines.Text(), "listening ")
		if s.addr == lines.Text() {
			s.addr = ""
			said = append(said, lines.Text())
		}
	}
	if s.addr == "" {
		t.Fatalf("the server does not start: %v: %s", s.child.Wait(), strings.Join(said, "\n"))
	}
	return s
}

// kill is kill -9.
func (s served) kill() {
	s.t.Helper()
	if err := s.child.Process.Kill(); err != nil {
		s.t.Fatal(err)
	}
	if err := s.child.Wait(); err == nil {
		s.t.Fatal("the server ended by itself")
	}
}

// TestSoakKilledServersKeepWhatTheyAcknowledged kills the server again and again
// under two hundred writers, and compares what they were told with what is there.
func TestSoakKilledServersKeepWhatTheyAcknowledged(t *testing.T) {
	t.Parallel()
	config := testkit.DBConfig(t, whole(t, &db.DB{}, clock.System()).Sets()...)
	config.Unsafe = false // as a server does
	d := testkit.Open(t, config)
	a := whole(t, d, clock.System())
	c := settle(t, a, 200)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s := serve(t, config, a.Config.DataDir)
	c.at(s.addr)
	written := make(chan struct{})
	go func() { c.write(ctx); close(written) }()
	for range kills(t) {
		c.hear(t, 1)
		pause(ctx, rand.N(250*time.Millisecond)) // a moment by chance is what is tested
		s.kill()
		s = serve(t, config, a.Config.DataDir)
		c.at(s.addr)
	}
	c.hear(t, 1)
	stop()
	<-written
	c.check(t, d)
	if c.ledger.lost.Load() == 0 {
		t.Error("no writer was interrupted")
	}
	s.kill()
}

// at tells the crowd where the server is.
func (c *crowd) at(addr string) { c.address.Store(&addr) }

// kills is how many times a test kills: 20, a thousand in a soak of 10.
func kills(t *testing.T) int {
	t.Helper()
	if testing.Short() {
		return 3
	}
	if n, err := strconv.Atoi(os.Getenv("RUCHE_SOAK")); err == nil && n > 1 {
		return 100 * n
	}
	return 20
}

// hear waits until so many more writes are acknowledged.
func (c *crowd) hear(t *testing.T, more int64) {
	t.Helper()
	want := c.ledger.acks.Load() + more
	c.wait(t, func() bool { return c.ledger.acks.Load() >= want })
}
