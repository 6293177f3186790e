package markup

import (
	"strconv"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// calloutNode replaces a quote that is a callout.
type calloutNode struct {
	ast.BaseBlock
	class, title string
}

// externalAttribute marks a link that leaves the instance.
const externalAttribute = "ruche-external"

// labelAttribute carries to the renderer a word in the reader's language.
const labelAttribute = "ruche-label"

// embedAttribute carries a file of the text, as it is shown.
const embedAttribute = "ruche-embed"

//nolint:gochecknoglobals // goldmark numbers the kinds of nodes at start
var kindCallout = ast.NewNodeKind("Callout")

// Kind implements ast.Node.
func (n *calloutNode) Kind() ast.NodeKind { return kindCallout }

// Dump implements ast.Node.
func (n *calloutNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"class": n.class}, nil)
}

// referenceNode replaces a link that is a reference.
type referenceNode struct {
	ast.BaseInline
	name string
}

//nolint:gochecknoglobals // goldmark numbers the kinds of nodes at start
var kindReference = ast.NewNodeKind("Reference")

// Kind implements ast.Node.
func (n *referenceNode) Kind() ast.NodeKind { return kindReference }

// Dump implements ast.Node.
func (n *referenceNode) Dump(source []byte, level int) {
	ast.DumpHelper(n, source, level, map[string]string{"name": n.name}, nil)
}

// nodeRenderer writes the nodes whose HTML is ours.
type nodeRenderer struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (nodeRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(kindCallout, renderCallout)
	reg.Register(kindReference, renderReference)
	reg.Register(ast.KindLink, renderLink)
	reg.Register(ast.KindImage, renderImage)
	reg.Register(ast.KindCodeBlock, renderCode)
	reg.Register(ast.KindFencedCodeBlock, renderCode)
	reg.Register(east.KindTable, renderTable)
	reg.Register(east.KindTableHeader, renderTableHeader)
	reg.Register(east.KindTableRow, renderTableRow)
	reg.Register(east.KindTableCell, renderTableCell)
	reg.Register(east.KindTaskCheckBox, renderTask)
}

func write(w util.BufWriter, parts ...string) {
	for _, part := range parts {
		_, _ = w.WriteString(part) // the writer keeps its first error for Flush
	}
}

func escaped(s string) string { return string(util.EscapeHTML([]byte(s))) }

func renderCallout(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n, ok := node.(*calloutNode)
	switch {
	case !ok:
	case entering:
		write(w, `<div class="callout `, n.class, `" role="note"><div>`)
		if n.title != "" {
			write(w, `<strong class="callout-title">`, escaped(n.title), `</strong>`)
		}
		write(w, "\n")
	default:
		write(w, "</div></div>\n")
	}
	return ast.WalkContinue, nil
}

func renderReference(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if n, ok := node.(*referenceNode); ok && entering {
		write(w, `<span class="mention">@`, escaped(n.name), `</span>`)
	}
	return ast.WalkContinue, nil
}

// renderLink writes a link whose destination shape has settled. goldmark's own
// would resolve entities in it once more.
func renderLink(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	n, ok := node.(*ast.Link)
	switch {
	case !ok:
	case !entering:
		write(w, "</a>")
		if f, ok := embedOf(n); ok && f.Note != "" {
			write(w, ` <span class="file-note">`, escaped(f.Note), `</span>`)
		}
	default:
		write(w, `<a href="`, escaped(string(n.Destination)), `"`, title(n.Title))
		if _, ok := embedOf(n); ok {
			write(w, ` class="file-link"`)
		}
		if _, external := n.AttributeString(externalAttribute); external {
			write(w, ` rel="noopener noreferrer nofollow"`)
		}
		write(w, ">")
	}
	return ast.WalkContinue, nil
}

func embedOf(n ast.Node) (Shown, bool) {
	v, ok := n.AttributeString(embedAttribute)
	if !ok {
		return Shown{}, false
	}
	f, ok := v.(Shown)
	return f, ok
}

