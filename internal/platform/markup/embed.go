package markup

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// embedScheme begins the destination of a file that goes with a text, as an image or
// as a link: "![words](fichier:key)", "[words](fichier:key)". Where the file is served
// is not written: it is not the same for each reader.
const embedScheme = "fichier:"

// Embed is a file that a text shows as an image or names by a link.
type Embed struct {
	// Key is what the text calls the file, in the caller's words; Words are the
	// alternative text of an image, and what is written of a link.
	Key, Words string
	Image      bool
}

// Shown is a file as one reader has it.
type Shown struct {
	// Src is the address of an image, empty for another file; Width and Height are in
	// pixels.
	Src           string
	Width, Height int
	// Href is the address of the file, Note what stands behind its link, such as its
	// size.
	Href, Note string
}

// Showing returns a renderer that shows files by these addresses, by key. One that has
// none here is its words.
func (r *Renderer) Showing(files map[string]Shown) *Renderer {
	in := *r
	in.files = files
	return &in
}

// Picture writes an image of a file.
func Picture(key, words string) string {
	return "![" + escape(words, edges{link: true}) + "](" + embedScheme + key + ")"
}

// Embeds lists the files of a text, in their order.
func Embeds(md string) []Embed {
	if !strings.Contains(md, embedScheme) || len(md) > MaxBytes {
		return nil
	}
	source := clean(md)
	var out []Embed
	inline(source, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Image:
			if key, ok := embedded(n.Destination); ok {
				out = append(out, Embed{Key: key, Words: strings.TrimSpace(inlineText(n, source)), Image: true})
			}
			return false
		case *ast.Link:
			if key, ok := embedded(n.Destination); ok {
				out = append(out, Embed{Key: key, Words: strings.TrimSpace(inlineText(n, source))})
			}
		}
		return true
	})
	return out
}

func embedded(destination []byte) (key string, ok bool) {
	return strings.CutPrefix(resolved(destination), embedScheme)
}

// embed shows an image or a link of a file; false for one that this reader has not.
func (s *shaper) embed(n ast.Node, key string) (Shown, bool) {
	f, known := s.files[key]
	if !known {
		return f, false
	}
	n.RemoveAttributes()
	n.SetAttributeString(embedAttribute, f)
	if !s.shown[key] {
		s.shown[key] = true
		s.embeds = append(s.embeds, key)
	}
	return f, true
}
