package web_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"ruche/internal/platform/web"
)

func TestRenderIsWholeOrNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("GET", "/broken", open, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, http.StatusOK, templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, _ = io.WriteString(w, strings.Repeat("half a page ", 10000))
			return errors.New("no such field")
		}))
	})
	s.Handle("GET", "/form", open, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, http.StatusUnprocessableEntity, text("<form></form>"))
	})
	if w := s.ask("GET", "/broken", ""); w.Code != 500 || strings.Contains(w.Body.String(), "half") {
		t.Errorf("broken: %d", w.Code)
	}
	w := s.ask("GET", "/form", "")
	if w.Code != 422 || w.Body.String() != "<form></form>" || w.Header().Get("Content-Type") != "text/html; charset=utf-8" ||
		!strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "HX-Request-Type") {
		t.Errorf("form: %d %v", w.Code, w.Header())
	}
}

func TestCompression(t *testing.T) {
	t.Parallel()
	page := strings.Repeat("<p>Bonjour à l’équipe</p>", 500)
	answer := func(status int, body string, headers ...string) web.Handler {
		return func(w http.ResponseWriter, _ *http.Request) error {
			for i := 0; i < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.WriteHeader(status)
			// In pieces, as a stream would come.
			for len(body) > 0 {
				n := min(len(body), 700)
				if _, err := io.WriteString(w, body[:n]); err != nil {
					return err
				}
				body = body[n:]
			}
			return nil
		}
	}
	const html = "text/html; charset=utf-8"
	for _, tt := range []struct {
		name, accepts string
		method        string
		h             web.Handler
		packed, vary  bool
	}{
		{"page", "gzip, deflate, br", "GET", answer(200, page, "Content-Type", html, "ETag", `"1"`, "Content-Length", "12500"), true, true},
		{"page of an error", "gzip", "GET", answer(404, page, "Content-Type", html), true, true},
		{"json", "gzip", "GET", answer(200, page, "Content-Type", "application/json"), true, true},
		{"undeclared text", "gzip", "GET", answer(200, page), true, true},
		{"not accepted", "br", "GET", answer(200, page, "Content-Type", html), false, true},
		{"refused", "gzip;q=0, *", "GET", answer(200, page, "Content-Type", html), false, true},
		{"refused with zeros", "gzip; q=0.000", "GET", answer(200, page, "Content-Type", html), false, true},
		{"little accepted", "gzip;q=0.001", "GET", answer(200, page, "Content-Type", html), true, true},
		{"small", "gzip", "GET", answer(200, "<p>court</p>", "Content-Type", html), false, true},
		{"head", "gzip", "HEAD", answer(200, page, "Content-Type", html), false, true},
		{"packed already", "gzip", "GET", answer(200, page, "Content-Type", html, "Content-Encoding", "br"), false, false},
		{"picture", "gzip", "GET", answer(200, page, "Content-Type", "image/png"), false, false},
		{"part", "gzip", "GET", answer(206, page, "Content-Type", html, "Content-Range", "bytes 0-9/10"), false, false},
		{"not to be touched", "gzip", "GET", answer(200, page, "Content-Type", html, "Cache-Control", "no-transform"), false, false},
		{"events", "gzip", "GET", answer(200, page, "Content-Type", "text/event-stream"), false, false},
	} {
		s := newSite(t, nil)
		s.Handle("GET", "/x", open, tt.h)
		w := s.ask(tt.method, "/x", "", "Accept-Encoding", tt.accepts)
		h := w.Header()
		if got := h.Get("Content-Encoding") == "gzip"; got != tt.packed {
			t.Errorf("%s: packed %v", tt.name, got)
			continue
		}
		if got := strings.Contains(h.Get("Vary"), "Accept-Encoding"); got != tt.vary {
			t.Errorf("%s: Vary %q", tt.name, h.Get("Vary"))
		}
		if !tt.packed {
			continue
		}
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(z)
		if err != nil || string(got) != page || h.Get("Content-Length") != "" {
			t.Errorf("%s: %d bytes, %v, length %q", tt.name, len(got), err, h.Get("Content-Length"))
		}
		if tag := h.Get("ETag"); tag != "" && tag != `W/"1"` {
			t.Errorf("%s: ETag %s", tt.name, tag)
		}
	}
}

func TestCompressorsAreReusedWhole(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("GET", "/{n}", open, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, http.StatusOK, text(strings.Repeat(r.PathValue("n"), 5000)))
	})
	for _, n := range []string{"a", "b", "c"} {
		z, err := gzip.NewReader(s.ask("GET", "/"+n, "", "Accept-Encoding", "gzip").Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(z); err != nil || string(got) != strings.Repeat(n, 5000) {
			t.Errorf("%s: %d bytes, %v", n, len(got), err)
		}
	}
}

func TestFlushedAnswersArriveInPieces(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	seen := make(chan struct{})
	s.Handle("GET", "/events", open, func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "first\n")
		if err := http.NewResponseController(w).Flush(); err != nil {
			return err
		}
		<-seen
		_, _ = io.WriteString(w, "second\n")
		return nil
	}, web.MaxTime(0))
	server := httptest.NewServer(s)
	defer server.Close()
	resp, err := server.Client().Get(server.URL + "/events") // asks for gzip, and unpacks
	if err != nil {
		t.Fatal(err)
	}
	defer shut(resp.Body)
	first := make([]byte, len("first\n"))
	if _, err := io.ReadFull(resp.Body, first); err != nil || string(first) != "first\n" {
		t.Fatalf("%q, %v", first, err)
	}
	close(seen)
	if rest, err := io.ReadAll(resp.Body); err != nil || string(rest) != "second\n" || !resp.Uncompressed {
		t.Errorf("%q, %v, compressed %v", rest, err, resp.Uncompressed)
	}
}

func TestSocketsCanBeTaken(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("GET", "/live", open, func(w http.ResponseWriter, _ *http.Request) error {
		taker, ok := w.(http.Hijacker)
		if !ok {
			return errors.New("no Hijacker")
		}
		conn, rw, err := taker.Hijack()
		if err != nil {
			return err
		}
		defer shut(conn)
		_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nraw")
		return rw.Flush()
	}, web.MaxTime(0))
	s.Handle("GET", "/late", open, func(w http.ResponseWriter, _ *http.Request) error {
		w.WriteHeader(http.StatusOK)
		_, _, err := http.NewResponseController(w).Hijack()
		return err
	})
	server := httptest.NewServer(s)
	defer server.Close()
	resp, err := server.Client().Get(server.URL + "/live")
	if err != nil {
		t.Fatal(err)
	}
	defer shut(resp.Body)
	if got, err := io.ReadAll(resp.Body); resp.StatusCode != 101 || string(got) != "raw" {
		t.Errorf("%d %q %v", resp.StatusCode, got, err)
	}
	if w := s.ask("GET", "/late", ""); w.Code != 500 {
		t.Errorf("late: %d", w.Code)
	}
}
