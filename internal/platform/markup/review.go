package markup

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
	"golang.org/x/text/unicode/norm"
)

// Flaw is what makes a text harder to read for some (RGAA 4.1).
type Flaw string

// The flaws that are looked for.
const (
	FlawHeading Flaw = "heading" // a level is skipped (9.1)
	FlawImage   Flaw = "image"   // no alternative text (1.1)
	FlawLink    Flaw = "link"    // words that do not say where it leads (6.1)
	FlawBold    Flaw = "bold"    // a whole paragraph in bold stands for a heading (9.1)
)

// Finding is a flaw and the words where it is.
type Finding struct {
	Kind  Flaw
	Words string
}

// maxFindings bounds a review.
const maxFindings = 20

// Review looks for what its author could still better in an article, in its order.
func Review(md string) (out []Finding) {
	if len(md) > MaxBytes {
		return nil
	}
	source := clean(md)
	root := articleDialect().parser.Parse(text.NewReader(source))
	c := collector{source: source}
	level := 0
	c.walk(root, func(n ast.Node) bool {
		words := func() string { return excerpt(inlineText(n, source), 60) }
		switch n := n.(type) {
		case *ast.Heading:
			if level > 0 && n.Level > level+1 {
				out = append(out, Finding{FlawHeading, words()})
			}
			level = n.Level
		case *ast.Image:
			if strings.TrimSpace(inlineText(n, source)) == "" {
				out = append(out, Finding{FlawImage, string(n.Destination)})
			}
		case *ast.Link:
			if vague(inlineText(n, source)) {
				out = append(out, Finding{FlawLink, words()})
			}
		case *ast.Paragraph:
			only, ok := n.FirstChild().(*ast.Emphasis)
			if ok && only.Level == 2 && only.NextSibling() == nil && n.Parent() == root {
				out = append(out, Finding{FlawBold, words()})
			}
		}
		return len(out) < maxFindings
	})
	return out
}

// vague tells whether the words of a link say nothing when they are read alone.
func vague(words string) bool {
	switch strings.ToLower(norm.NFC.String(strings.Trim(words, " .…:!»«\u00a0"))) {
	case "ici", "cliquez ici", "cliquer ici", "lien", "ce lien", "lire la suite", "en savoir plus", "plus", "suite", "voir", "here", "click here", "link", "this link", "read more", "more":
		return true
	}
	return false
}
