package ui

import (
	"html/template"
	"strconv"
	"time"

	"github.com/a-h/templ"
)

// HTML is a fragment that platform/markup has made safe. Take it from there,
// never convert a string to it.
type HTML = template.HTML //nolint:forbidigo // holds what markup made safe, makes nothing safe itself

// Heading is the head of a page: its h1, a sentence, its actions at the right.
type Heading struct {
	Title string
	// Text is one sentence under the title, if any.
	Text string
	// Level is 1 for the page; 2 where the space's big header has the h1.
	Level   int
	Actions []Action
	// Back leads to where the page hangs from, above the title.
	Back *Link
}

// Section is the head of a part of a page.
type Section struct {
	// ID is the id of the heading, for aria-labelledby.
	ID, Title string
	// Note stands beside the title, quietly: "7 nouveautés".
	Note string
	// Link is at the right, Action instead of it where one makes something.
	Link   *Link
	Action *Action
	// Icon stands before the title.
	Icon string
	// Strong draws the ink rule, for the first list of a page.
	Strong bool
	// Level is the level of the heading; 0: 2.
	Level int
}

// Empty is what stands where nothing is yet.
type Empty struct {
	Title, Text string
	// Icon stands in the comb.
	Icon   string
	Action *Action
	// Guide leads to the page of the guide that explains it.
	Guide *Link
	// Level is the level of the heading; 0: 2.
	Level int
}

// By is who did something and when.
type By struct {
	Author Face
	// Role is a badge beside the name, such as "Animation"; empty for none.
	Role string
	Time time.Time
	// Edited is when it was last changed, zero when it never was.
	Edited time.Time
	// Notes follow, separated by dots: "12 commentaires", "4 min de lecture".
	Notes []string
	// Audience is who can read: "Tout l’espace"; empty shows no chip. AudienceHref
	// tells more, if anything does.
	Audience, AudienceHref string
	// Size Medium draws the face large, with two lines beside it.
	Size Size
	// FaceHidden leaves the face out, where it already stands at the left.
	FaceHidden bool
	// Href is the permanent link that the time bears, if any.
	Href string
	// New says that the reader had not seen it.
	New bool
}

// Post is an item in a list: news, posts, results.
type Post struct {
	// Kicker is the theme above the title, with its hue; empty for none.
	Kicker     string
	KickerHref string
	KickerHue  int
	Title      string
	Href       string
	// Cover is shown beside the words; nil for none.
	Cover *Image
	// Excerpt is plain text.
	Excerpt string
	By      By
	// Badges tell its state: Brouillon, Programmé.
	Badges []BadgeView
	// Big is for the first of a list.
	Big bool
	// Level is the level of the title; 0: 3.
	Level int
	// New marks what the reader has not seen.
	New bool
}

// BadgeView is a badge in a list of badges.
type BadgeView struct {
	Label, Icon string
	Tone        Tone
}

// Row is one line of a list: a mark, a title that leads on, what goes with it.
type Row struct {
	// Icon, Face or Space is the mark at the left; at most one.
	Icon  string
	Face  *Face
	Space *SpaceItem
	Title string
	Href  string
	// Text is a second line in ink-2, Meta a third in ink-3.
	Text, Meta string
	Badges     []BadgeView
	// External shows where a person from outside comes from.
	External     bool
	Organisation string
	Time         time.Time
	Actions      []Action
}

// Article is the head of an item page.
type Article struct {
	Kicker     string
	KickerHref string
	KickerHue  int
	Title      string
	// Level is 3 where the article is shown within a page of something else; 0: 1.
	Level int
	// Lede is the standfirst, plain text.
	Lede string
	// Cover is shown above the text; nil for none.
	Cover  *Image
	By     By
	Badges []BadgeView
	// Actions stand at the right of the by-line, Menu behind the three dots.
	Actions []Action
	Menu    []MenuItem
	// MenuLabel says what the menu acts upon: "Actions sur ce billet".
	MenuLabel string
}

// TOCItem is one line of a table of contents. Level is 2, 3 or 4.
type TOCItem struct {
	Level    int
	ID, Text string
}

// Paging leads from page to page of a list. An empty address draws no link.
type Paging struct {
	// Label names the list for those who listen: "Pages de la liste des billets".
	Label string
	// Newer and Older are the addresses; their words come from the catalogue
	// unless given.
	Newer, Older           string
	NewerLabel, OlderLabel string
}

// Failure is the page of an error.
type Failure struct {
	// Title says what happened, Text what was kept and what to do.
	Title, Text string
	// Reference is what to quote when asking for help; empty shows none.
	Reference string
	Actions   []Action
	// Details are reasons, one a line.
	Details []string
}

// Column is one column of a data table.
type Column struct {
	Label string
	// Hidden keeps the label for those who listen (a column of actions).
	Hidden bool
	// Number sets its cells to the end.
	Number bool
}

// Fact is a term and its value in a list of facts.
type Fact struct{ Term, Value string }

func level(given, usual int) int {
	if given == 0 {
		return usual
	}
	return given
}

func (a Article) menuLabel(word string) string {
	if a.MenuLabel != "" {
		return a.MenuLabel
	}
	return word
}

func tocClass(item TOCItem) string { return "toc-" + strconv.Itoa(item.Level) }

func largeBy(b By) By {
	b.Size = Medium
	return b
}

func numeric(c Column) templ.Attributes {
	if c.Number {
		return templ.Attributes{"class": "number"}
	}
	return nil
}
