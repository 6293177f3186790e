package config

import (
	"fmt"
	"strings"
)

// Reference returns docs/settings.md.
func Reference() string {
	var b strings.Builder
	b.WriteString(`# Settings

<!-- Generated from internal/platform/config by ` + "`make generate`" + `; do not edit. -->

Ruche reads its settings from environment variables when it starts. All have a
default with which ` + "`ruche serve`" + ` runs alone on one machine. An empty variable
counts as absent. A wrong value stops the start with its name, what it holds
and what is accepted; all wrong values are told at once. A misspelt name is
told in the journal, with the nearest one.

Settings that hold a secret can be given by a file: ` + "`RUCHE_SECRET_FILE=/run/secrets/ruche`" + `
stands for a RUCHE_SECRET with the content of that file, without the line end
at its end.

| setting | default |
|---|---|
`)
	list := settings()
	for _, s := range list {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s |\n", s.name, strings.ToLower(s.name), presetText(s))
	}
	for _, s := range list {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n- Default: %s\n- Accepted: %s\n", s.name, s.help, presetText(s), s.kind.accepts)
		if s.secret {
			fmt.Fprintf(&b, "- By a file: `%s%s`\n", s.name, fileSuffix)
		}
	}
	return b.String()
}

func presetText(s setting) string {
	if s.preset == "" {
		return "empty"
	}
	return "`" + s.preset + "`"
}

// Usage returns the settings for --help: a line for each name and default, and
// its help below, broken at 80 columns.
func Usage() string {
	var b strings.Builder
	for _, s := range settings() {
		b.WriteString(s.name)
		if s.preset != "" {
			fmt.Fprintf(&b, " (%s)", s.preset)
		}
		b.WriteString("\n")
		column := 0
		for word := range strings.FieldsSeq(s.help) {
			switch {
			case column == 0:
				b.WriteString("    ")
				column = 4
			case column+1+len(word) > 80:
				b.WriteString("\n    ")
				column = 4
			default:
				b.WriteString(" ")
				column++
			}
			b.WriteString(word)
			column += len(word)
		}
		b.WriteString("\n")
	}
	return b.String()
}
