package people

import (
	"context"

	"github.com/a-h/templ"

	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/ui"
)

type signInView struct {
	refusal
	Email, Next string
	// DemoAccounts and DemoPassword are empty but on a demonstration.
	DemoAccounts []demoAccount
	DemoPassword string
}

type demoAccount struct{ Email, LabelKey string }

type profileView struct {
	refusal
	Email, Name, Organisation, Lang, Theme string
	Job, About, Skills                     string
	// Page is how others see it.
	Page string
	// Access tells an external until when they may enter; empty for the others.
	Access                string
	Markdown, NoShortcuts bool
}

// directoryView is a page of the directory.
type directoryView struct {
	Typed  string
	People []ui.Row
	Paging ui.Paging
}

// externalsView is the page of the externals; Do, Until and Email are what was typed.
type externalsView struct {
	Review
	refusal
	Admin            bool
	People           []ui.Option
	Chosen           map[id.ID]bool
	Do, Until, Email string
	Paging           ui.Paging
}

// chips lead to the externals whose access is open or over, and, for an administrator, to
// everybody's.
func (v externalsView) chips(ctx context.Context) []ui.Tab {
	at := func(key string, of ReviewOf, over bool) ui.Tab {
		return ui.Tab{Label: i18n.T(ctx, key), Href: reviewAt(Review{Of: of, Over: over}), Current: v.Of == of && v.Over == over}
	}
	out := []ui.Tab{at("people.externals.mine", Mine, false), at("people.externals.mine_over", Mine, true)}
	if v.Admin {
		out = append(out, at("people.externals.orphans", Orphans, false), at("people.externals.all", All, false), at("people.externals.all_over", All, true))
	}
	return out
}

// empty says why there is nobody, and what brings somebody.
func (v externalsView) empty(ctx context.Context) ui.Empty {
	switch {
	case v.Over:
		return ui.Empty{Title: i18n.T(ctx, "people.externals.none_over"), Text: i18n.T(ctx, "people.externals.none_over.text"), Icon: "clock"}
	case v.Of == Orphans:
		return ui.Empty{Title: i18n.T(ctx, "people.externals.no_orphan"), Text: i18n.T(ctx, "people.externals.no_orphan.text"), Icon: "clock"}
	}
	return ui.Empty{Title: i18n.T(ctx, "people.externals.none"), Text: i18n.T(ctx, "people.externals.none.text"), Icon: "clock"}
}

// personView is someone's profile.
type personView struct {
	Face                   ui.Face
	Job, Organisation      string
	Mine, Closed, External bool
	// Access says until when an external may enter and who answers for them; Manages that
	// the reader does.
	Access  []string
	Manages bool
	About   string
	Skills  []string
	Spaces  []ui.Row
}

type sessionView struct {
	ID, Device string
	// Opened is an exact time in words, Seen a relative one.
	Opened, Seen string
	Current      bool
}

type codeView struct {
	refusal
	// Code is what was typed.
	Next, Code string
	// Recovery asks for a recovery code; Other is the page that asks for the other kind.
	Recovery bool
	Other    string
}

// factorView is the page of one's second factor: none, one that waits for its first code,
// or one that is there.
type factorView struct {
	refusal
	// Refused is which form was: "codes", "remove", or "" for the first one.
	Refused string
	// Code is what was typed in it.
	Code string
	// Needed tells that the account must have one.
	Needed bool
	// Key and Picture are of one that waits for its first code.
	Key, Picture string
	// Since is when it was confirmed, in words, and CodesLeft how many recovery codes remain.
	Since     string
	CodesLeft int
}

// codeField is the id of the field of the code that a form asks for.
func codeField(form string) string { return ui.FieldID("code-" + form) }

// factorAction is where a form that changes something for a code goes.
func factorAction(what string) string {
	if what == "remove" {
		return ui.FactorPath + "/retirer"
	}
	return ui.FactorPath + "/codes"
}

// typed is what was typed for the code of a form, and what was wrong with it.
func (v factorView) typed(form string) (code, fault string) {
	if v.Refused == form {
		return v.Code, v.Errors["code"]
	}
	return "", ""
}

type forgottenView struct {
	refusal
	Email string
	Sent  bool
}

type resetView struct {
	refusal
	Email string
}

func languageChoice(label, auto, hint, fault, chosen string) ui.Choice {
	return ui.Choice{
		Name: "langue", Label: label, Hint: hint, Error: fault,
		Options: []ui.Option{
			{Value: browser, Label: auto, Selected: chosen == ""},
			{Value: i18n.French, Label: "Français", Selected: chosen == i18n.French},
			{Value: i18n.English, Label: "English", Selected: chosen == i18n.English},
		},
	}
}

// sessionRow draws a session with the button that ends it, unless it is the
// one in which the person looks at the list.
func sessionRow(ctx context.Context, s sessionView) ui.Row {
	row := ui.Row{
		Icon: "monitor", Title: s.Device, Text: i18n.T(ctx, "people.session.seen", "when", s.Seen),
		Meta: i18n.T(ctx, "people.session.opened", "when", s.Opened),
	}
	if s.Current {
		row.Badges = []ui.BadgeView{{Label: i18n.T(ctx, "people.session.current"), Icon: "check", Tone: ui.Success}}
		return row
	}
	row.Actions = []ui.Action{{
		Label: i18n.T(ctx, "people.session.end"), About: i18n.T(ctx, "people.session.end.about", "device", s.Device), Size: ui.Small,
		Attrs: templ.Attributes{"formaction": "/compte/sessions/" + s.ID + "/fermer"},
	}}
	return row
}
