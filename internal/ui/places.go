package ui

// Search is a field that looks for words in a list.
type Search struct {
	// Action is the address of the list.
	Action, Label, Value string
	// Name is the name of the field; empty: "q".
	Name string
	// Hidden are the filters to keep.
	Hidden map[string]string
}

func (s Search) name() string {
	if s.Name == "" {
		return "q"
	}
	return s.Name
}

// Step is one thing to do.
type Step struct {
	Title, Text string
	Done        bool
	// Action starts it; nil for what starts elsewhere.
	Action *Action
}

// File is a file to open.
type File struct {
	// Type is three or four letters: PDF, ODT.
	Name, Href, Type string
	Hue              int
	// Note is the size and what goes with it: "18 Mo · affiche, réponses types".
	Note string
}
