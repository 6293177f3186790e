package markup_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/markup"
)

// french is a renderer with its words in French, on an instance of its own.
func french(tb testing.TB) *markup.Renderer {
	tb.Helper()
	return in(tb, "fr")
}

func in(tb testing.TB, lang string) *markup.Renderer {
	tb.Helper()
	c, err := i18n.New(i18n.French, markup.Catalogue())
	if err != nil {
		tb.Fatal(err)
	}
	return markup.New(markup.Options{BaseURL: "https://ruche.example.org"}).In(c.Printer(lang, time.UTC))
}

func render(tb testing.TB, r *markup.Renderer, md string) markup.Doc {
	tb.Helper()
	doc, err := r.Render(md, 2)
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

const rel = ` rel="noopener noreferrer nofollow"`

func TestRender(t *testing.T) {
	r := french(t)
	cases := map[string]struct{ md, want string }{
		"paragraphs": {"un *deux* **trois** ~~quatre~~ `cinq`\n\nsix\nsept\\\nhuit",
			"<p>un <em>deux</em> <strong>trois</strong> <del>quatre</del> <code>cinq</code></p>\n<p>six\nsept<br>\nhuit</p>\n"},
		"lists": {"- a\n- b\n\n3. c\n4. d",
			"<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol start=\"3\">\n<li>c</li>\n<li>d</li>\n</ol>\n"},
		"quote and rule": {"> a\n\n---", "<blockquote>\n<p>a</p>\n</blockquote>\n<hr>\n"},
		"code": {"```go\na < \"b\"\n```\n\n    c & d",
			"<pre tabindex=\"0\"><code class=\"language-go\">a &lt; &#34;b&#34;\n</code></pre>\n<pre tabindex=\"0\"><code>c &amp; d\n</code></pre>\n"},
		"odd language":   {"```\"><b>\na\n```", "<pre tabindex=\"0\"><code>a\n</code></pre>\n"},
		"raw HTML":       {"1<sup>er</sup> <b onclick=x>", "<p>1&lt;sup&gt;er&lt;/sup&gt; &lt;b onclick=x&gt;</p>\n"},
		"HTML block":     {"<div>\n*a*\n</div>", "<p>&lt;div&gt;\n<em>a</em>\n&lt;/div&gt;</p>\n"},
		"HTML comment":   {"<!-- a -->", "<p>&lt;!-- a --&gt;</p>\n"},
		"entities":       {"&amp; &eacute; &#x202E;a &lt;script&gt;", "<p>&amp; é a &lt;script&gt;</p>\n"},
		"relative links": {"[a](/p/1) [b](b?c=d) [c](#e)", `<p><a href="/p/1">a</a> <a href="b?c=d">b</a> <a href="#e">c</a></p>` + "\n"},
		"own links": {"[a](https://ruche.example.org/p/1?x=y#z) https://RUCHE.example.org http://ruche.example.org/p",
			`<p><a href="/p/1?x=y#z">a</a> <a href="/">https://RUCHE.example.org</a> ` +
				`<a href="http://ruche.example.org/p"` + rel + `>http://ruche.example.org/p</a></p>` + "\n"},
		"own link with two slashes": {"[a](https://ruche.example.org//evil.example)", `<p><a href="/">a</a></p>` + "\n"},
		"external link": {`[a](https://b.example "c")`,
			`<p><a href="https://b.example" title="c"` + rel + `>a</a></p>` + "\n"},
		"scheme-relative":      {"[a](//b.example)", `<p><a href="//b.example"` + rel + `>a</a></p>` + "\n"},
		"mailbox":              {"a@b.example <c@d.example>", `<p><a href="mailto:a@b.example">a@b.example</a> <a href="mailto:c@d.example">c@d.example</a></p>` + "\n"},
		"bare link":            {"voir www.b.example.", `<p>voir <a href="http://www.b.example"` + rel + `>www.b.example</a>.</p>` + "\n"},
		"address with figures": {"[a](/b?c=1&copy=2&#38;d=%20é) /e?f&g", `<p><a href="/b?c=1&amp;copy=2&amp;d=%20%C3%A9">a</a> /e?f&amp;g</p>` + "\n"},
		"twice written entity": {"[a](&amp;#106;avascript:alert)", `<p><a href="&amp;#106;avascript:alert">a</a></p>` + "\n"},
		"escaped destination":  {`[a](/b\)c\_d)`, `<p><a href="/b)c_d">a</a></p>` + "\n"},
		"link title":           {`[a](/b "c &amp; \" <d>")`, `<p><a href="/b" title="c &amp; &#34; &lt;d&gt;">a</a></p>` + "\n"},
		"link in a link":       {"[a https://b.example c](/d)", `<p><a href="/d">a https://b.example c</a></p>` + "\n"},
		"empty link":           {"[](/a)", `<p><a href="/a">/a</a></p>` + "\n"},
		"image":                {`![une *rue*](/f/1.png "t")`, `<p><img src="/f/1.png" alt="une rue" title="t" loading="lazy"></p>` + "\n"},
		"image of another site": {"![une rue](https://b.example/1.png)",
			`<p><a href="https://b.example/1.png"` + rel + `>une rue</a></p>` + "\n"},
		"image without words": {"![](https://b.example/1.png)",
			`<p><a href="https://b.example/1.png"` + rel + `>https://b.example/1.png</a></p>` + "\n"},
		"image of another site in a link": {"[![badge](https://b.example/1.png)](https://c.example)",
			`<p><a href="https://c.example"` + rel + `>badge</a></p>` + "\n"},
		"image as data":   {"![x](data:image/png;base64,AAAA)", "<p>x</p>\n"},
		"image elsewhere": {"![x](//b.example/1.png) ![y](1.png)", `<p><a href="//b.example/1.png"` + rel + `>x</a> <a href="1.png">y</a></p>` + "\n"},
		"tasks": {"- [x] a\n- [ ] b",
			"<ul class=\"tasks\">\n<li class=\"task done\"><span class=\"vh\">Fait\u00a0: </span>a</li>\n" +
				"<li class=\"task\"><span class=\"vh\">À faire\u00a0: </span>b</li>\n</ul>\n"},
		"tasks among others": {"- [x] a\n- b",
			"<ul>\n<li class=\"task done\"><span class=\"vh\">Fait\u00a0: </span>a</li>\n<li>b</li>\n</ul>\n"},
		"table": {"| a | b |   |\n|---|--:|:-:|\n| 1 | 2 | 3 |",
			`<div class="tablewrap" tabindex="0" role="region" aria-label="Tableau 1"><table class="prose-table">` + "\n" +
				"<thead>\n<tr>\n<th scope=\"col\">a</th>\n<th scope=\"col\" class=\"n\">b</th>\n<td class=\"mid\"></td>\n</tr>\n</thead>\n" +
				"<tbody>\n<tr>\n<td>1</td>\n<td class=\"n\">2</td>\n<td class=\"mid\">3</td>\n</tr>\n</tbody>\n</table></div>\n"},
		"table without rows": {"| a |\n|---|",
			`<div class="tablewrap" tabindex="0" role="region" aria-label="Tableau 1"><table class="prose-table">` + "\n" +
				"<thead>\n<tr>\n<th scope=\"col\">a</th>\n</tr>\n</thead>\n</table></div>\n"},
		"callout": {"> [!NOTE]\n> un *mot*\n>\n> - a",
			"<div class=\"callout info\" role=\"note\"><div><strong class=\"callout-title\">À retenir</strong>\n" +
				"<p>un <em>mot</em></p>\n<ul>\n<li>a</li>\n</ul>\n</div></div>\n"},
		"callout with a title": {"> [!warning] Le *délai* <b>\n> ne change pas",
			"<div class=\"callout warn\" role=\"note\"><div><strong class=\"callout-title\">Le *délai* &lt;b&gt;</strong>\n<p>ne change pas</p>\n</div></div>\n"},
		"callout alone":        {"> [!TIP]", "<div class=\"callout ok\" role=\"note\"><div><strong class=\"callout-title\">Conseil</strong>\n</div></div>\n"},
		"unknown callout":      {"> [!FOO]\n> a", "<blockquote>\n<p>[!FOO]\na</p>\n</blockquote>\n"},
		"callout further down": {"> a\n>\n> [!NOTE]\n> b", "<blockquote>\n<p>a</p>\n<p>[!NOTE]\nb</p>\n</blockquote>\n"},
		"callout not quoted":   {"[!NOTE]\na", "<p>[!NOTE]\na</p>\n"},
		"direction overrides":  {"a\u202eb\u2066c \u200fd", "<p>abc \u200fd</p>\n"},
		"controls":             {"a\x00b\x1b[31mc\x7f", "<p>ab[31mc</p>\n"},
		"broken UTF-8":         {"a\xffb", "<p>a\ufffdb</p>\n"},
		"empty":                {"", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := string(render(t, r, c.md).HTML); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

func TestEveryCalloutHasItsTitleAndClass(t *testing.T) {
	fr, en := french(t), in(t, "en")
	for kind, want := range map[string][3]string{
		"NOTE":      {"info", "À retenir", "Note"},
		"TIP":       {"ok", "Conseil", "Tip"},
		"IMPORTANT": {"info", "Important", "Important"},
		"WARNING":   {"warn", "Attention", "Warning"},
		"CAUTION":   {"warn", "Mise en garde", "Caution"},
	} {
		for i, r := range []*markup.Renderer{fr, en} {
			got := string(render(t, r, "> [!"+kind+"]\n> a").HTML)
			if !strings.Contains(got, `class="callout `+want[0]+`"`) || !strings.Contains(got, ">"+want[1+i]+"</strong>") {
				t.Errorf("%s: %s", kind, got)
			}
		}
	}
}

// TestDangerousLinksDie keeps the words of a link and drops where it leads.
func TestDangerousLinksDie(t *testing.T) {
	r := french(t)
	for _, destination := range []string{
		"javascript:alert(1)", "JaVaScRiPt:alert(1)", "<javascript:alert(1)>", "< javascript:alert(1)>",
		"&#106;avascript:alert(1)", "java&#x0A;script:alert(1)", "java&#9;script:alert(1)", "&#1;javascript:alert(1)",
		"<java\tscript:alert(1)>", "vbscript:x", "data:text/html,x", "file:///etc/passwd", "blob:x", "about:blank", "view-source:x",
		"https:evil.example", "https:///evil.example", "http://user:secret@evil.example/",
		"/\\evil.example", "\\\\\\\\evil.example", "http://[::1", "https://%00",
		strings.Repeat("a", 5000),
	} {
		doc := render(t, r, "[mots]("+destination+")")
		if got := string(doc.HTML); strings.Contains(got, "<a") || !strings.Contains(got, "mots") {
			t.Errorf("%.40q: %.200s", destination, got)
		}
		if len(doc.Links) > 0 {
			t.Errorf("%.40q: links %q", destination, doc.Links)
		}
	}
	for _, md := range []string{"<javascript:alert(1)>", "<data:text/html,x>", "[mots][a]\n\n[a]: javascript:x"} {
		if got := string(render(t, r, md).HTML); strings.Contains(got, "<a") {
			t.Errorf("%q: %s", md, got)
		}
	}
}

func TestHeadings(t *testing.T) {
	md := "### Où déposer ?\n\n" +
		"# Œuvre & *cœur*\n\n" +
		"### Où déposer ?\n\n" +
		"###### Profond\n\n" +
		"## `code` [lien](/a)\n\n" +
		"#\n\n" +
		"Soulignés\n===\n\n" +
		"### 日本\n\n" +
		"# partie\n\n" +
		"# t-partie-2\n"
	doc := render(t, french(t), md)
	want := []markup.Heading{
		{Level: 2, ID: "t-ou-deposer", Text: "Où déposer ?"},
		{Level: 2, ID: "t-oeuvre-coeur", Text: "Œuvre & cœur"},
		{Level: 3, ID: "t-ou-deposer-2", Text: "Où déposer ?"},
		{Level: 4, ID: "t-profond", Text: "Profond"},
		{Level: 3, ID: "t-code-lien", Text: "code lien"},
		{Level: 2, ID: "t-soulignes", Text: "Soulignés"},
		{Level: 3, ID: "t-partie", Text: "日本"},
		{Level: 2, ID: "t-partie-2", Text: "partie"},
		{Level: 2, ID: "t-t-partie-2", Text: "t-partie-2"},
	}
	if !reflect.DeepEqual(doc.TOC, want) {
		t.Errorf("got  %+v\nwant %+v", doc.TOC, want)
	}
	for _, h := range want {
		tag := "<h" + string(rune('0'+h.Level)) + ` id="` + h.ID + `">`
		if !strings.Contains(string(doc.HTML), tag) {
			t.Errorf("no %s in\n%s", tag, doc.HTML)
		}
	}
	if strings.Contains(string(doc.HTML), "<h1") {
		t.Error("a text has a level 1")
	}
}

func TestHeadingBase(t *testing.T) {
	r := french(t)
	for base, want := range map[int]string{-1: "<h2", 1: "<h2", 2: "<h2", 4: "<h4", 6: "<h6", 9: "<h6"} {
		doc, err := r.Render("# a\n## b", base)
		if err != nil || !strings.HasPrefix(string(doc.HTML), want) {
			t.Errorf("base %d: %s %v", base, doc.HTML, err)
		}
	}
}

func TestFragmentsReachHeadings(t *testing.T) {
	got := string(render(t, french(t), "[a](#où-déposer) [b](#o%C3%B9-d%C3%A9poser) [c](#t-ou-deposer) [d](#ailleurs)\n\n# Où déposer ?").HTML)
	for _, want := range []string{`<a href="#t-ou-deposer">a`, `<a href="#t-ou-deposer">b`, `<a href="#ailleurs">d`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

func TestDocCounts(t *testing.T) {
	doc := render(t, french(t), "# L’espace d'aide\n\nUn [lien](/a), *deux* [fois](/a), https://b.example\n"+
		"et 3 celles-ci [plus](#bas).\n\n```\npas du code\n```\n\n![rue](https://c.example/1.png)")
	if want := []string{"/a", "https://b.example", "https://c.example/1.png"}; !slices.Equal(doc.Links, want) {
		t.Errorf("links %q, want %q", doc.Links, want)
	}
	if doc.Words != 11 {
		t.Errorf("%d words, want 11", doc.Words)
	}
}

func TestRenderRefusesWhatIsTooLarge(t *testing.T) {
	r := french(t)
	if _, err := r.Render(strings.Repeat("a", markup.MaxBytes), 2); err != nil {
		t.Errorf("a text of the greatest size: %v", err)
	}
	_, err := r.Render(strings.Repeat("a", markup.MaxBytes+1), 2)
	if fault.KindOf(err) != fault.TooLarge {
		t.Errorf("error %v, want TooLarge", err)
	}
}

func TestComment(t *testing.T) {
	r := french(t)
	cases := map[string]struct{ md, want string }{
		"line breaks stay": {"un\ndeux", "<p>un<br>\ndeux</p>\n"},
		"headings":         {"# un\n\ndeux\n===", "<p># un</p>\n<p>deux<br>\n===</p>\n"},
		"table":            {"| a |\n|---|\n| b |", "<p>| a |<br>\n|---|<br>\n| b |</p>\n"},
		"tasks":            {"- [x] a", "<ul>\n<li>[x] a</li>\n</ul>\n"},
		"callout":          {"> [!NOTE]\n> a", "<blockquote>\n<p>[!NOTE]<br>\na</p>\n</blockquote>\n"},
		"image":            {"![rue](/f/1.png)", `<p><a href="/f/1.png">rue</a></p>` + "\n"},
		"the rest":         {"*a* `b` [c](/d) https://e.example", `<p><em>a</em> <code>b</code> <a href="/d">c</a> <a href="https://e.example"` + rel + ">https://e.example</a></p>\n"},
		"script":           {"<script>a</script>[x](javascript:a)", "<p>&lt;script&gt;a&lt;/script&gt;x</p>\n"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := string(r.Comment(c.md)); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	long := r.Comment(strings.Repeat("é", markup.MaxCommentBytes))
	if n := strings.Count(string(long), "é"); n != markup.MaxCommentBytes/2 || strings.Contains(string(long), "\ufffd") {
		t.Errorf("%d characters kept", n)
	}
}

func TestText(t *testing.T) {
	r := french(t)
	const md = "# Le guichet s’ouvre\n\nVingt-trois *communes* rejoignent\nles [huit](https://a.example) pilotes &amp; `a&amp;b` \\*.\n\n" +
		"```\ncode\n```\n\n| a |\n|---|\n| b |\n\n- un\n- deux\n\n> cité\n\n![une rue](/f/1.png) <b> https://c.example"
	cases := map[int]string{
		1000: "Vingt-trois communes rejoignent les huit pilotes & a&amp;b *. un deux cité une rue <b> https://c.example",
		40:   "Vingt-trois communes rejoignent les…",
		32:   "Vingt-trois communes rejoignent…",
		18:   "Vingt-trois…",
		12:   "Vingt-trois…",
		4:    "Vin…",
		2:    "V…",
		1:    "…",
		0:    "",
		-1:   "",
	}
	for limit, want := range cases {
		got := r.Text(md, limit)
		if got != want {
			t.Errorf("%d: %q, want %q", limit, got, want)
		}
		if n := len([]rune(got)); n > max(limit, 0) {
			t.Errorf("%d: %d characters", limit, n)
		}
	}
	if got := r.Text("# Que des titres\n\n## Deux", 100); got != "Que des titres Deux" {
		t.Errorf("%q", got)
	}
	if got := r.Text("exactement", 10); got != "exactement" {
		t.Errorf("%q", got)
	}
}

func TestWithoutLabels(t *testing.T) {
	r := markup.New(markup.Options{})
	got := string(render(t, r, "| a |\n|---|\n| b |\n\n> [!NOTE]\n> c\n\n- [x] d").HTML)
	if strings.Contains(got, "region") || strings.Contains(got, "callout-title") || strings.Contains(got, "vh") {
		t.Errorf("names without words: %s", got)
	}
}

// TestSameInputSameOutput holds pages to be cacheable and the renderer to be
// shared.
func TestSameInputSameOutput(t *testing.T) {
	r := french(t)
	md := "# a\n\n| a |\n|---|\n| b |\n\n> [!NOTE]\n> c\n\n[d](#a)"
	want := render(t, r, md)
	done := make(chan markup.Doc)
	for range 4 {
		go func() {
			doc, err := r.Render(md, 2)
			if err != nil {
				doc.HTML = "failed"
			}
			done <- doc
		}()
	}
	for range 4 {
		if got := <-done; !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

// TestSpecExamples renders every example of the CommonMark specification, taken
// from the module of the parser, and holds what comes out to the allow-list.
func TestSpecExamples(t *testing.T) {
	out, err := exec.CommandContext(context.Background(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/goldmark").Output()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "_test", "spec.json"))
	if err != nil {
		t.Fatal(err)
	}
	var examples []struct {
		Example  int
		Markdown string
	}
	if err := json.Unmarshal(data, &examples); err != nil {
		t.Fatal(err)
	}
	if len(examples) < 600 {
		t.Fatalf("%d examples", len(examples))
	}
	r := french(t)
	for _, e := range examples {
		if problem := unsafe(string(render(t, r, e.Markdown).HTML)); problem != "" {
			t.Errorf("example %d: %s", e.Example, problem)
		}
		if problem := unsafe(string(r.Comment(e.Markdown))); problem != "" {
			t.Errorf("example %d as a comment: %s", e.Example, problem)
		}
	}
}
