package app_test

import (
	"net/http"
	"strings"
	"testing"

	"ruche/internal/platform/config"
	"ruche/internal/platform/logx"
)

// TestTheSampleTheme: an operator's folder is linked after the styles of Ruche and
// served as it is; nothing above it is.
func TestTheSampleTheme(t *testing.T) {
	t.Parallel()
	h := openAs(t, logx.Discard(), func(c *config.Config) { c.ThemeDir = "../../docs/theme" })
	page := h.nobody().get("/connexion").body
	own, theirs := strings.Index(page, `rel="stylesheet" href="/assets/app`), strings.Index(page, `href="/theme/theme.css"`)
	if own < 0 || theirs < own {
		t.Fatal("the theme is not linked after the styles")
	}
	a := h.nobody().get("/theme/theme.css")
	if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/css") || !strings.Contains(a.body, "@layer theme") {
		t.Errorf("the theme answered %d, %s", a.status, a.header.Get("Content-Type"))
	}
	for _, path := range []string{"/theme/", "/theme/../operate.md", "/theme/%2e%2e/operate.md", "/theme/absent.css", "/theme//theme.css"} {
		if a := h.nobody().get(path); a.status == http.StatusOK {
			t.Errorf("%s is served", path)
		}
	}
	if a := open(t).nobody().get("/theme/theme.css"); a.status != http.StatusNotFound {
		t.Errorf("without a theme it answered %d", a.status)
	}
}
