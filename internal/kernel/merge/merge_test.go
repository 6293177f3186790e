package merge_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"ruche/internal/kernel/merge"
)

func TestTexts(t *testing.T) {
	t.Parallel()
	const base = "Un\n\nDeux mots ici\n\nTrois\n"
	for name, c := range map[string]struct {
		base, mine, theirs, want string
		clashes                  []merge.Clash
	}{
		"nothing":                        {base: base, mine: base, theirs: base, want: base},
		"mine alone":                     {base: base, mine: "Un\n", theirs: base, want: "Un\n"},
		"theirs alone":                   {base: base, mine: base, theirs: "", want: ""},
		"the same":                       {base: base, mine: "Quatre", theirs: "Quatre", want: "Quatre"},
		"different lines":                {base: base, mine: "Un !\n\nDeux mots ici\n\nTrois\n", theirs: "Un\n\nDeux mots ici\n\nTrois.\n", want: "Un !\n\nDeux mots ici\n\nTrois.\n"},
		"different words of a line":      {base: base, mine: "Un\n\nDeux beaux mots ici\n\nTrois\n", theirs: "Un\n\nDeux mots là\n\nTrois\n", want: "Un\n\nDeux beaux mots là\n\nTrois\n"},
		"one removes, the other changes": {base: "a b c", mine: "", theirs: "a B c", want: "", clashes: []merge.Clash{{Base: "a b c", Mine: "", Theirs: "a B c"}}},
		"the same word": {
			base: base, mine: "Un\n\nDix mots ici\n\nTrois\n", theirs: "Un\n\nCent mots ici\n\nTrois\n",
			want: "Un\n\nDix mots ici\n\nTrois\n", clashes: []merge.Clash{{Base: "Deux mots ici\n", Mine: "Dix mots ici\n", Theirs: "Cent mots ici\n"}},
		},
		"both add at one place": {base: "a\n", mine: "a\nb\n", theirs: "a\nc\n", want: "a\nb\n", clashes: []merge.Clash{{Base: "", Mine: "b\n", Theirs: "c\n"}}},
		"from nothing":          {mine: "a", theirs: "b", want: "a", clashes: []merge.Clash{{Mine: "a", Theirs: "b"}}},
	} {
		got := merge.Texts(c.base, c.mine, c.theirs)
		if got.Text != c.want || !slices.Equal(got.Clashes, c.clashes) {
			t.Errorf("%s: %q, %+v", name, got.Text, got.Clashes)
		}
	}
}

// change edits a text by chance with words that nobody else types, each once.
func change(r *rand.Rand, words []string, mark string) []string {
	out := slices.Clone(words)
	for n := range 1 + r.IntN(4) {
		if len(out) == 0 {
			break
		}
		i := r.IntN(len(out))
		switch r.IntN(4) {
		case 0:
			out = slices.Delete(out, i, min(len(out), i+1+r.IntN(3)))
		case 1:
			out[i] = mark + string(rune('a'+n)) + "\n"
		default:
			out = slices.Insert(out, i, mark+string(rune('a'+n))+" ")
		}
	}
	return out
}

// TestNoTypedWordIsLost: whatever two people do to a text, each word that either
// typed is in the joined text or shown in a clash; what nobody touched stays; and
// who comes second does not matter but in a clash.
func TestNoTypedWordIsLost(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 1))
	clean := 0
	for range 5000 {
		var words []string
		for range r.IntN(30) {
			words = append(words, string(rune('a'+r.IntN(6)))+[]string{" ", " ", "\n", "\n\n"}[r.IntN(4)])
		}
		m, o := change(r, words, "mine"), change(r, words, "theirs")
		base, mine, theirs := strings.Join(words, ""), strings.Join(m, ""), strings.Join(o, "")
		got := merge.Texts(base, mine, theirs)
		shown := got.Text
		for _, c := range got.Clashes {
			shown += c.Mine + c.Theirs
		}
		for _, w := range slices.Concat(m, o) {
			if typed := strings.TrimSpace(w); len(typed) > 1 && !strings.Contains(shown, typed) {
				t.Fatalf("%q is lost:\nbase %q\nmine %q\ntheirs %q\ngot %+v", typed, base, mine, theirs, got)
			}
		}
		other := merge.Texts(base, theirs, mine)
		if got.Clean() != other.Clean() || len(got.Clashes) != len(other.Clashes) {
			t.Fatalf("the order matters:\nbase %q\nmine %q\ntheirs %q\n%+v\n%+v", base, mine, theirs, got, other)
		}
		if got.Clean() {
			clean++
			if got.Text != other.Text {
				t.Fatalf("the order matters:\nbase %q\nmine %q\ntheirs %q\n%q\n%q", base, mine, theirs, got.Text, other.Text)
			}
		}
		if again := merge.Texts(base, mine, base); again.Text != mine || !again.Clean() {
			t.Fatalf("one change alone became %q", again.Text)
		}
	}
	if clean < 500 {
		t.Errorf("%d of 5000 joined without a clash: the test no longer looks at joined texts", clean)
	}
}

