package markup

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"ruche/internal/platform/fault"
)

// The visual editor neither reads nor writes Markdown: it is given a tree, and gives
// one back. Each block at the top knows its place in the text that was opened, and
// comes back as the very bytes that it was, unless something in it changed. What the
// editor has no form for is a block of its own, shown as its source.

// The types of nodes and of marks, as the editor knows them (web/src/editor).
const (
	typeDoc, typeParagraph, typeHeading, typeQuote      = "doc", "paragraph", "heading", "blockquote"
	typeCallout, typeCode, typeRule, typeOpaque         = "callout", "codeBlock", "horizontalRule", "opaque"
	typeBullets, typeNumbers, typeTasks                 = "bulletList", "orderedList", "taskList"
	typeItem, typeTask                                  = "listItem", "taskItem"
	typeTable, typeRow, typeHeadCell, typeCell          = "table", "tableRow", "tableHeader", "tableCell"
	typeText, typeBreak, typeImage                      = "text", "hardBreak", "image"
	markLink, markBold, markItalic, markStrike, markRaw = "link", "bold", "italic", "strike", "code"
)

// attrPlace is the place, in the text that was opened, of a block at the top.
const attrPlace = "n"

// maxEdited bounds the tree that comes back from an editor, in bytes: what a text of
// MaxBytes may become when each of its characters stands apart.
const maxEdited = 16 << 20

// Node is a node of the tree of the editor.
type Node struct {
	Type    string         `json:"type"`
	Attrs   map[string]any `json:"attrs,omitempty"`
	Content []Node         `json:"content,omitempty"`
	Marks   []NodeMark     `json:"marks,omitempty"`
	Text    string         `json:"text,omitempty"`
}

// NodeMark is what a stretch of text is.
type NodeMark struct {
	Type  string         `json:"type"`
	Attrs map[string]any `json:"attrs,omitempty"`
}

// Editor opens texts for the visual editor. It is immutable and safe for concurrent use.
type Editor struct{ parser parser.Parser }

// NewEditor returns one. Building it is slow beside its use: make one and keep it.
func NewEditor() *Editor { return &Editor{articleDialect().parser} }

// Opened is a text cut into the blocks of the editor.
type Opened struct {
	editor *Editor
	source []byte
	blocks []Node
	cuts   []int // where each block begins, and the end
}

// Open cuts a text into blocks. A text over MaxBytes gives a fault.TooLarge.
func (e *Editor) Open(md string) (*Opened, error) {
	if len(md) > MaxBytes {
		return nil, fault.New(fault.TooLarge, "fault.too_large")
	}
	o := &Opened{editor: e, source: clean(md)}
	root := e.parser.Parse(text.NewReader(o.source))
	in := importer{source: o.source}
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		at := bytes.LastIndexByte(o.source[:min(max(n.Pos(), 0), len(o.source))], '\n') + 1
		if k := len(o.cuts); k > 0 && at <= o.cuts[k-1] {
			at = o.cuts[k-1] // of the same line as the block before: one block, then
			in.broken = true
		}
		block, ok := in.block(n, 0)
		if !ok {
			block = Node{Type: typeOpaque}
		}
		o.blocks, o.cuts = append(o.blocks, block), append(o.cuts, at)
	}
	if in.broken { // places that make no sense: all of it is shown as it is
		o.blocks, o.cuts = []Node{{Type: typeOpaque}}, []int{0}
	}
	o.cuts = append(o.cuts, len(o.source))
	for i := range o.blocks {
		if o.blocks[i].Type == typeOpaque {
			o.blocks[i].Attrs = map[string]any{"source": strings.TrimRight(o.slice(i), "\n")}
		}
	}
	return o, nil
}

// slice is the source of a block with the blank lines after it.
func (o *Opened) slice(i int) string { return string(o.source[o.cuts[i]:o.cuts[i+1]]) }

// head is what stands before the first block: blank lines.
func (o *Opened) head() string { return string(o.source[:o.cuts[0]]) }

// JSON is the tree that the editor opens.
func (o *Opened) JSON() ([]byte, error) {
	doc := Node{Type: typeDoc, Content: slices.Clone(o.blocks)}
	for i, b := range doc.Content {
		attrs := map[string]any{attrPlace: i}
		for name, v := range b.Attrs {
			attrs[name] = v
		}
		doc.Content[i].Attrs = attrs
	}
	if len(doc.Content) == 0 {
		doc.Content = []Node{{Type: typeParagraph}}
	}
	return json.Marshal(doc)
}

