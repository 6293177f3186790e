package items

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/remark"
	"ruche/internal/platform/blob"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

const (
	// filesAtOnce is how many files of the greatest size one form may bring.
	filesAtOnce = 10
	// uploadTime is how long sending, or having, a file may take.
	uploadTime = time.Hour
)

// filePolicy is that of what people sent: it runs nothing, loads nothing, and is of
// no origin.
const filePolicy = "default-src 'none'; sandbox; frame-ancestors 'none'"

func (f *Items) fileRoutes(r *web.Router) {
	const all, one = "/p/{item}/-/pieces", "/p/{item}/-/fichiers/{attachment}"
	edit, read := gate(access.ItemEditOwn), gate(access.ItemRead)
	r.Handle("GET", all, edit, frame.Signed(f.files))
	r.Handle("POST", all, edit, frame.Signed(f.send), web.MaxBody(f.Attach.Limit()*filesAtOnce), web.MaxTime(uploadTime))
	r.Handle("POST", all+"/joindre", edit, frame.Signed(f.join))
	r.Handle("POST", all+"/abandonner", edit, frame.Signed(f.discard))
	r.Handle("GET", one+"/{name}", read, frame.Signed(f.download), web.MaxTime(uploadTime))
	r.Handle("GET", one+"/-/apercu", read, frame.Signed(f.preview))
	r.Handle("POST", one+"/retirer", edit, frame.Signed(f.takeAway))
}

// itemForm and remarkForm name where files are sent from.
func itemForm(item id.ID) string   { return "item." + item.String() }
func remarkForm(item id.ID) string { return "remark." + item.String() }

// files is the page of the files of an item, for who may edit it.
func (f *Items) files(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return f.filesPage(w, r, a, http.StatusOK, nil, nil)
}

func (f *Items) filesPage(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, typed map[id.ID]string, problem error) error {
	ctx := r.Context()
	var s seen
	var joined []attach.Attachment
	var waiting []attach.Upload
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.editable(ctx, tx, a, named(r)); err != nil {
			return err
		}
		if joined, err = attach.List(ctx, tx, a, s.ID, nil); err != nil {
			return err
		}
		waiting, err = attach.Waiting(ctx, tx, a.Account, itemForm(s.ID))
		return err
	})
	if err != nil {
		return err
	}
	here := "/p/" + s.ID.String() + "/-/pieces"
	v := filesView{
		Back: ui.Link{Label: s.Title, Href: s.path()}, Send: here, Join: here + "/joindre", Drop: here + "/abandonner",
		Joined: frame.Files(ctx, attach.Beside(joined), true), Max: i18n.From(ctx).Bytes(f.Attach.Limit()),
	}
	errs := map[string]string{}
	if problem != nil {
		errs = web.FormErrors(ctx, problem)
	}
	names := []string{"fichier"}
	for _, u := range waiting {
		names = append(names, "alt-"+u.ID.String())
	}
	v.Waiting = waitingFiles(ctx, waiting, typed, errs)
	if v.Problems = ui.Problems(errs, names...); problem != nil && len(v.Problems) == 0 {
		v.Problems = []ui.Problem{{Text: web.Message(ctx, problem)}}
	}
	title := i18n.T(ctx, "items.files.title")
	return f.Shell.Render(w, r, status, frame.Page{Title: title, Space: &s.view, Tab: s.service.Path, Invalid: problem != nil}, filesPage(v))
}

func waitingFiles(ctx context.Context, waiting []attach.Upload, typed map[id.ID]string, errs map[string]string) (out []ui.ComposeFile) {
	for _, u := range waiting {
		out = append(out, ui.ComposeFile{
			ID: u.ID.String(), Name: u.Name, Size: i18n.From(ctx).Bytes(u.Size), Image: u.IsImage(), Alt: typed[u.ID], Error: errs["alt-"+u.ID.String()],
		})
	}
	return out
}

// editable reads an item that the actor may edit and that is not in the trash.
func (f *Items) editable(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID) (seen, error) {
	s, err := f.find(ctx, tx, a, item)
	if err != nil {
		return s, err
	}
	return s, mayChange(a, s)
}

