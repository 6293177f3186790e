package keyscan

import (
	"regexp"

	"ruche/internal/platform/i18n"
)

// rule is a habit of French texts and what breaks it.
type rule struct {
	breach *regexp.Regexp
	text   string
}

func rules() []rule {
	return []rule{
		{regexp.MustCompile(` [:;?!»]`), "wants a no-break space (U+00A0), not a plain one, before : ; ? »"},
		{regexp.MustCompile(`[\p{L}\p{N})}…][;?»]|[\p{L})}][:](?:\s|$)`), "wants a no-break space (U+00A0) before : ; ? »"},
		{regexp.MustCompile(`«[^\x{A0}]`), "wants a no-break space (U+00A0) after «"},
		{regexp.MustCompile(`\x{202F}`), "the interface font lacks the narrow no-break space (U+202F): write U+00A0"},
		{regexp.MustCompile(`[\p{L}}]'|'[\p{L}{]`), "wants the typographic apostrophe ’"},
		{regexp.MustCompile(`"`), "wants « and » for quotes"},
		{regexp.MustCompile(`!`), "has an exclamation mark"},
		{regexp.MustCompile(`\.\.\.`), "wants … for three dots"},
		{regexp.MustCompile(`^\s|\s$|  `), "has spaces too many"},
	}
}

// Typography checks every French text of the catalogue: no-break spaces,
// apostrophes, quotes, ellipses, and no exclamation mark. Problems come in the
// order of the keys.
func Typography(cat *i18n.Catalog) []Problem {
	var problems []Problem
	all := rules()
	for _, key := range cat.Keys() {
		for _, text := range cat.Sources(i18n.French, key) {
			for _, r := range all {
				if r.breach.MatchString(text) {
					problems = append(problems, Problem{Key: key, Text: r.text})
				}
			}
		}
	}
	return problems
}