// ParseNode reads the tree that an editor gives back. What is no such tree gives a
// fault.Invalid.
func ParseNode(data []byte) (Node, error) {
	var doc Node
	if len(data) > maxEdited {
		return doc, fault.New(fault.TooLarge, "fault.too_large")
	}
	if err := json.Unmarshal(data, &doc); err != nil || doc.Type != typeDoc || depth(doc) > maxDepth {
		return doc, fault.New(fault.Invalid, "markup.editor.unreadable")
	}
	return doc, nil
}

func depth(n Node) (most int) {
	for _, c := range n.Content {
		most = max(most, depth(c))
	}
	return most + 1
}

// importer turns the tree of the parser into that of the editor.
type importer struct {
	source []byte
	broken bool
}

// block converts a block; ok is false for what the editor has no form for.
func (in *importer) block(node ast.Node, level int) (n Node, ok bool) {
	if level > maxDepth/2 {
		return n, false
	}
	switch b := node.(type) {
	case *ast.Paragraph, *ast.TextBlock:
		n.Type = typeParagraph
		n.Content, ok = in.inlines(b)
		return n, ok
	case *ast.Heading:
		n = Node{Type: typeHeading, Attrs: map[string]any{"level": b.Level}}
		n.Content, ok = in.inlines(b)
		return n, ok
	case *ast.ThematicBreak:
		return Node{Type: typeRule}, true
	case *ast.CodeBlock:
		return in.code(b, ""), true
	case *ast.FencedCodeBlock:
		info := ""
		if b.Info != nil {
			info = unescaped(b.Info.Segment.Value(in.source))
		}
		return in.code(b, info), true
	case *ast.Blockquote:
		n.Type = typeQuote
		if v, is := b.AttributeString(calloutAttribute); is {
			c, _ := v.(callout)
			n = Node{Type: typeCallout, Attrs: map[string]any{"kind": c.kind, "title": c.title}}
		}
		n.Content, ok = in.blocks(b, level+1)
		return n, ok
	case *ast.List:
		return in.list(b, level)
	case *east.Table:
		return in.table(b)
	}
	return n, false
}

// blocks converts the blocks inside another; an empty one holds an empty paragraph.
func (in *importer) blocks(parent ast.Node, level int) (out []Node, ok bool) {
	for c := parent.FirstChild(); c != nil; c = c.NextSibling() {
		b, ok := in.block(c, level)
		if !ok {
			return nil, false
		}
		out = append(out, b)
	}
	if out == nil {
		out = []Node{{Type: typeParagraph}}
	}
	return out, true
}

func (in *importer) code(b ast.Node, info string) Node {
	var words strings.Builder
	lines := b.Lines()
	for i := range lines.Len() {
		line := lines.At(i)
		words.Write(line.Value(in.source))
	}
	n := Node{Type: typeCode}
	if info != "" {
		n.Attrs = map[string]any{"language": info}
	}
	if s := strings.TrimSuffix(words.String(), "\n"); s != "" {
		n.Content = []Node{{Type: typeText, Text: s}}
	}
	return n
}

func (in *importer) list(list *ast.List, level int) (n Node, ok bool) {
	n = Node{Type: typeBullets, Attrs: map[string]any{"tight": list.IsTight}}
	if list.IsOrdered() {
		n.Type = typeNumbers
		n.Attrs["start"] = list.Start
	}
	tasks := 0
	for c := list.FirstChild(); c != nil; c = c.NextSibling() {
		item := Node{Type: typeItem}
		if box := taskOf(c); box != nil {
			tasks++
			item = Node{Type: typeTask, Attrs: map[string]any{"checked": box.IsChecked}}
		}
		if item.Content, ok = in.blocks(c, level+1); !ok {
			return n, false
		}
		n.Content = append(n.Content, item)
	}
	if tasks > 0 {
		if tasks != len(n.Content) || n.Type == typeNumbers {
			return n, false // some are tasks and some are not
		}
		n.Type = typeTasks
	}
	return n, true
}

func taskOf(item ast.Node) *east.TaskCheckBox {
	if first := item.FirstChild(); first != nil && first.FirstChild() != nil {
		box, _ := first.FirstChild().(*east.TaskCheckBox)
		return box
	}
	return nil
}

