package frame

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/merge"
	"ruche/internal/kernel/service"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/markup"
	"ruche/internal/ui"
)

// field is a field of a text with the words for it.
type field struct{ name, label, text string }

// fields lists those of a text in the order of the form: title, the service's
// own by name, body. sv is nil when the service is gone.
func fields(ctx context.Context, sv *service.Service, t content.Text) []field {
	out := []field{{"title", i18n.T(ctx, "frame.field.title"), t.Title}}
	if sv != nil {
		for _, name := range slices.Sorted(maps.Keys(sv.FieldKeys)) {
			out = append(out, field{name, i18n.T(ctx, sv.FieldKeys[name]), t.Fields[name]})
		}
	}
	return append(out, field{"body", i18n.T(ctx, "frame.field.body"), markup.Typed(t.Body)})
}

// Differences draws what changed from one text to another, field by field.
func Differences(ctx context.Context, sv *service.Service, before, after content.Text) []ui.Difference {
	old := fields(ctx, sv, before)
	out := make([]ui.Difference, 0, len(old))
	for i, f := range fields(ctx, sv, after) {
		out = append(out, ui.Difference{Label: f.label, Changes: changes(old[i].text, f.text)})
	}
	return out
}

// Texts draws a text whole, field by field, as it was typed.
func Texts(ctx context.Context, sv *service.Service, t content.Text) (out []ui.Difference) {
	for _, f := range fields(ctx, sv, t) {
		if f.text != "" {
			out = append(out, ui.Difference{Label: f.label, Changes: []ui.Change{{Text: f.text}}})
		}
	}
	return out
}

func changes(before, after string) (out []ui.Change) {
	for _, s := range merge.Words(before, after) {
		out = append(out, ui.Change{Text: s.Text, Added: s.Op == merge.Added, Removed: s.Op == merge.Removed})
	}
	return out
}

// Hidden fields of a form that keeps itself: the account that opened it, and the
// slot of what is kept of it.
const (
	FieldTypist = "compte"
	FieldSlot   = "brouillon"
	choice      = "choix-"
	chooseOther = "autre"
)

// SameTypist refuses a form that another account opened in this browser: the text is
// that account's. The form has been parsed. fault.Denied.
func SameTypist(r *http.Request, a actor.Actor) error {
	if by := r.PostForm.Get(FieldTypist); by != "" && by != a.Account.String() {
		return fault.New(fault.Denied, "frame.other_account")
	}
	return nil
}

// GivenUp lists the fields for which the writer chose, on the page of a clash, the
// text of the other.
func GivenUp(r *http.Request) (names []string) {
	for name := range r.PostForm {
		if field, ok := strings.CutPrefix(name, choice); ok && r.PostForm.Get(name) == chooseOther {
			names = append(names, field)
		}
	}
	return names
}

// Conflict draws a clash above a form that holds the joined text. href is the
// page of the item, for whoever keeps the other version.
func Conflict(ctx context.Context, sv *service.Service, c *content.Clash, href string) *ui.Conflict {
	out := &ui.Conflict{By: c.By, Href: href, Theirs: Differences(ctx, sv, c.Mine, c.Theirs)}
	for _, f := range fields(ctx, sv, c.Mine) {
		if len(c.Places[f.name]) > 0 {
			out.Choices = append(out.Choices, ui.Choice{
				Name: choice + f.name, Label: i18n.T(ctx, "ui.conflict.choice", "field", f.label),
				Options: []ui.Option{
					{Value: "mien", Label: i18n.T(ctx, "ui.conflict.choice.mine"), Selected: true},
					{Value: chooseOther, Label: i18n.T(ctx, "ui.conflict.choice.theirs", "by", c.By)},
				},
			})
		}
		for _, place := range c.Places[f.name] {
			out.Passages = append(out.Passages, ui.Passage{Field: f.label, Theirs: changes(markup.Typed(place.Base), markup.Typed(place.Theirs)), Mine: changes(markup.Typed(place.Base), markup.Typed(place.Mine))})
		}
	}
	return out
}
