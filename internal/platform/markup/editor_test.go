package markup

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var editor = NewEditor()

// examples are those of CommonMark, of the parser's own tests, and some of ours.
func examples(t *testing.T) []string {
	t.Helper()
	folder, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/goldmark").Output()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(folder)), "_test", "spec.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec []struct {
		Markdown string `json:"markdown"`
	}
	if err := json.Unmarshal(raw, &spec); err != nil {
		t.Fatal(err)
	}
	out := []string{
		"", "\n", "Un.\n\n\n\nDeux.\n", "- [ ] à faire\n- [x] fait\n", "> [!NOTE] Titre\n> Texte\n> - liste\n",
		"| a | b |\n|:--|--:|\n| *x* | `y|` |\n", "www.exemple.fr et https://exemple.fr/a_b\n", "a ~~b~~ c\n", "[a]: /b\n\n[a]\n", "- [ ] un\n- deux\n",
		"Un\\\ndeux\n", "| a |\n|---|\n", "## Titre\nsuite\n***\n```go\nx\n```\n", "  \n  texte  \n  ",
	}
	for _, e := range spec {
		out = append(out, e.Markdown)
	}
	if len(out) < 600 {
		t.Fatalf("%d examples", len(out))
	}
	return out
}

// bodies are texts such as people write, by chance.
func bodies(n int) (out []string) {
	r := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("le permis de **construire** *(bis)* est `signé` à 42_bis, voir [note](/p/1) ou https://exemple.fr ; @Amadou ~~non~~ ![plan](/x.png) # > - 1. | fin")
	line := func() string {
		var s []string
		for range 1 + r.IntN(12) {
			s = append(s, words[r.IntN(len(words))])
		}
		return strings.Join(s, " ")
	}
	forms := []func() string{
		line, line, func() string { return line() + "\n" + line() }, func() string { return "## " + line() },
		func() string { return "- " + line() + "\n- " + line() + "\n  - " + line() }, func() string { return "1. " + line() + "\n\n2. " + line() },
		func() string { return "- [ ] " + line() + "\n- [x] " + line() }, func() string { return "> " + line() + "\n>\n> " + line() },
		func() string { return "> [!TIP] " + line() + "\n> " + line() }, func() string { return "```\n" + line() + "\n```" }, func() string { return "    " + line() },
		func() string { return "| a | b |\n|---|:-:|\n| " + strings.ReplaceAll(line(), "|", "/") + " | x |" }, func() string { return "---" }, func() string { return "[" + "note]: /n" },
	}
	for range n {
		var s []string
		for range 1 + r.IntN(8) {
			s = append(s, forms[r.IntN(len(forms))]())
		}
		out = append(out, strings.Join(s, strings.Repeat("\n", 1+r.IntN(3)))+strings.Repeat("\n", r.IntN(3)))
	}
	return out
}

// opened is a text with the tree that an editor would give back untouched.
func opened(t *testing.T, md string) (*Opened, Node) {
	t.Helper()
	o, err := editor.Open(md)
	if err != nil {
		t.Fatal(err)
	}
	data, err := o.JSON()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := ParseNode(data)
	if err != nil {
		t.Fatalf("%q: %v", md, err)
	}
	return o, doc
}

// TestATextThatNobodyTouchedKeepsItsBytes, whatever it is made of.
func TestATextThatNobodyTouchedKeepsItsBytes(t *testing.T) {
	t.Parallel()
	for _, md := range append(examples(t), bodies(500)...) {
		o, doc := opened(t, md)
		if got, err := o.Save(doc); err != nil || got != string(clean(md)) {
			t.Errorf("%q was opened and came back as %q (%v)", md, got, err)
		}
	}
}

// TestOneBlockIsChangedAndNoOther adds a word to each block in turn.
func TestOneBlockIsChangedAndNoOther(t *testing.T) {
	t.Parallel()
	for _, md := range append(examples(t), bodies(500)...) {
		o, doc := opened(t, md)
		for i := range doc.Content {
			if doc.Content[i].Type != typeParagraph || doc.Content[i].Attrs == nil {
				continue
			}
			_, edited := opened(t, md)
			edited.Content[i].Content = append(edited.Content[i].Content, Node{Type: typeText, Text: " ajouté"})
			got, err := o.Save(edited)
			if err != nil || !strings.Contains(got, "ajouté") {
				t.Errorf("%q: block %d: %q (%v)", md, i, got, err)
			}
			before, after := string(o.source[:o.cuts[i]]), strings.TrimRight(string(o.source[o.cuts[i+1]:]), "\n")
			if !strings.HasPrefix(got, before) || !strings.HasSuffix(strings.TrimRight(got, "\n"), after) {
				t.Errorf("%q: a word in block %d made %q", md, i, got)
			}
		}
	}
}

