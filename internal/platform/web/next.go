package web

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// maxNext bounds an address that is carried from page to page, in bytes.
const maxNext = 2048

// SafeNext returns s when it is an absolute path of this site, query and
// fragment included, with what is not ASCII percent-encoded; and "/" for all
// else: another host, a scheme, "//", "/\", dot segments, a backslash, control
// characters, plain or encoded, invalid UTF-8, more than 2,048 bytes. Browsers
// read some of these as addresses of other hosts (WHATWG URL, "special
// schemes"), and none is ever needed. SafeNext(SafeNext(s)) is SafeNext(s).
func SafeNext(s string) string {
	if len(s) > maxNext || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || !utf8.ValidString(s) || hasUnsafe(s) {
		return "/"
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || u.User != nil {
		return "/"
	}
	if hasUnsafe(u.Path) || hasUnsafe(u.Fragment) || strings.Contains(u.Path, "//") {
		return "/"
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == "." || segment == ".." {
			return "/"
		}
	}
	if s = escapeRest(s); len(s) > maxNext {
		return "/"
	}
	return s
}

// hasUnsafe finds backslashes and control characters.
func hasUnsafe(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool {
		return c == '\\' || c < 0x20 || c >= 0x7f && c < 0xa0 || c == '\u2028' || c == '\u2029'
	})
}

// escapeRest percent-encodes what may not stand in a header or an attribute.
func escapeRest(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>`{}|^'", c) >= 0:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
