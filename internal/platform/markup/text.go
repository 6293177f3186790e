package markup

import (
	"bufio"
	"bytes"
	stdhtml "html"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer/html"
)

// literal returns what a text node shows: escapes and entities resolved, except
// in code.
func literal(n *ast.Text, source []byte) string {
	value := n.Segment.Value(source)
	if n.IsRaw() || inCode(n) || !bytes.ContainsAny(value, `\&`) {
		return string(value)
	}
	return unescaped(value)
}

// unescaped resolves the escapes and entities of a stretch of source. goldmark
// resolves them while writing HTML only, so what it writes is undone.
func unescaped(value []byte) string {
	var buf bytes.Buffer
	w := bufio.NewWriter(&buf)
	html.DefaultWriter.Write(w, value)
	if err := w.Flush(); err != nil {
		return string(value)
	}
	return stripControls(stdhtml.UnescapeString(buf.String()))
}

func inCode(n ast.Node) bool {
	return n.Parent() != nil && n.Parent().Kind() == ast.KindCodeSpan
}

// collector gathers plain text. It walks with a stack of its own: a tree that
// has not been shaped may be deeper than is wise to recurse into.
type collector struct {
	source []byte
	limit  int // in bytes; 0 none
	out    strings.Builder
}

// plain returns the words of a tree on one line, blocks apart by a space, no
// longer than needed for maxRunes characters, with the words of its headings or
// without.
func plain(root ast.Node, source []byte, maxRunes int, headings bool) string {
	// Four bytes a character is the most that UTF-8 takes.
	c := collector{source: source, limit: maxRunes * 4}
	c.walk(root, func(n ast.Node) bool {
		switch n.Kind() {
		case ast.KindCodeBlock, ast.KindFencedCodeBlock, east.KindTable:
			return false
		case ast.KindHeading:
			return headings
		}
		return true
	})
	return strings.Join(strings.Fields(c.out.String()), " ")
}

// inlineText returns the words of an inline tree or of a heading, trimmed.
func inlineText(root ast.Node, source []byte) string {
	c := collector{source: source}
	c.walk(root, func(ast.Node) bool { return true })
	return strings.Join(strings.Fields(c.out.String()), " ")
}

func (c *collector) walk(root ast.Node, enter func(ast.Node) bool) {
	for n := root; n != nil; {
		descend := c.visit(n) && enter(n)
		if c.limit > 0 && c.out.Len() > c.limit {
			return
		}
		if descend && n.FirstChild() != nil {
			n = n.FirstChild()
			continue
		}
		for n != root && n.NextSibling() == nil {
			n = n.Parent()
		}
		if n == root {
			return
		}
		n = n.NextSibling()
	}
}

// visit writes a node's own words and reports whether its children matter.
func (c *collector) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.Text:
		c.out.WriteString(literal(n, c.source))
		if n.SoftLineBreak() || n.HardLineBreak() {
			c.out.WriteByte(' ')
		}
	case *ast.String:
		c.out.Write(n.Value)
	case *ast.AutoLink:
		c.out.Write(n.Label(c.source))
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		c.out.WriteByte(' ')
	default:
		if n.Type() == ast.TypeBlock {
			c.out.WriteByte(' ')
		}
	}
	return true
}
