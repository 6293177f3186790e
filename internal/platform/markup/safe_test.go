package markup_test

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"ruche/internal/platform/markup"
)

// allowed is the allow-list written a second time, on purpose: a slip in the
// policy of the package must not pass for the rule.
func allowed() map[string][]string {
	return map[string][]string{
		"p": nil, "br": nil, "hr": nil, "strong": {"class"}, "em": nil, "del": nil, "code": {"class"}, "blockquote": nil,
		"thead": nil, "tbody": nil, "tr": nil, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}, "h5": {"id"}, "h6": {"id"},
		"pre": {"tabindex"}, "ul": {"class"}, "ol": {"class", "start"}, "li": {"class"}, "span": {"class"},
		"div": {"class", "role", "aria-label", "tabindex"}, "table": {"class"}, "th": {"class", "scope"}, "td": {"class"},
		"a": {"href", "rel", "title"}, "img": {"src", "alt", "title", "loading"},
	}
}

var classes = regexp.MustCompile(`^(tablewrap|prose-table|callout (info|warn|ok)|callout-title|n|mid|tasks|task( done)?|vh|language-[A-Za-z0-9+#._-]{1,32})$`)

// unsafe reads HTML as a browser does and tells what in it a person should not
// have been able to write, or "".
func unsafe(s string) string {
	for _, r := range s {
		if r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0 {
			return fmt.Sprintf("holds U+%04X", r)
		}
	}
	rules := allowed()
	ids := map[string]bool{}
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if errors.Is(z.Err(), io.EOF) {
				return ""
			}
			return z.Err().Error()
		case html.TextToken, html.EndTagToken:
		case html.CommentToken, html.DoctypeToken:
			return "holds a comment or a doctype"
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			attributes, ok := rules[token.Data]
			if !ok {
				return "holds <" + token.Data + ">"
			}
			for _, a := range token.Attr {
				if !slices.Contains(attributes, a.Key) {
					return "holds " + a.Key + " on <" + token.Data + ">"
				}
				if problem := unsafeAttribute(a, ids); problem != "" {
					return problem
				}
			}
		}
	}
}

func unsafeAttribute(a html.Attribute, ids map[string]bool) string {
	switch a.Key {
	case "id":
		if !strings.HasPrefix(a.Val, "t-") || ids[a.Val] {
			return "holds the id " + a.Val
		}
		ids[a.Val] = true
	case "class":
		if !classes.MatchString(a.Val) {
			return "holds the class " + a.Val
		}
	case "src":
		if len(a.Val) < 2 || a.Val[0] != '/' || a.Val[1] == '/' || a.Val[1] == '\\' {
			return "loads " + a.Val
		}
	case "href":
		return unsafeLink(a.Val)
	}
	return ""
}

// unsafeLink reads a link as browsers do: white space and controls around it and
// tabs and line ends inside it do not count.
func unsafeLink(link string) string {
	link = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(strings.TrimFunc(link, func(r rune) bool { return r <= ' ' }))
	scheme, _, found := strings.Cut(link, ":")
	if !found || strings.ContainsAny(scheme, "/?#") {
		return ""
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto", "tel":
		if _, err := url.Parse(link); err != nil {
			return "links to what is no address: " + link
		}
		return ""
	}
	return "links to " + link
}

func seeds() []string {
	return []string{
		"# a\n\n*b* **c** [d](/e \"f\") ![g](/h.png) `i` ~~j~~\n\n| k | l |\n|--:|:-:|\n| m | n |\n\n- [x] o\n- [ ] p\n\n> [!NOTE] q\n> r\n\n```s\nt\n```",
		"<script>alert(1)</script><img src=x onerror=alert(1)><a href=javascript:x style=x>y</a>",
		"[a](javascript:alert(1)) [b](data:text/html,c) <javascript:alert(1)> [c](java&#10;script:d)",
		"![a](x\" onerror=\"alert(1)) [b](/c \"d\\\" onmouseover=\\\"e\") [e](</f\"g>)",
		"```\"><script>\na\n```\n~~~x onload=y\n~~~",
		"&lt;script&gt; &#60;script&#62; &#x202e;a &#0; \u202e\u2066 \x00 \xff\xfe",
		"> [!NOTE] <img src=x onerror=y>\n> [!TIP]\n\n[!NOTE]: /a\n\n[x]: javascript:y\n[x]",
		"# a {#id onclick=x}\n\n## a\n\n### \u202ea\n\n# <b>\n\n# [a](/b) ![c](/d)",
		"https://a.example/<b>\"c www.d.example/)e a@b.example ftp://f.example mailto:x@y.example?subject=z",
		"|a|\n|-|\n|<b>|\n\na|b\n-|-\n\\||`|`",
		"- - - 1. > - [ ] [a](/b)\n      - c\n\n        d",
		strings.Repeat("> ", 40) + "a\n" + strings.Repeat("- ", 60) + "b",
		strings.Repeat("*a **b ", 100), strings.Repeat("[", 200) + strings.Repeat("](a)", 100),
	}
}

// FuzzRender holds whatever a person may write to the allow-list, in both
// dialects and as an excerpt.
func FuzzRender(f *testing.F) {
	for _, seed := range seeds() {
		f.Add(seed)
	}
	r := french(f)
	f.Fuzz(func(t *testing.T, md string) {
		doc, err := r.Render(md, 2)
		if err != nil && len(md) <= markup.MaxBytes {
			t.Fatal(err)
		}
		if problem := unsafe(string(doc.HTML)); problem != "" {
			t.Errorf("%s\n%q\n%s", problem, md, doc.HTML)
		}
		for i, h := range doc.TOC {
			if h.Level < 2 || h.Level > 6 || h.Text == "" {
				t.Errorf("heading %+v", h)
			}
			if i > 0 && h.Level > doc.TOC[i-1].Level+1 {
				t.Errorf("%+v after %+v", h, doc.TOC[i-1])
			}
		}
		for _, link := range doc.Links {
			if problem := unsafeLink(link); problem != "" {
				t.Error(problem)
			}
		}
		if problem := unsafe(string(r.Comment(md))); problem != "" {
			t.Errorf("comment: %s\n%q\n%s", problem, md, r.Comment(md))
		}
		if text := r.Text(md, 50); len([]rune(text)) > 50 || strings.ContainsAny(text, "\n\u202e") {
			t.Errorf("excerpt %q", text)
		}
	})
}
