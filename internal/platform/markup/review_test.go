package markup_test

import (
	"slices"
	"testing"

	"ruche/internal/platform/markup"
)

func TestReview(t *testing.T) {
	t.Parallel()
	for md, want := range map[string][]markup.Finding{
		"## Un\n\n### Deux\n\n## Trois\n":                                    nil,
		"#### Commence bas\n":                                                nil,
		"## Un\n\n#### Saute\n":                                              {{Kind: markup.FlawHeading, Words: "Saute"}},
		"![](fichier:x) ![ ](/y.png) ![mot](/z.png)":                         {{Kind: markup.FlawImage, Words: "fichier:x"}, {Kind: markup.FlawImage, Words: "/y.png"}},
		"[Cliquez ici !](/a), [le mode d’emploi](/a), [En savoir plus…](/b)": {{Kind: markup.FlawLink, Words: "Cliquez ici !"}, {Kind: markup.FlawLink, Words: "En savoir plus…"}},
		"**Un faux titre**\n\nDu **gras** dedans.\n\n> **cité**":             {{Kind: markup.FlawBold, Words: "Un faux titre"}},
		"```\n![](x)\n```":                                                   nil,
	} {
		if got := markup.Review(md); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", md, got, want)
		}
	}
}