// TestWhatIsWrittenAnewIsWhatWasOpened: each block, without its place, is the same when
// it is read again.
func TestWhatIsWrittenAnewIsWhatWasOpened(t *testing.T) {
	t.Parallel()
	for _, md := range append(examples(t), bodies(500)...) {
		_, doc := opened(t, md)
		for i := range doc.Content {
			delete(doc.Content[i].Attrs, attrPlace)
		}
		empty, _ := opened(t, "")
		got, err := empty.Save(doc)
		if err != nil {
			t.Fatal(err)
		}
		again, err := editor.Open(got)
		if err != nil {
			t.Fatal(err)
		}
		if !alike(again.blocks, doc.Content) {
			t.Errorf("%q\n was written as %q", md, got)
		}
	}
}

// tree makes a tree such as no text would give, of characters that mean something.
func tree(r *rand.Rand, level int) []Node {
	words := func(mark bool) []Node {
		var out []Node
		for range 1 + r.IntN(4) {
			n := Node{Type: typeText}
			for range 1 + r.IntN(8) {
				n.Text += []string{"a", "b ", "*", "_", "`", "[", "](", ")", "<a>", "#", "-", "+", "1.", "|", "~~", "!", "&amp;", ":", `\`, "é", " ", "=", ">", "[ ] ", "www.x.fr"}[r.IntN(25)]
			}
			for _, m := range markOrder() {
				if mark && r.IntN(4) == 0 {
					n.Marks = append(n.Marks, NodeMark{Type: m, Attrs: map[string]any{"href": "/p?a=1&b=(2)"}})
				}
			}
			out = append(out, n)
		}
		return out
	}
	var out []Node
	for range 1 + r.IntN(3) {
		n := Node{Type: []string{typeParagraph, typeHeading, typeQuote, typeCallout, typeCode, typeRule, typeBullets, typeNumbers, typeTasks, typeTable}[r.IntN(10)], Attrs: map[string]any{"tight": r.IntN(2) == 0, "kind": "TIP", "level": float64(2)}}
		switch {
		case n.Type == typeRule:
		case n.Type == typeCode:
			n.Content = []Node{{Type: typeText, Text: strings.ReplaceAll(words(false)[0].Text, " ", "\n")}}
		case n.Type == typeTable:
			for i := range 1 + r.IntN(3) {
				row := Node{Type: typeRow}
				for range 2 {
					kind := typeCell
					if i == 0 {
						kind = typeHeadCell
					}
					row.Content = append(row.Content, Node{Type: kind, Content: []Node{{Type: typeParagraph, Content: words(true)}}})
				}
				n.Content = append(n.Content, row)
			}
		case isList(n.Type):
			for range 1 + r.IntN(3) {
				item := Node{Type: typeItem, Content: []Node{{Type: typeParagraph, Content: words(true)}}}
				if n.Type == typeTasks {
					item.Type = typeTask
				}
				if level < 2 && r.IntN(2) == 0 {
					item.Content = append(item.Content, tree(r, level+1)...)
				}
				n.Content = append(n.Content, item)
			}
		case (n.Type == typeQuote || n.Type == typeCallout) && level < 2:
			n.Content = tree(r, level+1)
		default:
			n.Type, n.Content = typeParagraph, words(true)
		}
		out = append(out, n)
	}
	return out
}

// TestNothingTypedInTheEditorIsLost writes trees by chance and reads them again: each
// character that was typed is there, once, and nothing else.
func TestNothingTypedInTheEditorIsLost(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	same := 0
	const trees = 500
	for i := range trees {
		doc := Node{Type: typeDoc, Content: tree(r, 0)}
		empty, _ := opened(t, "")
		md, err := empty.Save(doc)
		if err != nil {
			t.Fatal(err)
		}
		again, err := editor.Open(md)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := letters(again.blocks), letters(doc.Content); got != want {
			t.Errorf("tree %d\n typed %q\n  read %q\nwritten %q", i, want, got, md)
			break
		}
		if alike(again.blocks, doc.Content) {
			same++
		}
	}
	// Most trees are of marks that Markdown has no way to say; texts of people are not.
	if same < trees/4 {
		t.Errorf("%d of %d trees are the very same", same, trees)
	}
}

// FuzzEditor opens any text and saves it untouched.
func FuzzEditor(f *testing.F) {
	for _, md := range bodies(20) {
		f.Add(md)
	}
	f.Fuzz(func(t *testing.T, md string) {
		if len(md) > 1<<14 {
			return
		}
		o, doc := opened(t, md)
		if got, err := o.Save(doc); err != nil || got != string(clean(md)) {
			t.Fatalf("%q came back as %q (%v)", md, got, err)
		}
	})
}