func (in *importer) table(t *east.Table) (n Node, ok bool) {
	n.Type = typeTable
	for r := t.FirstChild(); r != nil; r = r.NextSibling() {
		row, kind := Node{Type: typeRow}, typeCell
		if r.Kind() == east.KindTableHeader {
			kind = typeHeadCell
		}
		for c := r.FirstChild(); c != nil; c = c.NextSibling() {
			cell, is := c.(*east.TableCell)
			if !is {
				return n, false
			}
			words, ok := in.inlines(cell)
			if !ok {
				return n, false
			}
			out := Node{Type: kind, Content: []Node{{Type: typeParagraph, Content: words}}}
			if cell.Alignment != east.AlignNone {
				out.Attrs = map[string]any{"align": cell.Alignment.String()}
			}
			row.Content = append(row.Content, out)
		}
		if len(n.Content) > 0 { // what is missing at the end of a row is empty, and set as its column
			for c, head := range n.Content[0].Content {
				if c == len(row.Content) {
					row.Content = append(row.Content, Node{Type: typeCell, Content: []Node{{Type: typeParagraph}}})
				}
				row.Content[c].Attrs = head.Attrs
			}
		}
		n.Content = append(n.Content, row)
	}
	return n, true
}

// inlines converts the words of a block.
func (in *importer) inlines(parent ast.Node) ([]Node, bool) {
	var out []Node
	if !in.inline(parent, nil, &out, 0) {
		return nil, false
	}
	return trimmed(joined(out)), true
}

func (in *importer) inline(parent ast.Node, marks []NodeMark, out *[]Node, level int) bool {
	if level > maxDepth/2 {
		return false
	}
	with := func(m NodeMark) []NodeMark { return append(slices.Clone(marks), m) }
	for c := parent.FirstChild(); c != nil; c = c.NextSibling() {
		ok := true
		switch n := c.(type) {
		case *ast.Text:
			in.words(n, marks, out)
		case *ast.CodeSpan:
			var words strings.Builder
			for t := n.FirstChild(); t != nil; t = t.NextSibling() {
				if segment, is := t.(*ast.Text); is {
					words.Write(segment.Segment.Value(in.source))
				}
			}
			if s := strings.ReplaceAll(words.String(), "\n", " "); s != "" {
				*out = append(*out, Node{Type: typeText, Text: s, Marks: with(NodeMark{Type: markRaw})})
			}
		case *ast.Emphasis:
			kind := markItalic
			if n.Level == 2 {
				kind = markBold
			}
			ok = in.inline(n, with(NodeMark{Type: kind}), out, level+1)
		case *east.Strikethrough:
			ok = in.inline(n, with(NodeMark{Type: markStrike}), out, level+1)
		case *ast.Link:
			ok = in.inline(n, with(linkTo(unescaped(n.Destination), unescaped(n.Title))), out, level+1)
		case *ast.AutoLink:
			*out = append(*out, Node{Type: typeText, Text: string(n.Label(in.source)), Marks: with(linkTo(string(n.URL(in.source)), ""))})
		case *ast.Image:
			attrs := map[string]any{"src": unescaped(n.Destination), "alt": inlineText(n, in.source)}
			if t := unescaped(n.Title); t != "" {
				attrs["title"] = t
			}
			*out = append(*out, Node{Type: typeImage, Attrs: attrs, Marks: marks})
		case *east.TaskCheckBox:
		default:
			ok = false
		}
		if !ok {
			return false
		}
	}
	return true
}

func (in *importer) words(n *ast.Text, marks []NodeMark, out *[]Node) {
	s := strings.ReplaceAll(literal(n, in.source), "\n", " ")
	if n.SoftLineBreak() && !n.HardLineBreak() {
		s += " "
	}
	if s != "" {
		*out = append(*out, Node{Type: typeText, Text: s, Marks: marks})
	}
	if n.HardLineBreak() {
		*out = append(*out, Node{Type: typeBreak, Marks: marks})
	}
}

func linkTo(href, title string) NodeMark {
	m := NodeMark{Type: markLink, Attrs: map[string]any{"href": href}}
	if title != "" {
		m.Attrs["title"] = title
	}
	return m
}

