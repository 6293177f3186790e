package keyscan_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"ruche/internal/platform/i18n"
	"ruche/internal/platform/i18n/keyscan"
)

func catalog(t *testing.T, fr, en string) *i18n.Catalog {
	t.Helper()
	c, err := i18n.New("fr", fstest.MapFS{
		"fr.json": {Data: []byte(fr)},
		"en.json": {Data: []byte(en)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// own drops what is said of the words of package i18n, which the fixture's tree
// does not use.
func own(problems []keyscan.Problem) []string {
	var found []string
	for _, p := range problems {
		if !strings.HasPrefix(p.Key, "i18n.") {
			found = append(found, p.String())
		}
	}
	return found
}

const words = `{
	"blog.title": "t", "blog.by": "{{.name}}", "blog.needed": "t", "blog.passed": "t",
	"blog.comments": {"one": "{{.Count}} c", "other": "{{.Count}} c"},
	"blog.state.draft": "t", "blog.state.published": "t", "blog.kind.page": "t", "blog.kind.post": "t",
	"blog.level.read": "t", "blog.read.hint": "t",
	"blog.page.title": "t", "blog.page.by": "{{.name}}",
	"blog.orphan": "t"
}`

// tree copies the fixture, whose files carry a further extension so that no tool
// takes them for code of the program.
func tree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	err := filepath.WalkDir("testdata/tree", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel("testdata/tree", path)
		if err != nil {
			return err
		}
		target := filepath.Join(root, strings.TrimSuffix(rel, ".txt"))
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func TestCheck(t *testing.T) {
	root := tree(t)
	got := own(keyscan.Check(root, catalog(t, words, words)))
	for i, line := range got {
		got[i] = strings.ReplaceAll(line, root+"/", "")
	}
	want := []string{
		`cmd/tool/main.go:3: blog.absent.cmd: not in the catalogue`,
		`internal/blog/blog.go:15: blog.absent.declared: not in the catalogue`,
		`internal/blog/blog.go:15: blog.absent.prefix.*: the catalogue has no such key`,
		`internal/blog/blog.go:22: blog.absent.const: not in the catalogue`,
		`internal/blog/blog.go:23: blog.absent.literal: not in the catalogue`,
		`internal/blog/blog.go:25: blog.comments: has plural forms: print it with N`,
		`internal/blog/blog.go:26: blog.title: has no plural forms: print it with T`,
		`internal/blog/blog.go:28: blog.by: the value "name" is not given`,
		`internal/blog/blog.go:29: blog.by: the value "name" is not given`,
		`internal/blog/blog.go:29: blog.by: the text has no value "nom"`,
		`internal/blog/blog.go:31: blog.absent.method: not in the catalogue`,
		`internal/blog/blog.go:33: blog.absent.*: the catalogue has no such key`,
		`internal/blog/blog.go:35: blog.absent.fault: not in the catalogue`,
		`internal/blog/blog.go:36: blog.absent.wrap: not in the catalogue`,
		`internal/blog/blog.go:37: blog.absent.field: not in the catalogue`,
		`internal/blog/blog.go:38: blog.absent.elided: not in the catalogue`,
		`internal/blog/blog.go:39: blog.absent.error: not in the catalogue`,
		`internal/blog/blog.go:40: blog.absent.label: not in the catalogue`,
		`internal/blog/page.templ:3: blog.absent.templ.declared: not in the catalogue`,
		`internal/blog/page.templ:8: blog.absent.templ.call: not in the catalogue`,
		`internal/blog/page.templ:13: blog.page.by: the value "name" is not given`,
		`internal/blog/page.templ:14: blog.absent.templ.label: not in the catalogue`,
		`internal/broken/broken.go:1: : internal/broken/broken.go:3:6: expected 'IDENT', found '{'`,
		`catalogue: blog.kind.post: nothing uses it`,
		`catalogue: blog.orphan: nothing uses it`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestCheckFindsEveryKeyOfItsOwnPackage(t *testing.T) {
	const none = `{}`
	for _, p := range keyscan.Check("../../../..", catalog(t, none, none)) {
		if strings.HasPrefix(p.Key, "i18n.") {
			t.Error(p)
		}
	}
}

func TestTypography(t *testing.T) {
	const nbsp = "\u00a0"
	sound := []string{
		"Enregistré à 9" + nbsp + "h", "Trop long" + nbsp + ": 300 caractères", "«" + nbsp + "Billet" + nbsp + "»",
		"L’espace n’existe plus", "Ouvrir https://ruche.example.org/?q=1", "À {{.time}}, par {{.name}}…", "De 9:30 à 10:00",
		"Êtes-vous d’accord" + nbsp + "?", "{{.name}}" + nbsp + ": vu",
	}
	for _, text := range sound {
		if problems := typography(t, text); len(problems) > 0 {
			t.Errorf("%q: %v", text, problems)
		}
	}
	faulty := map[string]string{
		"Trop long : 300":         "not a plain one",
		"Vraiment ?":              "not a plain one",
		"Vraiment?":               "before : ; ? »",
		"{{.name}}: vu":           "before : ; ? »",
		"un; deux":                "before : ; ? »",
		"« Billet" + nbsp + "»":   "after «",
		"«Billet" + nbsp + "»":    "after «",
		"Prix" + "\u202f" + ": 3": "U+202F",
		"L'espace":                "apostrophe",
		"de '{{.name}}":           "apostrophe",
		`Le "billet"`:             "« and »",
		"Bravo" + nbsp + "!":      "exclamation",
		"Chargement...":           "three dots",
		"Deux  espaces":           "too many",
		"fin ":                    "too many",
	}
	for text, want := range faulty {
		if problems := typography(t, text); !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, want) }) {
			t.Errorf("%q: %v, want %q", text, problems, want)
		}
	}
}

func typography(t *testing.T, text string) []string {
	t.Helper()
	entry := `{"blog.title": ` + quote(text) + `}`
	return own(keyscan.Typography(catalog(t, entry, entry)))
}

func quote(text string) string { return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"` }

func TestTypographyOfOwnCatalogue(t *testing.T) {
	const none = `{}`
	for _, p := range keyscan.Typography(catalog(t, none, none)) {
		t.Error(p)
	}
}
