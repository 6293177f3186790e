package items

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/web"
)

// editorLimit bounds what the editor sends: a text with the tree that it became.
const editorLimit = 24 << 20

func (f *Items) editorRoutes(r *web.Router) {
	signed := web.Gate{Action: "signed_in"}
	r.Handle("POST", frame.EditorOpenPath, signed, frame.Signed(f.openEditor), web.MaxBody(editorLimit))
	r.Handle("POST", frame.EditorWritePath, signed, frame.Signed(f.writeEditor), web.MaxBody(editorLimit))
}

// openEditor turns a text into the tree that the visual editor opens.
func (f *Items) openEditor(w http.ResponseWriter, r *http.Request, _ actor.Actor) error {
	if err := web.ParseForm(w, r, editorLimit); err != nil {
		return err
	}
	opened, err := f.Editor.Open(typedText(r))
	if err != nil {
		return err
	}
	tree, err := opened.JSON()
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, json.RawMessage(tree))
}

// writeEditor turns a tree back into the text that it was, with what was changed.
func (f *Items) writeEditor(w http.ResponseWriter, r *http.Request, _ actor.Actor) error {
	if err := web.ParseForm(w, r, editorLimit); err != nil {
		return err
	}
	text, err := frame.Written(f.Editor, typedText(r), web.NewForm(r).Get("doc"))
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, text)
}

// answer sends a value as JSON.
func answer(w http.ResponseWriter, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		return fmt.Errorf("answering the editor: %w", err)
	}
	return nil
}

func typedText(r *http.Request) string {
	return strings.ReplaceAll(web.NewForm(r).Get("texte"), "\r\n", "\n")
}
