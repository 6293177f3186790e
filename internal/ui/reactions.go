package ui

import "github.com/a-h/templ"

// Reactions is the signs given to an item or to a comment, with those that the
// reader may give. It is a part of its own: each button is a form, and its answer
// takes its place.
type Reactions struct {
	// ID is the id of the element. It says of what in About, for those who listen.
	ID, About string
	// Action is where a sign is sent; empty shows the signs without buttons.
	Action string
	Given  []Reaction
	Offer  []Reaction
}

// Reaction is one sign: how it is drawn, what it means, who gave it.
type Reaction struct {
	Value, Icon, Label string
	Count              int
	Mine               bool
	// Who names the first people and the number of the others.
	Who string
}

func (r Reactions) swap() templ.Attributes { return Swap("post", r.Action, r.ID) }

// label is what is read of a button: the sign, how many, who.
func (r Reaction) label() string {
	if r.Who == "" {
		return r.Label
	}
	return r.Label + ", " + r.Who
}