// mayChange tells whether the actor may change what goes with an item.
func mayChange(a actor.Actor, s seen) error {
	if err := content.MayEdit(a, s.view, s.Item); err != nil {
		return err
	}
	if s.State == content.Trashed {
		return fault.New(fault.Invalid, "content.state")
	}
	return nil
}

// staged keeps the files that a form brings, and what was typed for images.
type staged struct {
	files []attach.Joined
	typed map[id.ID]string
}

// stage reads a form that may bring files. The uploads of before that it names come
// first. The words of the one field for all are for the first new image.
func (f *Items) stage(w http.ResponseWriter, r *http.Request, a actor.Actor, form string) (out staged, err error) {
	var fresh []attach.Upload
	err = web.ParseUpload(w, r, func(_, name string, body io.Reader) error {
		up, err := f.Attach.Stage(r.Context(), a, form, name, body)
		if err == nil {
			fresh = append(fresh, up)
		}
		return err
	})
	out.typed = map[id.ID]string{}
	for _, text := range r.PostForm["piece"] {
		if upload, perr := id.Parse(text); perr == nil && len(out.files) < attach.MaxPerItem {
			alt := r.PostForm.Get("alt-" + text)
			out.files, out.typed[upload] = append(out.files, attach.Joined{Upload: upload, Alt: alt}), alt
		}
	}
	alt := r.PostForm.Get("alt")
	for _, up := range fresh {
		joined := attach.Joined{Upload: up.ID}
		if up.IsImage() {
			joined.Alt, alt = alt, ""
		}
		out.files, out.typed[up.ID] = append(out.files, joined), joined.Alt
	}
	return out, err
}

// send takes files for an item, and joins them where there is nothing more to ask.
func (f *Items) send(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	var s seen
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) { // before anything is taken
		s, err = f.editable(ctx, tx, a, named(r))
		return err
	})
	if err != nil {
		return err
	}
	sent, err := f.stage(w, r, a, itemForm(s.ID))
	if err != nil {
		return f.filesPage(w, r, a, web.StatusOf(fault.KindOf(err)), sent.typed, err)
	}
	return f.joinThem(w, r, a, s.ID, sent)
}

// join joins files that were sent before.
func (f *Items) join(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	item := named(r)
	sent, err := f.stage(w, r, a, itemForm(item))
	if err != nil {
		return f.filesPage(w, r, a, web.StatusOf(fault.KindOf(err)), sent.typed, err)
	}
	return f.joinThem(w, r, a, item, sent)
}

func (f *Items) joinThem(w http.ResponseWriter, r *http.Request, a actor.Actor, item id.ID, sent staged) error {
	ctx, now := r.Context(), f.Clock.Now()
	var s seen
	if len(sent.files) == 0 {
		return f.filesPage(w, r, a, http.StatusUnprocessableEntity, nil, fault.InvalidFields(fault.Field{Name: "fichier", Key: "items.files.none"}))
	}
	err := f.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.locked(ctx, tx, a, item); err != nil {
			return err
		}
		if err := mayChange(a, s); err != nil {
			return err
		}
		if err := attach.Join(ctx, tx, a, s.ID, id.ID{}, sent.files, now); err != nil {
			return err
		}
		return f.Outbox.Append(ctx, tx, a, activity.Event{Kind: attach.EventAdded, Space: s.Space, Item: s.ID})
	})
	if fault.KindOf(err) == fault.Invalid {
		return f.filesPage(w, r, a, http.StatusUnprocessableEntity, sent.typed, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.flash.joined")
	web.Redirect(w, r, "/p/"+s.ID.String()+"/-/pieces")
	return nil
}

// discard forgets a file that was sent and not joined.
func (f *Items) discard(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	upload := web.NewForm(r).ID("abandon")
	err := f.DB.Write(ctx, func(tx *db.Tx) error {
		if _, err := f.editable(ctx, tx, a, named(r)); err != nil {
			return err
		}
		return attach.Discard(ctx, tx, a.Account, upload)
	})
	if err != nil {
		return err
	}
	web.Redirect(w, r, "/p/"+named(r).String()+"/-/pieces")
	return nil
}

// attachment finds the file that the request names, for who may have it.
func (f *Items) attachment(r *http.Request, a actor.Actor) (x attach.Attachment, err error) {
	ctx := r.Context()
	wanted, _ := id.Parse(r.PathValue("attachment")) // zero, which no file has
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		x, err = attach.ByID(ctx, tx, a, named(r), wanted)
		return err
	})
	return x, err
}

