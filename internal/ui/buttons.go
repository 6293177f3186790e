package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// Kind is how much an action weighs. A page has one Primary action.
type Kind string

// The kinds. Second is the zero value.
const (
	Second       Kind = ""
	Primary      Kind = "primary"
	Ghost        Kind = "ghost"
	DangerAction Kind = "danger"
)

// Action is a button or a link that looks like one. A link has an Href.
type Action struct {
	Label string
	// About completes the label for those who hear it alone: "Répondre" "à Odile
	// Chauvin".
	About string
	// Icon stands before the label, IconAfter behind it: names of web/icons.
	Icon, IconAfter string
	Kind            Kind
	Size            Size
	// Full takes the whole width; IconOnly shows the icon and says the label.
	Full, IconOnly bool
	Href           string
	// Name and Value are sent with the form.
	Name, Value string
	// Type is "submit" (the default), "button" or "reset".
	Type string
	// Form is the id of the form to send when the button stands outside of it.
	Form string
	// Pressed makes the button a switch that is on or off.
	Pressed *bool
	Attrs   templ.Attributes
}

func (a Action) class() string {
	classes := []string{"btn"}
	if a.Kind != Second {
		classes = append(classes, "btn-"+string(a.Kind))
	}
	if a.Size != Usual {
		classes = append(classes, "btn-"+string(a.Size))
	}
	if a.Full {
		classes = append(classes, "btn-full")
	}
	if a.IconOnly {
		classes = append(classes, "btn-icon")
	}
	return strings.Join(classes, " ")
}

func (a Action) buttonType() string {
	if a.Type == "" {
		return "submit"
	}
	return a.Type
}

func pressed(on bool) string {
	if on {
		return "true"
	}
	return "false"
}

// MenuItem is one line of a menu: a link, or a button that posts a form of its
// own when Post is the address to post to.
type MenuItem struct {
	Label, Icon, Href string
	Post              string
	// Name and Value are sent with the form.
	Name, Value string
	Danger      bool
	Attrs       templ.Attributes
}
