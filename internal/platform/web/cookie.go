package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	sessionCookie = "ruche_session"
	flashCookie   = "ruche_flash"
	// hostPrefix makes browsers accept a cookie only from this very host over
	// https, for all its paths (RFC 6265bis, section 4.1.3.2): a neighbouring
	// sub-domain cannot set it.
	hostPrefix = "__Host-"
	// flashTime is how long a notice waits for the page that shows it.
	flashTime = 5 * time.Minute
	// maxFlash bounds the cookie, and maxFlashArg each of its texts in runes.
	maxFlash    = 2048
	maxFlashArg = 120
)

func cookieName(secure bool, name string) string {
	if secure {
		return hostPrefix + name
	}
	return name
}

// setCookie sets a cookie for the whole site, in place of one of the same name
// set before in the same answer. The zero expires means until the browser
// closes; gone removes the cookie.
func setCookie(w http.ResponseWriter, secure bool, name, value string, expires time.Time, gone bool) {
	c := &http.Cookie{ //nolint:gosec // Secure wherever the site is https
		Name: cookieName(secure, name), Value: value, Path: "/", Expires: expires,
		HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
	}
	if gone {
		c.MaxAge = -1
	}
	putCookie(w, c)
}

// putCookie adds a cookie to the answer, in place of one of the same name.
func putCookie(w http.ResponseWriter, c *http.Cookie) {
	lines := w.Header().Values("Set-Cookie")
	w.Header().Del("Set-Cookie")
	for _, line := range lines {
		if !strings.HasPrefix(line, c.Name+"=") {
			w.Header().Add("Set-Cookie", line)
		}
	}
	http.SetCookie(w, c)
}

// SetSession gives the browser a session token until expires; the zero time
// means until the browser closes. The token is of URL-safe characters.
func SetSession(w http.ResponseWriter, token string, expires time.Time) {
	setCookie(w, secureSite(w), sessionCookie, token, expires, false)
}

// ClearSession takes the session token back.
func ClearSession(w http.ResponseWriter) {
	setCookie(w, secureSite(w), sessionCookie, "", time.Time{}, true)
}

// SessionToken returns the token that the browser sent, or "". It is not to be
// believed before the account room has looked it up.
func SessionToken(r *http.Request) string {
	v := visitOf(r.Context())
	c, err := r.Cookie(cookieName(v.site != nil && v.site.secure, sessionCookie))
	if err != nil {
		return ""
	}
	return c.Value
}

// secureSite says whether cookies are for https only; outside of a Router they
// are not.
func secureSite(w http.ResponseWriter) bool {
	s := siteOf(w)
	return s != nil && s.secure
}

// Flash is a notice shown once, on the page that follows a form.
type Flash struct {
	// Key and Args are those of i18n.T. Args are strings, numbers and booleans.
	Key  string
	Args []any
	// Undo is the address of a form that takes back what the notice tells of, if
	// any. Its query is what the form sends.
	Undo string
}

// carried is a Flash on its way.
type carried struct {
	Key  string `json:"k"`
	Args []any  `json:"a,omitempty"`
	Undo string `json:"u,omitempty"`
	Till int64  `json:"t"` // seconds
}

// SetFlash leaves a notice for the next page, within five minutes. Its texts
// are cut at 120 characters, and a notice over two kilobytes is not left at
// all. Outside of a Router it does nothing.
func SetFlash(w http.ResponseWriter, key string, args ...any) {
	leave(w, "", key, args)
}

// SetUndoFlash is SetFlash with the address of a form, of this site, that takes
// back what the notice tells of; the query of the address is what the form sends.
func SetUndoFlash(w http.ResponseWriter, undo, key string, args ...any) {
	leave(w, undo, key, args)
}

func leave(w http.ResponseWriter, undo, key string, args []any) {
	s := siteOf(w)
	if s == nil {
		return
	}
	short := make([]any, len(args))
	for i, a := range args {
		if text, ok := a.(string); ok {
			a = cut(text, maxFlashArg)
		}
		short[i] = a
	}
	till := s.clock.Now().Add(flashTime)
	payload, err := json.Marshal(carried{Key: key, Args: short, Undo: undo, Till: till.Unix()})
	if err != nil || len(payload) > maxFlash {
		return
	}
	text := base64.RawURLEncoding.EncodeToString(payload)
	setCookie(w, s.secure, flashCookie, text+"."+s.sign(text), till, false)
}

// TakeFlash returns the notice left by SetFlash and removes it, or false where
// there is none that is ours and fresh. A script that looks at a page in the
// background takes none: the notice is for who sees the next page.
func TakeFlash(w http.ResponseWriter, r *http.Request) (Flash, bool) {
	s := siteOf(w)
	if s == nil || r.Header.Get("Sec-Fetch-Dest") == "empty" && r.Header.Get("HX-Request") == "" {
		return Flash{}, false
	}
	c, err := r.Cookie(cookieName(s.secure, flashCookie))
	if err != nil {
		return Flash{}, false
	}
	setCookie(w, s.secure, flashCookie, "", time.Time{}, true)
	text, signature, found := strings.Cut(c.Value, ".")
	if !found || !hmac.Equal([]byte(signature), []byte(s.sign(text))) {
		return Flash{}, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Flash{}, false
	}
	var got carried
	if json.Unmarshal(payload, &got) != nil || got.Till < s.clock.Now().Unix() {
		return Flash{}, false
	}
	return Flash{Key: got.Key, Args: got.Args, Undo: got.Undo}, true
}

func (s *site) sign(text string) string {
	mac := hmac.New(sha256.New, s.signer)
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// cut shortens a text to n runes, the last of them an ellipsis.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}
