package mail

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"strings"
)

//go:embed layout.html
var layout embed.FS

// Content is what a mail says, before it takes its two forms.
type Content struct {
	// Brand is the name of the instance, above the title. Empty: none.
	Brand string
	// Title is the first line of the mail, plain text.
	Title string
	// Intro are the paragraphs before the quote and the button, plain text.
	Intro []string
	// Quote is what someone wrote, plain text; its line ends are kept. Empty:
	// none.
	Quote string
	// List are things to read, each with its address.
	List []Entry
	// ActionLabel and ActionURL are the one button, with an absolute http or
	// https address. Both empty: none.
	ActionLabel, ActionURL string
	// Outro are the paragraphs after the button, plain text.
	Outro []string
	// Footer says why the person gets this mail, plain text.
	Footer string
}

// Entry is something that a mail tells of: its title, its absolute http or https address,
// and some words of it, plain text.
type Entry struct{ Title, URL, Text string }

// Compose writes a mail as plain text and as HTML, with the same words. lang is
// the language of the content, "fr" or "en". The HTML asks for nothing: no
// image, no font, no style sheet, so that opening a mail tells nobody.
func Compose(lang string, c Content) (text, html string, err error) {
	if err := c.check(); err != nil {
		return "", "", fmt.Errorf("mail: compose: %w", err)
	}
	c = c.plain()
	t, err := template.ParseFS(layout, "layout.html")
	if err != nil {
		return "", "", fmt.Errorf("mail: layout: %w", err)
	}
	var b strings.Builder
	err = t.Execute(&b, struct {
		Content
		Lang  string
		Lines []string
	}{c, lang, lines(c.Quote)})
	if err != nil {
		return "", "", fmt.Errorf("mail: layout: %w", err)
	}
	return c.text(), b.String(), nil
}

func (c Content) check() error {
	if c.Title == "" {
		return errors.New("no title")
	}
	if (c.ActionLabel == "") != (c.ActionURL == "") {
		return errors.New("an action needs a label and an address")
	}
	if c.ActionURL != "" && !absolute(c.ActionURL) {
		return errors.New("the address of the action must be absolute, http or https")
	}
	for _, e := range c.List {
		if e.Title == "" || !absolute(e.URL) {
			return errors.New("what a mail tells of needs a title and an address, absolute, http or https")
		}
	}
	return nil
}

func absolute(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// plain removes what would let a name or a quote pass for something else.
func (c Content) plain() Content {
	each := func(paragraphs []string) []string {
		out := make([]string, 0, len(paragraphs))
		for _, p := range paragraphs {
			out = append(out, stripOverrides(p))
		}
		return out
	}
	c.Brand, c.Title, c.Quote = stripOverrides(c.Brand), stripOverrides(c.Title), stripOverrides(c.Quote)
	c.ActionLabel, c.Footer = stripOverrides(c.ActionLabel), stripOverrides(c.Footer)
	c.Intro, c.Outro = each(c.Intro), each(c.Outro)
	list := make([]Entry, 0, len(c.List))
	for _, e := range c.List {
		list = append(list, Entry{Title: stripOverrides(e.Title), URL: e.URL, Text: stripOverrides(e.Text)})
	}
	c.List = list
	return c
}

// text writes the plain text: paragraphs apart by an empty line, what is quoted
// behind ">", the address alone on its line so that every program makes it a
// link, and the footer behind the separator of signatures (RFC 3676, 4.3).
func (c Content) text() string {
	var b strings.Builder
	paragraph := func(parts ...string) {
		for _, part := range parts {
			if part != "" {
				b.WriteString(part + "\n\n")
			}
		}
	}
	paragraph(c.Title)
	paragraph(c.Intro...)
	if c.Quote != "" {
		paragraph("> " + strings.Join(lines(c.Quote), "\n> "))
	}
	for _, e := range c.List {
		paragraph(strings.TrimSuffix(e.Title+"\n"+e.Text, "\n") + "\n" + e.URL)
	}
	if c.ActionURL != "" {
		paragraph(c.ActionLabel + "\n" + c.ActionURL)
	}
	paragraph(c.Outro...)
	if footer := strings.TrimSpace(strings.Join([]string{c.Footer, c.Brand}, "\n")); footer != "" {
		b.WriteString("-- \n" + footer + "\n")
	}
	return b.String()
}

func lines(s string) []string {
	s = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s))
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
