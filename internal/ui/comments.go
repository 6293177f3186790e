package ui

import (
	"context"
	"time"

	"github.com/a-h/templ"

	"ruche/internal/platform/i18n"
)

// Thread is the comments of an item, with the field to add one.
type Thread struct {
	// ID is the id of the section, which a form of it replaces; empty:
	// "commentaires".
	ID string
	// Live is the channel on which the page is told of what is new, if any.
	Live string
	// Count is how many comments there are in all; Comments may be fewer.
	Count    int
	Comments []Comment
	// Composer is the field for a new comment; nil where the reader may not.
	Composer *Compose
	// Closed says why there is no field: "Seuls les membres commentent."
	Closed string
	// More leads to the comments not shown, if any.
	More *Link
	// Order switches between oldest and newest first, if offered.
	Order *Link
	// Announce is read to those who listen when the thread comes as an answer:
	// "Commentaire publié".
	Announce string
}

// Comment is one remark and its answers.
type Comment struct {
	// ID is the remark's id; the element's id is "c-" and it.
	ID     string
	Author Face
	// Badge is the author's part in the space, such as "Animation".
	Badge  string
	Time   time.Time
	Edited time.Time
	HTML   HTML
	// Href is the permanent link; empty: the address of the page with #c-ID.
	Href    string
	Replies []Comment
	// Resumed stands above the answers where they are not the first ones: "Suite des
	// réponses".
	Resumed string
	// New marks what the reader had not seen; Fresh what was just sent, which
	// takes the focus.
	New, Fresh bool
	// Deleted shows that something stood there, without author nor text.
	Deleted  bool
	CanReply bool
	// ReplyHref opens the answer form: the same page with ?repondre=ID.
	ReplyHref string
	// Reply is the open answer form, when this page was asked for it.
	Reply *Compose
	Menu  []MenuItem
	// Files are what is joined to it.
	Files []Attachment
	// Reactions are the signs given to it.
	Reactions Reactions
}

// Compose is a field of text with its button, as a plain form.
type Compose struct {
	// Action is where it posts; Part the id of the element that the answer
	// replaces; empty: no swap, the page is loaded again.
	Action, Part string
	// Label is read for the field: "Votre commentaire", "Votre réponse".
	Label string
	// Name is the name of the field; empty: "texte".
	Name string
	// ID makes the ids of the fields; empty: "commentaire".
	ID    string
	Value string
	Error string
	Hint  string
	// Submit is the word of the button: "Commenter", "Répondre".
	Submit string
	// Hidden are fields sent along, such as the remark that is answered.
	Hidden map[string]string
	// Cancel closes an answer form.
	Cancel    *Link
	Autofocus bool
	Rows      int
	// Me is the face beside the field, if any.
	Me *Face
	// Mentions is where people and groups to name are proposed from, if they are;
	// Chosen are those picked already.
	Mentions string
	Chosen   []string
	// TakesFiles offers to send files along; Files are those sent already.
	TakesFiles bool
	Files      []ComposeFile
}

func (t Thread) id() string {
	if t.ID == "" {
		return "commentaires"
	}
	return t.ID
}

func (c Comment) anchor() string { return "c-" + c.ID }

func (c Comment) href() string {
	if c.Href != "" {
		return c.Href
	}
	return "#" + c.anchor()
}

// slot is the id of the place where the answer form opens.
func (c Comment) slot() string { return "repondre-" + c.ID }

func (c Comment) by() By {
	return By{Author: c.Author, Role: c.Badge, Time: c.Time, Edited: c.Edited, FaceHidden: true, Href: c.href(), New: c.New}
}

// openReply makes the link open the form in place: the slot is taken out of the
// page that the link leads to.
func (c Comment) openReply() templ.Attributes {
	return Swap("get", c.ReplyHref, c.slot())
}

func (c Compose) id() string {
	if c.ID == "" {
		return "commentaire"
	}
	return c.ID
}

func (c Compose) name() string {
	if c.Name == "" {
		return "texte"
	}
	return c.Name
}

func (c Compose) area() Area {
	rows := c.Rows
	if rows == 0 {
		rows = 3
	}
	return Area{
		Name: c.name(), ID: c.id(), Label: c.Label, Value: c.Value, Hint: c.Hint, Error: c.Error,
		Rows: rows, Autofocus: c.Autofocus, Attrs: Mentions(c.Mentions),
	}
}

// Mentions makes a field of text propose people and groups after an "@", from an
// address; the empty one proposes nothing.
func Mentions(href string) templ.Attributes {
	if href == "" {
		return nil
	}
	return templ.Attributes{"data-mentions": href, "aria-autocomplete": "list", "autocomplete": "off"}
}

func (c Compose) swap() templ.Attributes {
	attrs := templ.Attributes{}
	if c.Part != "" {
		attrs = Swap("post", c.Action, c.Part)
	}
	if c.TakesFiles {
		attrs["enctype"] = "multipart/form-data"
	}
	return attrs
}

// cancelSwap closes the form in place, by the same slot taken from the page
// without the form.
func cancelSwap(c Compose) templ.Attributes {
	slot, ok := c.Hidden["parent"]
	if !ok || c.Cancel == nil {
		return nil
	}
	return Swap("get", c.Cancel.Href, Comment{ID: slot}.slot())
}

func commentLabel(ctx context.Context, c Comment) string {
	if c.Deleted {
		return i18n.T(ctx, "ui.comment.deleted")
	}
	return i18n.T(ctx, "ui.comment.by", "name", c.Author.Name)
}
