package web

import (
	"net/http"
	"strings"
	"time"
)

// Names of the preferences that a browser keeps.
const (
	// PrefTheme is "light" or "dark"; nothing means the system's.
	PrefTheme = "theme"
	// PrefLang is "fr" or "en"; nothing means what the browser asks for.
	PrefLang = "lang"
	// PrefRail is "folded" when the person has folded the rail.
	PrefRail = "rail"
)

const (
	prefPrefix = "ruche_"
	prefTime   = 365 * 24 * time.Hour
	// maxPref bounds the value of a preference, in bytes.
	maxPref = 32
)

// SetPref has the browser keep a preference for a year; the empty value has it
// forget. A value is a word of at most 32 lower-case letters, digits and
// hyphens; SetPref treats any other as empty, as Pref would not return it.
//
// The cookie holds no secret and names nobody. Its name has no __Host- prefix,
// and that of PrefRail is open to scripts: rail.ts writes it, so that folding
// asks nothing of the server, and a script cannot replace an HttpOnly cookie.
func SetPref(w http.ResponseWriter, name, value string) {
	c := &http.Cookie{ //nolint:gosec // Secure wherever the site is https; HttpOnly, see above
		Name: prefPrefix + name, Value: value, Path: "/", MaxAge: int(prefTime / time.Second),
		HttpOnly: name != PrefRail, Secure: secureSite(w), SameSite: http.SameSiteLaxMode,
	}
	if !validPref(value) {
		c.Value, c.MaxAge = "", -1
	}
	putCookie(w, c)
}

// Pref returns a preference that the browser keeps, or "" where it keeps none
// or something that SetPref does not set. Which values mean something is for
// the caller to say.
func Pref(r *http.Request, name string) string {
	c, err := r.Cookie(prefPrefix + name)
	if err != nil || !validPref(c.Value) {
		return ""
	}
	return c.Value
}

func validPref(value string) bool {
	return value != "" && len(value) <= maxPref && !strings.ContainsFunc(value, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-'
	})
}
