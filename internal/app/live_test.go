package app_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/platform/realtime/socket"
)

// alive serves the house with its live side and its jobs.
func alive(h *house) *httptest.Server {
	h.t.Helper()
	server := httptest.NewServer(h.Router)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- h.Live.Run(ctx) }()
	go func() { ended <- h.Queue.Run(ctx, 1) }()
	h.t.Cleanup(func() {
		cancel()
		for range 2 {
			if err := <-ended; err != nil {
				h.t.Error(err)
			}
		}
		server.Close()
	})
	return server
}

func (p *person) connect(server *httptest.Server) (*socket.Conn, error) {
	p.h.t.Helper()
	var cookies []string
	for name, value := range p.jar {
		cookies = append(cookies, name+"="+value)
	}
	var c *socket.Conn
	var err error
	for until := time.Now().Add(5 * time.Second); time.Now().Before(until); { // until the live side runs
		c, err = socket.Dial("ws"+strings.TrimPrefix(server.URL, "http")+"/-/live", "http://127.0.0.1:8080", strings.Join(cookies, "; "))
		if err == nil || p.get("/compte").status != 200 { // nobody is let in
			break
		}
	}
	return c, err
}

// TestWhoMayListen: a channel is for who may read its item, and for nobody else.
func TestWhoMayListen(t *testing.T) {
	t.Parallel()
	h := open(t)
	everyone := personas(h)
	server := alive(h)
	for slug, may := range map[string][]string{"demat-ads": {"contributor", "lead", "reader"}, "comite-secret": {"lead of another space"}} {
		item, _ := id.Parse(victims(h, slug)["item"])
		for who, p := range everyone {
			c, err := p.connect(server)
			if err != nil {
				if !nobodyYet(who) {
					t.Errorf("%s cannot connect: %v", who, err)
				}
				continue
			}
			t.Cleanup(c.Close)
			r, err := c.Subscribe(frame.Channel(item))
			given := err == nil && r.Error == nil
			want := strings.Contains("|"+strings.Join(may, "|")+"|", "|"+who+"|")
			if who == "external" && slug == "demat-ads" {
				want = p.get("/p/"+item.String()+"/-/commentaires").status == 200
			}
			if given != want {
				t.Errorf("%s on %s: given %v, want %v", who, slug, given, want)
			}
			for _, other := range []string{frame.Channel(id.New()), frame.Channel(id.ID{}), "space:demat-ads", "item:x"} {
				if r, err := c.Subscribe(other); err == nil && r.Error == nil {
					t.Errorf("%s is given %s", who, other)
				}
			}
		}
	}
}

// TestACommentReachesOpenPagesUntilTheRightIsLost: the message says that
// something came and not what; who is removed hears nothing after five seconds.
func TestACommentReachesOpenPagesUntilTheRightIsLost(t *testing.T) {
	t.Parallel()
	h := open(t)
	server := alive(h)
	reader, writer := h.as(contributor), h.as(lead)
	item, _ := id.Parse(victims(h, "demat-ads")["item"])
	c, err := reader.connect(server)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if r, err := c.Subscribe(frame.Channel(item)); err != nil || r.Error != nil {
		t.Fatalf("%+v, %v", r, err)
	}
	const canary = "jaune-canari-47"
	writer.post("/p/"+item.String()+"/-/commentaires", "texte", canary)
	if r, err := c.Next(5 * time.Second); err != nil || r.Push == nil || r.Push.Pub == nil || !strings.Contains(string(r.Push.Pub.Data), "remark.added") {
		t.Fatalf("a comment: %+v, %v", r, err)
	}
	account := h.actor(contributor).Account.String()
	writer.post("/espaces/demat-ads/membres/" + account + "/-/retirer")
	start := time.Now()
	r, err := c.Next(5 * time.Second)
	if err != nil || r.Push == nil || r.Push.Unsubscribe == nil {
		t.Fatalf("removed, and still listening after %v: %+v, %v", time.Since(start), r, err)
	}
	if strings.Contains(c.Heard.String(), canary) {
		t.Error("a message holds what was written")
	}
}

// TestASessionThatEndsIsDisconnected, by a sign-out and by an expiry.
func TestASessionThatEndsIsDisconnected(t *testing.T) {
	t.Parallel()
	h := open(t)
	server := alive(h)
	for name, end := range map[string]func(p *person){
		"expired": func(p *person) {
			h.write(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE accounts SET expires_at = 1 WHERE id = $1`, h.actor(p.name).Account)
				return err
			})
		},
		"signed out": func(p *person) { p.post("/deconnexion") },
	} {
		p := h.as(map[string]string{"expired": external, "signed out": contributor}[name])
		c, err := p.connect(server)
		if err != nil {
			t.Fatal(err)
		}
		end(p)
		if err := h.Live.Revalidate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r, err := c.Next(5 * time.Second); err == nil && (r.Push == nil || r.Push.Disconnect == nil || r.Push.Disconnect.Code != 4501) {
			t.Errorf("%s: %+v", name, r)
		}
		for until := time.Now().Add(5 * time.Second); h.Live.Connections() != 0; {
			if time.Now().After(until) {
				t.Fatalf("%s: still connected", name)
			}
		}
		c.Close()
	}
}

// TestAPageOfAGroupIsLeftWithTheGroup: a right that one loses while a member still is
// lost on open pages too.
func TestAPageOfAGroupIsLeftWithTheGroup(t *testing.T) {
	t.Parallel()
	h := open(t)
	server := alive(h)
	reader, boss := h.as(contributor), h.as(lead)
	group := h.group("demat-ads", "Jury", contributor)
	parts := victims(h, "demat-ads")
	h.restrict(parts["post"], group)
	item, _ := id.Parse(parts["item"])
	c, err := reader.connect(server)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if r, err := c.Subscribe(frame.Channel(item)); err != nil || r.Error != nil {
		t.Fatalf("%+v, %v", r, err)
	}
	if a := boss.post("/espaces/demat-ads/groupes/" + group.String() + "/-/membres/" + h.actor(contributor).Account.String() + "/retirer"); a.status != 303 {
		t.Fatalf("leaving the group answered %d", a.status)
	}
	if r, err := c.Next(5 * time.Second); err != nil || r.Push == nil || r.Push.Unsubscribe == nil {
		t.Fatalf("out of the group, and still listening: %+v, %v", r, err)
	}
}
