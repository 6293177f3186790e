package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/web"
)

// wrapped is a ResponseWriter as middlewares make them.
type wrapped struct{ http.ResponseWriter }

func (w wrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func cookieSite(t *testing.T, base string) *site {
	t.Helper()
	s := newSite(t, func(o *web.Options) { o.BaseURL = base })
	s.Handle("POST", "/in", open, func(w http.ResponseWriter, r *http.Request) error {
		web.SetSession(w, "first", s.clock.Now().Add(time.Hour))
		web.SetSession(wrapped{w}, "s3cret-tok_en", s.clock.Now().Add(time.Hour))
		web.SetFlash(wrapped{w}, "account.welcome", "name", "Jeanne « Æ »", "count", 3, "good", true)
		web.Redirect(w, r, "/")
		return nil
	})
	s.Handle("POST", "/out", open, func(w http.ResponseWriter, r *http.Request) error {
		web.ClearSession(w)
		return nil
	})
	s.Handle("GET", "/", open, func(w http.ResponseWriter, r *http.Request) error {
		f, ok := web.TakeFlash(wrapped{w}, r)
		return says(fmt.Sprintf("%s|%v|%s|%v", web.SessionToken(r), ok, f.Key, f.Args))(w, r)
	})
	return s
}

// cookies returns what a browser would send next.
func cookies(w *httptest.ResponseRecorder) string {
	var list []string
	for _, c := range w.Result().Cookies() {
		if c.MaxAge >= 0 {
			list = append(list, c.Name+"="+c.Value)
		}
	}
	return strings.Join(list, "; ")
}

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	for base, prefix := range map[string]string{"http://ruche.example": "", "https://ruche.example": "__Host-"} {
		s := cookieSite(t, base)
		w := s.ask("POST", "/in", "")
		got := w.Result().Cookies()
		if len(got) != 2 || got[0].Name != prefix+"ruche_session" || got[0].Value != "s3cret-tok_en" {
			t.Fatalf("%s: %v", base, got)
		}
		for _, c := range got {
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != (prefix != "") {
				t.Errorf("%s: %v", base, c)
			}
		}
		if !got[0].Expires.Equal(start.Add(time.Hour)) {
			t.Errorf("expires %v", got[0].Expires)
		}
		if body := s.ask("GET", "/", "", "Cookie", cookies(w)).Body.String(); !strings.HasPrefix(body, "s3cret-tok_en|") {
			t.Errorf("%s: %s", base, body)
		}
		out := s.ask("POST", "/out", "").Result().Cookies()
		if len(out) != 1 || out[0].Name != prefix+"ruche_session" || out[0].Value != "" || out[0].MaxAge >= 0 {
			t.Errorf("%s: out %v", base, out)
		}
	}
	// Over https a cookie that a neighbouring sub-domain could have set is none.
	if body := cookieSite(t, "https://ruche.example").ask("GET", "/", "", "Cookie", "ruche_session=planted").Body.String(); strings.Contains(body, "planted") {
		t.Errorf("planted: %s", body)
	}
	for _, c := range []string{"http://ruche.example", "https://ruche.example"} {
		s := newSite(t, func(o *web.Options) { o.BaseURL = c })
		s.Handle("POST", "/", open, func(w http.ResponseWriter, _ *http.Request) error {
			web.SetSession(w, "t", time.Time{})
			return nil
		})
		if got := s.ask("POST", "/", "").Header().Get("Set-Cookie"); strings.Contains(got, "Expires") || strings.Contains(got, "Max-Age") {
			t.Errorf("browser session: %s", got)
		}
	}
}

