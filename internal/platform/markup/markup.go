package markup

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/url"
	"strings"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"

	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
)

//go:embed catalogue
var catalogue embed.FS

// Catalogue returns the package's words, for i18n.New.
func Catalogue() fs.FS {
	sub, err := fs.Sub(catalogue, "catalogue")
	if err != nil { // only for an invalid path, and this one is constant
		return catalogue
	}
	return sub
}

// Doc is a rendered text.
type Doc struct {
	// HTML is sanitized and may be put in a page as it stands.
	HTML template.HTML
	// TOC lists the headings in their order.
	TOC []Heading
	// Words counts the words a reader reads, code and alternative texts aside.
	Words int
	// Links lists the destinations of the links kept, each once, in their order;
	// links inside the text itself are left out.
	Links []string
	// Files lists the keys of the files shown or named, each once, in their order.
	Files []string
}

// Heading is a heading of a rendered text.
type Heading struct {
	// Level is the level on the page, from the base given to Render to 6.
	Level int
	// ID is the id attribute of the heading; it starts with "t-".
	ID string
	// Text is plain text.
	Text string
}

// Labels are the words that the renderer adds, in the reader's language.
type Labels struct {
	Table                                  string // names a scrolling table: "Table 2"
	Note, Tip, Important, Warning, Caution string // titles of callouts without a title of their own
	Done, ToDo                             string // read aloud before a task
}

// Options are the settings of a Renderer.
type Options struct {
	// BaseURL is the address of the instance, such as
	// "https://ruche.example.org". Links to it are written relative and carry
	// no rel attribute. Empty: every absolute link is external.
	BaseURL string
	// Labels are those of a renderer on which In is not called. Without them,
	// tables and callouts go without a name.
	Labels Labels
}

// Renderer renders Markdown. It is immutable and safe for concurrent use.
type Renderer struct {
	labels  Labels
	base    *url.URL // nil without a base
	article dialect
	comment dialect
	policy  *bluemonday.Policy
	names   map[string]string // of references, by target
	files   map[string]Shown  // by key
}

// dialect is a parser and the renderer that goes with it.
type dialect struct {
	parser   parser.Parser
	renderer renderer.Renderer
}

// New returns a renderer. Building it is slow beside rendering: make one and
// keep it.
func New(o Options) *Renderer {
	r := &Renderer{labels: o.Labels, article: articleDialect(), comment: commentDialect(), policy: newPolicy()}
	if base, err := url.Parse(o.BaseURL); err == nil && base.Host != "" {
		r.base = base
	}
	return r
}

// In returns a renderer that adds its words in the language of the printer. It
// shares all else with r and costs a few look-ups.
func (r *Renderer) In(p *i18n.Printer) *Renderer {
	in := *r
	in.labels = Labels{
		Table:     p.T("markup.table"),
		Note:      p.T("markup.note"),
		Tip:       p.T("markup.tip"),
		Important: p.T("markup.important"),
		Warning:   p.T("markup.warning"),
		Caution:   p.T("markup.caution"),
		Done:      p.T("markup.task.done"),
		ToDo:      p.T("markup.task.todo"),
	}
	return &in
}

// Render renders an article. headingBase, 2 to 6, is the level on the page of
// the highest heading of the text, whichever level its author gave it; those
// below follow without a gap. A text over MaxBytes gives a fault.TooLarge.
func (r *Renderer) Render(md string, headingBase int) (Doc, error) {
	if len(md) > MaxBytes {
		return Doc{}, fault.New(fault.TooLarge, "fault.too_large")
	}
	source := clean(md)
	root := r.article.parser.Parse(text.NewReader(source))
	s := &shaper{source: source, labels: r.labels, base: r.base, names: r.names, files: r.files, headingBase: min(max(headingBase, 2), 6)}
	s.shape(root)
	out, err := r.html(r.article, source, root)
	if err != nil {
		return Doc{}, err
	}
	return Doc{HTML: out, TOC: s.toc, Words: s.words, Links: s.links, Files: s.embeds}, nil
}

// Comment renders a comment: emphasis, links, lists, quotes and code. Marks of
// headings, tables, tasks and callouts show as they were typed, images become
// links, and a line break stays one. What lies past MaxCommentBytes is cut off;
// callers refuse longer comments before they are stored.
func (r *Renderer) Comment(md string) template.HTML {
	source := clean(cut(md, MaxCommentBytes))
	root := r.comment.parser.Parse(text.NewReader(source))
	s := &shaper{source: source, labels: r.labels, base: r.base, names: r.names, headingBase: 6, noImages: true}
	s.shape(root)
	out, err := r.html(r.comment, source, root)
	if err != nil {
		// Writing to memory does not fail; the text itself is the best answer.
		return template.HTML("<p>" + template.HTMLEscapeString(string(source)) + "</p>") //nolint:gosec // escaped on this line
	}
	return out
}

// Text returns the plain text of the beginning of a Markdown text, on one line,
// at most maxRunes characters long, cut between words and then ended by "…".
// Tables and blocks of code are left out, and headings too, which would read as
// one sentence with what follows, unless the text has nothing else.
func (r *Renderer) Text(md string, maxRunes int) string {
	if maxRunes <= 0 {
		return ""
	}
	// Marks, addresses and tables take more room than the words they leave; the
	// factor is generous and keeps an excerpt of a long text cheap.
	source := clean(cut(md, maxRunes*16+4096))
	root := r.article.parser.Parse(text.NewReader(source))
	words := plain(root, source, maxRunes+1, false)
	if words == "" {
		words = plain(root, source, maxRunes+1, true)
	}
	return excerpt(words, maxRunes)
}

func (r *Renderer) html(d dialect, source []byte, root ast.Node) (template.HTML, error) {
	var buf bytes.Buffer
	buf.Grow(len(source) + len(source)/2)
	if err := d.renderer.Render(&buf, source, root); err != nil {
		return "", fault.Wrap(fault.Internal, err, "fault.internal")
	}
	safe := r.policy.SanitizeReader(&buf)
	return template.HTML(stripControls(safe.String())), nil //nolint:gosec // sanitized by the allow-list above
}

// excerpt cuts a text at a word.
func excerpt(s string, maxRunes int) string {
	runes := []rune(s)
	if len(runes) <= maxRunes {
		return s
	}
	head := string(runes[:maxRunes-1])
	if runes[maxRunes-1] != ' ' {
		if i := strings.LastIndexByte(head, ' '); i > 0 {
			head = head[:i]
		}
	}
	return strings.TrimRight(head, " ,;:.\u00a0") + "…"
}
