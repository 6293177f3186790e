package archtest

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// A listed package is what `go list -json` says of one package of ours.
type listed struct {
	ImportPath   string
	Name         string
	Dir          string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// checkImports returns one line for each import that a rule forbids, sorted.
func checkImports(pkgs []listed) []string {
	var wrong []string
	for _, p := range pkgs {
		from := placeOf(p.ImportPath)
		if from.room == nowhere {
			wrong = append(wrong, p.ImportPath+" stands in no room of the house")
			continue
		}
		for _, to := range p.Imports {
			wrong = append(wrong, checkImport(p.ImportPath, to, false)...)
		}
		for _, to := range slices.Concat(p.TestImports, p.XTestImports) {
			wrong = append(wrong, checkImport(p.ImportPath, to, true)...)
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

func checkImport(from, to string, inTest bool) []string {
	allowed, who := mayImport, from
	if inTest {
		allowed, who = testMayImport, "the tests of "+from
	}
	var wrong []string
	if !allowed(placeOf(from), placeOf(to)) {
		wrong = append(wrong, fmt.Sprintf("%s may not import %s", who, to))
	}
	for _, r := range reservations() {
		if !strings.HasPrefix(to, r.prefix) {
			continue
		}
		open := r.rooms
		if inTest {
			open = slices.Concat(r.rooms, r.tests)
		}
		if !slices.ContainsFunc(open, func(room string) bool { return within(from, path.Join(module, room)) }) {
			wrong = append(wrong, fmt.Sprintf("%s may not import %s: %s", who, to, r.why))
		}
	}
	return wrong
}

// within says whether an import path is the given one or lies below it.
func within(importPath, above string) bool {
	return importPath == above || strings.HasPrefix(importPath, above+"/")
}

// checkNames returns one line for each package whose name says nothing, or
// that hides behind another name than its folder's.
func checkNames(pkgs []listed) []string {
	var wrong []string
	for _, p := range pkgs {
		if slices.Contains(emptyNames(), p.Name) || slices.Contains(emptyNames(), path.Base(p.ImportPath)) {
			wrong = append(wrong, p.ImportPath+": name the package after what it holds")
		}
		folder := path.Base(p.ImportPath)
		if p.Name != "main" && p.Name != folder && placeOf(p.ImportPath).room != embedded {
			wrong = append(wrong, fmt.Sprintf("%s is called %s: one name for folder and package", p.ImportPath, p.Name))
		}
	}
	return wrong
}
