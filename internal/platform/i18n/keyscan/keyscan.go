package keyscan

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ruche/internal/platform/i18n"
)

// Problem is something to mend in the tree or in a catalogue.
type Problem struct {
	// File is relative to the root, with slashes; empty for a catalogue.
	File string
	// Line starts at 1; 0 for a catalogue.
	Line int
	Key  string
	Text string
}

// String writes the problem as compilers do: "file:line: key: text".
func (p Problem) String() string {
	if p.File == "" {
		return fmt.Sprintf("catalogue: %s: %s", p.Key, p.Text)
	}
	return fmt.Sprintf("%s:%d: %s: %s", p.File, p.Line, p.Key, p.Text)
}

// Check compares the tree under root with the catalogue. It reports, in order
// of file and line and then of key: keys that the catalogue lacks, values that a
// text wants and a call does not give or the other way round, T where the key
// has plural forms and N where it has none, comments that name no key, files
// that cannot be read, and keys of the catalogue that nothing uses.
func Check(root string, cat *i18n.Catalog) []Problem {
	s := &scan{cat: cat, used: map[string]bool{}}
	for _, dir := range []string{"internal", "cmd"} {
		if _, err := os.Stat(filepath.Join(root, dir)); err != nil {
			continue
		}
		s.walk(root, dir)
	}
	for _, u := range s.uses {
		s.check(u)
	}
	slices.SortStableFunc(s.problems, func(a, b Problem) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		return a.Line - b.Line
	})
	for _, key := range cat.Keys() {
		if !s.used[key] {
			s.problems = append(s.problems, Problem{Key: key, Text: "nothing uses it"})
		}
	}
	return s.problems
}

// use is a place where the tree names a key.
type use struct {
	file string
	line int
	// prefix and suffix are the known ends of a key put together; a key known
	// whole is all prefix.
	prefix, suffix string
	whole          bool
	// method is "T" or "N" when the place is a call whose values are known.
	method string
	names  []string
}

type scan struct {
	cat      *i18n.Catalog
	uses     []use
	used     map[string]bool
	problems []Problem
}

// walk reads every folder below dir.
func (s *scan) walk(root, dir string) {
	err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".") {
				return filepath.SkipDir
			}
			return s.folder(root, path)
		}
		return nil
	})
	if err != nil {
		s.problems = append(s.problems, Problem{File: dir, Line: 1, Text: err.Error()})
	}
}

// check judges one use and marks the keys it reaches.
func (s *scan) check(u use) {
	report := func(text string) {
		s.problems = append(s.problems, Problem{File: u.file, Line: u.line, Key: u.prefix + star(u) + u.suffix, Text: text})
	}
	if !u.whole {
		if !s.mark(u.prefix, u.suffix) {
			report("the catalogue has no such key")
		}
		return
	}
	if !s.cat.Has(u.prefix) {
		report("not in the catalogue")
		return
	}
	s.used[u.prefix] = true
	switch plural := s.cat.Plural(u.prefix); {
	case u.method == "":
		return
	case u.method == "T" && plural:
		report("has plural forms: print it with N")
		return
	case u.method == "N" && !plural:
		report("has no plural forms: print it with T")
		return
	}
	wanted := s.cat.Names(u.prefix)
	for _, name := range wanted {
		if !slices.Contains(u.names, name) && (u.method != "N" || name != "Count") {
			report(fmt.Sprintf("the value %q is not given", name))
		}
	}
	for _, name := range u.names {
		if !slices.Contains(wanted, name) {
			report(fmt.Sprintf("the text has no value %q", name))
		}
	}
}

func star(u use) string {
	if u.whole {
		return ""
	}
	return "*"
}

// mark notes as used all keys between a prefix and a suffix.
func (s *scan) mark(prefix, suffix string) bool {
	found := false
	for _, key := range s.cat.Keys() {
		if len(key) > len(prefix)+len(suffix) && strings.HasPrefix(key, prefix) && strings.HasSuffix(key, suffix) {
			s.used[key] = true
			found = true
		}
	}
	return found
}
