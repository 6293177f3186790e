package config

import (
	"fmt"
	"slices"
	"strings"
)

// prefix starts the name of every setting.
const prefix = "RUCHE_"

// Unknown returns a sentence for each RUCHE_ variable of an environment, as
// os.Environ gives it, that is no setting, with the nearest name where one is
// near: a misspelt setting is silently its default otherwise. Values are not
// repeated. Variables of the scripts of the source tree are known.
func Unknown(environ []string) []string {
	known := names()
	var notices []string
	for _, line := range environ {
		name, _, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(name, prefix) || slices.Contains(known, name) || ofScripts(name) {
			continue
		}
		notice := name + " is no setting of Ruche and is ignored"
		if near := nearest(name, known); near != "" {
			notice += fmt.Sprintf("; did you mean %s?", near)
		}
		notices = append(notices, notice)
	}
	slices.Sort(notices)
	return notices
}

// Notices returns a sentence for each setting that is valid but probably not
// what is meant.
func (c Config) Notices() []string {
	var notices []string
	if !c.HTTPS() && !loopbackHost(c.Host()) {
		notices = append(notices, fmt.Sprintf("RUCHE_URL is %s: without https, passwords and sessions cross the network in clear", c.URL))
	}
	if c.HTTPS() && len(c.TrustedProxies) == 0 {
		notices = append(notices, "RUCHE_URL is https and RUCHE_TRUSTED_PROXIES is empty: "+
			"every person has the address of the reverse proxy, and rate limits count them as one")
	}
	return notices
}

// names returns every variable that Load reads.
func names() []string {
	var list []string
	for _, s := range settings() {
		list = append(list, s.name)
		if s.secret {
			list = append(list, s.name+fileSuffix)
		}
	}
	return list
}

// ofScripts says whether a variable belongs to the scripts and tests of the
// source tree.
func ofScripts(name string) bool {
	switch name {
	case "RUCHE_BIN", "RUCHE_CHROMIUM", "RUCHE_SOAK":
		return true
	}
	return strings.HasPrefix(name, "RUCHE_TEST_") || strings.HasPrefix(name, "RUCHE_E2E_")
}

// nearest returns the known name within an edit distance of a third of what
// follows the prefix, or "".
func nearest(name string, known []string) string {
	const longest = 64
	if len(name) > longest {
		return ""
	}
	best, near := len(name[len(prefix):])/3+1, ""
	for _, k := range known {
		if d := distance(name, k); d < best {
			best, near = d, k
		}
	}
	return near
}

// distance is the number of bytes to insert, remove, replace or swap with their
// neighbour to turn a into b (optimal string alignment).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
