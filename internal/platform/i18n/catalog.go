package i18n

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

// The two languages of Ruche, as written in the lang attribute of pages and in
// the names of catalogue files.
const (
	French  = "fr"
	English = "en"
)

//go:embed catalogue
var catalogue embed.FS

// Catalog holds every message of the program in both languages. It is safe for
// concurrent use and never changes after New.
type Catalog struct {
	defaultLang string
	bundle      *goi18n.Bundle
	matcher     language.Matcher
	langs       []string // in the order that matcher knows
	keys        []string
	books       map[string]*book
}

// book is what the catalogue knows in one language.
type book struct {
	lang      string
	localizer *goi18n.Localizer
	entries   map[string]entry
	// fixed holds the messages without value or plural, nearly all of them, so
	// that a page of labels costs map look-ups and no template.
	fixed map[string]string
}

// New merges the package's own words with the sources, each of which holds
// fr.json and en.json at its root. It returns an error that names every key
// found in one language only, defined twice, lacking a plural form, or whose
// texts do not use the same values in both languages. defaultLang, "fr" or
// "en", answers readers whose languages are neither.
func New(defaultLang string, sources ...fs.FS) (*Catalog, error) {
	if defaultLang != French && defaultLang != English {
		return nil, fmt.Errorf("i18n: default language %q, want %q or %q", defaultLang, French, English)
	}
	own, err := fs.Sub(catalogue, "catalogue")
	if err != nil {
		return nil, fmt.Errorf("i18n: own catalogue: %w", err)
	}
	c := &Catalog{
		defaultLang: defaultLang,
		bundle:      goi18n.NewBundle(language.Make(defaultLang)),
		books:       map[string]*book{},
	}
	var problems []error
	for _, lang := range c.order() {
		b, err := c.load(lang, append([]fs.FS{own}, sources...))
		if err != nil {
			problems = append(problems, err)
		}
		c.books[lang] = b
	}
	problems = append(problems, c.compare()...)
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("i18n: catalogues: %w", err)
	}
	c.index()
	return c, nil
}

// order gives the languages, the default one first: the matcher falls back on
// the first.
func (c *Catalog) order() []string {
	if c.defaultLang == English {
		return []string{English, French}
	}
	return []string{French, English}
}

// load reads one language of every source into a book and the bundle.
func (c *Catalog) load(lang string, sources []fs.FS) (*book, error) {
	b := &book{lang: lang, entries: map[string]entry{}, fixed: map[string]string{}}
	var problems []error
	for i, source := range sources {
		data, err := fs.ReadFile(source, lang+".json")
		if err != nil {
			problems = append(problems, fmt.Errorf("source %d: %w", i, err))
			continue
		}
		entries, err := parseCatalogue(lang, data)
		if err != nil {
			problems = append(problems, fmt.Errorf("source %d, %s.json: %w", i, lang, err))
		}
		for _, e := range entries {
			if _, taken := b.entries[e.key]; taken {
				problems = append(problems, fmt.Errorf("%s: key %q is defined twice", lang, e.key))
				continue
			}
			b.entries[e.key] = e
		}
	}
	messages := make([]*goi18n.Message, 0, len(b.entries))
	for _, e := range b.entries {
		messages = append(messages, e.message())
		if !e.plural && len(e.names) == 0 {
			b.fixed[e.key] = e.forms["other"]
		}
	}
	if err := c.bundle.AddMessages(language.Make(lang), messages...); err != nil {
		problems = append(problems, err)
	}
	b.localizer = goi18n.NewLocalizer(c.bundle, lang)
	return b, errors.Join(problems...)
}

// compare tells how the two languages differ.
func (c *Catalog) compare() []error {
	var problems []error
	fr, en := c.books[French], c.books[English]
	for _, key := range sortedKeys(fr.entries) {
		other, ok := en.entries[key]
		switch e := fr.entries[key]; {
		case !ok:
			problems = append(problems, fmt.Errorf("key %q has no English text", key))
		case e.plural != other.plural:
			problems = append(problems, fmt.Errorf("key %q has plural forms in one language only", key))
		case !slices.Equal(e.names, other.names):
			problems = append(problems, fmt.Errorf("key %q uses the values %v in French and %v in English", key, e.names, other.names))
		}
	}
	for _, key := range sortedKeys(en.entries) {
		if _, ok := fr.entries[key]; !ok {
			problems = append(problems, fmt.Errorf("key %q has no French text", key))
		}
	}
	return problems
}

// index prepares what look-ups need once the catalogues are known to be sound.
func (c *Catalog) index() {
	c.langs = c.order()
	tags := make([]language.Tag, 0, len(c.langs))
	for _, lang := range c.langs {
		tags = append(tags, language.Make(lang))
	}
	c.matcher = language.NewMatcher(tags)
	c.keys = sortedKeys(c.books[French].entries)
}

// Printer returns the printer of a language ("fr" or "en"; anything else gives
// the default language) that writes times in loc (nil means UTC). It allocates
// one small value; make one per request.
func (c *Catalog) Printer(lang string, loc *time.Location) *Printer {
	b, ok := c.books[lang]
	if !ok {
		b = c.books[c.defaultLang]
	}
	if loc == nil {
		loc = time.UTC
	}
	return &Printer{book: b, lang: b.lang, loc: loc}
}

// maxAcceptLanguage bounds what Match reads of a header that anyone can send.
const maxAcceptLanguage = 256

// Match returns the language of Ruche that suits an Accept-Language header
// (RFC 9110, section 12.5.4) best: "fr" or "en", the default one when the
// header is empty, malformed, too long or asks for other languages only.
func (c *Catalog) Match(acceptLanguage string) string {
	if acceptLanguage == "" || len(acceptLanguage) > maxAcceptLanguage {
		return c.defaultLang
	}
	wanted, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil {
		return c.defaultLang
	}
	_, i, confidence := c.matcher.Match(wanted...)
	if confidence == language.No {
		return c.defaultLang
	}
	return c.langs[i]
}

// Default returns the language given to New.
func (c *Catalog) Default() string { return c.defaultLang }

// Has reports whether the key exists; it then exists in both languages.
func (c *Catalog) Has(key string) bool {
	_, ok := c.books[French].entries[key]
	return ok
}

// Keys returns every key in byte order, in a slice of the caller's own.
func (c *Catalog) Keys() []string { return slices.Clone(c.keys) }

// Names returns, in byte order, the names of the values that the texts of a key
// use; "Count" is among them when a plural form shows its number. An unknown
// key has none.
func (c *Catalog) Names(key string) []string {
	return slices.Clone(c.books[French].entries[key].names)
}

// Plural reports whether the key has plural forms, and so is to be printed with
// N rather than T.
func (c *Catalog) Plural(key string) bool { return c.books[French].entries[key].plural }

// Sources returns the texts of a key in a language as they stand in the
// catalogue, before values are filled in: one text, or one per plural form, in
// the order of the names of the forms. It serves checks of the catalogues.
func (c *Catalog) Sources(lang, key string) []string {
	b, ok := c.books[lang]
	if !ok {
		return nil
	}
	e := b.entries[key]
	var texts []string
	for _, form := range sortedKeys(e.forms) {
		texts = append(texts, e.forms[form])
	}
	return texts
}
