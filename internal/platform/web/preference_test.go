package web_test

import (
	"net/http"
	"strings"
	"testing"

	"ruche/internal/platform/web"
)

func prefSite(t *testing.T, base string) *site {
	t.Helper()
	s := newSite(t, func(o *web.Options) { o.BaseURL = base })
	s.Handle("POST", "/{name}/{value...}", open, func(w http.ResponseWriter, r *http.Request) error {
		web.SetPref(w, r.PathValue("name"), "before")
		web.SetPref(wrapped{w}, r.PathValue("name"), r.PathValue("value"))
		return nil
	})
	s.Handle("GET", "/{name}", open, func(w http.ResponseWriter, r *http.Request) error {
		return says(web.Pref(r, r.PathValue("name")))(w, r)
	})
	return s
}

func TestPreferences(t *testing.T) {
	t.Parallel()
	for base, secure := range map[string]bool{"http://ruche.example": false, "https://ruche.example": true} {
		s := prefSite(t, base)
		for name, value := range map[string]string{web.PrefTheme: "dark", web.PrefLang: "en", web.PrefRail: "folded"} {
			w := s.ask("POST", "/"+name+"/"+value, "")
			got := w.Result().Cookies()
			if len(got) != 1 {
				t.Fatalf("%s: %v", name, got)
			}
			c := got[0]
			// The script of the page replaces the rail's and no other.
			if c.Name != "ruche_"+name || c.Value != value || c.Path != "/" || c.MaxAge != 365*24*3600 || c.Secure != secure ||
				c.SameSite != http.SameSiteLaxMode || c.HttpOnly == (name == web.PrefRail) || c.Domain != "" {
				t.Errorf("%s at %s: %v", name, base, c)
			}
			if got := s.ask("GET", "/"+name, "", "Cookie", cookies(w)).Body.String(); got != value {
				t.Errorf("%s reads %q", name, got)
			}
		}
		if got := s.ask("POST", "/theme/", "").Result().Cookies(); len(got) != 1 || got[0].Value != "" || got[0].MaxAge >= 0 {
			t.Errorf("forgotten: %v", got)
		}
	}
}

func TestPreferencesOfOthers(t *testing.T) {
	t.Parallel()
	s := prefSite(t, "http://ruche.example")
	for _, value := range []string{"Dark", "a_b", "a b", "é", "<b>", "..", strings.Repeat("a", 33)} {
		if got := s.ask("GET", "/theme", "", "Cookie", "ruche_theme="+value).Body.String(); got != "" {
			t.Errorf("%q reads %q", value, got)
		}
	}
	for _, value := range []string{"Dark", "a_b", strings.Repeat("a", 33)} {
		if got := s.ask("POST", "/theme/"+value, "").Result().Cookies(); len(got) != 1 || got[0].MaxAge >= 0 || got[0].Value != "" {
			t.Errorf("%q is kept: %v", value, got)
		}
	}
	if got := s.ask("GET", "/theme", "").Body.String(); got != "" {
		t.Errorf("without a cookie %q", got)
	}
}
