package merge

import (
	"strings"
	"unicode"

	"znkr.io/diff"
)

// budget bounds what one call compares finely, in tokens of both texts. What is
// beyond is compared by its rare tokens: less fine, never wrong. It is counted and
// not timed, so that the same texts give the same answer everywhere.
const budget = 60_000

// work is what is left of a budget.
type work struct{ left int }

// fine takes n tokens from what is left, and tells whether there was enough.
func (w *work) fine(n int) bool {
	if n > w.left {
		return false
	}
	w.left -= n
	return true
}

// Op says what became of a stretch of text.
type Op int

// The operations of a difference.
const (
	Same Op = iota
	Removed
	Added
)

// Segment is a stretch of text that stayed, went or came.
type Segment struct {
	Op   Op
	Text string
}

// Words tells what differs between two texts, by words: joined, the segments that
// are not Added are the text before, those that are not Removed the text after.
func Words(before, after string) []Segment {
	out := segments{}
	w := &work{budget}
	a, b := lines(before), lines(after)
	at := 0
	for _, e := range edits(a, b, w.fine(len(a)+len(b))) {
		out.add(Same, a[at:e.from])
		was, is := words(strings.Join(a[e.from:e.to], "")), words(strings.Join(e.by, ""))
		in := 0
		for _, e := range edits(was, is, w.fine(len(was)+len(is))) {
			out.add(Same, was[in:e.from])
			out.add(Removed, was[e.from:e.to])
			out.add(Added, e.by)
			in = e.to
		}
		out.add(Same, was[in:])
		at = e.to
	}
	out.add(Same, a[at:])
	return out.list
}

// segments joins what follows in one operation.
type segments struct{ list []Segment }

func (s *segments) add(op Op, tokens []string) {
	text := strings.Join(tokens, "")
	switch last := len(s.list) - 1; {
	case text == "":
	case last >= 0 && s.list[last].Op == op:
		s.list[last].Text += text
	default:
		s.list = append(s.list, Segment{Op: op, Text: text})
	}
}

// edit replaces base[from:to] by other tokens.
type edit struct {
	from, to int
	by       []string
}

// edits lists, in order, how to make a sequence of tokens from another one. Two
// edits never touch: what touches is one edit.
func edits(base, side []string, fine bool) []edit {
	how := []diff.Option{diff.Context(0)}
	if !fine {
		how = append(how, diff.Fast())
	}
	var out []edit
	for _, h := range diff.Hunks(base, side, how...) {
		by := side[h.PosY:h.EndY]
		if last := len(out) - 1; last >= 0 && out[last].to == h.PosX {
			out[last].to = h.EndX
			out[last].by = append(out[last].by[:len(out[last].by):len(out[last].by)], by...)
			continue
		}
		out = append(out, edit{from: h.PosX, to: h.EndX, by: by})
	}
	return out
}

// lines cuts a text after each line break.
func lines(s string) []string { return strings.SplitAfter(s, "\n") }

// words cuts a text into runs of letters and digits, runs of spaces, and single
// other characters.
func words(s string) []string {
	var out []string
	start, was := 0, other
	for i, r := range s {
		is := classOf(r)
		if i > start && (is != was || is == other) {
			out = append(out, s[start:i])
			start = i
		}
		was = is
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

type class int

const (
	other class = iota
	letter
	blank
)

func classOf(r rune) class {
	switch {
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		return letter
	case unicode.IsSpace(r):
		return blank
	}
	return other
}
