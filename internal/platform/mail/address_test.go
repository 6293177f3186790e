package mail_test

import (
	"errors"
	"strings"
	"testing"

	"ruche/internal/platform/fault"
	"ruche/internal/platform/mail"
)

func TestParseAddress(t *testing.T) {
	long := strings.Repeat("a", 64)
	cases := []struct{ typed, name, email string }{
		{"camille.martin@demo.example", "", "camille.martin@demo.example"},
		{"  camille@demo.example\t", "", "camille@demo.example"},
		{"Camille.Martin@DEMO.Example", "", "Camille.Martin@demo.example"},
		{"a+b_c'd@x-y.z9.org", "", "a+b_c'd@x-y.z9.org"},
		{"Camille Martin <camille@demo.example>", "Camille Martin", "camille@demo.example"},
		{`"Martin, Camille" <camille@demo.example>`, "Martin, Camille", "camille@demo.example"},
		{"=?UTF-8?Q?H=C3=A9l=C3=A8ne?= <h@demo.example>", "Hélène", "h@demo.example"},
		{"Hélène <h@demo.example>", "Hélène", "h@demo.example"},
		{"<h@demo.example>", "", "h@demo.example"},
		{"a@mairie-évreux.example", "", "a@xn--mairie-vreux-heb.example"},
		{long + "@demo.example", "", long + "@demo.example"},
		{"\"a\u202eb\" <h@demo.example>", "ab", "h@demo.example"},
	}
	for _, c := range cases {
		a, err := mail.ParseAddress(c.typed)
		if err != nil || a.Name != c.name || a.Email != c.email {
			t.Errorf("%q: %+v %v, want %q %q", c.typed, a, err, c.name, c.email)
		}
	}
}

func TestParseAddressRefuses(t *testing.T) {
	long := strings.Repeat("a", 65)
	domain := strings.TrimSuffix(strings.Repeat(strings.Repeat("a", 60)+".", 4), ".")
	cases := map[string][]string{
		"mail.address.missing": {"", "  "},
		"mail.address.long":    {long + "@demo.example", "abcdefghijk@" + domain, strings.Repeat("x", 500) + "@demo.example"},
		"mail.address.one":     {"a@demo.example, b@demo.example", "a@demo.example;b@demo.example", "a@b@demo.example", "a@x.org b@x.org", "A <a@x.org>, B <b@x.org>"},
		"mail.address.invalid": {
			"camille", "camille@", "@demo.example", "camille@demo", "camille@localhost", "camille@demo.", "camille@.demo.example",
			"camille@demo..example", "camille@-demo.example", "camille@demo-.example", "camille@demo_x.example", "camille@192.0.2.1",
			"camille@[192.0.2.1]", ".camille@demo.example", "camille.@demo.example", "a..b@demo.example", `"a b"@demo.example`,
			"a b@demo.example", "a(b)@demo.example", "hélène@demo.example", "camille@demo.example\r\nBcc: x@y.example", "a\x00@demo.example",
			"cam\u2028ille@demo.example", "Camille <camille@demo.example", "Camille camille@demo.example>", "<>", "Camille <camille>",
			"<a@demo.example> x", "a@xn--.example", "a@demo.123", "a\ufffd@demo.example", "a,b@demo.example",
		},
	}
	for key, all := range cases {
		for _, typed := range all {
			a, err := mail.ParseAddress(typed)
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Key != key {
				t.Errorf("%.60q: %+v %v, want %s", typed, a, err, key)
			}
			if a != (mail.Address{}) {
				t.Errorf("%.60q: %+v with an error", typed, a)
			}
		}
	}
}

// FuzzParseAddress holds what is accepted to be sent as it stands.
func FuzzParseAddress(f *testing.F) {
	for _, seed := range []string{"a@b.example", "A <a@b.example>", "a@b.example\r\nBcc: c@d.example", `"a\"b" <c@d.example>`, "a@é.example", "=?utf-8?q?=0d=0a?= <a@b.example>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		a, err := mail.ParseAddress(typed)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatal(err)
			}
			return
		}
		for _, r := range a.Email {
			if r <= ' ' || r > '~' {
				t.Errorf("%q accepted as %q", typed, a.Email)
			}
		}
		if strings.Count(a.Email, "@") != 1 || strings.ContainsAny(a.Email, `<>,;:"()[]\`) {
			t.Errorf("%q accepted as %q", typed, a.Email)
		}
		for _, r := range a.Name {
			if r < ' ' || r == 0x7f || r == 0x2028 {
				t.Errorf("%q has the name %q", typed, a.Name)
			}
		}
		again, err := mail.ParseAddress(a.Email)
		if err != nil || again.Email != a.Email {
			t.Errorf("%q: %q is read as %q, %v", typed, a.Email, again.Email, err)
		}
	})
}
