package markup_test

import (
	"fmt"
	"strings"
	"testing"

	"ruche/internal/platform/markup"
)

// hostile lists inputs known to make Markdown programs slow: each makes a naive
// parser, or what comes after it, do work that grows with the square of n.
func hostile(n int) map[string]string {
	repeat := func(s string) string { return strings.Repeat(s, n/len(s)) }
	backticks := func() string {
		var b strings.Builder
		for i := 1; b.Len() < n; i++ {
			b.WriteString("e" + strings.Repeat("`", i))
		}
		return b.String()
	}
	references := func() string {
		var b strings.Builder
		for i := 0; b.Len() < n; i++ {
			fmt.Fprintf(&b, "[%d]: /a\n", i)
		}
		return b.String()
	}
	return map[string]string{
		"prose":                 repeat("Un mot *en valeur* et [un lien](/p/1), puis du `code`.\n\n"),
		"one word":              repeat("a"),
		"quotes in one line":    repeat(">"),
		"lists in one line":     repeat("- "),
		"numbers in one line":   repeat("1. "),
		"deep quotes each line": repeat(strings.Repeat(">", 100) + "\n"),
		"deep lists each line":  repeat(strings.Repeat("- ", 30) + "a\n"),
		"nested lists": func() string {
			var b strings.Builder
			for i := 0; b.Len() < n; i++ {
				b.WriteString(strings.Repeat("  ", i) + "- a\n")
			}
			return b.String()
		}(),
		"blanks then list":          "- a\n" + repeat(" \n") + "- b",
		"open emphasis":             repeat("*a "),
		"open strong":               repeat("**a _b "),
		"closing emphasis":          repeat("a* "),
		"nested emphasis":           strings.Repeat("*a **a ", n/14) + strings.Repeat("a** a*", n/14),
		"mixed emphasis":            repeat("*_~"),
		"open strikethrough":        repeat("~~a "),
		"open brackets":             repeat("["),
		"open links":                repeat("[a"),
		"open destinations":         repeat("[a]("),
		"open image links":          repeat("![a]("),
		"open angled links":         repeat("[a](<b"),
		"open parenthesised":        repeat("[a](b (c"),
		"open quoted":               strings.Repeat("[a](b ", n/12) + strings.Repeat("'c ", n/6),
		"open reference links":      repeat("[a][b"),
		"open titles of references": repeat("[a]: b \"c\n"),
		"open labels":               repeat("[a\n"),
		"links around much":         strings.Repeat("[", 600) + strings.Repeat("*a* ", n/4-600) + strings.Repeat("]", 600),
		"link parentheses":          repeat("[a](b)"),
		"bare link parentheses":     "http://a.b/" + strings.Repeat(")", n-16),
		"bare link entities":        "http://a.b/" + strings.Repeat("&a;", n/3-8),
		"bare link dots":            "http://a.b/" + strings.Repeat(".", n-16),
		"escaped pipes":             "|a|\n|-|\n|`" + strings.Repeat("\\|", n/2-16) + "`|",
		"lines":                     repeat("a\n"),
		"lazy lines":                "> " + repeat("a\n"),
		"items and lines":           repeat("- a\nb\n"),
		"indented":                  repeat("    a\n\n"),
		"open image":                repeat("!["),
		"nested brackets":           strings.Repeat("[", n/2) + strings.Repeat("]", n/2),
		"nested links":              strings.Repeat("[", n/6) + strings.Repeat("](a)", n/6),
		"brackets and emphasis":     repeat("[ *a"),
		"open titles":               repeat(`[a](b "c`),
		"references":                references(),
		"use of references":         references() + repeat("[a][1] "),
		"long backticks":            backticks(),
		"open backticks":            repeat("a `` b ` "),
		"open angles":               repeat("<a "),
		"open autolinks":            repeat("<a:"),
		"bare links":                repeat("http://a.b/ "),
		"bare link tails":           repeat("www.a)"),
		"mailboxes":                 repeat("a@b.c_ "),
		"open mailboxes":            repeat("a."),
		"at signs":                  repeat("a@"),
		"entities":                  repeat("&a"),
		"backslashes":               repeat("\\"),
		"wide table":                strings.Repeat("|a", n/6) + "|\n" + strings.Repeat("|-", n/6) + "|\n" + strings.Repeat("|\n", n/6),
		"long table":                "|a|b|\n|-|-|\n" + repeat("|c|d|\n"),
		"pipes":                     repeat("|"),
		"table of delimiters":       repeat("|-|\n"),
		"headings":                  repeat("# a\n"),
		"same headings":             repeat("# a-2\n# a\n"),
		"empty headings":            repeat("#\n"),
		"underlines":                repeat("a\n=\n"),
		"fences":                    repeat("```\n~~~\n"),
		"tasks":                     repeat("- [ ] a\n"),
		"callouts":                  repeat("> [!NOTE]\n\n"),
		"fragments":                 "# a\n" + repeat("[b](#a) "),
		"tabs":                      repeat("\t- a\n"),
		"tags":                      repeat("<p>"),
		"overrides":                 repeat("\u202e"),
	}
}

// BenchmarkHostile shows the cost of a byte: it must not grow with the size.
func BenchmarkHostile(b *testing.B) {
	r := french(b)
	for _, n := range []int{64 << 10, markup.MaxBytes - 64} {
		for name, md := range hostile(n) {
			if len(md) > markup.MaxBytes {
				md = md[:markup.MaxBytes]
			}
			b.Run(fmt.Sprintf("%s/%dk", name, n>>10), func(b *testing.B) {
				b.SetBytes(int64(len(md)))
				for b.Loop() {
					if _, err := r.Render(md, 2); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func BenchmarkPost(b *testing.B) {
	r := french(b)
	md := strings.Repeat("## Une partie\n\nUn mot *en valeur* et [un lien](/p/1), puis du `code`. Une phrase qui va plus loin.\n\n"+
		"- un\n- deux\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n> [!NOTE]\n> À retenir.\n\n", 12)
	b.SetBytes(int64(len(md)))
	for b.Loop() {
		if _, err := r.Render(md, 2); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkExcerptOfALongText(b *testing.B) {
	r := french(b)
	md := strings.Repeat("Un mot *en valeur* et [un lien](/p/1).\n\n", markup.MaxBytes/41)
	for b.Loop() {
		r.Text(md, 200)
	}
}

// TestHostileInputsAreSafe renders each input once, small: what is slow is also
// where parsers go wrong.
func TestHostileInputsAreSafe(t *testing.T) {
	r := french(t)
	for name, md := range hostile(8 << 10) {
		if problem := unsafe(string(render(t, r, md).HTML)); problem != "" {
			t.Errorf("%s: %s", name, problem)
		}
		if problem := unsafe(string(r.Comment(md))); problem != "" {
			t.Errorf("%s as a comment: %s", name, problem)
		}
	}
}
