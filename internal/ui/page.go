package ui

// Page is what the frame shows around a page.
type Page struct {
	// Title is the title of the document, without the instance's name.
	Title string
	// Lang is "fr" or "en"; empty means the language of the context.
	Lang string
	// Theme is "light", "dark", or empty (or "system") to follow the system.
	Theme string
	Rail  Rail
	// Me is the person signed in; nil when nobody is.
	Me *Me
	// Head is the header of the space that the page belongs to, if any.
	Head *SpaceHead
	// Flash is the one-time notice left by the last request, if any.
	Flash *Notice
	// Current is the path and query of the page, to which theme and language
	// changes come back.
	Current string
	// Notices: the page is that of what one was told.
	Notices bool
	// Wide lets the page take the whole width (boards, tables).
	Wide bool
	// Invalid says that the page answers a form with faults: the title says so.
	Invalid bool
	// Islands are the stable names of scripts that this page needs besides
	// app.js, such as "blog/editor.js".
	Islands []string
	// Instance is the name of the organisation that runs this Ruche.
	Instance string
}

// Rail is the navigation at the left (a drawer on a phone).
type Rail struct {
	Main                              []NavItem
	Favourites, Communities, Projects []SpaceItem
	More                              []NavItem
	// Folded shows icons only; the cookie ruche_rail=folded asks for it.
	Folded bool
}

// NavItem is one entry of the rail. Icon is the name of a file of web/icons.
type NavItem struct {
	Icon, Label, Href string
	// Count is what waits there; 0 shows nothing.
	Count   int
	Current bool
}

// SpaceItem is a space in the rail. Kind is "community" or "project".
type SpaceItem struct {
	Name, Href, Initials string
	// Hue is 1 to 12, the colours of tokens.css.
	Hue             int
	Kind            string
	Unread, Current bool
}

// Me is the person signed in.
type Me struct {
	// NoShortcuts: no key alone does anything.
	NoShortcuts bool
	// ID tells the accounts of one browser apart.
	ID                                  string
	Name, Initials, Email, Organisation string
	Hue                                 int
	External                            bool
	Admin                               bool
	// Auditor reads the audit log.
	Auditor bool
	// Told is of how much they were told and have not read; from 100 on, "99+" is shown.
	Told int
}

// Face returns the person as others see them.
func (m Me) Face() Face {
	return Face{Name: m.Name, Initials: m.Initials, Hue: m.Hue, External: m.External, Organisation: m.Organisation}
}

// SpaceHead is the header of a space. Kind is "community" or "project",
// Visibility "public", "private" or "secret".
type SpaceHead struct {
	Name, Href, Initials, Purpose string
	Hue                           int
	Kind, Visibility              string
	Archived                      bool
	// Members is how many there are; Faces shows a few of them.
	Members int
	Faces   []Face
	Tabs    []Tab
	// Big is the header of the space's home, with its purpose and the h1.
	Big         bool
	CanInvite   bool
	InviteHref  string
	MembersHref string
	// Actions stand before Inviter, such as Rejoindre.
	Actions []Action
}

// Tab is one service of a space.
type Tab struct {
	Label, Href string
	Current     bool
	Count       int
}

// Face is a person as drawn beside what they do.
type Face struct {
	Name, Initials string
	Hue            int
	External       bool
	Organisation   string
	// Href leads to the profile; empty where the reader may not see one.
	Href string
}

// Tone is the state that a badge, a notice or a callout tells.
type Tone string

// The tones. Neutral is the zero value.
const (
	Neutral Tone = ""
	Info    Tone = "info"
	Success Tone = "success"
	Warning Tone = "warning"
	Danger  Tone = "danger"
)

// Notice is a short message about what has just happened.
type Notice struct {
	Tone Tone
	Text string
	// Link is the way to undo it or to see it, if any.
	Link *Link
	// Undo is the address of a form that undoes it, if any, and Sent what it sends.
	Undo string
	Sent map[string]string
}

// Link is an address with its words.
type Link struct{ Label, Href string }
