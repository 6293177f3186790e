package spaces

import (
	"encoding/csv"
	netmail "net/mail"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"ruche/internal/kernel/account"
	"ruche/internal/platform/mail"
)

// Limits of a list of addresses: how many it holds, its bytes, and the characters of a
// line that are shown.
const (
	maxListed = 500
	maxList   = 1 << 20
	maxShown  = 120
)

// listed is one address of a list, or a line in which none is found.
type listed struct {
	Line  int    // counted from 1
	Raw   string // as it is written, shortened
	Email string // canonical; empty where Fault is not
	Key   string // of the account, by account.EmailKey
	Fault string // the key of a sentence
}

// readList finds the addresses of a text in any usual form: one on a line, apart by
// commas, semicolons or spaces, "Anne B. <a.b@example.org>", or the rows of a table of
// values, whose heading is left out. A line without an address, and an address that is
// none, are listed with their fault. An address that comes again is listed once.
func readList(text string) (out []listed) {
	seen := map[string]bool{}
	first := true
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.Trim(strings.TrimSpace(line), ",; \t")
		if line == "" {
			continue
		}
		found := addresses(line)
		if len(found) == 0 && (!first || !heading(line)) {
			found = []listed{{Raw: line, Fault: "spaces.list.no_address"}}
		}
		first = false
		for _, l := range found {
			if l.Line = number; l.Fault == "" && seen[l.Key] {
				continue
			}
			seen[l.Key] = true
			if r := []rune(l.Raw); len(r) > maxShown {
				l.Raw = string(r[:maxShown]) + "…"
			}
			out = append(out, l)
		}
	}
	return out
}

// heading tells a line that names columns from one that should have held an address.
func heading(line string) bool { return strings.ContainsAny(line, ",;\t") }

// addresses finds those of a line.
func addresses(line string) (out []listed) {
	if !strings.Contains(line, "@") {
		return nil
	}
	// As mail programs write several (RFC 5322, 3.4), or with semicolons.
	if all, err := netmail.ParseAddressList(strings.ReplaceAll(line, ";", ",")); err == nil {
		for _, one := range all {
			out = append(out, address(one.Address))
		}
		return out
	}
	for _, field := range fields(line) {
		for word := range strings.FieldsSeq(field) {
			if !strings.Contains(word, "@") {
				continue
			}
			word = strings.Trim(word, `<>()[]"'.,;:`)
			out = append(out, address(strings.TrimPrefix(word, "mailto:")))
		}
	}
	return out
}

// fields are those of a row of a table of values, apart by what it holds first of a tab,
// a semicolon and a comma.
func fields(line string) []string {
	r := csv.NewReader(strings.NewReader(line))
	r.Comma, r.LazyQuotes, r.TrimLeadingSpace, r.FieldsPerRecord = ',', true, true, -1
	for _, mark := range []rune{'\t', ';'} {
		if strings.ContainsRune(line, mark) {
			r.Comma = mark
			break
		}
	}
	row, err := r.Read()
	if err != nil {
		return []string{line}
	}
	return row
}

// address is one address of a list, or what is wrong with it.
func address(s string) listed {
	to, err := mail.ParseAddress(s)
	if err == nil {
		return listed{Raw: s, Email: to.Email, Key: account.EmailKey(to.Email)}
	}
	key := "mail.address.invalid"
	if fe, ok := errAs(err); ok {
		key = fe.Key
	}
	return listed{Raw: s, Fault: key}
}

// decoded reads the text of a file that a spreadsheet wrote: UTF-8 or UTF-16 by its mark,
// UTF-8 without one, else Windows-1252, in which Western spreadsheets save values.
func decoded(raw []byte) (string, error) {
	usual := unicode.UTF8.NewDecoder()
	if !utf8.Valid(raw) {
		usual = charmap.Windows1252.NewDecoder()
	}
	text, _, err := transform.Bytes(unicode.BOMOverride(usual), raw)
	return string(text), err
}
