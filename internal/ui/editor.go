package ui

import (
	"context"
	"encoding/json"
	"strings"

	"ruche/internal/platform/i18n"
)

// Editing is the visual editor of a field.
type Editing struct {
	// Field is the id of the field of Markdown, Doc the name of the one that holds what
	// the editor has.
	Field, Doc string
	// Open turns a text into what the editor opens, Write back, by POST.
	Open, Write string
	// Visual: the person writes with the editor; Choice keeps whether they do, by POST.
	Visual bool
	Choice string
	// Files takes a file for the text, by POST.
	Files string
	// Named are the names of those whom the text names.
	Named []string
}

// named writes the names for the script.
func (e Editing) named() string {
	text, err := json.Marshal(e.Named)
	if err != nil || len(e.Named) == 0 {
		return ""
	}
	return string(text)
}

type editorTool struct{ Do, Icon, Label string }

// editorTools are the tools in their order.
//
// i18n: ui.editor.do.*
func editorTools(ctx context.Context) []editorTool {
	var out []editorTool
	for _, t := range []struct{ do, icon string }{
		{"heading2", "heading-2"}, {"heading3", "heading-3"}, {"bold", "bold"}, {"italic", "italic"}, {"strike", "strikethrough"}, {"code", "code"},
		{"link", "link"}, {"list", "list"}, {"numbers", "list-ordered"}, {"tasks", "list-checks"}, {"quote", "quote"},
		{"callout", "message-square-warning"}, {"block", "square-code"}, {"table", "table"}, {"row", "between-horizontal-end"}, {"column", "between-vertical-end"}, {"no_table", "trash-2"}, {"rule", "minus"}, {"undo", "undo-2"}, {"redo", "redo-2"},
	} {
		out = append(out, editorTool{Do: t.do, Icon: t.icon, Label: i18n.T(ctx, "ui.editor.do."+t.do)})
	}
	return out
}

// calloutKinds are the kinds of callout, by the words that a text writes them with.
//
// i18n: ui.editor.callout.*
func calloutKinds(ctx context.Context) []editorTool {
	var out []editorTool
	for _, kind := range []string{"NOTE", "IMPORTANT", "TIP", "WARNING", "CAUTION"} {
		out = append(out, editorTool{Do: kind, Label: i18n.T(ctx, "ui.editor.callout."+strings.ToLower(kind))})
	}
	return out
}
