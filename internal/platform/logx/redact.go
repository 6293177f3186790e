package logx

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
)

// denied are the words that make a key withheld, when one of them is among the
// words of the key: "password", "new_password", "session_token".
func denied(word string) bool {
	switch word {
	case "password", "passwd", "secret", "token", "cookie", "authorization", "credential", "credentials",
		"email", "mailbox", "address", "addresses", "ip",
		"body", "content", "text", "title", "subject", "html", "markdown", "query", "form":
		return true
	}
	return false
}

// Denied reports whether the value under a key is never written. Words are
// parted by "_", "-" or "."; a listening address is logged under listen.
func Denied(key string) bool {
	for _, word := range strings.FieldsFunc(strings.ToLower(key), func(c rune) bool { return c == '_' || c == '-' || c == '.' }) {
		if denied(word) {
			return true
		}
	}
	return false
}

// redact is called by slog for each attribute that is not a group.
func redact(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && (a.Key == slog.TimeKey || a.Key == slog.LevelKey) {
		return a
	}
	if Denied(a.Key) {
		return slog.String("redacted", a.Key)
	}
	for _, g := range groups {
		if Denied(g) {
			return slog.String("redacted", g)
		}
	}
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(Mask(a.Value.String()))
	case slog.KindAny:
		a.Value = maskAny(a.Value.Any())
	case slog.KindBool, slog.KindDuration, slog.KindFloat64, slog.KindInt64, slog.KindTime,
		slog.KindUint64, slog.KindGroup, slog.KindLogValuer:
	}
	return a
}

// maskAny writes a value whose form only its type knows as the text that the
// handler would write, masked.
func maskAny(v any) slog.Value {
	switch v := v.(type) {
	case nil:
		return slog.AnyValue(nil)
	case error:
		return slog.StringValue(Mask(v.Error()))
	case fmt.Stringer:
		return slog.StringValue(Mask(v.String()))
	case []byte:
		return slog.StringValue(fmt.Sprintf("%d bytes", len(v)))
	}
	text, err := json.Marshal(v)
	if err != nil {
		return slog.StringValue(fmt.Sprintf("%T", v))
	}
	return slog.StringValue(Mask(string(text)))
}

var (
	// The user part of a URL, or else what may be a mail address.
	mailbox = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^\s"'<>]*@|[^\s<>"'(),;:@/\\\[\]]+@[^\s<>"'(),;:@/\\\[\]]+`)
	named   = regexp.MustCompile(`(?i)\b(\w*(?:password|passwd|secret|token))(["']?\s*[=:]\s*["']?)[^\s"'&,;]+`)
)

// Mask hides what looks like a mail address, the user and password of a URL,
// and the values of assignments such as password=….
func Mask(s string) string {
	if strings.Contains(s, "@") {
		s = mailbox.ReplaceAllStringFunc(s, func(found string) string {
			if scheme, _, ok := strings.Cut(found, "://"); ok {
				return scheme + "://xxxxx@"
			}
			return "xxxxx@xxxxx"
		})
	}
	return named.ReplaceAllString(s, "${1}${2}xxxxx")
}

// MaskURL returns a URL with its passwords, in the user part and in the query,
// replaced by xxxxx, for messages to the person who wrote it. Where an "@"
// stands elsewhere than after a user, everything up to the last one may be a
// password written without its percent signs, and is masked.
func MaskURL(s string) string {
	u, err := url.Parse(s)
	at := strings.Count(s, "@")
	if err == nil && (at == 0 || at == 1 && u.User != nil) {
		query := u.Query()
		for name := range query {
			if strings.Contains(strings.ToLower(name), "pass") {
				query.Set(name, "xxxxx")
				u.RawQuery = query.Encode()
			}
		}
		return u.Redacted()
	}
	scheme, rest, found := strings.Cut(s, "://")
	if scheme += "://"; !found || strings.Contains(scheme, "@") {
		scheme, rest = "", s
	}
	if at == 0 {
		// A password with a % or a space that makes it no URL has no @ to show
		// where it ends.
		return scheme + "xxxxx"
	}
	return scheme + "xxxxx" + rest[strings.LastIndex(rest, "@"):]
}
