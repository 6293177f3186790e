package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"ruche/internal/platform/web"
)

func TestSafeNext(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"/":                             "/",
		"/espaces/demat-ads":            "/espaces/demat-ads",
		"/espaces?q=a&page=2#suite":     "/espaces?q=a&page=2#suite",
		"/p/0192?next=/a":               "/p/0192?next=/a",
		"/p/a?u=https://evil.example":   "/p/a?u=https://evil.example",
		"/espaces/été":                  "/espaces/%C3%A9t%C3%A9",
		"/a b?c d":                      "/a%20b?c%20d",
		"/a%20b":                        "/a%20b",
		"/a%2Fb":                        "/a%2Fb",
		"/...":                          "/...",
		"/a?x='\"<>":                    "/a?x=%27%22%3C%3E",
		"":                              "/",
		"espaces":                       "/",
		"?q":                            "/",
		"#x":                            "/",
		"//":                            "/",
		"//?q":                          "/",
		"//#f":                          "/",
		"//evil.example":                "/",
		"///evil.example":               "/",
		"/\\evil.example":               "/",
		"\\\\evil.example":              "/",
		"\\/evil.example":               "/",
		"/\t/evil.example":              "/",
		"/\n/evil.example":              "/",
		"\t//evil.example":              "/",
		" //evil.example":               "/",
		" /a":                           "/",
		"/%2Fevil.example":              "/",
		"/%2f%2fevil.example":           "/",
		"/%5Cevil.example":              "/",
		"/%5c%5cevil.example":           "/",
		"/%09/evil.example":             "/",
		"/a//b":                         "/",
		"/.//evil.example":              "/",
		"/./a":                          "/",
		"/a/../b":                       "/",
		"/..//evil.example":             "/",
		"/%2e%2e//evil.example":         "/",
		"/%2e/a":                        "/",
		"https://evil.example":          "/",
		"https:evil.example":            "/",
		"javascript:alert(1)":           "/",
		"/a\r\nSet-Cookie: x=1":         "/",
		"/a%0d%0aSet-Cookie:x":          "/",
		"/a\x00":                        "/",
		"/a\x7f":                        "/",
		"/a\u0085b":                     "/",
		"/a\u2028b":                     "/",
		"/a\xff":                        "/",
		"/a%ff%zz":                      "/",
		"/a?x=\\":                       "/",
		"/a#\\":                         "/",
		"/" + strings.Repeat("a", 2047): "/" + strings.Repeat("a", 2047),
		"/" + strings.Repeat("a", 2048): "/",
		"/" + strings.Repeat("é", 1000): "/",
	} {
		if got := web.SafeNext(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func FuzzSafeNext(f *testing.F) {
	for _, seed := range []string{"/a?b#c", "//evil", "/\\evil", "/%2f%2fevil", "/a/../b", "/é b", "\t//x", "/%zz", "/a:b@c", "/a\r\nb"} {
		f.Add(seed)
	}
	base, err := url.Parse("https://ruche.example/connexion?next=x")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := web.SafeNext(s)
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || len(got) > 2048 {
			t.Fatalf("%q: %q", s, got)
		}
		for i := range len(got) {
			if got[i] <= ' ' || got[i] >= 0x7f || got[i] == '\\' || got[i] == '"' || got[i] == '<' {
				t.Fatalf("%q: byte %q in %q", s, got[i], got)
			}
		}
		if web.SafeNext(got) != got {
			t.Fatalf("%q: %q becomes %q", s, got, web.SafeNext(got))
		}
		to, err := base.Parse(got)
		if err != nil || to.Scheme != "https" || to.Host != "ruche.example" || to.User != nil {
			t.Fatalf("%q: leads to %v, %v", s, to, err)
		}
		if strings.Contains(to.Path, "//") || strings.Contains(to.Path, "/../") || strings.Contains(to.Path, "\\") {
			t.Fatalf("%q: path %q", s, to.Path)
		}
	})
}

func TestFragments(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		headers []string
		want    bool
	}{
		{nil, false},
		{[]string{"HX-Request", "true", "HX-Request-Type", "partial"}, true},
		{[]string{"HX-Request", "true", "HX-Request-Type", "full", "HX-Boosted", "true"}, false},
		{[]string{"HX-Request", "true", "HX-Request-Type", "full", "HX-History-Restore-Request", "true"}, false},
		{[]string{"HX-Request-Type", "partial"}, false},
		{[]string{"HX-Request", "true"}, false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		for i := 0; i < len(tt.headers); i += 2 {
			r.Header.Set(tt.headers[i], tt.headers[i+1])
		}
		if got := web.IsFragment(r); got != tt.want {
			t.Errorf("%v: %v", tt.headers, got)
		}
	}
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	partial := []string{"HX-Request", "true", "HX-Request-Type", "partial"}
	for _, tt := range []struct {
		name, target string
		headers      []string
		status       int
		location, hx string
	}{
		{"form", "/p/1#c2", nil, 303, "/p/1#c2", ""},
		{"elsewhere", "https://evil.example", nil, 303, "/", ""},
		{"boosted form", "/p/1", []string{"HX-Request", "true", "HX-Request-Type", "full", "HX-Boosted", "true"}, 303, "/p/1", ""},
		{"fragment", "/p/1#c2", partial, 204, "", "/p/1#c2"},
		{"fragment elsewhere", "//evil.example", partial, 204, "", "/"},
		{"fragment to its own page", "/p/1?x=1#c2", append(partial, "HX-Current-URL", "http://ruche.example/p/1?x=1#c1"), 204, "", "/p/1?x=1"},
		{"fragment to another page", "/p/1#c2", append(partial, "HX-Current-URL", "http://ruche.example/p/2"), 204, "", "/p/1#c2"},
		{"header split", "/a\r\nX: y", partial, 204, "", "/"},
	} {
		s := newSite(t, nil)
		s.Handle("POST", "/x", open, func(w http.ResponseWriter, r *http.Request) error {
			web.Redirect(w, r, tt.target)
			return nil
		})
		w := s.ask("POST", "/x", "", tt.headers...)
		if w.Code != tt.status || w.Header().Get("Location") != tt.location || w.Header().Get("HX-Redirect") != tt.hx || w.Body.Len() != 0 {
			t.Errorf("%s: %d %v", tt.name, w.Code, w.Header())
		}
	}
}

func TestErrorOfAFragmentReplacesThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	w := s.ask("GET", "/nowhere", "", "HX-Request", "true", "HX-Request-Type", "partial")
	if w.Code != 404 || w.Header().Get("HX-Retarget") != "body" || w.Header().Get("HX-Reswap") != "innerHTML" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if w := s.ask("GET", "/nowhere", ""); w.Header().Get("HX-Retarget") != "" {
		t.Errorf("page: %v", w.Header())
	}
}
