package markup

import (
	"bytes"
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// A reference is a name in a text that stands for someone or something of the
// instance. It is written as a link, "[@Name](ruche:target)", so that any other
// program shows at least the name. It is shown as words, never as a link.
const referenceScheme = "ruche:"

// Reference is one that a text holds.
type Reference struct {
	// Target is what it stands for, in the caller's words; Name what was written,
	// without "@".
	Target, Name string
	// from and to are where it stands in the source.
	from, to int
}

// Call is an "@" that was typed: At is its place in the source, in bytes, and
// After what follows it on the line, as far as a name may go.
type Call struct {
	At    int
	After string
}

// maxAfter bounds what is looked at behind an "@", in bytes.
const maxAfter = 300

// Naming returns a renderer that shows references by these names, by target. One
// that has no name here is words like any others: a text cannot make believe.
func (r *Renderer) Naming(names map[string]string) *Renderer {
	in := *r
	in.names = maps.Clone(names)
	return &in
}

// References lists those of a text, in their order.
func References(md string) []Reference {
	if !strings.Contains(md, referenceScheme) || len(md) > MaxBytes {
		return nil
	}
	source := clean(md)
	var out []Reference
	inline(source, func(n ast.Node) bool {
		link, ok := n.(*ast.Link)
		if !ok {
			return true
		}
		if ref, ok := referenceAt(link, source); ok {
			out = append(out, ref)
		}
		return false
	})
	return out
}

// Calls lists the "@" of a text that begin a word, outside of code and links.
func Calls(md string) []Call {
	if !strings.Contains(md, "@") || len(md) > MaxBytes {
		return nil
	}
	source := clean(md)
	if string(source) != md {
		return nil // places in the one are not places in the other
	}
	var out []Call
	inline(source, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Link, *ast.Image, *ast.AutoLink, *ast.CodeSpan:
			return false
		case *ast.Text:
			for at := n.Segment.Start; at < n.Segment.Stop; at++ {
				if source[at] == '@' && begins(source[:at]) {
					out = append(out, Call{At: at, After: after(source[at+1:])})
				}
			}
		}
		return true
	})
	return out
}

// begins tells whether what follows a text begins a word.
func begins(before []byte) bool {
	last, size := utf8.DecodeLastRune(before)
	return size == 0 || !unicode.IsLetter(last) && !unicode.IsDigit(last) && last != '\\' && last != '@'
}

func after(rest []byte) string {
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return cut(string(line), maxAfter)
}

// Refer writes references in place of calls: each replaces its "@" and what
// follows it, up to the length given in bytes. They come in their order.
func Refer(md string, calls []Call, lengths []int, references []Reference) string {
	var b strings.Builder
	done := 0
	for i, c := range calls {
		b.WriteString(md[done:c.At])
		b.WriteString(Mark(references[i]))
		done = c.At + 1 + lengths[i]
	}
	b.WriteString(md[done:])
	return b.String()
}

// Mark writes a reference.
func Mark(ref Reference) string {
	var b strings.Builder
	b.WriteString("[@")
	for _, r := range ref.Name {
		if strings.ContainsRune("\\[]*_`<>~&!", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	b.WriteString("](" + referenceScheme + ref.Target + ")")
	return b.String()
}

// Typed gives back a text as it is typed: "@Name" for each reference, everything
// else byte for byte.
func Typed(md string) string {
	refs := References(md)
	if len(refs) == 0 || string(clean(md)) != md {
		return md
	}
	var b strings.Builder
	done := 0
	for _, ref := range refs {
		b.WriteString(md[done:ref.from] + "@" + ref.Name)
		done = ref.to
	}
	return b.String() + md[done:]
}

// inline walks the tree of a source; see answers whether to go below a node. The
// parser is made anew, which takes some tens of microseconds and is done for texts
// that hold a name only.
func inline(source []byte, see func(n ast.Node) bool) {
	root := articleDialect().parser.Parse(text.NewReader(source))
	c := collector{source: source}
	c.walk(root, func(n ast.Node) bool {
		switch n.Kind() {
		case ast.KindCodeBlock, ast.KindFencedCodeBlock:
			return false
		}
		return see(n)
	})
}

// referenceAt reads a link that is a reference in the form that Mark gives it.
func referenceAt(n *ast.Link, source []byte) (Reference, bool) {
	target, ok := strings.CutPrefix(string(n.Destination), referenceScheme)
	if !ok {
		return Reference{}, false
	}
	first, okFirst := n.FirstChild().(*ast.Text)
	last, okLast := n.LastChild().(*ast.Text)
	if !okFirst || !okLast {
		return Reference{}, false
	}
	ref := Reference{Target: target, from: first.Segment.Start - 1}
	end := "](" + referenceScheme + target + ")"
	name, ok := strings.CutPrefix(inlineText(n, source), "@")
	if !ok || ref.from < 0 || source[ref.from] != '[' || !bytes.HasPrefix(source[last.Segment.Stop:], []byte(end)) {
		return Reference{}, false
	}
	ref.Name, ref.to = name, last.Segment.Stop+len(end)
	return ref, true
}

// reference shows a reference by its name of today, or as the words it was
// written with.
func (s *shaper) reference(parent ast.Node, n *ast.Link, target string) {
	s.children(n, maxDepth, true)
	name, known := s.names[target]
	if !known {
		hoist(parent, n)
		return
	}
	parent.ReplaceChild(parent, n, &referenceNode{name: name})
}
