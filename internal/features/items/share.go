package items

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// linkLives are for how many days a link may be made; the first is proposed.
func linkLives() []int { return []int{7, 1, 30, 90} }

func (f *Items) shareRoutes(r *web.Router) {
	const links, shared = "/p/{item}/-/partage", "/partage/{token}"
	edit, open := gate(access.ItemEditOwn), web.Gate{Action: "public", Subject: "guest_link"}
	r.Handle("GET", links, edit, frame.Signed(f.links))
	r.Handle("POST", links, edit, frame.Signed(f.share))
	r.Handle("POST", links+"/{link}/fermer", edit, frame.Signed(f.unshare))
	r.Handle("GET", shared, open, f.shared)
	r.Handle("GET", shared+"/fichiers/{attachment}/{name}", open, f.sharedFile, web.MaxTime(uploadTime))
	r.Handle("GET", shared+"/fichiers/{attachment}/-/apercu", open, f.sharedPreview)
}

// shareable reads an item that the actor may share: an agent who may edit it, once it
// is published. Nobody from outside opens a door.
func (f *Items) shareable(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID) (seen, error) {
	s, err := f.find(ctx, tx, a, item)
	if err != nil {
		return s, err
	}
	return s, mayShare(a, s)
}

func mayShare(a actor.Actor, s seen) error {
	if err := content.MayEdit(a, s.view, s.Item); err != nil {
		return err
	}
	if !a.Agent {
		return fault.New(fault.Denied, "access.denied")
	}
	if s.State != content.Published && s.State != content.Archived {
		return fault.New(fault.Invalid, "content.state")
	}
	return nil
}

// onLinks does something to the links of an item, under the lock of its space.
func (f *Items) onLinks(ctx context.Context, a actor.Actor, item id.ID, kind activity.Kind, do func(tx *db.Tx, s seen) error) error {
	return f.DB.Write(ctx, func(tx *db.Tx) error {
		s, err := f.locked(ctx, tx, a, item)
		if err != nil {
			return err
		}
		if err := mayShare(a, s); err != nil {
			return err
		}
		if err := do(tx, s); err != nil {
			return err
		}
		return f.Outbox.Append(ctx, tx, a, activity.Event{Kind: kind, Space: s.Space, Item: s.ID})
	})
}

// Share makes a link by which anyone who has it reads an item for so many days. It is
// returned once, and kept by nobody.
func (f *Items) Share(ctx context.Context, a actor.Actor, item id.ID, days int) (address string, err error) {
	now := f.Clock.Now()
	err = f.onLinks(ctx, a, item, content.EventShared, func(tx *db.Tx, s seen) error {
		_, token, err := content.Share(ctx, tx, a, s.ID, now, now.Add(time.Duration(days)*24*time.Hour))
		address = f.BaseURL + "/partage/" + token
		return err
	})
	return address, err
}

// links is the page of the links of an item.
func (f *Items) links(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return f.linksWith(w, r, a, http.StatusOK, "", nil)
}

func (f *Items) linksWith(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, fresh string, problem error) error {
	ctx := r.Context()
	var s seen
	var list []content.GuestLink
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.shareable(ctx, tx, a, named(r)); err != nil {
			return err
		}
		list, err = content.GuestLinks(ctx, tx, s.ID, f.Clock.Now())
		return err
	})
	if err != nil {
		return err
	}
	v := linksView{Back: ui.Link{Label: s.Title, Href: s.path()}, Action: frame.SharePath(s.Item), Fresh: fresh, Restricted: !s.Audience.IsZero()}
	v.Life = ui.Choice{Name: "jours", Label: i18n.T(ctx, "items.share.life")}
	for _, days := range linkLives() {
		v.Life.Options = append(v.Life.Options, ui.Option{Value: strconv.Itoa(days), Label: i18n.N(ctx, "items.share.days", days)})
	}
	for _, l := range list {
		v.Links = append(v.Links, linkRow{By: l.By, At: l.CreatedAt, Expires: l.ExpiresAt, Close: v.Action + "/" + l.ID.String() + "/fermer"})
	}
	if problem != nil {
		v.Problems = []ui.Problem{{Text: web.Message(ctx, problem)}}
	}
	title := i18n.T(ctx, "items.share.title")
	return f.Shell.Render(w, r, status, frame.Page{Title: title, Space: &s.view, Tab: s.service.Path, Invalid: problem != nil}, linksPage(v))
}

