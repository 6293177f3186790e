package mail_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"ruche/internal/platform/mail"
)

func whole() mail.Content {
	return mail.Content{
		Brand:       "Ruche",
		Title:       "Camille <b> vous invite",
		Intro:       []string{"Bonjour,", "Un paragraphe."},
		Quote:       "Une ligne\r\n<script>alert(1)</script>\n\ntrois\n",
		ActionLabel: "Accepter",
		ActionURL:   "https://ruche.example.org/invitation/a?b=c&d=e",
		Outro:       []string{"Le lien sert une fois."},
		Footer:      "Vous recevez ce message parce que\u202e…",
	}
}

func TestComposeText(t *testing.T) {
	text, _, err := mail.Compose("fr", whole())
	if err != nil {
		t.Fatal(err)
	}
	want := `Camille <b> vous invite

Bonjour,

Un paragraphe.

> Une ligne
> <script>alert(1)</script>
> 
> trois

Accepter
https://ruche.example.org/invitation/a?b=c&d=e

Le lien sert une fois.

-- 
Vous recevez ce message parce que…
Ruche
`
	if text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

func TestComposeHTML(t *testing.T) {
	_, body, err := mail.Compose("fr", whole())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	var words strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			words.WriteString(n.Data)
		}
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		for _, a := range n.Attr {
			switch {
			case n.Data == "html" && (a.Key != "lang" || a.Val != "fr"):
				t.Errorf("html %s=%q", a.Key, a.Val)
			case n.Data == "table" && a.Key == "role" && a.Val != "presentation":
				t.Errorf("a table has the role %q", a.Val)
			case a.Key == "src" || a.Key == "background" || strings.Contains(a.Val, "url("):
				t.Errorf("%s %s=%q loads something", n.Data, a.Key, a.Val)
			case a.Key == "href" && a.Val != whole().ActionURL:
				t.Errorf("href %q", a.Val)
			}
		}
	}
	for tag, want := range map[string]int{"title": 1, "h1": 1, "main": 1, "a": 2, "blockquote": 1, "br": 3, "p": 5, "script": 0, "img": 0, "style": 0, "b": 0} {
		if count[tag] != want {
			t.Errorf("%d <%s>, want %d", count[tag], tag, want)
		}
	}
	for _, want := range []string{"Ruche", "Camille <b> vous invite", "Bonjour,", "<script>alert(1)</script>", "Accepter", "Le lien sert une fois.", "parce que…"} {
		if !strings.Contains(words.String(), want) {
			t.Errorf("no %q in\n%s", want, words.String())
		}
	}
}

func TestComposeTheLeast(t *testing.T) {
	text, body, err := mail.Compose("en", mail.Content{Title: "Hello"})
	if err != nil || text != "Hello\n\n" {
		t.Errorf("%q %v", text, err)
	}
	for _, not := range []string{"<a ", "<blockquote", "<p "} {
		if strings.Contains(body, not) {
			t.Errorf("%s in\n%s", not, body)
		}
	}
	if !strings.Contains(body, `<html lang="en">`) {
		t.Error("no language")
	}
}

func TestComposeRefuses(t *testing.T) {
	for name, c := range map[string]mail.Content{
		"no title":        {Intro: []string{"a"}},
		"no label":        {Title: "a", ActionURL: "https://ruche.example.org/"},
		"no address":      {Title: "a", ActionLabel: "b"},
		"relative":        {Title: "a", ActionLabel: "b", ActionURL: "/invitation"},
		"script":          {Title: "a", ActionLabel: "b", ActionURL: "javascript:alert(1)"},
		"no host":         {Title: "a", ActionLabel: "b", ActionURL: "https:///x"},
		"another scheme":  {Title: "a", ActionLabel: "b", ActionURL: "ftp://ruche.example.org/"},
		"not understood":  {Title: "a", ActionLabel: "b", ActionURL: "https://[::1"},
		"line in address": {Title: "a", ActionLabel: "b", ActionURL: "https://ruche.example.org/\nx"},
	} {
		if _, _, err := mail.Compose("fr", c); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
