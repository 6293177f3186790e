// Package i18n holds the words of Ruche in French and in English, and writes
// dates, numbers and sizes the way each language does.
//
// Each room (platform package, kernel package, feature) embeds its own two
// catalogues, fr.json and en.json, flat objects from a dotted key to a text or
// to its CLDR plural forms:
//
//	{
//	  "blog.new": "Nouveau billet",
//	  "blog.comments": {"one": "{{.Count}} commentaire", "other": "{{.Count}} commentaires"}
//	}
//
// The composition root merges them with New, which refuses a key that lives in
// one language only, twice, or with different values in each language. A
// Printer is one language and one time zone, made per request and carried by
// the context; pages call T and N.
//
// Messages and plural rules are go-i18n's (CLDR). Dates are written by this
// package: golang.org/x/text has no date formats, and the few forms that the
// interface uses ("hier à 15 h 20") exist in no library, so two tables of
// twelve months and seven days are less to keep than a dependency.
//
// The package owns no table and knows no product word; its own catalogue has
// only the words of dates and sizes. Package keyscan checks the keys used in
// the source tree against the catalogues.
package i18n
