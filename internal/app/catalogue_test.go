package app_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
)

// TestSpacesAreFound: by the beginnings of words of the name or the purpose, without
// accents, by who may know of them and by nobody else.
func TestSpacesAreFound(t *testing.T) {
	t.Parallel()
	h := open(t)
	found := func(who, query string) (out []string) {
		a := h.as(who).get("/espaces?" + query)
		if a.status != http.StatusOK {
			t.Fatalf("%s answered %d", query, a.status)
		}
		for _, slug := range []string{"demat-ads", "reseau-accessibilite", "refonte-portail", "comite-secret"} {
			if _, list, _ := strings.Cut(a.body, `class="rows catalogue"`); strings.Contains(list, `href="/espaces/`+slug+`"`) {
				out = append(out, slug)
			}
		}
		return out
	}
	for _, c := range []struct{ who, query, want string }{
		{nowhere, "q=ACCESSIBILIT%C3%89+res", "reseau-accessibilite"},
		{nowhere, "q=acc%C3%A8s+res", "reseau-accessibilite"},
		{nowhere, "q=ccessi", ""},
		{nowhere, "q=refonte+portail+demat", ""},
		{lead, "q=&parmi=projets", "refonte-portail"},
		{lead, "q=refonte&parmi=communautes", ""},
		{nowhere, "parmi=miens", ""},
		{external, "q=demat", "demat-ads"},
		{external, "q=refonte", ""},
		{nowhere, "q=comite", ""},
		{admin, "q=secret", ""},
		{secretLead, "q=prefiguration", "comite-secret"},
	} {
		if got := strings.Join(found(c.who, c.query), " "); got != c.want {
			t.Errorf("%s finds %q for %s, want %q", c.who, got, c.query, c.want)
		}
	}
	if a := h.as(nowhere).get("/espaces?q=rien-de-tel%3Cscript%3E"); !strings.Contains(a.body, "Aucun espace ne correspond") || strings.Contains(a.body, "<script>") {
		t.Error("what is not found is not said, or what was typed runs")
	}
	// A new name is found and the old one no more; so are spaces that have no words yet.
	h.as(lead).post("/espaces/refonte-portail/reglages", "name", "Nouveau guichet", "purpose", "Tout refaire", "welcome", "", "visibility", "private", "hue", "3", "base", h.text(`SELECT revision FROM spaces WHERE slug = 'refonte-portail'`))
	if got := strings.Join(found(lead, "q=guichet+nouv"), " ") + "," + strings.Join(found(lead, "q=portail"), " "); got != "refonte-portail," {
		t.Errorf("after a change of name: %q", got)
	}
	h.write(func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM space_words`); err != nil {
			return err
		}
		for more := true; more; {
			var err error
			if more, err = space.IndexMissing(ctx, tx, 2); err != nil {
				return err
			}
		}
		return nil
	})
	if got := found(nowhere, "q=acces+reseau"); len(got) != 1 {
		t.Errorf("spaces of before are not found: %v", got)
	}
}
