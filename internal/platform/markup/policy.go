package markup

import (
	"regexp"

	"github.com/microcosm-cc/bluemonday"
)

// newPolicy is the allow-list: what is not written here does not reach a page.
// No style, no event handler, no data-* or hx-* attribute, no form control, and
// no id but those of headings, which start with "t-" so that a text can never
// take the name of a part of the page.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "strong", "em", "del", "code", "blockquote", "thead", "tbody", "tr")
	p.AllowElements("h2", "h3", "h4", "h5", "h6", "pre", "ul", "ol", "li", "div", "table", "th", "td", "a", "img")

	p.AllowAttrs("id").Matching(regexp.MustCompile(`^t-[a-z0-9-]{1,80}$`)).OnElements("h2", "h3", "h4", "h5", "h6")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[A-Za-z0-9+#._-]{1,32}$`)).OnElements("code")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,9}$`)).OnElements("ol")

	p.AllowAttrs("class").Matching(regexp.MustCompile(`^(tablewrap|callout (info|warn|ok))$`)).OnElements("div")
	p.AllowAttrs("role").Matching(regexp.MustCompile(`^(region|note)$`)).OnElements("div")
	p.AllowAttrs("aria-label").OnElements("div")
	p.AllowAttrs("tabindex").Matching(regexp.MustCompile(`^0$`)).OnElements("div", "pre")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^callout-title$`)).OnElements("strong")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^prose-table$`)).OnElements("table")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^(n|mid)$`)).OnElements("td", "th")
	p.AllowAttrs("scope").Matching(regexp.MustCompile(`^col$`)).OnElements("th")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^tasks$`)).OnElements("ul", "ol")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^task( done)?$`)).OnElements("li")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^(vh|mention|file-note)$`)).OnElements("span")

	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^noopener noreferrer nofollow$`)).OnElements("a")
	p.AllowAttrs("title").OnElements("a", "img")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)

	p.AllowAttrs("src").Matching(regexp.MustCompile(`^/[^/\\]`)).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("width", "height").Matching(regexp.MustCompile(`^[1-9][0-9]{0,4}$`)).OnElements("img")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^file-link$`)).OnElements("a")
	p.AllowAttrs("loading").Matching(regexp.MustCompile(`^lazy$`)).OnElements("img")
	return p
}