// renderImage writes an image of this instance.
func renderImage(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if n, ok := node.(*ast.Image); ok && entering {
		if f, ok := embedOf(n); ok && f.Width > 0 {
			write(w, `<img src="`, escaped(f.Src), `" alt="`, escaped(inlineText(n, source)), `"`, title(n.Title),
				` width="`, strconv.Itoa(f.Width), `" height="`, strconv.Itoa(f.Height), `" loading="lazy">`)
			return ast.WalkSkipChildren, nil
		}
		write(w, `<img src="`, escaped(string(n.Destination)), `" alt="`, escaped(inlineText(n, source)), `"`,
			title(n.Title), ` loading="lazy">`)
	}
	return ast.WalkSkipChildren, nil
}

func title(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	return ` title="` + escaped(unescaped(raw)) + `"`
}

// renderCode writes a block of code. It can be reached by keyboard, since a
// long line makes it scroll.
func renderCode(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		write(w, "</code></pre>\n")
		return ast.WalkContinue, nil
	}
	class := ""
	if fence, ok := node.(*ast.FencedCodeBlock); ok {
		if language := fence.Language(source); len(language) > 0 {
			class = ` class="language-` + escaped(string(language)) + `"`
		}
	}
	write(w, `<pre tabindex="0"><code`, class, ">")
	lines := node.Lines()
	for i := range lines.Len() {
		line := lines.At(i)
		_, _ = w.Write(util.EscapeHTML(line.Value(source)))
	}
	return ast.WalkContinue, nil
}

func label(node ast.Node) string {
	v, _ := node.AttributeString(labelAttribute)
	s, _ := v.(string)
	return s
}

func renderTable(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		if node.ChildCount() > 1 {
			write(w, "</tbody>\n")
		}
		write(w, "</table></div>\n")
		return ast.WalkContinue, nil
	}
	write(w, `<div class="tablewrap" tabindex="0"`)
	// A region without a name is worse than none.
	if name := label(node); name != "" {
		write(w, ` role="region" aria-label="`, escaped(name), `"`)
	}
	write(w, "><table class=\"prose-table\">\n")
	return ast.WalkContinue, nil
}

func renderTableHeader(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	switch {
	case entering:
		write(w, "<thead>\n<tr>\n")
	case node.NextSibling() != nil:
		write(w, "</tr>\n</thead>\n<tbody>\n")
	default:
		write(w, "</tr>\n</thead>\n")
	}
	return ast.WalkContinue, nil
}

func renderTableRow(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		write(w, "<tr>\n")
	} else {
		write(w, "</tr>\n")
	}
	return ast.WalkContinue, nil
}

func renderTableCell(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	cell, ok := node.(*east.TableCell)
	if !ok {
		return ast.WalkContinue, nil
	}
	// An empty cell of the header heads nothing.
	header := node.Parent() != nil && node.Parent().Kind() == east.KindTableHeader && node.HasChildren()
	tag, scope := "td", ""
	if header {
		tag, scope = "th", ` scope="col"`
	}
	if !entering {
		write(w, "</", tag, ">\n")
		return ast.WalkContinue, nil
	}
	class := ""
	switch cell.Alignment {
	case east.AlignRight:
		class = ` class="n"`
	case east.AlignCenter:
		class = ` class="mid"`
	case east.AlignLeft, east.AlignNone:
	}
	write(w, "<", tag, scope, class, ">")
	return ast.WalkContinue, nil
}

// renderTask writes the state of a task for those who hear the page; the box
// itself is drawn by the style of li.task. A real checkbox, which nobody could
// tick, would be one more control without a purpose.
func renderTask(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if name := label(node); entering && name != "" {
		write(w, `<span class="vh">`, escaped(name), ` </span>`)
	}
	return ast.WalkContinue, nil
}
