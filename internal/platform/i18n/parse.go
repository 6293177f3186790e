package i18n

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/template/parse"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
)

// entry is one message of one catalogue file.
type entry struct {
	key    string
	plural bool
	// forms maps a CLDR plural category to its text; a message without plural
	// has only "other".
	forms map[string]string
	// names are the values used by any of the forms, in byte order.
	names []string
}

// message turns the entry into go-i18n's own type. A missing "many", which CLDR
// asks of French for whole millions, takes the text of "other".
func (e entry) message() *goi18n.Message {
	m := &goi18n.Message{ID: e.key, Other: e.forms["other"]}
	if e.plural {
		m.One = e.forms["one"]
		m.Many = m.Other
		if many, ok := e.forms["many"]; ok {
			m.Many = many
		}
	}
	return m
}

// parseCatalogue reads a catalogue. It walks the tokens rather than fill a map, because
// a map would hide a key written twice.
func parseCatalogue(lang string, data []byte) ([]entry, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil, errors.Join(errors.New("not a JSON object"), err)
	}
	var entries []entry
	var problems []error
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return entries, err
		}
		key, _ := tok.(string) // a key of an object is always a string
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return entries, fmt.Errorf("key %q: %w", key, err)
		}
		e, err := parseEntry(lang, key, raw)
		if err != nil {
			problems = append(problems, fmt.Errorf("key %q: %w", key, err))
			continue
		}
		entries = append(entries, e)
	}
	if _, err := dec.Token(); err != nil {
		return entries, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		problems = append(problems, errors.New("text after the object"))
	}
	return entries, errors.Join(problems...)
}

// parseEntry reads the value of one key: a text, or an object of plural forms.
func parseEntry(lang, key string, raw json.RawMessage) (entry, error) {
	e := entry{key: key, forms: map[string]string{}}
	if !validKey(key) {
		return e, errors.New("want words of lower-case letters, digits and _ joined by dots")
	}
	var text string
	if err := json.Unmarshal(raw, &text); err == nil {
		e.forms["other"] = text
	} else {
		e.plural = true
		if err := json.Unmarshal(raw, &e.forms); err != nil {
			return e, errors.New("want a text or an object of plural forms")
		}
		if err := checkForms(lang, e.forms); err != nil {
			return e, err
		}
	}
	names := map[string]bool{}
	for form, text := range e.forms {
		if text == "" {
			return e, fmt.Errorf("the text of %q is empty", form)
		}
		if err := collectNames(text, names); err != nil {
			return e, err
		}
	}
	e.names = sortedKeys(names)
	return e, nil
}

// checkForms refuses plural categories that the language does not have, and
// wants those it always needs.
func checkForms(lang string, forms map[string]string) error {
	for form := range forms {
		ok := form == "one" || form == "other" || (form == "many" && lang == French)
		if !ok {
			return fmt.Errorf("plural form %q does not exist in %q", form, lang)
		}
	}
	for _, form := range []string{"one", "other"} {
		if _, ok := forms[form]; !ok {
			return fmt.Errorf("plural form %q is missing", form)
		}
	}
	return nil
}

// collectNames adds the values that a text uses. Texts may only insert values:
// a condition in a catalogue would be a decision that nobody tests.
func collectNames(text string, names map[string]bool) error {
	trees, err := parse.Parse("text", text, "{{", "}}", nil)
	if err != nil {
		return fmt.Errorf("template: %w", err)
	}
	tree, ok := trees["text"]
	if !ok || tree.Root == nil {
		return nil
	}
	for _, node := range tree.Root.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
		case *parse.ActionNode:
			name, ok := fieldName(n)
			if !ok {
				return fmt.Errorf("template: %s: only {{.name}} is allowed", n)
			}
			names[name] = true
		default:
			return fmt.Errorf("template: %s: only {{.name}} is allowed", n)
		}
	}
	return nil
}

// fieldName returns the name of an action that is exactly {{.name}}.
func fieldName(n *parse.ActionNode) (string, bool) {
	if len(n.Pipe.Decl) > 0 || len(n.Pipe.Cmds) != 1 || len(n.Pipe.Cmds[0].Args) != 1 {
		return "", false
	}
	field, ok := n.Pipe.Cmds[0].Args[0].(*parse.FieldNode)
	if !ok || len(field.Ident) != 1 {
		return "", false
	}
	return field.Ident[0], true
}

// validKey reports whether a key is made of at least two dotted words.
func validKey(key string) bool {
	words := 0
	start := true
	for _, r := range key {
		switch {
		case r == '.':
			if start {
				return false
			}
			start = true
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '-':
			if start {
				words++
				start = false
			}
		default:
			return false
		}
	}
	return !start && words >= 2
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
