package markup

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"golang.org/x/text/unicode/norm"
)

// shaper turns the tree that the author wrote into the tree that the page
// shows, and notes on its way what the page says of it.
type shaper struct {
	source      []byte
	labels      Labels
	base        *url.URL
	headingBase int
	noImages    bool
	names       map[string]string
	files       map[string]Shown

	toc    []Heading
	levels []int // author's levels of the headings open above the next one
	ids    map[string]int
	links  []string
	seen   map[string]bool
	shown  map[string]bool
	embeds []string
	tables int
	words  int
}

func (s *shaper) shape(root ast.Node) {
	s.ids = map[string]int{}
	s.seen = map[string]bool{}
	s.shown = map[string]bool{}
	s.children(root, 0, false)
	s.resolveFragments(root)
}

// children shapes the children of a node. depth counts the nodes above them;
// inLink tells that one is a link.
func (s *shaper) children(parent ast.Node, depth int, inLink bool) {
	for n := parent.FirstChild(); n != nil; {
		next := n.NextSibling()
		if depth >= maxDepth && n.HasChildren() {
			s.flatten(parent, n)
		} else {
			s.node(parent, n, depth, inLink)
		}
		n = next
	}
}

func (s *shaper) node(parent, node ast.Node, depth int, inLink bool) {
	switch n := node.(type) {
	case *ast.Text:
		s.words += countWords(literal(n, s.source))
		return
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return
	case *ast.Heading:
		s.children(n, depth+1, inLink)
		s.heading(parent, n)
		return
	case *ast.Blockquote:
		if c, ok := s.callout(n); ok {
			parent.ReplaceChild(parent, n, c)
			s.children(c, depth+1, inLink)
			return
		}
	case *ast.Image:
		s.image(parent, n, inLink)
		return
	case *ast.Link:
		s.link(parent, n, depth, inLink)
		return
	case *ast.AutoLink:
		s.autoLink(parent, n, inLink)
		return
	case *ast.List:
		s.children(n, depth+1, inLink)
		s.taskList(n)
		return
	case *east.Table:
		s.tables++
		if s.labels.Table != "" {
			n.SetAttributeString(labelAttribute, s.labels.Table+" "+strconv.Itoa(s.tables))
		}
	case *east.TaskCheckBox:
		s.task(n)
		return
	}
	s.children(node, depth+1, inLink)
}

// flatten replaces a tree too deep by its words.
func (s *shaper) flatten(parent, node ast.Node) {
	words := inlineText(node, s.source)
	s.words += countWords(words)
	var plain ast.Node = verbatim(words)
	if node.Type() == ast.TypeBlock {
		p := ast.NewParagraph()
		p.AppendChild(p, plain)
		plain = p
		switch node.Kind() {
		case ast.KindListItem, ast.KindTextBlock, ast.KindParagraph:
			// These are what their parent must hold, and their children are not.
			node.RemoveChildren(node)
			node.AppendChild(node, verbatim(words))
			return
		}
	}
	parent.ReplaceChild(parent, node, plain)
}

// verbatim makes a node of words that are shown as they are.
func verbatim(words string) *ast.String {
	n := ast.NewString([]byte(words))
	n.SetRaw(true) // escaped, but neither entities nor backslashes are resolved
	return n
}

// heading gives a heading its level on the page and its id. Authors start at
// any level and skip some; a page must not, so the level is how many headings
// of a higher rank are open above. A heading without words is dropped.
func (s *shaper) heading(parent ast.Node, n *ast.Heading) {
	words := inlineText(n, s.source)
	if words == "" {
		parent.RemoveChild(parent, n)
		return
	}
	for len(s.levels) > 0 && s.levels[len(s.levels)-1] >= n.Level {
		s.levels = s.levels[:len(s.levels)-1]
	}
	s.levels = append(s.levels, n.Level)
	n.Level = min(s.headingBase+len(s.levels)-1, 6)
	n.RemoveAttributes()
	id := s.id(words)
	n.SetAttributeString("id", []byte(id))
	s.toc = append(s.toc, Heading{Level: n.Level, ID: id, Text: words})
}

// idPrefix keeps the ids of texts apart from those of pages.
const idPrefix = "t-"

// id makes an unused id out of words.
func (s *shaper) id(words string) string {
	id := idPrefix + slug(words)
	for {
		s.ids[id]++
		n := s.ids[id]
		if n == 1 {
			return id
		}
		id += "-" + strconv.Itoa(n)
	}
}

// slug folds words to at most 60 letters a to z, digits and hyphens: "Où
// déposer ?" gives "ou-deposer".
func slug(words string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(cut(words, 400))) {
		if b.Len() >= 60 {
			break
		}
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		case r == 'œ':
			b.WriteString("oe")
		case r == 'æ':
			b.WriteString("ae")
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "partie"
}

// callout makes the node that replaces a quote marked as a callout.
func (s *shaper) callout(quote *ast.Blockquote) (*calloutNode, bool) {
	v, ok := quote.AttributeString(calloutAttribute)
	if !ok {
		return nil, false
	}
	found, ok := v.(callout)
	if !ok {
		return nil, false
	}
	n := &calloutNode{class: "info", title: found.title}
	title := ""
	switch found.kind {
	case "NOTE":
		title = s.labels.Note
	case "IMPORTANT":
		title = s.labels.Important
	case "TIP":
		n.class, title = "ok", s.labels.Tip
	case "WARNING":
		n.class, title = "warn", s.labels.Warning
	case "CAUTION":
		n.class, title = "warn", s.labels.Caution
	}
	if n.title == "" {
		n.title = title
	}
	s.words += countWords(n.title)
	for child := quote.FirstChild(); child != nil; child = quote.FirstChild() {
		n.AppendChild(n, child)
	}
	return n, true
}

// task marks the item of a task and gives its state words.
func (s *shaper) task(n *east.TaskCheckBox) {
	class, word := "task", s.labels.ToDo
	if n.IsChecked {
		class, word = "task done", s.labels.Done
	}
	n.SetAttributeString(labelAttribute, word)
	if block := n.Parent(); block != nil && block.Parent() != nil {
		block.Parent().SetAttributeString("class", []byte(class))
	}
}

// taskList marks a list that holds nothing but tasks.
func (s *shaper) taskList(list *ast.List) {
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		if _, ok := item.AttributeString("class"); !ok {
			return
		}
	}
	if list.HasChildren() {
		list.SetAttributeString("class", []byte("tasks"))
	}
}

func countWords(s string) int {
	words, inside := 0, false
	for _, r := range s {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		if letter && !inside {
			words++
		}
		// An apostrophe or a hyphen inside a word does not start another one.
		inside = letter || (inside && (r == '\'' || r == '’' || r == '-'))
	}
	return words
}

// resolveFragments makes links such as "#ou-deposer" reach the heading of the
// text, whose id has a prefix that authors do not know.
func (s *shaper) resolveFragments(root ast.Node) {
	if len(s.toc) == 0 {
		return
	}
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		link, ok := n.(*ast.Link)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		if fragment, ok := bytes.CutPrefix(link.Destination, []byte("#")); ok {
			id := idPrefix + slug(unescape(string(fragment)))
			if s.ids[id] > 0 {
				link.Destination = []byte("#" + id)
			}
		}
		return ast.WalkContinue, nil
	})
}

func unescape(fragment string) string {
	if s, err := url.PathUnescape(fragment); err == nil {
		return s
	}
	return fragment
}
