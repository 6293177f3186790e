package realtime_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ruche/internal/platform/logx"
	"ruche/internal/platform/realtime"
	"ruche/internal/platform/realtime/socket"
)

// rights are who may listen to what, changed by the test.
type rights struct {
	mu   sync.Mutex
	over map[string]bool // sessions
	lost map[string]bool // accounts
}

func (r *rights) authorize(_ context.Context, claims []realtime.Claim) ([]realtime.Verdict, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]realtime.Verdict, len(claims))
	for i, c := range claims {
		switch {
		case r.over[c.Session]:
		case r.lost[c.Account] || c.Channel != "item:1":
			out[i] = realtime.Refused
		default:
			out[i] = realtime.Allowed
		}
	}
	return out, nil
}

func (r *rights) change(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
}

// node is a server and its hub; the account is the cookie's.
type node struct {
	*realtime.Hub
	rights *rights
	http   *httptest.Server
	stop   func() error
}

const origin = "http://ruche.example"

func start(tb testing.TB) *node {
	tb.Helper()
	n := &node{rights: &rights{over: map[string]bool{}, lost: map[string]bool{}}}
	var err error
	n.Hub, err = realtime.New(realtime.Options{Log: logx.Discard(), BaseURL: origin, Authorize: n.rights.authorize})
	if err != nil {
		tb.Fatal(err)
	}
	n.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := strings.TrimPrefix(r.Header.Get("Cookie"), "who=")
		n.Serve(w, r, realtime.Identity{Account: who, Session: who})
	}))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	n.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	tb.Cleanup(func() {
		if err := n.stop(); err != nil {
			tb.Error(err)
		}
		n.http.Close()
	})
	for n.status(tb) != http.StatusSwitchingProtocols {
		runtime.Gosched()
	}
	return n
}

// status is what a WebSocket of nobody in particular is answered.
func (n *node) status(tb testing.TB) int {
	tb.Helper()
	c, err := n.dial("probe")
	if err != nil {
		return http.StatusServiceUnavailable
	}
	c.Close()
	return http.StatusSwitchingProtocols
}

func (n *node) dial(who string) (*socket.Conn, error) {
	return socket.Dial("ws"+strings.TrimPrefix(n.http.URL, "http")+"/-/live", origin, "who="+who)
}

func (n *node) listen(tb testing.TB, who string) *socket.Conn {
	tb.Helper()
	c, err := n.dial(who)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(c.Close)
	r, err := c.Subscribe("item:1")
	if err != nil || r.Error != nil {
		tb.Fatalf("subscribing: %+v, %v", r, err)
	}
	return c
}

func (n *node) tell(tb testing.TB, event string) {
	tb.Helper()
	if err := n.Publish("item:1", realtime.Message{ID: event, Kind: "remark.added", At: time.Now().UnixNano()}); err != nil {
		tb.Error(err)
	}
}

func TestOnlyWhoMayListensAndIsToldOnce(t *testing.T) {
	t.Parallel()
	n := start(t)
	n.tell(t, "before")
	c, err := n.dial("a")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, channel := range []string{"item:2", "", "account:b", "space:1", strings.Repeat("x", 200)} {
		if r, err := c.Subscribe(channel); err == nil && r.Error == nil {
			t.Errorf("%q was given", channel)
		}
		if c, err = n.dial("a"); err != nil { // some names end the connection
			t.Fatal(err)
		}
	}
	r, err := c.Subscribe("item:1")
	if err != nil || r.Subscribe == nil || !strings.Contains(string(r.Subscribe.Data), `"before"`) {
		t.Fatalf("what was told just before: %+v, %v", r, err)
	}
	n.tell(t, "one")
	n.tell(t, "one")
	n.tell(t, "two")
	for _, want := range []string{"one", "two"} {
		got, err := c.Next(5 * time.Second)
		if err != nil || got.Push == nil || got.Push.Pub == nil || !strings.Contains(string(got.Push.Pub.Data), `"`+want+`"`) {
			t.Fatalf("told %+v, %v instead of %s", got, err, want)
		}
	}
}

