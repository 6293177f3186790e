package bulk_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
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

// A page and a file are asked for by so many readers at once, in turn, so many times for
// so long: what else the machine does falls on both.
const (
	readers = 8
	turns   = 3
	turn    = 3 * time.Second
)

// BenchmarkServed asks the whole program, over the network of the machine, for a page of
// the blog of the demonstration as someone who is signed in, and for a plain file of as
// many bytes: requests per second, the 99th percentile in milliseconds, and how many
// times more of the file are served, of which five is the most. Readers and server share
// the processors.
func BenchmarkServed(b *testing.B) {
	app.CollectLess(os.LookupEnv) // as a server does
	const page = "/espaces/demat-ads/blog"
	theme := b.TempDir()
	for _, name := range []string{"theme.css", "page.html"} {
		if err := os.WriteFile(filepath.Join(theme, name), []byte("/**/"), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	a, address := serveDemo(b, theme)
	var reader account.Account
	err := a.DB.Read(b.Context(), func(tx *db.Tx) (err error) {
		reader, err = account.ByEmail(b.Context(), tx, "amadou.diallo@demo.example")
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	token := session(b, a.DB, reader)
	body := fetch(b, address+page, token)
	if err := os.WriteFile(filepath.Join(theme, "page.html"), body, 0o600); err != nil {
		b.Fatal(err)
	}
	took := map[string][]float64{}
	for range turns {
		for _, path := range []string{"/theme/page.html", page} {
			took[path] = append(took[path], load(b, address+path, token)...)
		}
	}
	for path := range took {
		slices.Sort(took[path])
	}
	rate := func(path string) float64 { return float64(len(took[path])) / (turns * turn.Seconds()) }
	for name, path := range map[string]string{"file": "/theme/page.html", "page": page} {
		b.ReportMetric(rate(path), name+"-req/s")
		b.ReportMetric(took[path][len(took[path])*99/100], name+"-p99-ms")
	}
	b.ReportMetric(rate("/theme/page.html")/rate(page), "file/page")
	b.ReportMetric(float64(len(body))/1000, "kB")
	b.ReportMetric(0, "ns/op")
}

// serveDemo serves the demonstration as the program does, with an operator's theme.
func serveDemo(b *testing.B, theme string) (*app.App, string) {
	b.Helper()
	c, err := config.Load(func(name string) (string, bool) {
		v, ok := map[string]string{"RUCHE_DATA_DIR": b.TempDir(), "RUCHE_THEME_DIR": theme, "RUCHE_AGENT_DOMAINS": "demo.example"}[name]
		return v, ok
	})
	if err != nil {
		b.Fatal(err)
	}
	hasher, err := account.NewFastHasher()
	if err != nil {
		b.Fatal(err)
	}
	o := app.Options{Config: c, DB: &db.DB{}, Clock: clock.System(), Log: logx.Discard(), Hasher: hasher, Secret: make([]byte, 32), Demo: true}
	blank, err := app.New(o)
	if err != nil {
		b.Fatal(err)
	}
	as := testkit.DBConfig(b, blank.Sets()...)
	as.CheckSQL, as.Unsafe = false, false // as a server has it
	o.DB = testkit.Open(b, as)
	a, err := app.New(o)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := a.LoadDemo(b.Context()); err != nil {
		b.Fatal(err)
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(ctx, listener, a.Router, logx.Discard()) }()
	b.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	return a, "http://" + listener.Addr().String()
}

// load has readers ask for an address until a turn is over, and returns how long each
// answer took, in milliseconds.
func load(b *testing.B, address, token string) (took []float64) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: readers, DisableCompression: true}}
	defer client.CloseIdleConnections()
	ctx, stop := context.WithTimeout(b.Context(), turn)
	defer stop()
	var lock sync.Mutex
	var all sync.WaitGroup
	for range readers {
		all.Go(func() {
			var mine []float64
			for {
				began := time.Now()
				_, err := ask(ctx, client, address, token, "gzip")
				if ctx.Err() != nil {
					break
				}
				if err != nil {
					b.Error(err)
					break
				}
				mine = append(mine, float64(time.Since(began).Microseconds())/1000)
			}
			lock.Lock()
			defer lock.Unlock()
			took = append(took, mine...)
		})
	}
	all.Wait()
	return took
}

func fetch(b *testing.B, address, token string) []byte {
	b.Helper()
	body, err := ask(b.Context(), http.DefaultClient, address, token, "identity")
	if err != nil {
		b.Fatal(err)
	}
	return body
}

func ask(ctx context.Context, client *http.Client, address, token, coding string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, "GET", address, http.NoBody)
	if err != nil {
		return nil, err
	}
	r.AddCookie(&http.Cookie{Name: "ruche_session", Value: token})
	r.Header.Set("Accept-Encoding", coding)
	answer, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %d", address, answer.StatusCode)
	}
	return body, err
}
