package app_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestOneGoesAnywhere: to spaces that one may know of, recent items that one may read,
// and pages that one has; and nothing else is told.
func TestOneGoesAnywhere(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, c := range []struct{ who, query, has, hasNot string }{
		{contributor, "", "Démat. ADS", "comite-secret"},
		{contributor, "q=panne", "Panne du guichet", "Connecteur"},
		{contributor, "q=GUICH+num", "Un an de guichet numérique", "Panne du guichet"},
		{nowhere, "q=refonte", "Refonte du portail", "Remplacer"},
		{nowhere, "q=panne", "Rien ne correspond", "Panne du guichet"},
		{external, "q=refonte", "Rien ne correspond", "Refonte du portail"},
		{external, "q=ouvrir", "Rien ne correspond", "/espaces/-/nouveau"},
		{contributor, "q=ouvrir", "/espaces/-/nouveau", "Rien ne correspond"},
		{lead, "q=comite+prefiguration", "Rien ne correspond", "comite-secret"},
		{lead, "q=scenarios", "Rien ne correspond", "Trois scénarios"},
		{secretLead, "q=scenarios", "Trois scénarios", "Rien ne correspond"},
	} {
		for _, path := range []string{"/aller", "/aller/-/resultats"} {
			a := h.as(c.who).get(path + "?" + c.query)
			_, list, _ := strings.Cut(a.body, `class="go-list"`)
			if a.status != http.StatusOK || !strings.Contains(list, c.has) || strings.Contains(list, c.hasNot) {
				t.Errorf("%s at %s?%s (%d): has %q: %v, has %q: %v", c.who, path, c.query, a.status, c.has, strings.Contains(list, c.has), c.hasNot, strings.Contains(list, c.hasNot))
			}
		}
	}
	if a := h.as(contributor).get("/aller?q=%3Cscript%3E1"); strings.Contains(a.body, "<script>1") {
		t.Error("what is typed runs")
	}
	if a := h.as(contributor).get("/"); !strings.Contains(a.body, " data-shortcuts") {
		t.Error("keys alone do nothing at first")
	}
	h.as(contributor).post("/compte", "name", "Amadou Diallo", "langue", "auto", "theme", "system", "sans_raccourcis", "1")
	if a := h.as(contributor).get("/"); strings.Contains(a.body, " data-shortcuts") || !strings.Contains(a.body, `aria-keyshortcuts="Control+K"`) {
		t.Error("keys alone still do something")
	}
}
