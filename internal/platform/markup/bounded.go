package markup

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// The parsers of this file wrap goldmark's where a hostile text would make them
// take minutes: a megabyte of "[a](" took more than five. What exceeds a bound
// stays the text that was typed.

const (
	// maxBrackets is how many "[" of one paragraph, item or cell may open a link.
	maxBrackets = 500
	// maxLinkText is how many bytes apart the brackets of a link may be.
	maxLinkText = 8 << 10
	// maxReferences is how many lines a list of link references may have.
	maxReferences = 500
	// maxColumns and maxCells bound a table: short rows are filled up to the
	// width of the header, so that a short text could make a huge table.
	maxColumns = 64
	maxCells   = 20_000
)

//nolint:gochecknoglobals // goldmark numbers the keys of its contexts at start
var bracketsKey = parser.NewContextKey()

// brackets follows the "[" of the block being parsed.
type brackets struct {
	block ast.Node
	n     int
	// open are the places of those that wait for their "]", as goldmark's own
	// list has them.
	open []int
}

// boundedLinks is goldmark's parser of links and images within limits.
type boundedLinks struct{ next parser.InlineParser }

func newBoundedLinks() boundedLinks { return boundedLinks{parser.NewLinkParser()} }

// Trigger implements parser.InlineParser.
func (p boundedLinks) Trigger() []byte { return p.next.Trigger() }

// Parse implements parser.InlineParser.
func (p boundedLinks) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	b, ok := pc.Get(bracketsKey).(*brackets)
	if !ok || b.block != parent {
		b = &brackets{block: parent}
		pc.Set(bracketsKey, b)
	}
	line, segment := block.PeekLine()
	opens := line[0] == '[' || len(line) > 1 && line[0] == '!' && line[1] == '['
	switch {
	case opens && b.n >= maxBrackets:
		return nil
	case opens:
		b.n++
		b.open = append(b.open, segment.Start)
	case line[0] == ']' && len(b.open) > 0:
		last := b.open[len(b.open)-1]
		if segment.Start-last > maxLinkText || endless(line[1:]) {
			return nil // it stays open, here as in goldmark's list
		}
		b.open = b.open[:len(b.open)-1]
	}
	return p.next.Parse(parent, block, pc)
}

// CloseBlock implements parser.CloseBlocker.
func (p boundedLinks) CloseBlock(parent ast.Node, block text.Reader, pc parser.Context) {
	if closer, ok := p.next.(parser.CloseBlocker); ok {
		closer.CloseBlock(parent, block, pc)
	}
}

// endless reports whether what follows a "]" is a destination that goes on for
// longer than any may.
func endless(rest []byte) bool {
	rest, ok := bytes.CutPrefix(rest, []byte("("))
	if !ok || len(rest) <= maxDestination {
		return false
	}
	rest = bytes.TrimLeft(rest, " \t")
	if len(rest) <= maxDestination {
		return false
	}
	ends := ") \t\n"
	if rest[0] == '<' {
		ends = ">"
	}
	return !bytes.ContainsAny(rest[:maxDestination], ends)
}

// boundedReferences is goldmark's parser of link references within limits.
type boundedReferences struct{ next parser.ParagraphTransformer }

func newBoundedReferences() boundedReferences {
	return boundedReferences{parser.LinkReferenceParagraphTransformer}
}

// Transform implements parser.ParagraphTransformer.
func (t boundedReferences) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	if node.Lines().Len() <= maxReferences {
		t.next.Transform(node, reader, pc)
	}
}

// boundedTables is goldmark's parser of tables within limits.
type boundedTables struct{ next parser.ParagraphTransformer }

func newBoundedTables() boundedTables {
	return boundedTables{extension.NewTableParagraphTransformer()}
}

// Transform implements parser.ParagraphTransformer.
func (t boundedTables) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	lines := node.Lines()
	for i := 1; i < lines.Len(); i++ {
		line := lines.At(i)
		row := line.Value(reader.Source())
		if !isDelimiterRow(row) {
			continue
		}
		columns := bytes.Count(bytes.Trim(row, "| \t\r\n"), []byte("|")) + 1
		if columns > maxColumns || columns*lines.Len() > maxCells {
			return
		}
	}
	t.next.Transform(node, reader, pc)
}

// isDelimiterRow is wider than GFM's rule, never narrower.
func isDelimiterRow(row []byte) bool {
	return len(bytes.Trim(row, "|-: \t\r\n")) == 0 && bytes.IndexByte(row, '-') >= 0
}
