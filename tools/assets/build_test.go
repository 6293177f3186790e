package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const icon = `<!-- @license test --><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">
  <path d="M4 5h16" />
</svg>`

// tree makes a small source tree.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	usual := map[string]string{
		"web/src/app.ts":           `import { word } from "./word"; document.title = word;`,
		"web/src/word.ts":          `export const word: string = "shared";`,
		"web/src/app.css":          `@import "ruche:features.css"; @font-face { font-family: X; src: url("../fonts/x.woff2"); } body { color: red; }`,
		"web/fonts/x.woff2":        "not really a font",
		"web/icons/menu.svg":       icon,
		"web/brand/favicon.svg":    icon,
		"internal/features/.keep":  "",
		"web/dist/.keep":           "",
		"web/dist/left-behind.js":  "old",
		"web/dist/old/left-too.js": "old",
	}
	for name, text := range files {
		usual[name] = text
	}
	for name, text := range usual {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func buildIn(t *testing.T, root string) (manifest map[string]string, read func(string) string) {
	t.Helper()
	if err := run(t.Context(), []string{"-root", root}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	dist := filepath.Join(root, "web", "dist")
	data, err := os.ReadFile(filepath.Join(dist, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &manifest); err != nil {
		t.Fatal(err)
	}
	return manifest, func(name string) string {
		text, err := os.ReadFile(filepath.Join(dist, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
}

func TestBuildNamesEveryFileByItsContent(t *testing.T) {
	t.Parallel()
	root := tree(t, map[string]string{
		"internal/features/blog/editor.ts":      `import { word } from "../../../web/src/word"; console.log("island", word);`,
		"internal/features/blog/editor.test.ts": `throw new Error("a test is no island");`,
		"internal/features/blog/blog.css":       `.blog { color: green; }`,
	})
	manifest, read := buildIn(t, root)
	for _, name := range []string{"app.js", "app.css", "sprite.svg", "favicon.svg", "fonts/x.woff2", "blog/editor.js"} {
		if manifest[name] == "" || manifest[name] == name {
			t.Errorf("%s is %q in the manifest", name, manifest[name])
			continue
		}
		read(manifest[name])
	}
	if len(manifest) != 6 {
		t.Errorf("the manifest has more than was asked for: %v", manifest)
	}
	if css := read(manifest["app.css"]); !strings.Contains(css, ".blog") || !strings.Contains(css, manifest["fonts/x.woff2"]) {
		t.Errorf("the style lacks the feature's or the font: %s", css)
	}
	if island := read(manifest["blog/editor.js"]); !strings.Contains(island, "island") {
		t.Errorf("the island is %s", island)
	}
	if sprite := read(manifest["sprite.svg"]); !strings.Contains(sprite, `<symbol id="menu" viewBox="0 0 24 24"><path d="M4 5h16"/></symbol>`) {
		t.Errorf("the sprite is %s", sprite)
	}
}

func TestBuildRemovesWhatTheLastOneLeft(t *testing.T) {
	t.Parallel()
	root := tree(t, nil)
	before, _ := buildIn(t, root)
	if err := os.WriteFile(filepath.Join(root, "web/src/word.ts"), []byte(`export const word: string = "changed";`), 0o600); err != nil {
		t.Fatal(err)
	}
	after, read := buildIn(t, root)
	if before["app.js"] == after["app.js"] {
		t.Error("a changed script kept its name")
	}
	if before["app.css"] != after["app.css"] {
		t.Error("a style that did not change changed its name")
	}
	for _, gone := range []string{"left-behind.js", "old/left-too.js", before["app.js"]} {
		if _, err := os.Stat(filepath.Join(root, "web/dist", gone)); err == nil {
			t.Errorf("%s is still there", gone)
		}
	}
	read(".keep")
}

func TestBuildThatFailsLeavesTheLastOne(t *testing.T) {
	t.Parallel()
	broken := map[string]map[string]string{
		"script":   {"web/src/app.ts": `import "./absent";`},
		"style":    {"web/src/app.css": `@import "./absent.css";`},
		"icon":     {"web/icons/wide.svg": `<svg viewBox="0 0 32 32"></svg>`},
		"not XML":  {"web/icons/torn.svg": `<svg viewBox="0 0 24 24">`},
		"no style": {"web/src/app.css": `body { color: red; }`}, // the font is used by nothing
	}
	for name, files := range broken {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := tree(t, files)
			if err := run(t.Context(), []string{"-root", root}, io.Discard, io.Discard); err == nil {
				t.Fatal("it was built all the same")
			}
			if _, err := os.Stat(filepath.Join(root, "web/dist/left-behind.js")); err != nil {
				t.Error("the last build was touched")
			}
		})
	}
}

func TestCompressedFilesAreSmaller(t *testing.T) {
	t.Parallel()
	long := []byte(strings.Repeat("the same words again and again; ", 100))
	versions, err := compressed("app.css", long)
	if err != nil {
		t.Fatal(err)
	}
	for _, ext := range []string{".br", ".gz"} {
		if size := len(versions[ext]); size == 0 || size >= len(long) {
			t.Errorf("%s has %d bytes of %d", ext, size, len(long))
		}
	}
	for name, data := range map[string][]byte{"x.woff2": long, "tiny.js": []byte("1")} {
		if versions, err := compressed(name, data); err != nil || len(versions) > 0 {
			t.Errorf("%s: %v, %v", name, versions, err)
		}
	}
}