// joined puts together stretches of text that are alike.
func joined(list []Node) (out []Node) {
	for i := 0; i < len(list); {
		n, end := list[i], i+1
		for n.Type == typeText && end < len(list) && list[end].Type == typeText && sameMarks(n.Marks, list[end].Marks) {
			end++
		}
		if end > i+1 {
			var words strings.Builder
			for _, part := range list[i:end] {
				words.WriteString(part.Text)
			}
			n.Text = words.String()
		}
		out, i = append(out, n), end
	}
	return out
}

// trimmed takes away the white space at both ends of a block, which Markdown does not
// keep.
func trimmed(list []Node) []Node {
	for len(list) > 0 && list[0].Type == typeText {
		if list[0].Text = strings.TrimLeft(list[0].Text, " \t\n"); list[0].Text != "" {
			break
		}
		list = list[1:]
	}
	for k := len(list) - 1; k >= 0 && list[k].Type == typeText; k-- {
		if list[k].Text = strings.TrimRight(list[k].Text, " \t\n"); list[k].Text != "" {
			break
		}
		list = list[:k]
	}
	return list
}

func sameMarks(a, b []NodeMark) bool {
	if len(a) == 0 && len(b) == 0 {
		return true
	}
	return key(Node{Marks: canonMarks(a)}) == key(Node{Marks: canonMarks(b)})
}

// key writes a node so that two of them compare: maps are written in order.
func key(n Node) string {
	b, err := json.Marshal(n)
	if err != nil {
		return "" // attributes came from JSON, or are of ours
	}
	return string(b)
}

// canon writes a node in one way: what an editor adds by default is left out, text that
// is alike is one, marks are in one order, each once.
func canon(n Node) Node {
	out := Node{Type: n.Type, Text: n.Text, Marks: canonMarks(n.Marks), Attrs: canonAttrs(n.Type, n.Attrs)}
	for _, c := range n.Content {
		out.Content = append(out.Content, canon(c))
	}
	switch n.Type {
	case typeParagraph, typeHeading:
		out.Content = trimmed(joined(out.Content))
	case typeCode:
		out.Content = joined(out.Content)
	}
	if isList(n.Type) && out.truth("tight") && !mayBeTight(out) {
		delete(out.Attrs, "tight") // false is what is left out
	}
	if len(out.Content) == 0 {
		out.Content = nil
	}
	return out
}

func canonMarks(marks []NodeMark) (out []NodeMark) {
	for _, name := range markOrder() {
		if i := slices.IndexFunc(marks, func(m NodeMark) bool { return m.Type == name }); i >= 0 {
			out = append(out, NodeMark{Type: name, Attrs: canonAttrs(name, marks[i].Attrs)})
		}
	}
	return out
}

// markOrder is how marks stand in each other, the outermost first.
func markOrder() []string { return []string{markLink, markBold, markItalic, markStrike, markRaw} }

// kept are the attributes that mean something, by type of node or mark.
func kept(kind string) []string {
	switch kind {
	case typeHeading:
		return []string{"level"}
	case typeCallout:
		return []string{"kind", "title"}
	case typeCode:
		return []string{"language"}
	case typeOpaque:
		return []string{"source"}
	case typeBullets, typeTasks:
		return []string{"tight"}
	case typeNumbers:
		return []string{"start", "tight"}
	case typeTask:
		return []string{"checked"}
	case typeHeadCell, typeCell:
		return []string{"align"}
	case typeImage:
		return []string{"src", "alt", "title"}
	case markLink:
		return []string{"href", "title"}
	}
	return nil
}

func canonAttrs(kind string, attrs map[string]any) map[string]any {
	var out map[string]any
	for _, name := range kept(kind) {
		v, there := attrs[name]
		if !there || v == nil || v == "" {
			continue
		}
		switch n := v.(type) {
		case int:
			v = float64(n) // as it comes back from JSON
		case string:
			if v = stripControls(n); name == "title" || name == "alt" {
				v = oneLine(n)
			}
		case bool:
			if !n {
				continue
			}
		case float64:
		default:
			continue
		}
		if out == nil {
			out = map[string]any{}
		}
		out[name] = v
	}
	return out
}

// word, number and truth read an attribute.
func (n Node) word(name string) string { s, _ := n.Attrs[name].(string); return s }

func (n Node) truth(name string) bool { v, _ := n.Attrs[name].(bool); return v }

func (n Node) number(name string, otherwise int) int {
	switch v := n.Attrs[name].(type) {
	case int:
		return v
	case float64:
		return int(v)
	case string:
		if i, err := strconv.Atoi(v); err == nil {
			return i
		}
	}
	return otherwise
}
