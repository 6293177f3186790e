package items

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/revision"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
)

func (f *Items) embedRoutes(r *web.Router) {
	r.Handle("POST", frame.EditorFilesPath+"/{form}", gate(access.ItemEditOwn), frame.Signed(f.sendEmbed), web.MaxBody(f.Attach.Limit()+1<<20), web.MaxTime(uploadTime))
	r.Handle("GET", frame.EmbedPath+"/{ref}/apercu", gate(access.ItemRead), frame.Signed(f.embedPreview))
}

// sent is what an editor is answered for a file that it sent.
type sent struct {
	Ref   string `json:"ref"`
	Name  string `json:"name"`
	Note  string `json:"note"`
	Image bool   `json:"image"`
	Said  string `json:"said"` // why a picture is no image, in the words of the page
}

// refusal is what an editor is answered for a file that is not kept.
type refusal struct {
	Said string `json:"said"`
}

// sendEmbed keeps a file for a text that is being written: the text calls it by the
// name that it is given, and it is joined to the item when the text is kept.
func (f *Items) sendEmbed(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	form, ok := revision.ParseForm(r.PathValue("form"))
	if !ok {
		return fault.NotFoundError()
	}
	if err := f.DB.Read(ctx, func(tx *db.Tx) error { return f.mayWrite(r, tx, a, form) }); err != nil {
		return err
	}
	var up attach.Upload
	err := web.ParseUpload(w, r, func(_, name string, body io.Reader) (err error) {
		if !up.ID.IsZero() {
			return fault.New(fault.Invalid, "items.embed.one")
		}
		up, err = f.Attach.Stage(ctx, a, attach.TextForm(string(form)), name, body)
		return err
	})
	if err == nil && up.ID.IsZero() {
		err = fault.New(fault.Invalid, "items.files.none")
	}
	if kind := fault.KindOf(err); err != nil && kind != fault.Internal {
		return answer(w, web.StatusOf(kind), refusal{web.Message(ctx, err)})
	}
	if err != nil {
		return err
	}
	kept := sent{Ref: up.ID.String(), Name: up.Name, Note: i18n.From(ctx).Bytes(up.Size), Image: up.IsImage()}
	if up.Unshown != nil {
		kept.Said = web.Message(ctx, up.Unshown)
	}
	return answer(w, http.StatusOK, kept)
}

// mayWrite refuses who may not send what is typed in a form.
func (f *Items) mayWrite(r *http.Request, tx *db.Tx, a actor.Actor, form revision.Form) error {
	ctx := r.Context()
	kind, rest, _ := strings.Cut(string(form), ".")
	what, path, _ := strings.Cut(rest, ".")
	named, err := id.Parse(what)
	if err != nil {
		return fmt.Errorf("reading a form: %w", err)
	}
	if kind == "item" {
		_, err := f.editable(ctx, tx, a, named)
		return err
	}
	v, err := access.ByID(ctx, tx, a, named)
	if err != nil {
		return err
	}
	sv := f.Registry().ByPath(path)
	if sv == nil {
		return fault.NotFoundError()
	}
	return v.Check(access.ItemCreate, sv.Bit)
}

// embedPreview serves an image of a text that is being written: what the actor sent,
// or an image of an item that they may read.
func (f *Items) embedPreview(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	ref, _ := id.Parse(r.PathValue("ref")) // zero, which no file has
	var file attach.File
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		file, err = attach.ForText(ctx, tx, a, ref)
		return err
	})
	if err != nil {
		return err
	}
	if !file.IsImage() {
		return fault.NotFoundError()
	}
	return f.serve(w, r, attach.Attachment{File: file}, file.View, "", "inline")
}
