package gallery_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"ruche/internal/platform/i18n"
	"ruche/internal/ui"
	"ruche/internal/ui/gallery"
)

// Every sample page, in both languages, is held to the rules of a page: what
// the security policy forbids is absent, and what is referred to is there.
func TestSamplesAreSoundPages(t *testing.T) {
	t.Parallel()
	words, err := i18n.New(i18n.French, ui.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{i18n.French, i18n.English} {
		for _, sample := range gallery.Samples() {
			t.Run(lang+" "+sample.Name, func(t *testing.T) {
				t.Parallel()
				ctx := i18n.With(t.Context(), words.Printer(lang, time.UTC))
				for _, fault := range faults(ctx, t, sample) {
					t.Error(fault)
				}
			})
		}
	}
}

func faults(ctx context.Context, t *testing.T, sample gallery.Sample) []string {
	t.Helper()
	var page bytes.Buffer
	if err := sample.Page.Render(ctx, &page); err != nil {
		t.Fatal(err)
	}
	document, err := html.Parse(&page)
	if err != nil {
		t.Fatal(err)
	}
	c := &check{ids: map[string]int{}, count: map[string]int{}}
	c.walk(document)
	return c.judge()
}

// check is what was seen of a page.
type check struct {
	ids    map[string]int
	count  map[string]int // elements by name
	refs   []string       // ids that something refers to
	icons  []string
	faults []string
}

func (c *check) walk(n *html.Node) {
	switch n.Type {
	case html.ElementNode:
		c.element(n)
	case html.TextNode:
		if strings.HasPrefix(strings.TrimSpace(n.Data), "ui.") {
			c.faults = append(c.faults, "a text is missing: "+n.Data)
		}
	default:
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		c.walk(child)
	}
}

func (c *check) element(n *html.Node) {
	c.count[n.Data]++
	attrs := map[string]string{}
	for _, a := range n.Attr {
		attrs[a.Key] = a.Val
		c.attribute(n, a)
	}
	if n.Data == "script" && (attrs["src"] == "" || n.FirstChild != nil) || n.Data == "style" {
		c.faults = append(c.faults, "inline "+n.Data)
	}
	if n.Data == "svg" && !hidden(n) {
		c.faults = append(c.faults, "a drawing that is neither hidden nor named")
	}
	if n.Data == "form" && (attrs["method"] == "" || attrs["action"] == "") {
		c.faults = append(c.faults, "a form that needs a script")
	}
}

func (c *check) attribute(n *html.Node, a html.Attribute) {
	switch a.Key {
	case "id":
		c.ids[a.Val]++
	case "for", "popovertarget":
		c.refs = append(c.refs, a.Val)
	case "aria-labelledby", "aria-describedby":
		c.refs = append(c.refs, strings.Fields(a.Val)...)
	case "hx-target":
		c.refs = append(c.refs, strings.TrimPrefix(a.Val, "#"))
	case "href":
		if n.Data == "use" {
			_, icon, _ := strings.Cut(a.Val, "#")
			c.icons = append(c.icons, icon)
		} else if id, local := strings.CutPrefix(a.Val, "#"); local && id != "" {
			c.refs = append(c.refs, id)
		}
	case "style":
		c.faults = append(c.faults, "a style attribute on "+n.Data)
	default:
		if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Key, "hx-on") {
			c.faults = append(c.faults, "a script in "+a.Key)
		}
	}
}

func (c *check) judge() []string {
	for _, name := range []string{"h1", "main", "title"} {
		if c.count[name] != 1 {
			c.faults = append(c.faults, "not exactly one "+name)
		}
	}
	for id, times := range c.ids {
		if times > 1 {
			c.faults = append(c.faults, "the id "+id+" is there more than once")
		}
	}
	for _, id := range c.refs {
		if c.ids[id] == 0 {
			c.faults = append(c.faults, "nothing has the id "+id)
		}
	}
	for _, icon := range c.icons {
		if _, err := os.Stat(filepath.Join("..", "..", "..", "web", "icons", icon+".svg")); err != nil {
			c.faults = append(c.faults, "no such icon: "+icon)
		}
	}
	return c.faults
}

// hidden says that an element, or what holds it, is hidden from those who listen.
func hidden(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		for _, a := range n.Attr {
			if a.Key == "aria-hidden" && a.Val == "true" {
				return true
			}
		}
	}
	return false
}
