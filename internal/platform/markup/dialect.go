package markup

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// articleDialect is the whole dialect. The parsers of raw HTML are left out, so
// that "<script>" is text like any other from the first step on.
func articleDialect() dialect {
	blocks := append(commonBlocks(),
		util.Prioritized(parser.NewSetextHeadingParser(), 100),
		util.Prioritized(parser.NewATXHeadingParser(), 600),
	)
	inlines := append(commonInlines(), util.Prioritized(extension.NewTaskCheckBoxParser(), 0))
	return dialect{
		parser: parser.NewParser(
			parser.WithBlockParsers(blocks...),
			parser.WithInlineParsers(inlines...),
			parser.WithParagraphTransformers(
				util.Prioritized(calloutTransformer{}, 50),
				util.Prioritized(newBoundedReferences(), 100),
				util.Prioritized(newBoundedTables(), 200),
			),
			parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
		),
		renderer: newRenderer(),
	}
}

// commentDialect leaves out headings, tables, tasks and callouts.
func commentDialect() dialect {
	return dialect{
		parser: parser.NewParser(
			parser.WithBlockParsers(commonBlocks()...),
			parser.WithInlineParsers(commonInlines()...),
			parser.WithParagraphTransformers(util.Prioritized(newBoundedReferences(), 100)),
		),
		renderer: newRenderer(html.WithHardWraps()),
	}
}

// The priorities are goldmark's own.

func commonBlocks() []util.PrioritizedValue {
	return []util.PrioritizedValue{
		util.Prioritized(parser.NewThematicBreakParser(), 200),
		util.Prioritized(parser.NewListParser(), 300),
		util.Prioritized(parser.NewListItemParser(), 400),
		util.Prioritized(parser.NewCodeBlockParser(), 500),
		util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
		util.Prioritized(parser.NewBlockquoteParser(), 800),
		util.Prioritized(parser.NewParagraphParser(), 1000),
	}
}

func commonInlines() []util.PrioritizedValue {
	return []util.PrioritizedValue{
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(newBoundedLinks(), 200),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewEmphasisParser(), 500),
		util.Prioritized(extension.NewStrikethroughParser(), 500),
		util.Prioritized(extension.NewLinkifyParser(), 999),
	}
}

func newRenderer(opts ...html.Option) renderer.Renderer {
	return renderer.NewRenderer(renderer.WithNodeRenderers(
		util.Prioritized(nodeRenderer{}, 100),
		util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500),
		util.Prioritized(html.NewRenderer(opts...), 1000),
	))
}

// calloutAttribute marks a quote as a callout until shape replaces it.
const calloutAttribute = "ruche-callout"

// calloutTransformer finds quotes that begin with a line such as
// "[!NOTE] Optional title" and moves that line into an attribute of the quote.
type calloutTransformer struct{}

// callout is what the first line said.
type callout struct{ kind, title string }

// Transform implements parser.ParagraphTransformer.
func (calloutTransformer) Transform(node *ast.Paragraph, reader text.Reader, _ parser.Context) {
	quote, ok := node.Parent().(*ast.Blockquote)
	if !ok || node.PreviousSibling() != nil {
		return
	}
	lines := node.Lines()
	first := lines.At(0)
	c, ok := parseCallout(first.Value(reader.Source()))
	if !ok {
		return
	}
	quote.SetAttributeString(calloutAttribute, c)
	if lines.Len() == 1 {
		quote.RemoveChild(quote, node)
		return
	}
	lines.SetSliced(1, lines.Len())
}

func parseCallout(line []byte) (callout, bool) {
	rest, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("[!"))
	if !ok {
		return callout{}, false
	}
	name, title, ok := bytes.Cut(rest, []byte("]"))
	if !ok {
		return callout{}, false
	}
	kind := string(bytes.ToUpper(name))
	switch kind {
	case "NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION":
		return callout{kind: kind, title: string(bytes.TrimSpace(title))}, true
	}
	return callout{}, false
}