func FuzzTexts(f *testing.F) {
	f.Add("a b c", "a B c", "a b C")
	f.Add("é\n\xff", "é", "\xff\n\n")
	f.Add("", "a", "b")
	f.Fuzz(func(t *testing.T, base, mine, theirs string) {
		got := merge.Texts(base, mine, theirs)
		shown := got.Text
		for _, c := range got.Clashes {
			shown += c.Base + c.Mine + c.Theirs
		}
		for _, typed := range strings.Fields(mine + " " + theirs) {
			if letters := strings.TrimFunc(typed, func(r rune) bool { return !unicode.IsLetter(r) }); isWord(letters) && !strings.Contains(base+shown, letters) {
				t.Errorf("%q is lost of %q, %q and %q: %+v", letters, base, mine, theirs, got)
			}
		}
		if other := merge.Texts(base, theirs, mine); got.Clean() != other.Clean() || got.Clean() && got.Text != other.Text {
			t.Errorf("the order matters for %q, %q and %q", base, mine, theirs)
		}
		var before, after strings.Builder
		for _, s := range merge.Words(base, mine) {
			if s.Op != merge.Added {
				before.WriteString(s.Text)
			}
			if s.Op != merge.Removed {
				after.WriteString(s.Text)
			}
		}
		if before.String() != base || after.String() != mine {
			t.Errorf("the segments make %q and %q of %q and %q", before.String(), after.String(), base, mine)
		}
	})
}

func TestWords(t *testing.T) {
	t.Parallel()
	got := merge.Words("Le guichet ouvre lundi.", "Le guichet ouvre mardi matin.")
	want := []merge.Segment{{merge.Same, "Le guichet ouvre "}, {merge.Removed, "lundi"}, {merge.Added, "mardi matin"}, {merge.Same, "."}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func isWord(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }) < 0
}

// worst are texts of a megabyte that cost the most to compare: no word in common,
// one character repeated between other ends, two characters by chance, and lines
// without end.
func worst() map[string][3]string {
	const size = 1 << 20
	r := rand.New(rand.NewPCG(5, 1))
	by := func(words ...string) string {
		var b strings.Builder
		for b.Len() < size {
			b.WriteString(words[r.IntN(len(words))])
		}
		return b.String()
	}
	letters := func() string {
		var b strings.Builder
		for b.Len() < size {
			b.WriteString(string(rune('a'+r.IntN(26))) + string(rune('a'+r.IntN(26))) + " ")
		}
		return b.String()
	}
	dots := strings.Repeat(".", size-2)
	return map[string][3]string{
		"words":  {letters(), letters(), letters()},
		"dots":   {"a" + dots + "b", "c" + dots[:size/2] + "d", "e" + dots[:size/3] + "f"},
		"chance": {by(".", "!"), by(".", "!"), by(".", "!")},
		"lines":  {by("a\n", "b\n"), by("a\n", "b\n"), by("a\n", "b\n")},
		"clashes": {
			strings.Repeat("a b c d\n\n", size/9), strings.Repeat("a B c d\n\n", size/9), strings.Repeat("a b C d\n\n", size/9),
		},
	}
}

// TestTheWorstIsBounded: whatever a megabyte holds, the comparison ends.
func TestTheWorstIsBounded(t *testing.T) {
	t.Parallel()
	done := make(chan string)
	for name, w := range worst() {
		go func() {
			merge.Texts(w[0], w[1], w[2])
			merge.Words(w[1], w[2])
			done <- name
		}()
	}
	late := time.After(time.Minute)
	for range worst() {
		select {
		case <-done:
		case <-late:
			t.Fatal("a minute is not enough")
		}
	}
}

func BenchmarkTexts(b *testing.B) {
	for name, w := range worst() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				merge.Texts(w[0], w[1], w[2])
			}
		})
	}
	paragraph := strings.Repeat("Le guichet ouvre lundi matin et ferme le soir.\n\n", 400)
	b.Run("usual", func(b *testing.B) {
		for b.Loop() {
			merge.Texts(paragraph, "Avis\n\n"+paragraph, paragraph+"Merci.\n")
		}
	})
}
