package ui_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"ruche/internal/platform/i18n"
	"ruche/internal/ui"
)

func TestFieldsSayWhatIsExpectedAndWhatIsWrong(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		field templ.Component
		want  []string
		never []string
	}{
		"plain": {
			ui.TextInput(ui.Input{Name: "nom", Label: "Nom"}),
			[]string{`<label for="champ-nom"`, `id="champ-nom"`, `name="nom"`, `type="text"`},
			[]string{"aria-invalid", "aria-describedby", "required"},
		},
		"hint and fault": {
			ui.TextInput(ui.Input{Name: "nom", Label: "Nom", Hint: "Court.", Error: "Donnez un nom.", Value: `"<b>`}),
			[]string{
				`aria-describedby="champ-nom-aide champ-nom-erreur"`, `aria-invalid="true"`, `id="champ-nom-aide"`,
				`id="champ-nom-erreur"`, "Donnez un nom.", `value="&#34;&lt;b&gt;"`,
			},
			nil,
		},
		"optional": {
			ui.TextArea(ui.Area{Name: "but", Label: "But", Optional: true}),
			[]string{"facultatif"}, nil,
		},
		// The parser drops one new line at the start of a textarea.
		"text that starts with an empty line": {
			ui.TextArea(ui.Area{Name: "but", Label: "But", Value: "\nDeux"}),
			[]string{">\n\nDeux</textarea>"}, nil,
		},
		"a text cannot leave its field": {
			ui.TextArea(ui.Area{Name: "but", Label: "But", Value: "</textarea><script>"}),
			[]string{"&lt;/textarea&gt;&lt;script&gt;"}, []string{"<script>"},
		},
		"the link of a summary reaches the first radio button": {
			ui.RadioGroup(ui.Choice{Name: "genre", Label: "Genre", Hint: "Aide", Options: []ui.Option{{Value: "a", Label: "A", Hint: "a"}, {Value: "b", Label: "B"}}}),
			[]string{`id="champ-genre" name="genre" value="a" aria-describedby="champ-genre-precision"`, `id="champ-genre-2"`, `<fieldset class="field choices" aria-describedby="champ-genre-aide"`},
			nil,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := render(in(t, i18n.French), t, c.field)
			for _, want := range c.want {
				if !strings.Contains(page, want) {
					t.Errorf("%q is not in %s", want, page)
				}
			}
			for _, never := range c.never {
				if strings.Contains(page, never) {
					t.Errorf("%q is in %s", never, page)
				}
			}
		})
	}
}

func TestErrorSummaryLeadsToEachFault(t *testing.T) {
	t.Parallel()
	problems := ui.Problems(map[string]string{"nom": "Donnez un nom.", "but": "Dites pourquoi.", "vide": ""}, "nom")
	page := render(in(t, i18n.French), t, ui.ErrorSummary(problems))
	for _, want := range []string{`href="#champ-nom"`, `href="#champ-but"`, "2 points sont à corriger", "autofocus"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not in %s", want, page)
		}
	}
	if none := render(in(t, i18n.French), t, ui.ErrorSummary(nil)); none != "" {
		t.Errorf("without a fault it shows %q", none)
	}
}

func TestProblemsFollowTheOrderOfTheForm(t *testing.T) {
	t.Parallel()
	problems := ui.Problems(map[string]string{"a": "A", "b": "B", "z": "Z", "m": ""}, "z", "m")
	var names []string
	for _, p := range problems {
		names = append(names, p.Field)
	}
	if want := []string{"z", "a", "b"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

func TestSwapNamesThePartToReplace(t *testing.T) {
	t.Parallel()
	got := ui.Swap("POST", "/espaces", "ouvrir")
	for name, want := range map[string]string{"hx-post": "/espaces", "hx-target": "#ouvrir", "hx-swap": "outerHTML"} {
		if got[name] != want {
			t.Errorf("%s is %v, want %s", name, got[name], want)
		}
	}
}
