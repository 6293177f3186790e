package web_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"ruche/internal/platform/web"
)

func TestSecurityHeadersOnEveryAnswer(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"http://ruche.example", "https://ruche.example"} {
		s := newSite(t, func(o *web.Options) { o.BaseURL = base })
		assets, err := web.NewAssets(dist())
		if err != nil {
			t.Fatal(err)
		}
		s.Handle("GET", "/page", open, says("x"))
		s.Handle("GET", "/folder/", open, says("x"))
		s.Handle("GET", "/assets/{path...}", open, assets.Serve)
		s.Handle("GET", "/broken", open, fails(errors.New("x")))
		s.Handle("GET", "/panic", open, func(http.ResponseWriter, *http.Request) error { panic("x") })
		s.Handle("GET", "/relaxed", open, func(w http.ResponseWriter, _ *http.Request) error {
			w.Header().Set("Content-Security-Policy", "sandbox")
			w.Header().Del("X-Content-Type-Options")
			return errors.New("x")
		})
		s.Handle("POST", "/form", open, func(w http.ResponseWriter, r *http.Request) error {
			web.Redirect(w, r, "/page")
			return nil
		})
		s.Mount("/mount/", open, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
		for _, tt := range []struct {
			method, path string
			status       int
			headers      []string
		}{
			{"GET", "/page", 200, nil},
			{"HEAD", "/page", 200, nil},
			{"GET", "/folder", 307, nil},
			{"GET", "/assets/app-1a2b.js", 200, nil},
			{"GET", "/assets/app-1a2b.js", 304, []string{"If-None-Match", "*"}},
			{"GET", "/assets/absent.js", 404, nil},
			{"GET", "/nowhere", 404, nil},
			{"PUT", "/page", 405, nil},
			{"GET", "/broken", 500, nil},
			{"GET", "/panic", 500, nil},
			{"GET", "/relaxed", 500, nil},
			{"POST", "/form", 303, nil},
			{"POST", "/form", 204, []string{"HX-Request", "true", "HX-Request-Type", "partial"}},
			{"POST", "/form", 403, []string{"Sec-Fetch-Site", "cross-site"}},
			{"OPTIONS", "/mount/x", 418, nil},
		} {
			w := s.ask(tt.method, tt.path, "", tt.headers...)
			h := w.Header()
			where := base + " " + tt.method + " " + tt.path
			if w.Code != tt.status {
				t.Errorf("%s: %d", where, w.Code)
			}
			csp := h.Get("Content-Security-Policy")
			if csp != web.ContentPolicy || len(h.Values("Content-Security-Policy")) != 1 {
				t.Errorf("%s: policy %q", where, csp)
			}
			for name, want := range map[string]string{
				"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
				"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			} {
				if h.Get(name) != want {
					t.Errorf("%s: %s is %q", where, name, h.Get(name))
				}
			}
			if !strings.Contains(h.Get("Permissions-Policy"), "camera=()") {
				t.Errorf("%s: permissions %q", where, h.Get("Permissions-Policy"))
			}
			if hsts := h.Get("Strict-Transport-Security"); (hsts != "") != strings.HasPrefix(base, "https") {
				t.Errorf("%s: HSTS %q", where, hsts)
			}
			if tt.status != 200 && tt.status != 304 && h.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: cached as %q", where, h.Get("Cache-Control"))
			}
			if h.Get("Server") != "" || h.Get("X-Powered-By") != "" {
				t.Errorf("%s: tells what it runs on", where)
			}
		}
		if got := s.ask("GET", "/page", "").Header().Get("Cache-Control"); got != "no-store" {
			t.Errorf("page cached as %q", got)
		}
	}
}

func TestContentPolicyIsStrict(t *testing.T) {
	t.Parallel()
	policy := web.ContentPolicy
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy+";", want+";") {
			t.Errorf("%s is missing", want)
		}
	}
	for _, never := range []string{"unsafe", "*", "http:", "https:", "blob:", "nonce-"} {
		if strings.Contains(policy, never) {
			t.Errorf("%s is there", never)
		}
	}
	if strings.Count(policy, "data:") != 1 || !strings.Contains(policy, "img-src 'self' data:") {
		t.Error("data: is for pictures only")
	}
}

func TestCrossOriginWrites(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		method  string
		headers []string
		want    int
	}{
		{"same-origin form", "POST", []string{"Sec-Fetch-Site", "same-origin", "Origin", "http://ruche.example"}, 200},
		{"typed address", "POST", []string{"Sec-Fetch-Site", "none"}, 200},
		{"program", "POST", nil, 200},
		{"another site", "POST", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403},
		{"neighbouring sub-domain", "POST", []string{"Sec-Fetch-Site", "same-site", "Origin", "http://autre.example"}, 403},
		{"sandboxed frame", "POST", []string{"Sec-Fetch-Site", "cross-site", "Origin", "null"}, 403},
		{"old browser, same origin", "POST", []string{"Origin", "http://ruche.example"}, 200},
		{"old browser, another site", "POST", []string{"Origin", "https://evil.example"}, 403},
		{"old browser, hidden origin", "POST", []string{"Origin", "null"}, 403},
		{"old browser, another port", "POST", []string{"Origin", "http://ruche.example:81"}, 403},
		{"deletion from another site", "DELETE", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"unknown verb from another site", "MKCOL", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"link from another site", "GET", []string{"Sec-Fetch-Site", "cross-site"}, 200},
	} {
		s := newSite(t, nil)
		ran := false
		s.Mount("/x", open, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { ran = true }))
		w := s.ask(tt.method, "/x", "a=1", tt.headers...)
		if w.Code != tt.want || ran != (tt.want == 200) {
			t.Errorf("%s: %d, ran %v", tt.name, w.Code, ran)
		}
		if tt.want == 403 && !strings.Contains(w.Body.String(), "vient d’un autre site") {
			t.Errorf("%s: %s", tt.name, w.Body)
		}
	}
	// Behind a proxy that rewrites Host the site's own forms work.
	s := newSite(t, func(o *web.Options) { o.BaseURL = "https://ruche.example" })
	s.Handle("POST", "/x", open, says("x"))
	if w := s.ask("POST", "http://10.0.0.7:8080/x", "a=1", "Origin", "https://ruche.example"); w.Code != 200 {
		t.Errorf("rewritten host: %d", w.Code)
	}
}
