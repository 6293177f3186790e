package app_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestTheGuideOfASpaceIsTrueForWhoReadsIt: it says what each person may do, follows the
// settings, and is there for those alone who read the space.
func TestTheGuideOfASpaceIsTrueForWhoReadsIt(t *testing.T) {
	t.Parallel()
	h := open(t)
	const guide = "/espaces/demat-ads/guide"
	const read, comment, publish, all = "Vous lisez.", "Vous lisez, commentez et réagissez.", "Vous lisez, commentez et publiez", "modifiez ou retirez aussi ce que les autres ont écrit"
	boss, reader := h.as(lead), h.as("bruno.costa@demo.example")
	for email, want := range map[string]string{lead: all, contributor: publish, reader.name: comment} {
		a := h.as(email).get(guide)
		if a.status != http.StatusOK || !strings.Contains(a.body, want) {
			t.Errorf("%s gets %d, without %q", email, a.status, want)
		}
		if !strings.Contains(a.body, " membres, dont ") || strings.Contains(a.body, "no value") {
			t.Errorf("%s is not told how many read it", email)
		}
		for _, other := range []string{read, comment, publish, all} {
			if other != want && strings.Contains(a.body, other) {
				t.Errorf("%s reads %q", email, other)
			}
		}
		for _, name := range []string{"Camille Martin", "Hélène Garnier"} { // they lead it
			if !strings.Contains(a.body, name) {
				t.Errorf("%s is not told of %s", email, name)
			}
		}
	}
	if b := reader.get("/espaces/demat-ads").body; !strings.Contains(b, `href="`+guide+`"`) {
		t.Error("the home of the space does not lead to its guide")
	}
	// The settings changed: so did the guide, for whom they changed.
	if a := boss.post("/espaces/demat-ads/membres/"+h.actor(reader.name).Account.String()+"/-/droits", "level-1", "1"); a.status != http.StatusSeeOther {
		t.Fatalf("an override: %d", a.status)
	}
	if b := reader.get(guide).body; !strings.Contains(b, read) || strings.Contains(b, comment) {
		t.Error("the guide does not follow the rights of a member")
	}
	if a := boss.post("/espaces/demat-ads/membres/"+h.actor(reader.name).Account.String()+"/-/droits", "level-1", "0"); a.status != http.StatusSeeOther {
		t.Fatalf("an override: %d", a.status)
	}
	if b := reader.get(guide).body; strings.Contains(b, "/espaces/demat-ads/blog") || strings.Contains(b, read) {
		t.Error("the guide tells of a service of which one sees nothing")
	}
}
