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
		"email", "mail", "mailbox", "address", "addresses", "ip",
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
	mailbox  = regexp.MustCompile(`[^\s<>"'(),;:@/\\\[\]]+@[^\s<>"'(),;:@/\\\[\]]+`)
	userinfo = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^\s/?#"']*@`)
)

// Mask hides what looks like a mail address, and the user and password of URLs.
func Mask(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	return mailbox.ReplaceAllString(userinfo.ReplaceAllString(s, "${1}…@"), "…@…")
}

// MaskURL returns the URL with its password replaced by "…", for messages to
// the person who wrote it. What cannot be read as a URL is masked up to its
// last "@".
func MaskURL(s string) string {
	at := strings.LastIndex(s, "@")
	if at < 0 {
		return s
	}
	scheme, _, found := strings.Cut(s, "://")
	if !found || len(scheme) > at {
		return "…" + s[at:]
	}
	user := "…"
	if u, err := url.Parse(s); err == nil && u.User != nil {
		user = u.User.Username()
		if _, has := u.User.Password(); has {
			user += ":…"
		}
		at = strings.LastIndex(s[:len(scheme)+3+len(u.Host)+len(u.User.String())+1], "@")
	}
	return scheme + "://" + user + s[at:]
}
