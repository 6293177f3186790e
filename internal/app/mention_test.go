package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/db"
)

// proposed asks whom a person may name.
func proposed(t *testing.T, p *person, path, begun string) (names []string) {
	t.Helper()
	a := p.get(path + "?debut=" + url.QueryEscape(begun))
	var got struct {
		List []struct{ Target, Name string }
	}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil {
		t.Fatalf("%s answered %d: %v", path, a.status, err)
	}
	for _, one := range got.List {
		names = append(names, one.Name)
	}
	return names
}

// TestMentions: a whole name typed after "@" names its person, who gets one mail,
// is shown under the name of today, and is typed as before when the text is edited.
func TestMentions(t *testing.T) {
	t.Parallel()
	h := open(t)
	author, named := h.as(contributor), h.as(lead)
	page, permanent := published(t, author, "Un billet", "Voyez avec @camille MARTIN, ou @Personne Inconnue et `@Camille Martin`.")
	if shown := author.get(page).body; strings.Count(shown, `<span class="mention">@Camille Martin</span>`) != 1 || !strings.Contains(shown, "@Personne Inconnue") || !strings.Contains(shown, "<code>@Camille Martin</code>") {
		t.Error("the page does not show whom the text names")
	}
	form := author.get(page + "/-/modifier").body
	if !strings.Contains(form, "Voyez avec @Camille Martin, ou @Personne") || strings.Contains(form, "ruche:account") {
		t.Error("the form does not give the text as it was typed")
	}
	author.post(page+"/-/modifier", "title", "Un billet", "base", "1", "action", "publish", "body", "Voyez avec @Camille Martin, ou @Personne Inconnue et `@Camille Martin`.")
	if n := h.number(`SELECT revision FROM items WHERE id = $1`, h.item(permanent)); n != 1 {
		t.Errorf("saving without typing made revision %d", n)
	}
	comment := strings.SplitN(author.post(permanent+"/-/commentaires", "texte", "Merci @Camille Martin !").location(), "#c-", 2)[1]
	author.post(permanent+"/-/commentaires/"+comment+"/modifier", "texte", "Merci encore @Camille Martin !")
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.mention' AND to_email = $1`, lead); n != 2 {
		t.Errorf("%d mails were written, want one for each text", n)
	}
	mail := h.text(`SELECT text FROM mails WHERE kind = 'items.mention' ORDER BY id DESC LIMIT 1`)
	link := regexp.MustCompile(`/p/\S+`).FindString(mail)
	if to := named.get(link).location(); !strings.Contains(to, "#c-"+comment) {
		t.Errorf("the mail leads to %q", to)
	}
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE accounts SET name = 'Camille Durand' WHERE email_key = $1`, lead)
		return err
	})
	if shown := author.get(page).body; strings.Count(shown, `<span class="mention">@Camille Durand</span>`) != 2 {
		t.Error("names are not those of today")
	}
	author.post(permanent + "/-/commentaires/" + comment + "/retirer")
	if n := h.number(`SELECT COUNT(*) FROM mentions WHERE remark_id IS NOT NULL`); n != 0 {
		t.Errorf("a comment removed names %d people", n)
	}
}

// TestAMentionIsNoRight: who may not read is neither proposed, nor named, nor
// written to; who lost the right before the mail left gets none.
func TestAMentionIsNoRight(t *testing.T) {
	t.Parallel()
	h := open(t)
	author := h.as(contributor)
	stranger := h.actor(nowhere)
	name := h.text(`SELECT name FROM accounts WHERE id = $1`, stranger.Account)
	page, permanent := published(t, author, "Entre nous", fmt.Sprintf("@%s [@%s](ruche:account/%s) @Jeanne Leroy", name, name, stranger.Account))
	shown := author.get(page).body
	if strings.Contains(shown, `<span class="mention">@`+name) || strings.Contains(shown, "ruche:account") {
		t.Error("a stranger is shown as named")
	}
	if !strings.Contains(shown, `<span class="mention">@Jeanne Leroy</span>`) {
		t.Error("a member is not named")
	}
	for _, p := range []*person{author, h.as(external), h.as(lead)} {
		if got := proposed(t, p, permanent+"/-/mentions", name[:3]); strings.Contains(strings.Join(got, ","), name) {
			t.Errorf("%s is proposed a stranger", p.name)
		}
		if got := proposed(t, p, permanent+"/-/mentions", "cami"); len(got) > 1 || (strings.Join(got, "") == "Camille Martin") == (p.name == lead) {
			t.Errorf("%s is proposed %v", p.name, got)
		}
	}
	// In a public space an agent names any agent, an external co-members only.
	open := "/p/" + h.id(`SELECT i.id FROM items i JOIN spaces s ON s.id = i.space_id WHERE s.visibility = 'public' AND i.state = 2 ORDER BY i.id LIMIT 1`).String() + "/-/mentions"
	if got := proposed(t, h.as(lead), open, name[:3]); !strings.Contains(strings.Join(got, ","), name) {
		t.Errorf("an agent is proposed %v in a public space", got)
	}
	h.join(external, h.id(`SELECT id FROM spaces WHERE visibility = 'public' ORDER BY id LIMIT 1`))
	if got := proposed(t, h.as(external), open, name[:3]); len(got) != 0 {
		t.Errorf("an external is proposed %v, who share no space", got)
	}
	if n := h.number(`SELECT COUNT(*) FROM mentions WHERE account_id = $1`, stranger.Account); n != 0 {
		t.Error("a stranger has a row")
	}
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.mention'`); n != 1 {
		t.Errorf("%d mails were written, want one", n)
	}
	h.evict(external)
	h.clock.Advance(2 * time.Hour)
	h.run()
	if state := h.text(`SELECT state FROM mails WHERE kind = 'items.mention'`); state == "sent" || state == "queued" {
		t.Errorf("the mail to who lost the right is %s", state)
	}
}

// TestAGroupIsNamed: its members who may read are told, each once.
func TestAGroupIsNamed(t *testing.T) {
	t.Parallel()
	h := open(t)
	author := h.as(contributor)
	group := h.group("demat-ads", "Comité de pilotage", lead, contributor, external)
	page, permanent := published(t, author, "Pour le comité", "Merci de relire, @comité de pilotage et @Camille Martin.")
	if !strings.Contains(author.get(page).body, `<span class="mention">@Comité de pilotage</span>`) {
		t.Error("the group is not named")
	}
	if got := proposed(t, author, permanent+"/-/mentions", "pilo"); len(got) != 1 || got[0] != "Comité de pilotage" {
		t.Errorf("a group is proposed as %v", got)
	}
	h.run()
	if n := h.number(`SELECT COUNT(*) FROM mails WHERE kind = 'items.mention'`); n != 2 {
		t.Errorf("%d mails were written, want one to each member but the author", n)
	}
	h.write(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM group_members WHERE group_id = $1`, group)
		if err == nil {
			_, err = tx.Exec(ctx, `DELETE FROM space_groups WHERE id = $1`, group)
		}
		return err
	})
	if strings.Contains(author.get(page).body, `@Comité de pilotage</span>`) {
		t.Error("a group that is gone is still shown as one")
	}
}