func TestFlashIsShownOnce(t *testing.T) {
	t.Parallel()
	s := cookieSite(t, "https://ruche.example")
	in := s.ask("POST", "/in", "")
	w := s.ask("GET", "/", "", "Cookie", cookies(in))
	if got := w.Body.String(); got != "s3cret-tok_en|true|account.welcome|[name Jeanne « Æ » count 3 good true]" {
		t.Errorf("got %s", got)
	}
	gone := w.Result().Cookies()
	if len(gone) != 1 || gone[0].Name != "__Host-ruche_flash" || gone[0].MaxAge >= 0 {
		t.Errorf("not removed: %v", gone)
	}
	// Without a notice nothing is set.
	if w := s.ask("GET", "/", ""); len(w.Result().Cookies()) != 0 || !strings.Contains(w.Body.String(), "|false|") {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
	// It fades, by the server's clock.
	s.clock.Advance(4 * time.Minute)
	if w := s.ask("GET", "/", "", "Cookie", cookies(in)); !strings.Contains(w.Body.String(), "|true|") {
		t.Errorf("after 4 minutes: %s", w.Body)
	}
	s.clock.Advance(2 * time.Minute)
	if w := s.ask("GET", "/", "", "Cookie", cookies(in)); !strings.Contains(w.Body.String(), "|false|") {
		t.Errorf("after 6 minutes: %s", w.Body)
	}
}

func TestForgedFlash(t *testing.T) {
	t.Parallel()
	s := cookieSite(t, "http://ruche.example")
	_, flash, _ := strings.Cut(cookies(s.ask("POST", "/in", "")), "ruche_flash=")
	payload, signature, _ := strings.Cut(flash, ".")
	other := newSite(t, func(o *web.Options) { o.Secret = []byte("another secret of more than 32 bytes") })
	other.Handle("POST", "/in", open, func(w http.ResponseWriter, _ *http.Request) error {
		web.SetFlash(w, "account.welcome")
		return nil
	})
	_, foreign, _ := strings.Cut(cookies(other.ask("POST", "/in", "")), "ruche_flash=")
	for name, value := range map[string]string{
		"altered":        "A" + payload[1:] + "." + signature,
		"no signature":   payload,
		"empty":          payload + ".",
		"short":          payload + "." + signature[:10],
		"nonsense":       "%%%.x",
		"nothing":        "",
		"another secret": foreign,
		"dot":            ".",
	} {
		if w := s.ask("GET", "/", "", "Cookie", "ruche_flash="+value); !strings.Contains(w.Body.String(), "|false|") {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
}

func TestFlashStaysSmall(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.Handle("POST", "/long", open, func(w http.ResponseWriter, _ *http.Request) error {
		web.SetFlash(w, "k.k", "title", strings.Repeat("é", 5000))
		return nil
	})
	s.Handle("POST", "/many", open, func(w http.ResponseWriter, _ *http.Request) error {
		web.SetFlash(w, "k.k", make([]any, 5000)...)
		return nil
	})
	s.Handle("GET", "/", open, func(w http.ResponseWriter, r *http.Request) error {
		f, _ := web.TakeFlash(w, r)
		if want := []any{"title", strings.Repeat("é", 119) + "…"}; !reflect.DeepEqual(f.Args, want) {
			t.Errorf("got %v", f.Args)
		}
		return nil
	})
	w := s.ask("POST", "/long", "")
	if n := len(w.Header().Get("Set-Cookie")); n == 0 || n > 1000 {
		t.Errorf("cookie of %d bytes", n)
	}
	s.ask("GET", "/", "", "Cookie", cookies(w))
	if w := s.ask("POST", "/many", ""); len(w.Result().Cookies()) != 0 {
		t.Errorf("too large: %v", w.Header())
	}
}

func TestOutsideOfARouter(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	web.SetFlash(w, "k.k")
	if _, ok := web.TakeFlash(w, httptest.NewRequest("GET", "/", nil)); ok || len(w.Header()) != 0 {
		t.Errorf("flash without a key: %v", w.Header())
	}
	web.SetSession(w, "t", time.Time{})
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", cookies(w))
	if web.SessionToken(r) != "t" || web.ClientIP(r).IsValid() || web.RequestID(r) != "" {
		t.Error("session, client or id")
	}
}

// TestABackgroundLookTakesNoFlash: a script that fetches a page leaves the notice to
// the page that the person sees next; htmx, which shows what it gets, takes it.
func TestABackgroundLookTakesNoFlash(t *testing.T) {
	t.Parallel()
	s := cookieSite(t, "http://ruche.example")
	left := cookies(s.ask("POST", "/in", ""))
	for name, c := range map[string]struct {
		headers []string
		takes   bool
	}{
		"a page":             {[]string{"Sec-Fetch-Dest", "document"}, true},
		"an older browser":   {nil, true},
		"a script":           {[]string{"Sec-Fetch-Dest", "empty"}, false},
		"htmx, for the page": {[]string{"Sec-Fetch-Dest", "empty", "HX-Request", "true"}, true},
	} {
		w := s.ask("GET", "/", "", append([]string{"Cookie", left}, c.headers...)...)
		if took := strings.Contains(w.Body.String(), "|true|account.welcome"); took != c.takes || (len(w.Result().Cookies()) > 0) != c.takes {
			t.Errorf("%s: taken %v, %v", name, took, w.Result().Cookies())
		}
	}
}
