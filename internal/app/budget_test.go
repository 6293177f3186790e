package app_test

import (
	"net/http"
	"testing"
)

// TestPagesKeepToTheirQueries asserts the number of statements of each page,
// sign-in included, so that a loop of queries can't come in unseen. A page that
// needs more says so here; none passes twelve.
func TestPagesKeepToTheirQueries(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.as(lead)
	post := "/espaces/demat-ads/blog/" + victims(h, "demat-ads")["post"]
	item := "/p/" + victims(h, "demat-ads")["item"]
	for path, most := range map[string]int64{
		"/": 8, "/suivis": 4, "/notifications": 7, "/compte/courriels": 6, "/espaces/demat-ads/-/courriels": 6, "/notifications/nouveautes": 10, "/aller": 7, "/aller/-/resultats?q=dem": 6, "/espaces": 4, "/espaces/-/nouveau": 2, "/espaces/demat-ads": 12, "/espaces/demat-ads/guide": 6, "/espaces/demat-ads/membres": 8, "/espaces/demat-ads/membres/-/invitations": 6,
		"/espaces/demat-ads/membres/-/inviter": 5, "/espaces/demat-ads/membres/-/inviter/liste": 5, "/espaces/demat-ads/reglages": 4,
		"/espaces/demat-ads/blog": 12, "/espaces/demat-ads/blog/-/lettre": 11, "/espaces/demat-ads/blog/-/lettre/recevoir": 6, "/espaces/demat-ads/blog/-/nouveau": 9, item + "/-/pieces": 7, post: 12, post + "/-/modifier": 13,
		"/espaces/demat-ads/groupes": 5, "/espaces/demat-ads/reglages/droits": 5, "/espaces/demat-ads/groupes/" + h.groupOf("demat-ads").String(): 7, item + "/-/acces": 11,
		item + "/-/suivi": 6, item + "/-/copier": 6, item + "/-/historique": 7, item + "/-/historique/1": 8,
		"/compte": 3, "/annuaire": 3, "/annuaire?q=dia": 3, "/compte/sessions": 3, "/aide": 2, "/aide/04-billets": 2, "/contact": 2,
	} {
		a := p.get(path)
		if a.status != http.StatusOK {
			t.Errorf("%s answered %d", path, a.status)
		}
		if n := p.count.Queries(); n > most {
			t.Errorf("%s runs %d queries, at most %d were planned", path, n, most)
		}
	}
}
