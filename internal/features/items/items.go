package items

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/notice"
	"ruche/internal/kernel/remark"
	"ruche/internal/kernel/service"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/mail"
	"ruche/internal/platform/markup"
	"ruche/internal/platform/web"
)

//go:embed catalogue
var files embed.FS

// Deps is what the feature stands on.
type Deps struct {
	DB      *db.DB
	Clock   clock.Clock
	Shell   *frame.Shell
	Outbox  *activity.Outbox
	Log     *slog.Logger
	Remarks *remark.Remarks
	Markup  *markup.Renderer
	Editor  *markup.Editor
	Mail    *mail.Outbox
	Attach  *attach.Attachments
	Catalog *i18n.Catalog
	// BaseURL and Instance name the program in mails, whose dates are told in
	// Location.
	BaseURL, Instance string
	Location          *time.Location
	// Registry gives the services, once every feature is registered.
	Registry func() *service.Registry
	// Tables are those of the whole schema, for what hangs from an item.
	Tables func() []service.Table
	// Stops makes the addresses that mails are stopped by.
	Stops notice.Stopper
}

// Items is the feature.
type Items struct{ Deps }

// New returns the feature.
func New(d Deps) *Items {
	f := &Items{d}
	d.Mail.Recheck(mentionMail, f.stillReads)
	d.Mail.Recheck(replyMail, f.stillFollows)
	d.Mail.Recheck(recommendMail, f.stillReads)
	d.Mail.Recheck(announceMail, f.stillReads)
	d.Mail.Recheck(reportMail, f.stillReads)
	d.Outbox.Subscribe("items.recommend", f.TellRecommended, remark.EventRecommended)
	d.Outbox.Subscribe("items.announce", f.TellAnnounced, content.EventAnnounced)
	d.Outbox.Subscribe("items.report", f.TellReported, remark.EventReported)
	d.Outbox.Subscribe("items.report_handled", f.TellHandled, remark.EventHandled)
	d.Outbox.Subscribe("items.follow", f.JoinFollowers, content.EventPublished, remark.EventAdded)
	d.Outbox.Subscribe("items.reply", f.TellFollowers, remark.EventAdded)
	d.Outbox.Subscribe("items.links", f.NoteLinks, content.EventPublished, content.EventChanged, remark.EventAdded, remark.EventEdited, remark.EventRemoved)
	d.Outbox.Subscribe("items.mentioned", f.TellMentioned, content.EventPublished, content.EventChanged, remark.EventAdded, remark.EventEdited)
	return f
}

// Feature registers the feature.
func (f *Items) Feature() service.Feature {
	words, err := fs.Sub(files, "catalogue")
	if err != nil {
		panic(fmt.Sprintf("items: %v", err)) // the name is a constant
	}
	return service.Feature{Name: "items", Catalogue: words, Routes: f.routes, Demo: f.demo}
}

func (f *Items) routes(r *web.Router) {
	r.Handle("GET", "/p/{item}", gate(access.ItemRead), frame.Signed(f.permanent))
	f.remarkRoutes(r)
	f.historyRoutes(r)
	f.draftRoutes(r)
	f.stateRoutes(r)
	f.tagRoutes(r)
	f.mentionRoutes(r)
	f.followRoutes(r)
	f.copyRoutes(r)
	f.fileRoutes(r)
	f.recommendRoutes(r)
	f.readingRoutes(r)
	f.reportRoutes(r)
	f.audienceRoutes(r)
	f.shareRoutes(r)
	f.editorRoutes(r)
	f.embedRoutes(r)
	f.announceRoutes(r)
	f.feedRoutes(r)
	r.Handle("POST", "/p/{item}/-/epingle", gate(access.ItemEditAny), frame.Signed(f.pin))
}

func gate(action access.Action) web.Gate { return web.Gate{Action: string(action), Subject: "item"} }

// seen is an item as its reader has it: the item, its space, and its service, nil
// when the program has it no more.
type seen struct {
	content.Item
	view    access.View
	service *service.Service
}

// path is the page of the item.
func (s seen) path() string { return s.service.ItemPath(s.view.Space.Slug, s.Slug) }

// named is the item that a request names; zero, which no item has, for a text
// that is no id.
func named(r *http.Request) id.ID {
	item, _ := id.Parse(r.PathValue("item"))
	return item
}

// find reads an item, for who may read it.
func (f *Items) find(ctx context.Context, tx *db.Tx, a actor.Actor, itemID id.ID) (s seen, err error) {
	if s.Item, err = content.ByID(ctx, tx, a, itemID); err != nil {
		return s, err
	}
	if s.service = f.Registry().ByBit(s.Service); s.service == nil {
		return s, fault.NotFoundError()
	}
	s.view, err = access.ByID(ctx, tx, a, s.Space)
	return s, err
}

// locked is find for a write: the item is known to the actor, then its space is locked,
// then it is read again, since it may have changed before the lock.
func (f *Items) locked(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID) (seen, error) {
	s, err := f.find(ctx, tx, a, item)
	if err != nil {
		return s, err
	}
	if _, err := space.Lock(ctx, tx, s.Space); err != nil {
		return s, err
	}
	return f.find(ctx, tx, a, item)
}

// permanent leads from an item's id to its page, wherever it was moved.
func (f *Items) permanent(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	var s seen
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		item := named(r)
		to, moved, err := content.MovedTo(ctx, tx, a, item, id.ID{}, 0, "")
		if err != nil {
			return err
		}
		if moved {
			item = to
		}
		s, err = f.find(ctx, tx, a, item)
		return err
	})
	if err != nil {
		return err
	}
	web.Redirect(w, r, s.path())
	return nil
}
