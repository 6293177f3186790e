package i18n_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"ruche/internal/platform/i18n"
)

func source(fr, en string) fstest.MapFS {
	return fstest.MapFS{"fr.json": {Data: []byte(fr)}, "en.json": {Data: []byte(en)}}
}

func catalog(t *testing.T, fr, en string) *i18n.Catalog {
	t.Helper()
	c, err := i18n.New(i18n.French, source(fr, en))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNewRefuses(t *testing.T) {
	cases := map[string]struct{ fr, en, want string }{
		"French only":        {`{"a.b": "x"}`, `{}`, `key "a.b" has no English text`},
		"English only":       {`{}`, `{"a.b": "x"}`, `key "a.b" has no French text`},
		"twice in a file":    {`{"a.b": "x", "a.b": "y"}`, `{"a.b": "x"}`, `fr: key "a.b" is defined twice`},
		"key of the package": {`{"i18n.now": "x"}`, `{"i18n.now": "x"}`, `key "i18n.now" is defined twice`},
		"other values":       {`{"a.b": "{{.x}}"}`, `{"a.b": "{{.y}}"}`, `uses the values [x] in French and [y] in English`},
		"plural on one side": {`{"a.b": {"one": "x", "other": "x"}}`, `{"a.b": "x"}`, `plural forms in one language only`},
		"no other":           {`{"a.b": {"one": "x"}}`, `{"a.b": "x"}`, `plural form "other" is missing`},
		"no one":             {`{"a.b": {"other": "x"}}`, `{"a.b": "x"}`, `plural form "one" is missing`},
		"form of another":    {`{"a.b": {"one": "x", "few": "x", "other": "x"}}`, `{}`, `plural form "few" does not exist in "fr"`},
		"empty":              {`{"a.b": ""}`, `{"a.b": "x"}`, `is empty`},
		"condition":          {`{"a.b": "{{if .x}}y{{end}}"}`, `{"a.b": "x"}`, `only {{.name}} is allowed`},
		"function":           {`{"a.b": "{{.x | printf}}"}`, `{"a.b": "x"}`, `template`},
		"nested field":       {`{"a.b": "{{.x.y}}"}`, `{"a.b": "x"}`, `only {{.name}} is allowed`},
		"broken template":    {`{"a.b": "{{.x"}`, `{"a.b": "x"}`, `template`},
		"nested object":      {`{"a": {"b": {"one": "x"}}}`, `{}`, `key "a"`},
		"number":             {`{"a.b": 3}`, `{"a.b": "x"}`, `want a text or an object`},
		"upper case":         {`{"a.B": "x"}`, `{"a.B": "x"}`, `lower-case`},
		"one word":           {`{"title": "x"}`, `{"title": "x"}`, `joined by dots`},
		"empty word":         {`{"a..b": "x"}`, `{"a..b": "x"}`, `joined by dots`},
		"not an object":      {`["a.b"]`, `{}`, `not a JSON object`},
		"cut off":            {`{"a.b": "x"`, `{"a.b": "x"}`, `EOF`},
		"text after":         {`{} {}`, `{}`, `text after the object`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := i18n.New(i18n.French, source(c.fr, c.en))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestNewRefusesTwoSourcesWithOneKey(t *testing.T) {
	one := source(`{"a.b": "x"}`, `{"a.b": "x"}`)
	if _, err := i18n.New(i18n.French, one, one); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("error %v", err)
	}
}

func TestNewRefusesAMissingFile(t *testing.T) {
	if _, err := i18n.New(i18n.French, fstest.MapFS{"fr.json": {Data: []byte("{}")}}); err == nil {
		t.Error("a source without en.json is accepted")
	}
}

func TestNewRefusesAnotherLanguage(t *testing.T) {
	if _, err := i18n.New("de"); err == nil {
		t.Error("German is accepted")
	}
}

// TestNewNamesEveryProblem keeps a developer from mending one key at a time.
func TestNewNamesEveryProblem(t *testing.T) {
	_, err := i18n.New(i18n.French, source(`{"a.b": "x", "c.d": ""}`, `{"e.f": "x"}`))
	for _, key := range []string{"a.b", "c.d", "e.f"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("error %v does not name %s", err, key)
		}
	}
}

func TestKeys(t *testing.T) {
	c := catalog(t, `{"b.c": "x", "a.b": {"one": "{{.n}}", "other": "{{.Count}}"}}`, `{"b.c": "x", "a.b": {"one": "{{.Count}}", "other": "{{.n}}"}}`)
	if !c.Has("b.c") || c.Has("b") || c.Has("") {
		t.Error("Has")
	}
	keys := c.Keys()
	if !slices.IsSorted(keys) || !slices.Contains(keys, "a.b") || !slices.Contains(keys, "i18n.now") {
		t.Errorf("keys %v", keys)
	}
	if names := c.Names("a.b"); !slices.Equal(names, []string{"Count", "n"}) {
		t.Errorf("names %v", names)
	}
	if !c.Plural("a.b") || c.Plural("b.c") || c.Plural("none.such") {
		t.Error("Plural")
	}
	if texts := c.Sources(i18n.French, "a.b"); !slices.Equal(texts, []string{"{{.n}}", "{{.Count}}"}) {
		t.Errorf("sources %v", texts)
	}
	if c.Sources("de", "a.b") != nil || c.Default() != i18n.French {
		t.Error("Sources or Default")
	}
}

func TestMatch(t *testing.T) {
	fr, err := i18n.New(i18n.French)
	if err != nil {
		t.Fatal(err)
	}
	en, err := i18n.New(i18n.English)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct{ header, fr, en string }{
		{"", "fr", "en"},
		{"fr", "fr", "fr"},
		{"fr-CA,fr;q=0.9,en;q=0.8", "fr", "fr"},
		{"en-US,en;q=0.9", "en", "en"},
		{"en;q=0.3, fr;q=0.8", "fr", "fr"},
		{"de-CH, en;q=0.5", "en", "en"},
		{"de, ja", "fr", "en"},
		{"*", "fr", "en"},
		{"fr;q=x;;", "fr", "en"},
		{strings.Repeat("en,", 400), "fr", "en"},
	}
	for _, c := range cases {
		if got := fr.Match(c.header); got != c.fr {
			t.Errorf("French house, %.40q: %s, want %s", c.header, got, c.fr)
		}
		if got := en.Match(c.header); got != c.en {
			t.Errorf("English house, %.40q: %s, want %s", c.header, got, c.en)
		}
	}
}

const (
	textsFR = `{
		"t.fixed": "Accueil",
		"t.by": "par {{.name}}",
		"t.many": "{{.a}} et {{.b}}",
		"t.comments": {"one": "{{.Count}} commentaire de {{.name}}", "other": "{{.Count}} commentaires de {{.name}}"},
		"t.millions": {"one": "{{.Count}} vue", "many": "{{.Count}} de vues", "other": "{{.Count}} vues"}
	}`
	textsEN = `{
		"t.fixed": "Home",
		"t.by": "by {{.name}}",
		"t.many": "{{.a}} and {{.b}}",
		"t.comments": {"one": "{{.Count}} comment by {{.name}}", "other": "{{.Count}} comments by {{.name}}"},
		"t.millions": {"one": "{{.Count}} view", "other": "{{.Count}} views"}
	}`
)

func TestT(t *testing.T) {
	c := catalog(t, textsFR, textsEN)
	fr, en := c.Printer("fr", nil), c.Printer("en", nil)
	noon := time.Date(2026, 11, 24, 13, 30, 0, 0, time.UTC)
	cases := []struct{ got, want string }{
		{fr.T("t.fixed"), "Accueil"},
		{en.T("t.fixed"), "Home"},
		{fr.T("t.fixed", "unused", 1), "Accueil"},
		{fr.T("t.by", "name", "Nadia <b>"), "par Nadia <b>"},
		{fr.T("t.by", "name", 12345), "par 12\u00a0345"},
		{en.T("t.by", "name", int64(12345)), "by 12,345"},
		{fr.T("t.by", "name", noon), "par mardi 24\u00a0novembre 2026 à 13\u00a0h\u00a030"},
		{fr.T("t.by", "name", "{{.other}}"), "par {{.other}}"},
		{fr.T("t.many", "a", "x", "b"), "x et "},
		{fr.T("t.none"), "t.none"},
		{fr.N("t.comments", 0, "name", "N"), "0 commentaire de N"},
		{fr.N("t.comments", 1, "name", "N"), "1 commentaire de N"},
		{fr.N("t.comments", 2, "name", "N"), "2 commentaires de N"},
		{fr.N("t.comments", 1234, "name", "N"), "1\u00a0234 commentaires de N"},
		{fr.N("t.comments", 1_000_000, "name", "N"), "1\u00a0000\u00a0000 commentaires de N"},
		{fr.N("t.millions", 2_000_000), "2\u00a0000\u00a0000 de vues"},
		{fr.N("t.comments", -3, "name", "N"), "\u22123 commentaires de N"},
		{en.N("t.comments", 0, "name", "N"), "0 comments by N"},
		{en.N("t.comments", 1, "name", "N"), "1 comment by N"},
		{en.N("t.comments", 1234, "name", "N"), "1,234 comments by N"},
		{en.N("t.none", 2), "t.none"},
	}
	for i, c := range cases {
		if c.got != c.want {
			t.Errorf("%d: %q, want %q", i, c.got, c.want)
		}
	}
}

func TestPrinterOfAnotherLanguageIsTheDefaultOne(t *testing.T) {
	p := catalog(t, textsFR, textsEN).Printer("de", nil)
	if p.Lang() != "fr" || p.T("t.fixed") != "Accueil" || p.Location() != time.UTC {
		t.Errorf("%s %q %v", p.Lang(), p.T("t.fixed"), p.Location())
	}
}

func TestContext(t *testing.T) {
	c := catalog(t, textsFR, textsEN)
	ctx := i18n.With(context.Background(), c.Printer("en", nil))
	if got := i18n.T(ctx, "t.by", "name", "Nadia"); got != "by Nadia" {
		t.Errorf("%q", got)
	}
	if got := i18n.N(ctx, "t.comments", 2, "name", "Nadia"); got != "2 comments by Nadia" {
		t.Errorf("%q", got)
	}
	for _, bare := range []context.Context{context.Background(), i18n.With(context.Background(), nil)} {
		if got := i18n.T(bare, "t.by", "name", "Nadia"); got != "t.by" {
			t.Errorf("%q", got)
		}
		if got := i18n.N(bare, "t.comments", 2); got != "t.comments" {
			t.Errorf("%q", got)
		}
		if p := i18n.From(bare); p.Lang() != "fr" || p.Date(time.Unix(0, 0)) != "jeudi 1er\u00a0janvier 1970" {
			t.Errorf("%s %s", p.Lang(), p.Date(time.Unix(0, 0)))
		}
	}
}

func BenchmarkT(b *testing.B) {
	c, err := i18n.New(i18n.French, source(textsFR, textsEN))
	if err != nil {
		b.Fatal(err)
	}
	p := c.Printer("en", nil)
	b.Run("fixed", func(b *testing.B) {
		for b.Loop() {
			p.T("t.fixed")
		}
	})
	b.Run("value", func(b *testing.B) {
		for b.Loop() {
			p.T("t.by", "name", "Nadia")
		}
	})
	b.Run("plural", func(b *testing.B) {
		for b.Loop() {
			p.N("t.comments", 12, "name", "Nadia")
		}
	})
}