func TestALostRightAndAnEndedSession(t *testing.T) {
	t.Parallel()
	n := start(t)
	kept, lost, over := n.listen(t, "kept"), n.listen(t, "lost"), n.listen(t, "over")
	n.rights.change(func() { n.rights.lost["lost"], n.rights.over["over"] = true, true })
	if err := n.Revalidate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r, err := lost.Next(5 * time.Second); err != nil || r.Push == nil || r.Push.Unsubscribe == nil || r.Push.Unsubscribe.Code >= 2500 {
		t.Errorf("a lost right: %+v, %v", r, err)
	}
	if r, err := over.Next(5 * time.Second); err == nil && (r.Push == nil || r.Push.Disconnect == nil || r.Push.Disconnect.Code != 4501) {
		t.Errorf("a session that is over: %+v", r)
	}
	n.tell(t, "after")
	if r, err := kept.Next(5 * time.Second); err != nil || r.Push == nil || r.Push.Pub == nil {
		t.Errorf("who kept the right: %+v, %v", r, err)
	}
	if strings.Contains(lost.Heard.String()+over.Heard.String(), "after") {
		t.Error("told to who may not hear any more")
	}
	if r, err := lost.Subscribe("item:1"); err != nil || r.Error == nil {
		t.Errorf("asking again: %+v, %v", r, err)
	}
}

func TestPagesOfOtherSitesAndPlainRequests(t *testing.T) {
	t.Parallel()
	n := start(t)
	for _, from := range []string{"http://evil.example", "https://ruche.example", "http://ruche.example:81", "null"} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, n.http.URL, nil)
		for name, value := range map[string]string{"Origin": from, "Upgrade": "websocket", "Connection": "Upgrade", "Sec-Websocket-Version": "13", "Sec-Websocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="} {
			r.Header.Set(name, value)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", from, res.StatusCode)
		}
	}
	w := httptest.NewRecorder()
	n.Serve(w, httptest.NewRequest(http.MethodGet, "/-/live", nil), realtime.Identity{})
	if w.Code != http.StatusUpgradeRequired {
		t.Errorf("a plain request: %d", w.Code)
	}
}

// TestARestartIsTold: a page that comes back to another process learns that it
// cannot be told what it missed, and hears each event once from then on.
func TestARestartIsTold(t *testing.T) {
	t.Parallel()
	first, second := start(t), start(t)
	const pages = 50
	for i := range pages {
		who := fmt.Sprint("p", i)
		c, err := first.dial(who)
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.Subscribe("item:1")
		if err != nil || r.Subscribe == nil {
			t.Fatal(err)
		}
		c.Close()
		back, err := second.dial(who)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(back.Close)
		again, err := back.Recover("item:1", r.Subscribe.Epoch, r.Subscribe.Offset)
		if err != nil || again.Subscribe == nil || again.Subscribe.Recovered {
			t.Fatalf("a new process says that nothing was missed: %+v, %v", again, err)
		}
		event := "event-" + who
		second.tell(t, event)
		second.tell(t, event)
		second.tell(t, "mark-"+who)
		for !strings.Contains(back.Heard.String(), "mark-"+who) {
			if _, err := back.Next(5 * time.Second); err != nil {
				t.Fatal(err)
			}
		}
		if n := strings.Count(back.Heard.String(), `"`+event+`"`); n != 1 {
			t.Fatalf("told %d times", n)
		}
	}
	gone := first.listen(t, "last")
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	if r, err := gone.Next(5 * time.Second); err == nil && (r.Push == nil || r.Push.Disconnect == nil || r.Push.Disconnect.Code != 3001) {
		t.Errorf("at the stop: %+v", r)
	}
	if first.Connections() != 0 {
		t.Error("connections after the stop")
	}
}

// BenchmarkDelivery tells an event to 1,000 pages and prints when the middle one
// and the 99th of a hundred have it, and what a connection weighs, client
// included: both ends are in this process.
func BenchmarkDelivery(b *testing.B) {
	const pages = 1000
	n := start(b)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	took := make(chan time.Duration, pages)
	for i := range pages {
		c := n.listen(b, fmt.Sprint("p", i))
		go func() {
			for {
				r, err := c.Next(time.Hour)
				if err != nil {
					return
				}
				var at int64
				if r.Push == nil || r.Push.Pub == nil {
					continue
				}
				_, _ = fmt.Sscanf(string(r.Push.Pub.Data[strings.LastIndex(string(r.Push.Pub.Data), ":")+1:]), "%d", &at)
				took <- time.Duration(time.Now().UnixNano() - at)
			}
		}()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	var all []time.Duration
	event := 0
	for b.Loop() {
		event++
		n.tell(b, fmt.Sprint("e", event))
		for range pages {
			all = append(all, <-took)
		}
	}
	slices.SortFunc(all, cmp.Compare[time.Duration])
	b.ReportMetric(float64(all[len(all)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64(after.Sys-before.Sys)/pages/1024, "KB/connection")
}
