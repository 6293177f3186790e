package markup

import (
	"net/url"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// target is what a destination is found to be.
type target int

const (
	unsafe   target = iota // may run something, or cannot be understood
	internal               // stays on this instance
	external               // leaves it
	contact                // a mailbox or a telephone
)

// maxDestination bounds an address; browsers and servers stop sooner.
const maxDestination = 4096

// resolved reads the destination that the author wrote, in which backslashes
// and entities stand for characters: "&#106;avascript:" is "javascript:".
func resolved(destination []byte) string {
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(destination))))
}

// classify says where a destination leads and how to write it, percent-encoded.
// Browsers read addresses more freely than net/url does (they drop tabs and line
// ends, and take a backslash for a slash), so anything unusual is unsafe.
func (s *shaper) classify(destination string) (target, string) {
	destination = strings.TrimSpace(destination)
	if destination == "" || len(destination) > maxDestination {
		return unsafe, ""
	}
	for _, r := range destination {
		if r < ' ' || r == 0x7F || r == '\\' || r == '\uFFFD' {
			return unsafe, ""
		}
	}
	destination = string(util.URLEscape([]byte(destination), false))
	u, err := url.Parse(destination)
	if err != nil {
		return unsafe, ""
	}
	switch strings.ToLower(u.Scheme) {
	case "":
		if u.Host != "" || strings.HasPrefix(destination, "//") {
			return external, destination
		}
		return internal, destination
	case "http", "https":
		if u.Host == "" || u.User != nil {
			return unsafe, ""
		}
		if s.base != nil && strings.EqualFold(u.Scheme, s.base.Scheme) && strings.EqualFold(u.Host, s.base.Host) {
			return internal, relative(u)
		}
		return external, destination
	case "mailto", "tel":
		return contact, destination
	default:
		return unsafe, ""
	}
}

// relative writes an address of this instance without its origin.
func relative(u *url.URL) string {
	local := url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery, Fragment: u.Fragment, RawFragment: u.RawFragment}
	if path := local.String(); strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") {
		return path
	}
	return "/"
}

// link keeps a safe link, and puts the words of any other in its place.
func (s *shaper) link(parent ast.Node, n *ast.Link, depth int, inLink bool) {
	if target, ok := strings.CutPrefix(string(n.Destination), referenceScheme); ok {
		s.reference(parent, n, target)
		return
	}
	if key, ok := embedded(n.Destination); ok {
		s.children(n, depth+1, true)
		f, known := s.embed(n, key)
		if !known || inLink {
			hoist(parent, n)
			return
		}
		n.Destination, n.Title = []byte(f.Href), nil
		return
	}
	kind, destination := s.classify(resolved(n.Destination))
	s.children(n, depth+1, true)
	if kind == unsafe || inLink {
		hoist(parent, n)
		return
	}
	if inlineText(n, s.source) == "" && !hasImage(n) {
		// A link without words cannot be read, nor found by keyboard.
		n.AppendChild(n, verbatim(destination))
	}
	n.Destination = []byte(destination)
	s.mark(n, kind, destination)
}

// autoLink keeps a link typed as an address.
func (s *shaper) autoLink(parent ast.Node, n *ast.AutoLink, inLink bool) {
	words := string(n.Label(s.source))
	s.words++
	destination := string(n.URL(s.source))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(destination), "mailto:") {
		destination = "mailto:" + destination
	}
	kind, destination := s.classify(destination)
	if kind == unsafe || inLink {
		parent.ReplaceChild(parent, n, verbatim(words))
		return
	}
	link := ast.NewLink()
	link.Destination = []byte(destination)
	link.AppendChild(link, verbatim(words))
	parent.ReplaceChild(parent, n, link)
	s.mark(link, kind, destination)
}

// image keeps an image of this instance. One of another site becomes a link
// with its alternative text: showing it would tell that site who reads the page.
func (s *shaper) image(parent ast.Node, n *ast.Image, inLink bool) {
	alt := inlineText(n, s.source)
	if key, ok := embedded(n.Destination); ok {
		if f, known := s.embed(n, key); known && f.Src != "" {
			n.Destination = []byte(f.Src)
			return
		}
		parent.ReplaceChild(parent, n, verbatim(alt))
		return
	}
	kind, destination := s.classify(resolved(n.Destination))
	local := kind == internal && strings.HasPrefix(destination, "/") && !strings.HasPrefix(destination, "//")
	if local && len(destination) > 1 && !s.noImages {
		n.Destination = []byte(destination)
		return
	}
	if alt == "" {
		alt = destination
	}
	if kind == unsafe || inLink {
		parent.ReplaceChild(parent, n, verbatim(alt))
		return
	}
	link := ast.NewLink()
	link.Destination = []byte(destination)
	link.AppendChild(link, verbatim(alt))
	parent.ReplaceChild(parent, n, link)
	s.mark(link, kind, destination)
}

// mark notes a link and tells external ones what not to pass on.
func (s *shaper) mark(n *ast.Link, kind target, destination string) {
	n.RemoveAttributes()
	if kind == external {
		n.SetAttributeString(externalAttribute, true)
	}
	if !strings.HasPrefix(destination, "#") && !s.seen[destination] {
		s.seen[destination] = true
		s.links = append(s.links, destination)
	}
}

// hoist puts the children of a node in its place.
func hoist(parent, n ast.Node) {
	for child := n.FirstChild(); child != nil; child = n.FirstChild() {
		parent.InsertBefore(parent, n, child)
	}
	parent.RemoveChild(parent, n)
}

func hasImage(n ast.Node) bool {
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		if child.Kind() == ast.KindImage || hasImage(child) {
			return true
		}
	}
	return false
}
