package markup

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

const (
	// MaxBytes is the size of the largest article that Render accepts.
	MaxBytes = 1 << 20
	// MaxCommentBytes is the size past which Comment cuts.
	MaxCommentBytes = 64 << 10

	// maxMarkers is how many quotes and lists one line may open. Each line pays
	// for every container around it, so depth multiplies length.
	maxMarkers = 24
	// maxIndent is how many columns of indentation a line keeps: lists open
	// inside lists by indentation too.
	maxIndent = 160
	// maxDepth is how deep the tree may be when rendered. Browsers stop at
	// about 512 elements and people far before.
	maxDepth = 64
)

// cut shortens a text to at most n bytes without splitting a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// clean prepares a source for the parser: valid UTF-8, without the characters
// that stripControls removes, with its nesting bounded.
func clean(md string) []byte {
	md = stripControls(strings.ToValidUTF8(md, "\uFFFD"))
	if !deep(md) {
		return []byte(md)
	}
	var out bytes.Buffer
	out.Grow(len(md) + len(md)/8)
	for line := range strings.Lines(md) {
		boundLine(&out, line)
	}
	return out.Bytes()
}

// stripControls removes what would let a text lie about itself: the controls
// that override the writing direction (U+202A to U+202E, U+2066 to U+2069; the
// harmless marks U+200E and U+200F stay) and the C0 controls that HTML forbids.
func stripControls(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return -1
		case r < ' ' && r != '\n' && r != '\t' && r != '\r', r == 0x7F:
			return -1
		}
		return r
	}, s)
}

// deep tells quickly whether any line of a text needs boundLine. Nearly no text
// does.
func deep(md string) bool {
	for line := range strings.Lines(md) {
		columns, markers, _ := prefix(line)
		if columns > maxIndent || markers > maxMarkers {
			return true
		}
	}
	return false
}

// boundLine writes a line whose nesting is within the limits: the marker past
// the last one allowed is escaped, and so shows as text; excess indentation is
// dropped.
func boundLine(out *bytes.Buffer, line string) {
	columns, markers, at := prefix(line)
	switch {
	case columns <= maxIndent && markers <= maxMarkers:
		out.WriteString(line)
	case markers > maxMarkers:
		out.WriteString(line[:at])
		out.WriteByte('\\')
		out.WriteString(line[at:])
	default:
		out.WriteString(strings.Repeat(" ", maxIndent))
		out.WriteString(strings.TrimLeft(line, " \t"))
	}
}

// prefix measures what opens a line: the columns of white space before its
// first character, and how many container markers stand there. at is the place
// of the marker past the last one allowed. A rule ("* * *") has no marker.
func prefix(line string) (columns, markers, at int) {
	i := 0
	for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		columns++
		if line[i] == '\t' {
			columns += 3 // a tab stop is at most four columns away
		}
		i++
	}
	if isRule(line[i:]) {
		return columns, 0, 0
	}
	for i < len(line) {
		n, punctuation := marker(line[i:])
		if n == 0 {
			break
		}
		markers++
		if markers > maxMarkers {
			return columns, markers, i + punctuation
		}
		i += n
		for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
			i++
		}
	}
	return columns, markers, 0
}

// marker measures the quote or list marker at the start of s: its length, and
// the offset of the character to escape so that it is none.
func marker(s string) (length, punctuation int) {
	switch s[0] {
	case '>':
		return 1, 0
	case '-', '+', '*':
		if blankAt(s, 1) {
			return 1, 0
		}
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		i := 1
		for i < len(s) && i < 9 && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		if i < len(s) && (s[i] == '.' || s[i] == ')') && blankAt(s, i+1) {
			return i + 1, i
		}
	}
	return 0, 0
}

func blankAt(s string, i int) bool {
	return i >= len(s) || s[i] == ' ' || s[i] == '\t' || s[i] == '\n' || s[i] == '\r'
}

// isRule reports whether a line is a thematic break of CommonMark.
func isRule(s string) bool {
	if s == "" || (s[0] != '-' && s[0] != '*' && s[0] != '_') {
		return false
	}
	n := 0
	for i := range len(s) {
		switch s[i] {
		case s[0]:
			n++
		case ' ', '\t', '\n', '\r':
		default:
			return false
		}
	}
	return n >= 3
}
