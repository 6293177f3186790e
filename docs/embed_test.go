package docs_test

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"ruche/docs"
)

// TestSamePagesInEachLanguage holds the promise that English is complete and
// that each page opens with a title and a summary.
func TestSamePagesInEachLanguage(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]struct {
		files fs.FS
		least int
	}{
		"guide": {docs.Guide(), 7},
		"pages": {docs.Pages(), 4},
	} {
		french := names(t, set.files, "fr")
		if len(french) < set.least {
			t.Errorf("%s: %d French pages, want at least %d", name, len(french), set.least)
		}
		if english := names(t, set.files, "en"); !slices.Equal(french, english) {
			t.Errorf("%s: French has %v, English has %v", name, french, english)
		}
		for _, lang := range []string{"fr", "en"} {
			for _, file := range names(t, set.files, lang) {
				checkOpening(t, set.files, path.Join(lang, file))
			}
		}
	}
}

// TestFrenchTypography refuses the plain spaces and apostrophes that a
// keyboard gives in place of the French ones, outside code and links.
func TestFrenchTypography(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]fs.FS{"guide": docs.Guide(), "pages": docs.Pages()} {
		for _, file := range names(t, files, "fr") {
			for i, line := range prose(read(t, files, path.Join("fr", file))) {
				for _, bad := range []string{"'", " :", " ;", " ?", " !", "« ", " »"} {
					if strings.Contains(line, bad) {
						t.Errorf("%s/fr/%s:%d holds %q: %s", name, file, i+1, bad, line)
					}
				}
			}
		}
	}
}

func checkOpening(t *testing.T, files fs.FS, file string) {
	t.Helper()
	lines := strings.Split(read(t, files, file), "\n")
	if len(lines) < 4 || !strings.HasPrefix(lines[0], "# ") || lines[1] != "" || lines[2] == "" || lines[3] != "" {
		t.Errorf("%s: want a title, an empty line, one paragraph of summary and an empty line", file)
		return
	}
	if !strings.HasSuffix(lines[2], ".") {
		t.Errorf("%s: the summary is not a sentence: %s", file, lines[2])
	}
}

// prose returns the lines of a Markdown text with fenced blocks and spans of
// code emptied, so that line numbers stay true.
func prose(text string) []string {
	lines := strings.Split(text, "\n")
	fence := ""
	for i, line := range lines {
		mark := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case fence == "" && len(mark) >= 3:
			fence, lines[i] = mark, ""
		case fence != "":
			if line == fence {
				fence = ""
			}
			lines[i] = ""
		default:
			parts := strings.Split(line, "`")
			for j := 1; j < len(parts); j += 2 {
				parts[j] = ""
			}
			lines[i] = strings.Join(parts, "`")
		}
	}
	return lines
}

func names(t *testing.T, files fs.FS, dir string) []string {
	t.Helper()
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		t.Fatalf("read %s: %v", dir, err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

func read(t *testing.T, files fs.FS, file string) string {
	t.Helper()
	b, err := fs.ReadFile(files, file)
	if err != nil {
		t.Fatalf("read %s: %v", file, err)
	}
	return string(b)
}
