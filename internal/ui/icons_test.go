package ui_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// An icon is named by a word: a wrong one would show as nothing at all.
func TestIconsNamedInTheTreeExist(t *testing.T) {
	t.Parallel()
	named := regexp.MustCompile(`(?:\bIcon(?:After)?: |\bIcon\(|\bNote\()"([a-z0-9-]+)"`)
	seen := 0
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, "_templ.go") {
			return err
		}
		if ext := filepath.Ext(path); ext != ".go" && ext != ".templ" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, match := range named.FindAllSubmatch(text, -1) {
			seen++
			if _, err := os.Stat(filepath.Join("..", "..", "web", "icons", string(match[1])+".svg")); err != nil {
				t.Errorf("%s: web/icons has no %s", path, match[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 20 {
		t.Errorf("only %d names of icons were found: the search is wrong", seen)
	}
}
