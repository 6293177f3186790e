package ui

import (
	"strconv"

	"github.com/a-h/templ"
)

// Change is a stretch of text in a difference: one that stayed, came or went.
type Change struct {
	Text           string
	Added, Removed bool
}

// Difference is what changed in one field between two versions. It is shown as
// plain text: what the writer typed, marks of Markdown included.
type Difference struct {
	Label   string
	Changes []Change
}

// Differs tells whether anything changed.
func (d Difference) Differs() bool {
	for _, c := range d.Changes {
		if c.Added || c.Removed {
			return true
		}
	}
	return false
}

// Passage is a passage that two people changed differently: what became of it by
// each.
type Passage struct {
	Field        string
	Theirs, Mine []Change
}

// Conflict is the notice above a form whose text clashes with one kept meanwhile.
type Conflict struct {
	// By wrote the other version.
	By       string
	Passages []Passage
	// Choices take one text or the other for each field that clashes.
	Choices []Choice
	// Theirs is the other version whole, field by field; Href its page.
	Theirs []Difference
	Href   string
}

// Draft is a text typed in a form and not sent, which the form offers to take up.
type Draft struct {
	// When is when it was last kept, in words; Text how it begins.
	When, Text string
	// Resume opens the form with it; Drop forgets what is in Slot, by POST, and leads
	// to Back.
	Resume, Drop, Slot, Back string
}

// Again is the page of a form that came from someone whose session was over: it
// holds all that was typed, to be sent again once they are signed in.
type Again struct {
	// Action is where the form goes; SignIn opens in another tab.
	Action, SignIn string
	// Short values travel unseen; Long ones are shown, to be copied if need be.
	Short, Long []Value
}

// Keeping is what a form that keeps itself carries (see web/src/drafts.ts).
type Keeping struct {
	// Href takes what is typed, by POST.
	Href string
	// Typist is the account that opened the form, Slot the place of what is kept.
	Typist, Slot string
	// Max bounds what the server takes, in bytes.
	Max int
}

// Attrs are the attributes of the form.
func (k Keeping) Attrs() templ.Attributes {
	return templ.Attributes{"data-draft": k.Href, "data-owner": k.Typist, "data-max": strconv.Itoa(k.Max)}
}

// Value is what one field of a form held.
type Value struct{ Name, Text string }

// Reading is what is asked of the readers of a content: to say that they have read
// it. Action is the form of who has not, Done what is said to who has, Who the list
// for who asked.
type Reading struct {
	Action, Done, Who, Count string
}
