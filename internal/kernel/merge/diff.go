package merge

import (
	"strings"
	"time"
	"unicode"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// patience bounds one comparison. Beyond it the rest counts as wholly changed:
// less fine, never wrong.
const patience = time.Second

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
	var out []Segment
	add := func(op Op, text string) {
		switch {
		case text == "":
		case len(out) > 0 && out[len(out)-1].Op == op:
			out[len(out)-1].Text += text
		default:
			out = append(out, Segment{Op: op, Text: text})
		}
	}
	a, b := words(before), words(after)
	at := 0
	for _, e := range edits(a, b) {
		add(Same, strings.Join(a[at:e.from], ""))
		add(Removed, strings.Join(a[e.from:e.to], ""))
		add(Added, strings.Join(e.by, ""))
		at = e.to
	}
	add(Same, strings.Join(a[at:], ""))
	return out
}

// edit replaces base[from:to] by other tokens.
type edit struct {
	from, to int
	by       []string
}

// edits lists, in order, how to make a sequence of tokens from another one. Two
// edits never touch: what touches is one edit.
func edits(base, side []string) []edit {
	d := diffmatchpatch.New()
	d.DiffTimeout = patience
	number := map[string]rune{}
	diffs := d.DiffMainRunes(numbered(number, base), numbered(number, side), false)
	var out []edit
	at, to := 0, 0 // in base, in side
	fresh := true
	for _, diff := range diffs {
		n := len([]rune(diff.Text))
		if diff.Type == diffmatchpatch.DiffEqual {
			at, to, fresh = at+n, to+n, true
			continue
		}
		if fresh {
			out = append(out, edit{from: at, to: at})
			fresh = false
		}
		e := &out[len(out)-1]
		if diff.Type == diffmatchpatch.DiffDelete {
			at += n
			e.to = at
		} else {
			e.by = append(e.by, side[to:to+n]...)
			to += n
		}
	}
	return out
}

// numbered writes each token as a character of its own, the same for the same
// token. Surrogates are no characters: they are left out of the numbers.
func numbered(number map[string]rune, tokens []string) []rune {
	const surrogates, after = 0xD800, 0xE000
	out := make([]rune, len(tokens))
	for i, t := range tokens {
		r, ok := number[t]
		if !ok {
			r = rune(len(number) + 1) //nolint:gosec // bounded by the length of a body
			if r >= surrogates {
				r += after - surrogates
			}
			number[t] = r
		}
		out[i] = r
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
