package markup_test

import (
	"strings"
	"testing"

	"ruche/internal/platform/markup"
)

const ada = "account/0192d4a0-0000-7000-8000-000000000001"

func TestReferencesAreWrittenInPlaceOfCalls(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"Bonjour @Ada L. merci":                 "Bonjour [@Ada L](ruche:" + ada + "). merci",
		"(@Ada L)":                              "([@Ada L](ruche:" + ada + "))",
		"- un\n- @Ada L\n\n> @Ada L":            "- un\n- [@Ada L](ruche:" + ada + ")\n\n> [@Ada L](ruche:" + ada + ")",
		"`@Ada L` et ada@Ada L":                 "`@Ada L` et ada@Ada L",
		"    @Ada L\n\n```\n@Ada L\n```":        "    @Ada L\n\n```\n@Ada L\n```",
		"[@Ada L](https://exemple.fr) \\@Ada L": "[@Ada L](https://exemple.fr) \\@Ada L",
		"écrire à qui@Ada L.fr":                 "écrire à qui@Ada L.fr",
		"| a |\n|---|\n| @Ada L |":              "| a |\n|---|\n| [@Ada L](ruche:" + ada + ") |",
	} {
		calls := markup.Calls(typed)
		var at []markup.Call
		var lengths []int
		var refs []markup.Reference
		for _, c := range calls {
			if strings.HasPrefix(c.After, "Ada L") {
				at, lengths, refs = append(at, c), append(lengths, len("Ada L")), append(refs, markup.Reference{Target: ada, Name: "Ada L"})
			}
		}
		got := markup.Refer(typed, at, lengths, refs)
		if got != want {
			t.Errorf("%q is written %q, want %q", typed, got, want)
		}
		if back := markup.Typed(got); back != typed {
			t.Errorf("%q comes back as %q", typed, back)
		}
		if n := len(markup.References(got)); n != len(at) {
			t.Errorf("%q holds %d references, want %d", got, n, len(at))
		}
	}
}

// TestAReferenceShowsANameThatIsKnown: nobody is made to look mentioned, nothing
// runs, and no name breaks out of its place.
func TestAReferenceShowsANameThatIsKnown(t *testing.T) {
	t.Parallel()
	name := `A_d_a [L] *x* <b> & \ ` + "`y`"
	md := markup.Mark(markup.Reference{Target: ada, Name: name})
	r := markup.New(markup.Options{})
	if got := markup.Typed(md); got != "@"+name {
		t.Errorf("%q comes back as %q", md, got)
	}
	if html := string(r.Comment(md)); strings.Contains(html, "mention") || strings.Contains(html, "href") || !strings.Contains(html, "@A_d_a [L]") {
		t.Errorf("an unknown reference is shown as %s", html)
	}
	known := r.Naming(map[string]string{ada: "<Ada & Cie>"})
	if html := string(known.Comment(md)); !strings.Contains(html, `<span class="mention">@&lt;Ada &amp; Cie&gt;</span>`) || strings.Contains(html, "href") {
		t.Errorf("a known reference is shown as %s", html)
	}
	doc, err := known.Render("# "+md+"\n\n["+md+"](https://exemple.fr) [@x](ruche:account/autre)", 2)
	if err != nil || strings.Contains(string(doc.HTML), "ruche:") {
		t.Errorf("%v: %s", err, doc.HTML)
	}
	if got := r.Text("Merci "+md, 100); !strings.Contains(got, "@A_d_a") || strings.Contains(got, "ruche:") {
		t.Errorf("an excerpt says %q", got)
	}
}

func FuzzReferences(f *testing.F) {
	f.Add("a @b [@c](ruche:x) `@d`")
	f.Add("\xbd\x97\xd3@\x82")
	f.Add("[@](ruche:)[@\\](ruche:y)")
	r := markup.New(markup.Options{})
	f.Fuzz(func(t *testing.T, md string) {
		typed := markup.Typed(md)
		if len(markup.References(md)) == 0 && typed != md {
			t.Errorf("%q without references changed to %q", md, typed)
		}
		calls := markup.Calls(md)
		for i, c := range calls {
			if md[c.At] != '@' || i > 0 && calls[i-1].At >= c.At {
				t.Fatalf("the call %d of %q stands at %d", i, md, c.At)
			}
		}
		if r.Naming(map[string]string{"x": "X"}).Comment(md); markup.Refer(md, nil, nil, nil) != md {
			t.Error("nothing to write changed the text")
		}
	})
}
