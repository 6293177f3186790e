package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"ruche/internal/platform/fault"
)

// AssetsPath is where Assets are mounted.
const AssetsPath = "/assets/"

// Assets serves the built front end: a folder of files whose names hold a hash
// of their content, with manifest.json ("app.js": "app-4F7A.js") and, beside
// each file that gains by it, the same compressed as .br and .gz.
type Assets struct {
	dist   fs.FS
	names  map[string]string // stable name, name in dist
	hashed map[string]bool   // names in dist that never change content
	tags   sync.Map          // name in dist, ETag
	path   string            // where they are mounted
}

// NewAssets reads the manifest. A folder without one, as on a tree that was
// never built, is no error: then a stable name stands for itself. A manifest
// that cannot be read is fault.Internal.
func NewAssets(dist fs.FS) (*Assets, error) {
	a := NewFolder(AssetsPath, dist)
	text, err := fs.ReadFile(dist, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &a.names)
	}
	if err != nil {
		return nil, fault.Wrap(fault.Internal, fmt.Errorf("read manifest of assets: %w", err), "fault.internal")
	}
	for _, name := range a.names {
		a.hashed[name] = true
	}
	return a, nil
}

// NewFolder serves a folder as it is under a path that ends with "/".
func NewFolder(path string, dist fs.FS) *Assets {
	return &Assets{path: path, dist: dist, names: map[string]string{}, hashed: map[string]bool{}}
}

// Asset returns the address of a file by its stable name ("app.js",
// "blog/editor.js"), on this site, never empty.
func (a *Assets) Asset(name string) string {
	if hashed, ok := a.names[name]; ok {
		return a.path + hashed
	}
	return a.path + name
}

// Serve is the Handler of GET /assets/{path...}. Files of the manifest and the
// chunks beside them are cached for a year as immutable; others are asked for
// again each time.
func (a *Assets) Serve(w http.ResponseWriter, r *http.Request) error {
	name := strings.TrimPrefix(r.URL.Path, a.path)
	if !servable(name) {
		return fault.NotFoundError()
	}
	content, err := fs.ReadFile(a.dist, name)
	if err != nil { // a folder, too, is no file
		return fault.NotFoundError()
	}
	h := w.Header()
	h.Set("Content-Type", assetType(name))
	// no-transform: what is served compressed is compressed better already.
	if a.immutable(name) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable, no-transform")
	} else {
		h.Set("Cache-Control", "no-cache, no-transform")
	}
	content, coding := a.encoded(r, name, content, h)
	tag := a.tag(name+coding, content)
	h.Set("ETag", tag)
	if etagMatches(r.Header.Values("If-None-Match"), tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Length", strconv.Itoa(len(content)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = bytes.NewReader(content).WriteTo(w)
	}
	return nil
}

// encoded picks the compressed twin that the client accepts.
func (a *Assets) encoded(r *http.Request, name string, content []byte, h http.Header) (chosen []byte, suffix string) {
	for _, c := range []struct{ coding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}} {
		twin, err := fs.ReadFile(a.dist, name+c.suffix)
		if err != nil {
			continue
		}
		addVary(h, "Accept-Encoding")
		if acceptsEncoding(r.Header, c.coding) {
			h.Set("Content-Encoding", c.coding)
			return twin, c.suffix
		}
	}
	return content, ""
}

func (a *Assets) immutable(name string) bool {
	return a.hashed[name] || len(a.hashed) > 0 && strings.HasPrefix(path.Base(name), "chunk-")
}

func (a *Assets) tag(key string, content []byte) string {
	if known, ok := a.tags.Load(key); ok {
		if tag, ok := known.(string); ok && a.immutable(strings.TrimSuffix(strings.TrimSuffix(key, ".br"), ".gz")) {
			return tag
		}
	}
	sum := sha256.Sum256(content)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
	a.tags.Store(key, tag)
	return tag
}

// servable says whether a path names a file meant for browsers.
func servable(name string) bool {
	if !fs.ValidPath(name) || name == "." || name == "manifest.json" {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") {
			return false
		}
	}
	return !strings.HasSuffix(name, ".br") && !strings.HasSuffix(name, ".gz")
}

// assetType tells the media type by the extension: what the build makes, and
// no more, so that it does not depend on the machine's mime.types.
func assetType(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".png":
		return "image/png"
	case ".jpg", ".jpeg":
		return "image/jpeg"
	case ".webp":
		return "image/webp"
	case ".ico":
		return "image/x-icon"
	case ".json", ".map":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".txt":
		return "text/plain; charset=utf-8"
	case ".wasm":
		return "application/wasm"
	}
	return "application/octet-stream"
}

// etagMatches compares weakly, as If-None-Match asks (RFC 9110, section
// 13.1.2).
func etagMatches(lines []string, tag string) bool {
	for _, line := range lines {
		for part := range strings.SplitSeq(line, ",") {
			part = strings.TrimSpace(part)
			if part == "*" || strings.TrimPrefix(part, "W/") == tag {
				return true
			}
		}
	}
	return false
}