func (f *Items) share(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	form := web.NewForm(r)
	days := linkLives()[0]
	for _, one := range linkLives() {
		if form.Get("jours") == strconv.Itoa(one) {
			days = one
		}
	}
	address, err := f.Share(r.Context(), a, named(r), days)
	if err != nil && fault.KindOf(err) == fault.Invalid {
		return f.linksWith(w, r, a, http.StatusUnprocessableEntity, "", err)
	}
	if err != nil {
		return err
	}
	// The link is shown once: it is in the answer itself, and in no other.
	return f.linksWith(w, r, a, http.StatusOK, address, nil)
}

func (f *Items) unshare(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, now := r.Context(), f.Clock.Now()
	link, _ := id.Parse(r.PathValue("link")) // zero, which no link has
	err := f.onLinks(ctx, a, named(r), content.EventUnshared, func(tx *db.Tx, s seen) error {
		return content.Revoke(ctx, tx, s.ID, link, now)
	})
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.flash.link_closed")
	web.Redirect(w, r, "/p/"+named(r).String()+"/-/partage")
	return nil
}

// shared is the page of whoever has a link, without an account.
func (f *Items) shared(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var it content.Item
	var author account.Account
	var fields map[string]string
	var files []attach.Attachment
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if it, err = content.SharedBy(ctx, tx, r.PathValue("token"), f.Clock.Now()); err != nil {
			return err
		}
		if author, err = account.ByID(ctx, tx, it.Author); err != nil {
			return err
		}
		if fields, err = content.FieldsOf(ctx, tx, it); err != nil {
			return err
		}
		files, err = attach.Of(ctx, tx, it.ID)
		return err
	})
	if err != nil {
		return err
	}
	sv := f.Registry().ByBit(it.Service)
	if sv == nil {
		return fault.NotFoundError()
	}
	here := "/partage/" + r.PathValue("token")
	doc, err := f.Markup.In(i18n.From(ctx)).Showing(frame.Shown(ctx, here, files)).Render(it.Body, 2)
	if err != nil {
		return err
	}
	face := frame.Face(author.Name, author.Organisation, author.Class, author.Hue)
	v := sharedView{HTML: doc.HTML, Files: frame.FilesAt(ctx, here, attach.Beside(files)), Open: "/p/" + it.ID.String()}
	v.Head = ui.Article{Title: it.Title, Lede: fields[sv.LedeField], By: ui.By{Author: face, Time: it.PublishedAt}}
	if it.UpdatedAt.After(it.PublishedAt) {
		v.Head.By.Edited = it.UpdatedAt
	}
	w.Header().Set("X-Robots-Tag", "noindex, nofollow")
	w.Header().Set("Cache-Control", "private, no-store")
	return f.Shell.Render(w, r, http.StatusOK, frame.Page{Title: it.Title}, sharedPage(v))
}

// sharedAttachment finds a file of what a link shares.
func (f *Items) sharedAttachment(r *http.Request) (out attach.Attachment, err error) {
	ctx := r.Context()
	wanted, _ := id.Parse(r.PathValue("attachment")) // zero, which no file has
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		it, err := content.SharedBy(ctx, tx, r.PathValue("token"), f.Clock.Now())
		if err != nil {
			return err
		}
		files, err := attach.Of(ctx, tx, it.ID)
		for _, x := range files {
			if x.ID == wanted {
				out = x
			}
		}
		return err
	})
	if err == nil && out.ID.IsZero() {
		err = fault.NotFoundError()
	}
	return out, err
}

func (f *Items) sharedFile(w http.ResponseWriter, r *http.Request) error {
	x, err := f.sharedAttachment(r)
	if err != nil {
		return err
	}
	return f.serve(w, r, x, x.Digest, harmless(x.Type), "attachment")
}

func (f *Items) sharedPreview(w http.ResponseWriter, r *http.Request) error {
	x, err := f.sharedAttachment(r)
	if err != nil {
		return err
	}
	if !x.IsImage() {
		return fault.NotFoundError()
	}
	return f.serve(w, r, x, x.View, "", "inline")
}
