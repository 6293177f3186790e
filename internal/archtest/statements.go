package archtest

import (
	"fmt"
	"regexp"
	"slices"
)

// A statement is SQL that some Go file holds as a string.
type statement struct {
	pkg     string // import path of the file's package
	file    string
	text    string
	imports []string // what the file imports
}

// checkStatements returns one line for each statement that touches a table
// which is not its room's business:
//   - a feature's table belongs to that feature alone;
//   - the platform knows no table but the platform's;
//   - a feature writes no table of the kernel or the platform: it calls them;
//   - a feature that reads items composes the predicate of kernel/access.
func checkStatements(s schema, all []statement) []string {
	var wrong []string
	for _, one := range all {
		from := placeOf(one.pkg)
		for _, use := range usesOf(one.text) {
			owner, known := s.owners[use.table]
			if !known {
				continue
			}
			if why := mayTouch(from, placeOf(owner), use, one.imports); why != "" {
				wrong = append(wrong, fmt.Sprintf("%s: %s %s of %s: %s", one.file, use.verb, use.table, owner, why))
			}
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

type use struct {
	verb  string // reads, writes or refers to
	table string
}

// usesOf finds the tables that a text names after an SQL keyword. Keywords are
// in capitals in this house, so prose is not taken for SQL.
func usesOf(text string) []use {
	pattern := regexp.MustCompile(`\b(FROM|JOIN|INSERT INTO|UPDATE|DELETE FROM|REFERENCES)\s+([a-z_][a-z0-9_]*)`)
	var uses []use
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		uses = append(uses, use{verbOf(m[1]), m[2]})
	}
	return uses
}

func verbOf(keyword string) string {
	switch keyword {
	case "INSERT INTO", "UPDATE", "DELETE FROM":
		return "writes"
	case "REFERENCES":
		return "refers to"
	default:
		return "reads"
	}
}

func mayTouch(from, owner place, u use, imports []string) string {
	switch {
	case from.room == app || from.room == testkit || from == owner:
		return ""
	case owner.room == feature:
		return "a feature's tables are its own"
	case from.room == platform && owner.room != platform:
		return "the platform knows no product"
	case from.room == feature && u.verb == "writes":
		return "a feature writes its own tables and calls the kernel for the rest"
	case from.room == feature && u.verb == "reads" && u.table == "items" && !slices.Contains(imports, module+"/internal/kernel/access"):
		return "items are read through the predicate of kernel/access"
	}
	return ""
}
