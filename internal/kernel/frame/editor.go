package frame

import (
	"context"
	"slices"

	"ruche/internal/kernel/revision"
	"ruche/internal/platform/markup"
	"ruche/internal/ui"
)

// EditorIsland is the script of the visual editor.
const EditorIsland = "items/editor.js"

// FieldDoc holds, in a form, what the visual editor of the field "body" has; empty when
// the text is written as Markdown.
const FieldDoc = "body_doc"

// Addresses of the conversions of the editor.
const (
	EditorOpenPath  = "/-/editeur"
	EditorWritePath = "/-/editeur/texte"
	EditorFilesPath = "/-/editeur/fichiers"
)

// WritingPath keeps whether the person writes in the editor.
const WritingPath = "/-/redaction"

// EmbedPath is where the images of a text are seen while it is written.
const EmbedPath = "/-/fichiers"

// Editing is the visual editor of a field, by its id, in a form. kept is the text as it
// was saved, empty for a new one.
func Editing(ctx context.Context, field string, form revision.Form, kept string) ui.Editing {
	me, _ := Me(ctx)
	var named []string
	for _, ref := range markup.References(kept) {
		if !slices.Contains(named, ref.Name) {
			named = append(named, ref.Name)
		}
	}
	return ui.Editing{Named: named, Visual: !me.Markdown, Choice: WritingPath, Field: field, Doc: FieldDoc, Open: EditorOpenPath, Write: EditorWritePath, Files: EditorFilesPath + "/" + string(form)}
}

// Written is the Markdown of a text that a visual editor opened and gave back as a tree,
// if it did. fault.Invalid for what is no such tree.
func Written(e *markup.Editor, body, tree string) (string, error) {
	if tree == "" {
		return body, nil
	}
	opened, err := e.Open(body)
	if err != nil {
		return body, err
	}
	doc, err := markup.ParseNode([]byte(tree))
	if err != nil {
		return body, err
	}
	return opened.Save(doc)
}
