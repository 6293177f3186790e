package ui

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Input is a field of one line.
type Input struct {
	// Name is the name under which the value is sent; Label is read beside it.
	Name, Label, Value string
	// Type is "text" (the default), "email", "password", "url", "search", "date".
	Type string
	// Hint says what is expected, Error what was wrong and how to mend it.
	Hint, Error string
	// ID is the id of the field; empty: "champ-" and the name.
	ID string
	// Optional says so beside the label. A field that is not optional is
	// required, but the browser's own messages are not used: the server answers.
	Optional bool
	// Autocomplete is the purpose of the field (WCAG 1.3.5), InputMode the
	// keyboard of a phone.
	Autocomplete, InputMode string
	// MaxLength bounds what may be typed, in characters; 0: no bound.
	MaxLength int
	// Size Large is for the only field of a page; Small for narrow values.
	Size         Size
	Autofocus    bool
	NoSpellcheck bool
	Disabled     bool
	Placeholder  string
	LabelHidden  bool
	Attrs        templ.Attributes
}

func (i Input) id() string {
	if i.ID != "" {
		return i.ID
	}
	return FieldID(i.Name)
}

func (i Input) inputType() string {
	if i.Type == "" {
		return "text"
	}
	return i.Type
}

// Area is a field of several lines.
type Area struct {
	Name, Label, Value string
	Hint, Error        string
	ID                 string
	Optional           bool
	// Rows is about the height at first, in lines; 0: 3. It grows with the text.
	Rows        int
	MaxLength   int
	Autofocus   bool
	Placeholder string
	LabelHidden bool
	Attrs       templ.Attributes
}

func (a Area) id() string {
	if a.ID != "" {
		return a.ID
	}
	return FieldID(a.Name)
}

func (a Area) rows() string {
	if a.Rows <= 0 {
		return "3"
	}
	return strconv.Itoa(a.Rows)
}

// least is the class of the least height: the field grows with its text, and
// would forget its rows.
func (a Area) least() string {
	switch {
	case a.Rows <= 3:
		return "input-rows-3"
	case a.Rows <= 8:
		return "input-rows-6"
	case a.Rows <= 14:
		return "input-rows-12"
	default:
		return "input-rows-20"
	}
}

// Choice is one value among Options: a list (Select) or radio buttons
// (RadioGroup).
type Choice struct {
	Name, Label string
	Hint, Error string
	ID          string
	Optional    bool
	Options     []Option
	// Inline sets short radio buttons side by side.
	Inline      bool
	LabelHidden bool
	Size        Size
	Attrs       templ.Attributes
}

func (c Choice) id() string {
	if c.ID != "" {
		return c.ID
	}
	return FieldID(c.Name)
}

// inputType is the type of the inputs of a class.
func inputType(class string) string {
	if class == "check" {
		return "checkbox"
	}
	return class
}

// Option is one value of a Choice.
type Option struct {
	Value, Label string
	// Hint says what choosing it does; not shown in a list. Icon too.
	Hint, Icon         string
	Selected, Disabled bool
}

// Check is one thing that is so or not.
type Check struct {
	Name, Label string
	// Value is sent when checked; empty: "1".
	Value       string
	Hint, Error string
	ID          string
	Checked     bool
	Attrs       templ.Attributes
}

func (c Check) id() string {
	if c.ID != "" {
		return c.ID
	}
	return FieldID(c.Name)
}

func (c Check) value() string {
	if c.Value == "" {
		return "1"
	}
	return c.Value
}

// FieldID returns the id of the field of a name, to which an ErrorSummary leads.
func FieldID(name string) string { return "champ-" + name }

// Problem is one fault of a form: the name of the field and what to do.
type Problem struct {
	// Field is the name of the field; empty for the form as a whole.
	Field string
	// ID is the id of the field when it is not FieldID(Field).
	ID   string
	Text string
}

func (p Problem) target() string {
	if p.ID != "" {
		return "#" + p.ID
	}
	return "#" + FieldID(p.Field)
}

// Problems turns messages by field name into the list that ErrorSummary takes:
// the named fields in the order of the form, then the others by name.
func Problems(messages map[string]string, order ...string) []Problem {
	var problems []Problem
	for _, name := range order {
		if text := messages[name]; text != "" {
			problems = append(problems, Problem{Field: name, Text: text})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(messages)) {
		if text := messages[name]; text != "" && !slices.Contains(order, name) {
			problems = append(problems, Problem{Field: name, Text: text})
		}
	}
	return problems
}

func hintID(id string) string  { return id + "-aide" }
func errorID(id string) string { return id + "-erreur" }

// describedBy lists the ids of the texts that explain a field.
func describedBy(id, hint, fault string) string {
	var ids []string
	if hint != "" {
		ids = append(ids, hintID(id))
	}
	if fault != "" {
		ids = append(ids, errorID(id))
	}
	return strings.Join(ids, " ")
}

// optionID is the id of one radio button. The first has the id of the group, so
// that the link of an ErrorSummary leads to it.
func optionID(group string, n int) string {
	if n == 0 {
		return group
	}
	return group + "-" + strconv.Itoa(n+1)
}

// Describe returns the value of aria-describedby of a control placed in a Field
// with the same hint and fault; empty when there are none.
func Describe(id, hint, fault string) string { return describedBy(id, hint, fault) }

// Swap returns the attributes by which htmx sends a form or follows a link and
// puts the answer in the place of the element with the id part.
//
// The answer may be that element alone, or a whole page that holds it: the
// client takes the element out of it. A refused form answers 422 with the form
// in it, and is put in place like any other. A redirect is followed as by the
// browser. An answer of another error leaves the page as it is and shows a
// notice, so that nothing typed is lost.
func Swap(method, address, part string) templ.Attributes {
	return templ.Attributes{
		"hx-" + strings.ToLower(method): address,
		"hx-target":                     "#" + part,
		"hx-swap":                       "outerHTML",
		// A second press while the first is under way is a slip.
		"hx-sync": "this:drop",
	}
}

func optionHintID(group string, n int) string { return optionID(group, n) + "-precision" }

// vh hides a label from sight, not from those who listen.
func vh(hidden bool) templ.Attributes {
	if hidden {
		return templ.Attributes{"class": "vh"}
	}
	return nil
}