// download serves a file as it was sent, to be kept, never to be run.
func (f *Items) download(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	x, err := f.attachment(r, a)
	if err != nil {
		return err
	}
	return f.serve(w, r, x, x.Digest, harmless(x.Type), "attachment")
}

// preview serves the image that pages show, which is of our making.
func (f *Items) preview(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	x, err := f.attachment(r, a)
	if err != nil {
		return err
	}
	if !x.IsImage() {
		return fault.NotFoundError()
	}
	return f.serve(w, r, x, x.View, "", "inline")
}

// harmless is the type under which a file is served: one that a browser might run
// is bytes like any.
func harmless(kind string) string {
	for _, word := range []string{"html", "svg", "xml", "javascript", "ecmascript", "flash", "pdf"} {
		if strings.Contains(kind, word) {
			return "application/octet-stream"
		}
	}
	return kind
}

func (f *Items) serve(w http.ResponseWriter, r *http.Request, x attach.Attachment, d blob.Digest, kind, how string) (err error) {
	file, err := f.Attach.Open(d)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(fault.Unavailable, fmt.Errorf("the bytes of %s are not there: %w", d, err), "items.files.missing")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	h := w.Header()
	h.Set("Content-Security-Policy", filePolicy)
	h.Set("Content-Disposition", mime.FormatMediaType(how, map[string]string{"filename": x.Name}))
	h.Set("Cache-Control", "private, no-cache") // asked again each time: the right may be gone
	h.Set("ETag", `"`+d.String()+`"`)
	if kind == "" {
		kind, err = sniffed(file)
		if err != nil {
			return err
		}
	}
	h.Set("Content-Type", kind)
	http.ServeContent(w, r, "", x.At, file)
	return nil
}

// sniffed reads whether an image of ours is a JPEG or a PNG.
func sniffed(file *os.File) (string, error) {
	head := make([]byte, 512)
	n, err := file.Read(head)
	if err != nil {
		return "", fmt.Errorf("reading an image: %w", err)
	}
	_, err = file.Seek(0, io.SeekStart)
	return http.DetectContentType(head[:n]), err
}

// takeAway removes a file: of an item for who may edit it, of a comment for who
// wrote it and who may remove it.
func (f *Items) takeAway(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	x, err := f.attachment(r, a)
	if err != nil {
		return err
	}
	var s seen
	err = f.DB.Write(ctx, func(tx *db.Tx) error {
		if s, err = f.locked(ctx, tx, a, x.Item); err != nil {
			return err
		}
		if x, err = attach.ByID(ctx, tx, a, s.ID, x.ID); err != nil {
			return err
		}
		if err := f.mayTakeAway(ctx, tx, a, s, x); err != nil {
			return err
		}
		if err := attach.Remove(ctx, tx, x); err != nil {
			return err
		}
		return f.Outbox.Append(ctx, tx, a, activity.Event{Kind: attach.EventRemoved, Space: s.Space, Item: s.ID, Remark: x.Remark})
	})
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.flash.file_removed", "name", x.Name)
	if x.Remark.IsZero() {
		web.Redirect(w, r, "/p/"+s.ID.String()+"/-/pieces")
		return nil
	}
	web.Redirect(w, r, frame.RemarksPath(s.ID)+"/"+x.Remark.String())
	return nil
}

func (f *Items) mayTakeAway(ctx context.Context, tx *db.Tx, a actor.Actor, s seen, x attach.Attachment) error {
	if x.Remark.IsZero() {
		return content.MayEdit(a, s.view, s.Item)
	}
	rm, err := remark.ByID(ctx, tx, a, s.ID, x.Remark)
	if err != nil {
		return err
	}
	if rm.Author == a.Account && s.State == content.Published {
		return s.view.Check(access.RemarkEditOwn, s.Service)
	}
	return s.view.Check(access.RemarkRemove, s.Service)
}
