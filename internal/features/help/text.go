package help

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"ruche/internal/platform/markup"
	"ruche/internal/ui"
)

// text is a rendered text. Summary is plain text.
type text struct {
	Name, Title, Summary string
	Body                 ui.HTML
	TOC                  []ui.TOCItem
}

// shelf is a list of texts in the order of reading.
type shelf []text

// find returns the place of a text, or -1.
func (s shelf) find(name string) int {
	return slices.IndexFunc(s, func(t text) bool { return t.Name == name })
}

func readShelf(from fs.FS, lang string, render *markup.Renderer, contact string) (shelf, error) {
	entries, err := fs.ReadDir(from, lang)
	if err != nil {
		return nil, fmt.Errorf("reading the texts in %q: %w", lang, err)
	}
	var out shelf
	for _, e := range entries {
		raw, err := fs.ReadFile(from, path.Join(lang, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("reading a text: %w", err)
		}
		t, err := readText(strings.TrimSuffix(e.Name(), ".md"), string(raw), render, contact)
		if err != nil {
			return nil, fmt.Errorf("rendering %s/%s: %w", lang, e.Name(), err)
		}
		out = append(out, t)
	}
	return out, nil
}

// readText renders one of our own texts, which start with a title, an empty
// line, a summary of one paragraph and an empty line (package docs tests it).
func readText(name, raw string, render *markup.Renderer, contact string) (text, error) {
	raw = strings.ReplaceAll(raw, "{{contact}}", contact)
	parts := strings.SplitN(raw, "\n\n", 3)
	title, isTitle := strings.CutPrefix(parts[0], "# ")
	if len(parts) < 3 || !isTitle {
		return text{}, fmt.Errorf("no title and summary at the beginning")
	}
	doc, err := render.Render(parts[2], 2)
	if err != nil {
		return text{}, err
	}
	t := text{Name: name, Title: title, Summary: render.Text(parts[1], 400), Body: doc.HTML}
	for _, h := range doc.TOC {
		if h.Level <= 3 {
			t.TOC = append(t.TOC, ui.TOCItem{Level: h.Level, ID: h.ID, Text: h.Text})
		}
	}
	return t, nil
}

// around leads from a page of the guide to the one before and the one after.
func (s shelf) around(n int, label string) *ui.Paging {
	p := &ui.Paging{Label: label}
	if n > 0 {
		p.Newer, p.NewerLabel = "/aide/"+s[n-1].Name, s[n-1].Title
	}
	if n < len(s)-1 {
		p.Older, p.OlderLabel = "/aide/"+s[n+1].Name, s[n+1].Title
	}
	return p
}
