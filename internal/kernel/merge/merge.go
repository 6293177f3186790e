package merge

import (
	"slices"
	"strings"
)

// Clash is a passage, one or more lines, in which two people changed the same
// words. Base is what it was.
type Clash struct {
	Base, Mine, Theirs string
}

// Result is two changes joined. Text holds the changes of both; where they clash,
// mine, and Clashes tells what theirs was, in the order of the text.
type Result struct {
	Text    string
	Clashes []Clash
}

// Clean tells whether nobody's change had to wait for a choice.
func (r Result) Clean() bool { return len(r.Clashes) == 0 }

// Texts joins two changes of one text. Every word that either side typed is in
// the result or in one of its clashes.
//
// Changes of different lines are joined. Changes of the same lines are compared
// by words: those with an unchanged word between them are joined, those that
// meet clash. The same change on both sides counts once.
func Texts(base, mine, theirs string) Result {
	switch {
	case mine == theirs, theirs == base:
		return Result{Text: mine}
	case mine == base:
		return Result{Text: theirs}
	}
	w := &work{budget}
	return join(w, lines(base), lines(mine), lines(theirs), func(c Clash) Result {
		r := join(w, words(c.Base), words(c.Mine), words(c.Theirs), func(c Clash) Result {
			return Result{Text: c.Mine, Clashes: []Clash{c}}
		})
		if !r.Clean() {
			r.Clashes = []Clash{c} // a word alone says too little to choose
		}
		return r
	})
}

// join is diff3 over tokens; within settles a passage that both sides changed.
func join(w *work, base, mine, theirs []string, within func(Clash) Result) Result {
	var out Result
	var text strings.Builder
	fine := w.fine(2*len(base) + len(mine) + len(theirs)) // both sides alike, so that their order says nothing
	a, b := edits(base, mine, fine), edits(base, theirs, fine)
	at := 0
	for len(a) > 0 || len(b) > 0 {
		from, to, nearA, nearB := group(a, b)
		write(&text, base[at:from])
		c := Clash{
			Base: strings.Join(base[from:to], ""),
			Mine: apply(base, from, to, a[:nearA]), Theirs: apply(base, from, to, b[:nearB]),
		}
		switch {
		case nearB == 0 || c.Mine == c.Theirs:
			text.WriteString(c.Mine)
		case nearA == 0:
			text.WriteString(c.Theirs)
		default:
			r := within(c)
			text.WriteString(r.Text)
			out.Clashes = append(out.Clashes, r.Clashes...)
		}
		at, a, b = to, a[nearA:], b[nearB:]
	}
	write(&text, base[at:])
	out.Text = text.String()
	return out
}

// group takes the first edits of both sides that overlap or touch, directly or
// through others, and returns the passage of the base that they cover.
func group(a, b []edit) (from, to, nearA, nearB int) {
	switch {
	case len(b) == 0:
		return a[0].from, a[0].to, 1, 0
	case len(a) == 0:
		return b[0].from, b[0].to, 0, 1
	}
	from = min(a[0].from, b[0].from)
	to = from
	for grown := true; grown; {
		grown = false
		for nearA < len(a) && a[nearA].from <= to {
			to = max(to, a[nearA].to)
			nearA++
			grown = true
		}
		for nearB < len(b) && b[nearB].from <= to {
			to = max(to, b[nearB].to)
			nearB++
			grown = true
		}
	}
	return from, to, nearA, nearB
}

// apply writes a passage of the base as a side has it.
func apply(base []string, from, to int, side []edit) string {
	var text strings.Builder
	for _, e := range side {
		write(&text, base[from:e.from])
		write(&text, e.by)
		from = e.to
	}
	write(&text, base[from:to])
	return text.String()
}

func write(text *strings.Builder, tokens []string) {
	for t := range slices.Values(tokens) {
		text.WriteString(t)
	}
}
