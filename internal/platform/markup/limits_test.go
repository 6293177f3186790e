package markup_test

import (
	"strings"
	"testing"
)

// TestWhatExceedsABoundStaysText holds the limits to lose nothing that was typed.
func TestWhatExceedsABoundStaysText(t *testing.T) {
	r := french(t)

	links := string(render(t, r, strings.Repeat("[a](/b) ", 600)).HTML)
	if n := strings.Count(links, "<a "); n != 500 {
		t.Errorf("%d links of one paragraph", n)
	}
	if n := strings.Count(links, "[a](/b)"); n != 100 {
		t.Errorf("%d links kept as text", n)
	}
	if n := strings.Count(string(render(t, r, strings.Repeat("[a](/b)\n\n", 600)).HTML), "<a "); n != 600 {
		t.Errorf("%d links of 600 paragraphs", n)
	}

	far := string(render(t, r, "["+strings.Repeat("a ", 5000)+"](/b) puis [c](/d)").HTML)
	if strings.Contains(far, `href="/b"`) || !strings.Contains(far, "](/b) puis <a href=\"/d\">c</a>") {
		t.Errorf("a link of 10,000 bytes: %s", far[len(far)-100:])
	}

	wide := string(render(t, r, strings.Repeat("|a", 65)+"|\n"+strings.Repeat("|-", 65)+"|\n").HTML)
	if strings.Contains(wide, "<table") || !strings.Contains(wide, "|a|a|") {
		t.Errorf("a table of 65 columns: %.100s", wide)
	}
	if !strings.Contains(string(render(t, r, strings.Repeat("|a", 64)+"|\n"+strings.Repeat("|-", 64)+"|\n").HTML), "<table") {
		t.Error("no table of 64 columns")
	}
	if long := string(render(t, r, "|a|\n|-|\n"+strings.Repeat("|b|\n", 20_000)).HTML); strings.Contains(long, "<table") || strings.Count(long, "|b|") != 20_000 {
		t.Errorf("a table of 20,000 rows: %.100s", long)
	}

	references := "[1]: /a\n"
	if got := string(render(t, r, strings.Repeat(references, 501)).HTML); strings.Count(got, "[1]: /a") != 501 {
		t.Errorf("501 references: %.100s", got)
	}
}

func TestNestingIsBounded(t *testing.T) {
	r := french(t)
	for opener, tag := range map[string]string{"> ": "<blockquote>", "- ": "<ul>", "1. ": "<ol>"} {
		got := string(render(t, r, strings.Repeat(opener, 30)+"fin").HTML)
		if n := strings.Count(got, tag); n != 24 {
			t.Errorf("%q: %d levels", opener, n)
		}
		text := strings.NewReplacer("&gt;", ">").Replace(got)
		if strings.Count(text, opener+"fin") != 1 || strings.Contains(text, `\`) {
			t.Errorf("%q: the rest is not shown as typed: %s", opener, got[len(got)-300:])
		}
	}
	if got := string(render(t, r, strings.Repeat("* ", 40)).HTML); got != "<hr>\n" {
		t.Errorf("a long rule: %s", got)
	}

	var nested strings.Builder
	for i := range 200 {
		nested.WriteString(strings.Repeat("  ", i) + "- p" + string(rune('a'+i%26)) + "\n")
	}
	got := string(render(t, r, nested.String()).HTML)
	if n := strings.Count(got, "<ul>"); n > 64 {
		t.Errorf("%d levels by indentation", n)
	}
	if n := strings.Count(got, "p"+"a"); n != 8 {
		t.Errorf("%d of 8 items kept", n)
	}

	emphasis := string(render(t, r, strings.Repeat("*a **b ", 100)+"fin"+strings.Repeat(" b** a*", 100)).HTML)
	if n := strings.Count(emphasis, "<em>") + strings.Count(emphasis, "<strong>"); n > 64 {
		t.Errorf("%d levels of emphasis", n)
	}
	if strings.Count(emphasis, "fin") != 1 || strings.Count(emphasis, "b") < 200 {
		t.Errorf("words were lost: %.200s", emphasis)
	}
}
