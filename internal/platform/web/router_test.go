package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/fault"
	"ruche/internal/platform/web"
)

func TestRoutesDeclareTheirGate(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("GET", "/espaces/{slug}", web.Gate{Action: "space.read", Subject: "space"}, says("x"))
	s.Mount("/dav/", web.Gate{Action: "dav", Subject: "space"}, http.NotFoundHandler())
	s.Mount("GET /x/", open, http.NotFoundHandler())
	want := []web.Route{
		{Method: "GET", Pattern: "/espaces/{slug}", Gate: web.Gate{Action: "space.read", Subject: "space"}},
		{Pattern: "/dav/", Gate: web.Gate{Action: "dav", Subject: "space"}},
		{Method: "GET", Pattern: "/x/", Gate: open},
	}
	if got := s.Routes(); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	for name, register := range map[string]func(){
		"no action":   func() { s.Handle("GET", "/a", web.Gate{}, says("x")) },
		"no action 2": func() { s.Mount("/a", web.Gate{Subject: "space"}, http.NotFoundHandler()) },
		"host":        func() { s.Handle("GET", "ruche.example/a", open, says("x")) },
		"taken":       func() { s.Handle("GET", "/espaces/{other}", open, says("x")) },
		"base URL":    func() { web.NewRouter(web.Options{BaseURL: "ruche.example"}) },
		"secret":      func() { web.NewRouter(web.Options{BaseURL: "http://ruche.example", Secret: []byte("short")}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			register()
		}()
	}
}

func TestPathValuesReachTheHandler(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("GET", "/espaces/{slug}/blog/{post}", open, func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, http.StatusOK, text(r.PathValue("slug")+"|"+r.PathValue("post")))
	})
	if w := s.ask("GET", "/espaces/demat-ads/blog/pr%C3%AAt", ""); w.Code != 200 || w.Body.String() != "demat-ads|prêt" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := s.ask("HEAD", "/espaces/demat-ads/blog/x", ""); w.Code != 200 {
		t.Errorf("HEAD: %d", w.Code)
	}
}

func TestErrorsBecomePages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err    error
		status int
		says   string
		level  string
	}{
		{kindError(fault.Invalid), 422, "Certaines informations", "DEBUG"},
		{kindError(fault.Unauthenticated), 401, "Connectez-vous", "DEBUG"},
		{kindError(fault.Denied), 403, "pas le droit", "DEBUG"},
		{fault.NotFoundError(), 404, "n’existe pas", "DEBUG"},
		{fmt.Errorf("wrapped: %w", fault.NotFoundError()), 404, "n’existe pas", "DEBUG"},
		{kindError(fault.Conflict), 409, "entre-temps", "DEBUG"},
		{kindError(fault.TooLarge), 413, "trop volumineux", "DEBUG"},
		{kindError(fault.TooMany), 429, "Trop de tentatives", "DEBUG"},
		{kindError(fault.Unavailable), 503, "ne peut pas répondre", "ERROR"},
		{errors.New("secret cause"), 500, "de notre côté", "ERROR"},
		{fmt.Errorf("query: %w", context.DeadlineExceeded), 503, "ne peut pas répondre", "ERROR"},
	} {
		s := newSite(t, nil)
		s.Handle("GET", "/espaces/{slug}", open, func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("ETag", `"1"`)
			w.Header().Set("Cache-Control", "public")
			w.Header().Set("Content-Disposition", "attachment")
			w.Header().Set("X-Said", "1")
			w.Header().Set("Retry-After", "60")
			return tt.err
		})
		w := s.ask("GET", "/espaces/comite-secret", "")
		if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.says) || strings.Contains(w.Body.String(), "secret cause") {
			t.Errorf("%v: %d %s", tt.err, w.Code, w.Body)
		}
		h := w.Header()
		if h.Get("ETag") != "" || h.Get("Cache-Control") != "no-store" || h.Get("Content-Disposition") != "" || h.Get("X-Said") != "" || h.Get("Retry-After") != "60" {
			t.Errorf("%v: headers %v", tt.err, h)
		}
		log := s.log.String()
		if strings.Count(log, "\n") != 1 || !strings.Contains(log, "level="+tt.level) || !strings.Contains(log, "request_id=") ||
			!strings.Contains(log, "route=/espaces/{slug}") || strings.Contains(log, "comite") || strings.Contains(log, "192.0.2.1") {
			t.Errorf("%v: journal %s", tt.err, log)
		}
	}
}

func TestAbsentAndUnreadableGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("GET", "/espaces/{slug}", open, func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("ETag", `"rev-7"`)
		w.Header().Set("Vary", "Cookie")
		w.Header().Set("Link", "</x>; rel=preload")
		return fault.Wrap(fault.NotFound, errors.New("comite-secret may not be read"), "fault.not_found")
	})
	unreadable, absent := s.ask("GET", "/espaces/comite-secret", ""), s.ask("GET", "/nowhere", "")
	if unreadable.Code != 404 || absent.Code != 404 || unreadable.Body.String() != absent.Body.String() {
		t.Errorf("%d %q\n%d %q", unreadable.Code, unreadable.Body, absent.Code, absent.Body)
	}
	if !maps.EqualFunc(unreadable.Header(), absent.Header(), slices.Equal) {
		t.Errorf("headers\n%v\n%v", unreadable.Header(), absent.Header())
	}
	for _, path := range []string{"/espaces/a%00b", "/espaces/a%ffb", "/espaces/a%0ab"} {
		if w := s.ask("GET", path, ""); w.Code != 404 || w.Body.String() != absent.Body.String() {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestUnknownMethodAndRedirects(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("GET", "/a/{$}", open, says("x"))
	s.Handle("POST", "/a/{$}", open, says("x"))
	w := s.ask("DELETE", "/a/", "")
	if w.Code != 405 || w.Header().Get("Allow") != "GET, HEAD, POST" || !strings.Contains(w.Body.String(), "n’accepte pas") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	for path, want := range map[string]string{"/a": "/a/", "//a/": "/a/", "/b/../a/": "/a/", "//evil.example/../a/": "/a/"} {
		w := s.ask("GET", "http://ruche.example"+path, "")
		if w.Code/100 != 3 || w.Header().Get("Location") != want {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
}

func TestPanics(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("GET", "/panic", open, func(w http.ResponseWriter, _ *http.Request) error {
		_, _ = io.WriteString(w, "half a page")
		panic("canary password=hunter2")
	})
	w := s.ask("GET", "/panic", "")
	if w.Code != 500 || strings.Contains(w.Body.String(), "canary") || strings.Contains(w.Body.String(), "half") || !strings.Contains(w.Body.String(), "notre côté") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	log := s.log.String()
	if strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, "router_test.go") || strings.Contains(log, "hunter2") {
		t.Errorf("journal %s", log)
	}
	// The page shows the reference under which the journal knows the request.
	_, id, _ := strings.Cut(log, "request_id=")
	if id = strings.TrimSpace(id); len(id) != 12 || !strings.Contains(w.Body.String(), id) {
		t.Errorf("reference %q in %s", id, w.Body)
	}
	// A middleware that panics is caught too.
	s.Use(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("middleware") })
	})
	if w := s.ask("GET", "/x", ""); w.Code != 500 {
		t.Errorf("middleware: %d", w.Code)
	}
}

func TestPageOfErrorsThatFails(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]web.ErrorPage{
		"none":  nil,
		"empty": func(http.ResponseWriter, *http.Request, int, error) {},
		"panics": func(w http.ResponseWriter, _ *http.Request, status int, _ error) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "half")
			panic("page")
		},
	} {
		s := newSite(t, func(o *web.Options) { o.ErrorPage = page })
		w := s.ask("GET", "/nowhere", "")
		if w.Code != 404 || w.Body.String() != "Not Found\n" || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%s: %d %q %v", name, w.Code, w.Body, w.Header())
		}
	}
}

func TestErrorAfterTheHeadHasLeftCutsTheConnection(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("GET", "/long", open, func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = io.WriteString(w, strings.Repeat("x", 100000))
		return errors.New("disk")
	})
	server := httptest.NewServer(s)
	defer server.Close()
	resp, err := server.Client().Get(server.URL + "/long")
	if err == nil {
		_, err = io.ReadAll(resp.Body)
		_ = resp.Body.Close()
	}
	if err == nil {
		t.Error("a cut answer looks whole")
	}
	server.Close()
	if log := s.log.String(); !strings.Contains(log, "level=ERROR") || !strings.Contains(log, "cut=true") || !strings.Contains(log, "disk") {
		t.Errorf("journal %s", log)
	}
}

func TestPersonWhoLeavesIsNoFailure(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("GET", "/slow", open, func(_ http.ResponseWriter, r *http.Request) error {
		<-r.Context().Done()
		return fmt.Errorf("query: %w", r.Context().Err())
	})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/slow", nil).WithContext(ctx))
	if log := s.log.String(); !strings.Contains(log, "level=DEBUG") {
		t.Errorf("journal %s", log)
	}
}

func TestTimeOfARouteIsBounded(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("GET", "/slow", open, func(_ http.ResponseWriter, r *http.Request) error {
		<-r.Context().Done()
		return fmt.Errorf("query: %w", r.Context().Err())
	}, web.MaxTime(time.Millisecond))
	s.Handle("GET", "/stream", open, func(w http.ResponseWriter, r *http.Request) error {
		if _, ok := r.Context().Deadline(); ok {
			return errors.New("bounded")
		}
		return says("x")(w, r)
	}, web.MaxTime(0))
	if w := s.ask("GET", "/slow", ""); w.Code != 503 {
		t.Errorf("slow: %d", w.Code)
	}
	if w := s.ask("GET", "/stream", ""); w.Code != 200 {
		t.Errorf("stream: %d", w.Code)
	}
}

func TestQuietRoutes(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("GET", "/healthz", open, web.Healthy, web.Quiet())
	s.Handle("GET", "/page", open, says("x"))
	s.ask("GET", "/healthz", "")
	s.ask("GET", "/page", "")
	if log := s.log.String(); strings.Count(log, "level=DEBUG") != 1 || strings.Count(log, "level=INFO") != 1 {
		t.Errorf("journal %s", log)
	}
}
