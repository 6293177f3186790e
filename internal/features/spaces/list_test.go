package spaces

import (
	"slices"
	"strings"
	"testing"
)

func TestAListIsReadInAnyUsualForm(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text  string
		want  []string
		wrong int
	}{
		"one a line":         {"a@x.fr\nb@x.fr\r\n\n c@x.fr ", []string{"a@x.fr", "b@x.fr", "c@x.fr"}, 0},
		"apart by commas":    {"a@x.fr, b@x.fr; c@x.fr;", []string{"a@x.fr", "b@x.fr", "c@x.fr"}, 0},
		"apart by spaces":    {"a@x.fr b@x.fr\tc@x.fr", []string{"a@x.fr", "b@x.fr", "c@x.fr"}, 0},
		"from a mail":        {`"Dupont, Jean" <a@x.fr>, Anne Bé <b@x.fr>; <c@x.fr>`, []string{"a@x.fr", "b@x.fr", "c@x.fr"}, 0},
		"a table":            {"Nom;Courriel;Service\nDupont;a@x.fr;Urbanisme\n\"Bé; Anne\";b@x.fr;\n", []string{"a@x.fr", "b@x.fr"}, 0},
		"a table by tabs":    {"Nom\tCourriel\nDupont\ta@x.fr\nBé\tb@x.fr", []string{"a@x.fr", "b@x.fr"}, 0},
		"links":              {"mailto:a@x.fr\n(b@x.fr)", []string{"a@x.fr", "b@x.fr"}, 0},
		"twice":              {"a@x.fr\nA@X.fr\na@x.fr", []string{"a@x.fr"}, 0},
		"faults":             {"a@x.fr\nJean Dupont\nb@\nc@d@e.fr\nf@x", []string{"a@x.fr"}, 4},
		"a heading is first": {"a@x.fr;x\nNom;Courriel", []string{"a@x.fr"}, 1},
		"nothing":            {" \n;\n", nil, 0},
	} {
		var got []string
		wrong := 0
		for _, l := range readList(test.text) {
			if l.Fault != "" {
				wrong++
				continue
			}
			got = append(got, l.Email)
		}
		if !slices.Equal(got, test.want) || wrong != test.wrong {
			t.Errorf("%s: %q with %d faults, want %q with %d", name, got, wrong, test.want, test.wrong)
		}
	}
}

func TestAFileOfASpreadsheetIsRead(t *testing.T) {
	t.Parallel()
	const want = "Prénom;Adresse\nZoé;z@x.fr"
	for name, raw := range map[string]string{
		"UTF-8":             want,
		"UTF-8 with a mark": "\xef\xbb\xbf" + want,
		"Windows-1252":      strings.NewReplacer("é", "\xe9").Replace(want),
		"UTF-16":            utf16le(want),
	} {
		if got, err := decoded([]byte(raw)); err != nil || got != want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// utf16le writes a text of the basic plane in UTF-16, little end first, with its mark.
func utf16le(s string) string {
	out := []byte{0xff, 0xfe}
	for _, r := range s {
		out = append(out, byte(r), byte(r>>8)) // #nosec G115 -- two halves of a rune below 0x10000
	}
	return string(out)
}

func FuzzReadList(f *testing.F) {
	f.Add("a@x.fr; \"B, C\" <d@e.fr>\n@\n\"")
	f.Fuzz(func(t *testing.T, text string) {
		for _, l := range readList(text) {
			if (l.Email == "") == (l.Fault == "") {
				t.Fatalf("%+v is neither an address nor a fault", l)
			}
		}
	})
}
