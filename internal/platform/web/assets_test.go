package web_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"ruche/internal/platform/fault"
	"ruche/internal/platform/web"
)

func file(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

// dist is a folder as tools/assets writes it.
func dist() fstest.MapFS {
	return fstest.MapFS{
		"manifest.json":       file(`{"app.js": "app-1a2b.js", "app.css": "app-3c4d.css", "blog/editor.js": "blog/editor-5e6f.js", "fonts/a.woff2": "fonts/a-7a7a.woff2"}`),
		"app-1a2b.js":         file("plain script"),
		"app-1a2b.js.br":      file("brotli script"),
		"app-1a2b.js.gz":      file("gzip script"),
		"app-3c4d.css":        file("style"),
		"app-3c4d.css.gz":     file("gzip style"),
		"blog/editor-5e6f.js": file("editor"),
		"fonts/a-7a7a.woff2":  file("font"),
		"chunk-9z.js":         file("chunk"),
		"other.png":           file("picture"),
		"sprite.svg":          file("<svg/>"),
		"favicon.ico":         file("icon"),
		".keep":               file(""),
		"blog/.hidden":        file("hidden"),
		"unknown.xyz":         file("?"),
	}
}

func assetSite(t *testing.T) (*site, *web.Assets) {
	t.Helper()
	a, err := web.NewAssets(dist())
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, nil)
	s.Handle("GET", "/assets/{path...}", open, a.Serve)
	return s, a
}

func TestAssets(t *testing.T) {
	t.Parallel()
	s, a := assetSite(t)
	const forever, asked = "public, max-age=31536000, immutable, no-transform", "no-cache, no-transform"
	for _, tt := range []struct{ path, accepts, body, coding, kind, cache string }{
		{"app-1a2b.js", "gzip, deflate, br", "brotli script", "br", "text/javascript; charset=utf-8", forever},
		{"app-1a2b.js", "gzip, br;q=0", "gzip script", "gzip", "text/javascript; charset=utf-8", forever},
		{"app-1a2b.js", "", "plain script", "", "text/javascript; charset=utf-8", forever},
		{"app-1a2b.js", "identity", "plain script", "", "text/javascript; charset=utf-8", forever},
		{"app-1a2b.js", "*", "brotli script", "br", "text/javascript; charset=utf-8", forever},
		{"app-3c4d.css", "br, gzip;q=0.5", "gzip style", "gzip", "text/css; charset=utf-8", forever},
		{"blog/editor-5e6f.js", "br", "editor", "", "text/javascript; charset=utf-8", forever},
		{"fonts/a-7a7a.woff2", "br", "font", "", "font/woff2", forever},
		{"chunk-9z.js", "", "chunk", "", "text/javascript; charset=utf-8", forever},
		{"other.png", "", "picture", "", "image/png", asked},
		{"sprite.svg", "", "<svg/>", "", "image/svg+xml", asked},
		{"favicon.ico", "", "icon", "", "image/x-icon", asked},
		{"unknown.xyz", "", "?", "", "application/octet-stream", asked},
	} {
		w := s.ask("GET", "/assets/"+tt.path, "", "Accept-Encoding", tt.accepts)
		h := w.Header()
		if w.Code != 200 || w.Body.String() != tt.body || h.Get("Content-Encoding") != tt.coding || h.Get("Content-Type") != tt.kind || h.Get("Cache-Control") != tt.cache {
			t.Errorf("%s (%s): %d %q %v", tt.path, tt.accepts, w.Code, w.Body, h)
		}
		if strings.HasPrefix(tt.path, "app-") != (h.Get("Vary") == "Accept-Encoding") {
			t.Errorf("%s: Vary %q", tt.path, h.Get("Vary"))
		}
		tag := h.Get("ETag")
		again := s.ask("GET", "/assets/"+tt.path, "", "Accept-Encoding", tt.accepts, "If-None-Match", `"x", W/`+tag)
		if tag == "" || again.Code != 304 || again.Body.Len() != 0 || again.Header().Get("ETag") != tag || again.Header().Get("Cache-Control") != tt.cache {
			t.Errorf("%s: again %d %v", tt.path, again.Code, again.Header())
		}
		if head := s.ask("HEAD", "/assets/"+tt.path, "", "Accept-Encoding", tt.accepts); head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Content-Length") != h.Get("Content-Length") {
			t.Errorf("%s: HEAD %d %v", tt.path, head.Code, head.Header())
		}
	}
	// Each coding is another representation.
	if br, gz := s.ask("GET", "/assets/app-1a2b.js", "", "Accept-Encoding", "br"), s.ask("GET", "/assets/app-1a2b.js", ""); br.Header().Get("ETag") == gz.Header().Get("ETag") {
		t.Error("two codings share an ETag")
	}
	if a.Asset("app.js") != "/assets/app-1a2b.js" || a.Asset("blog/editor.js") != "/assets/blog/editor-5e6f.js" || a.Asset("new.js") != "/assets/new.js" {
		t.Error("names")
	}
}

func TestAssetsServeNothingElse(t *testing.T) {
	t.Parallel()
	s, _ := assetSite(t)
	for _, path := range []string{"", "absent.js", "blog", "blog/", ".keep", "blog/.hidden", "manifest.json", "app-1a2b.js.br", "app-1a2b.js.gz",
		"%2e%2e/router.go", "blog/%2e%2e/app-1a2b.js", "blog%2Feditor-5e6f.js/", "%00", "C:%5Cx", "%2Fetc/passwd"} {
		if w := s.ask("GET", "/assets/"+path, ""); w.Code != 404 || !strings.Contains(w.Body.String(), "n’existe pas") {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestAssetsBeforeTheFirstBuild(t *testing.T) {
	t.Parallel()
	a, err := web.NewAssets(fstest.MapFS{".keep": file("")})
	if err != nil || a.Asset("app.js") != "/assets/app.js" {
		t.Errorf("%v", err)
	}
	if _, err := web.NewAssets(fstest.MapFS{"manifest.json": file("{")}); fault.KindOf(err) != fault.Internal || err == nil {
		t.Errorf("broken manifest: %v", err)
	}
}
