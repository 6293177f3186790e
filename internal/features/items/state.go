package items

import (
	"context"
	"net/http"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/service"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

const trashPerPage = 30

func (f *Items) stateRoutes(r *web.Router) {
	edit := gate(access.ItemEditOwn)
	r.Handle("POST", "/p/{item}/-/corbeille", edit, frame.Signed(f.doTrash))
	r.Handle("POST", "/p/{item}/-/corbeille/sortir", edit, frame.Signed(f.doUntrash))
	r.Handle("POST", "/p/{item}/-/archiver", edit, frame.Signed(f.doArchive))
	r.Handle("POST", "/p/{item}/-/archiver/rouvrir", edit, frame.Signed(f.doReopen))
	manage := gate(access.ItemEditAny)
	r.Handle("GET", "/p/{item}/-/supprimer", manage, frame.Signed(f.askPurge))
	r.Handle("POST", "/p/{item}/-/supprimer", manage, frame.Signed(f.doPurge))
	r.Handle("GET", "/espaces/{slug}/corbeille", web.Gate{Action: string(access.SpaceRead), Subject: "space"}, frame.Signed(f.trash))
}

// change does one thing to an item for someone who may edit it, under the lock of
// its space, and says what happened.
func (f *Items) change(ctx context.Context, a actor.Actor, item id.ID, kind activity.Kind, do func(tx *db.Tx, s *seen) error) (s seen, err error) {
	err = f.DB.Write(ctx, func(tx *db.Tx) error {
		if s, err = f.locked(ctx, tx, a, item); err != nil {
			return err
		}
		if err := content.MayEdit(a, s.view, s.Item); err != nil {
			return err
		}
		if err := do(tx, &s); err != nil {
			return err
		}
		return f.Outbox.Append(ctx, tx, a, activity.Event{Kind: kind, Space: s.Space, Item: s.ID})
	})
	return s, err
}

// Trash puts an item in the trash.
func (f *Items) Trash(ctx context.Context, a actor.Actor, item id.ID) error {
	_, err := f.trashed(ctx, a, item)
	return err
}

func (f *Items) trashed(ctx context.Context, a actor.Actor, item id.ID) (seen, error) {
	now := f.Clock.Now()
	return f.change(ctx, a, item, content.EventTrashed, func(tx *db.Tx, s *seen) (err error) {
		s.Item, err = content.Trash(ctx, tx, a, s.Item, now)
		return err
	})
}

func (f *Items) doTrash(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	s, err := f.trashed(r.Context(), a, named(r))
	if err != nil {
		return err
	}
	web.SetUndoFlash(w, "/p/"+s.ID.String()+"/-/corbeille/sortir", "items.flash.trashed")
	web.Redirect(w, r, "/espaces/"+s.view.Space.Slug+"/"+s.service.Path)
	return nil
}

func (f *Items) doUntrash(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, now := r.Context(), f.Clock.Now()
	s, err := f.change(ctx, a, named(r), content.EventUntrashed, func(tx *db.Tx, s *seen) (err error) {
		s.Item, err = content.Untrash(ctx, tx, a, s.Item, now)
		return err
	})
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.flash.untrashed")
	web.Redirect(w, r, s.path())
	return nil
}

func (f *Items) doArchive(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, now := r.Context(), f.Clock.Now()
	s, err := f.change(ctx, a, named(r), content.EventArchived, func(tx *db.Tx, s *seen) (err error) {
		s.Item, err = content.Archive(ctx, tx, a, s.Item, now)
		return err
	})
	if err != nil {
		return err
	}
	web.SetUndoFlash(w, "/p/"+s.ID.String()+"/-/archiver/rouvrir", "items.flash.archived")
	web.Redirect(w, r, s.path())
	return nil
}

func (f *Items) doReopen(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, now := r.Context(), f.Clock.Now()
	s, err := f.change(ctx, a, named(r), content.EventReopened, func(tx *db.Tx, s *seen) (err error) {
		s.Item, err = content.Reopen(ctx, tx, a, s.Item, now)
		return err
	})
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.flash.reopened")
	web.Redirect(w, r, s.path())
	return nil
}

// trash lists what is in the trash of a space: one's own, and all of it for who
// leads.
func (f *Items) trash(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	after, ok := frame.ParseCursor(r.URL.Query().Get("apres"))
	if !ok {
		return fault.NotFoundError()
	}
	var v access.View
	var rows []content.Row
	var next *content.Cursor
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = access.BySlug(ctx, tx, a, r.PathValue("slug")); err != nil {
			return err
		}
		if err := v.Check(access.SpaceRead, access.Home); err != nil {
			return err
		}
		rows, next, err = content.TrashOf(ctx, tx, a, v.Space.ID, after, trashPerPage)
		return err
	})
	if err != nil {
		return err
	}
	here := "/espaces/" + v.Space.Slug + "/corbeille"
	view := trashView{All: v.Can(access.SpaceManage, access.Home)}
	for _, row := range rows {
		view.Items = append(view.Items, f.trashRow(ctx, a, v, row))
	}
	view.Paging.Label = i18n.T(ctx, "items.trash.pages")
	if !after.ID.IsZero() {
		view.Paging.Newer = here
	}
	if next != nil {
		view.Paging.Older = here + "?apres=" + frame.FormatCursor(*next)
	}
	return f.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "items.trash.title"), Space: &v, Tab: "corbeille"}, trashPage(view))
}

func (f *Items) trashRow(ctx context.Context, a actor.Actor, v access.View, row content.Row) trashItem {
	left := max(0, int(row.TrashedAt.Add(content.TrashLife).Sub(f.Clock.Now()).Hours()/24))
	address := "/p/" + row.ID.String() + "/-/"
	out := trashItem{
		Title: row.Title, Left: i18n.N(ctx, "items.trash.left", left),
		By: ui.By{Author: frame.Face(row.AuthorName, row.AuthorOrg, account.Class(row.AuthorClass), row.AuthorHue), Time: row.TrashedAt},
	}
	if content.MayEdit(a, v, row.Item) == nil {
		out.Restore = address + "corbeille/sortir"
	}
	if v.Can(access.ItemEditAny, row.Service) {
		out.Purge = address + "supprimer"
	}
	return out
}

// askPurge asks before an item is gone for good, which can't be undone.
func (f *Items) askPurge(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	var s seen
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		s, err = f.find(ctx, tx, a, named(r))
		return err
	})
	if err != nil {
		return err
	}
	if err := s.view.Check(access.ItemEditAny, s.Service); err != nil {
		return err
	}
	if s.State != content.Trashed {
		web.Redirect(w, r, s.path()) // someone took it out meanwhile
		return nil
	}
	v := purgeView{Title: s.Title, Action: r.URL.Path, Cancel: "/espaces/" + s.view.Space.Slug + "/corbeille"}
	return f.render(w, r, s, i18n.T(ctx, "items.purge.title"), purgePage(v))
}

// mayPurge: who manages the service, and only what is in the trash.
func mayPurge(s seen) error {
	if err := s.view.Check(access.ItemEditAny, s.Service); err != nil {
		return err
	}
	if s.State != content.Trashed {
		return fault.New(fault.Invalid, "items.purge.not_trashed")
	}
	return nil
}

func (f *Items) doPurge(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	var s seen
	err := f.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.locked(ctx, tx, a, named(r)); err != nil {
			return err
		}
		if err := mayPurge(s); err != nil {
			return err
		}
		return f.purge(ctx, tx, a, s.Item)
	})
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.flash.purged")
	web.Redirect(w, r, "/espaces/"+s.view.Space.Slug+"/corbeille")
	return nil
}

func (f *Items) purge(ctx context.Context, tx *db.Tx, a actor.Actor, it content.Item) error {
	if err := service.Purge(ctx, tx, f.Tables(), []id.ID{it.ID}); err != nil {
		return err
	}
	return f.Outbox.Append(ctx, tx, a, activity.Event{Kind: content.EventPurged, Space: it.Space, Item: it.ID})
}

// batch bounds what one run of a job does; what is left is the next run's.
const batch = 100

// PublishDue publishes what is due, each item in a transaction of its own, as its
// author would. An author who lost the right to publish leaves it scheduled: the
// leads see it and decide. One that fails does not keep the others back.
func (f *Items) PublishDue(ctx context.Context) error {
	return f.each(ctx, content.Due, func(ctx context.Context, tx *db.Tx, it content.Item, now time.Time) error {
		author, err := account.ByID(ctx, tx, it.Author)
		if err != nil {
			return err
		}
		a := author.Actor(id.ID{})
		v, err := access.ByID(ctx, tx, a, it.Space)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		// Of a space that they may know of no more, the view is empty.
		if !author.Usable(now) || !v.Can(access.ItemCreate, it.Service) {
			return nil
		}
		published, err := content.Publish(ctx, tx, a, it, now)
		if err != nil || !published {
			return err
		}
		return f.Outbox.Append(ctx, tx, a, activity.Event{Kind: content.EventPublished, Space: it.Space, Item: it.ID})
	})
}

// PurgeExpired deletes what has been in the trash for its time.
func (f *Items) PurgeExpired(ctx context.Context) error {
	return f.each(ctx, content.Expired, func(ctx context.Context, tx *db.Tx, it content.Item, now time.Time) error {
		if it.State != content.Trashed || it.TrashedAt.After(now.Add(-content.TrashLife)) {
			return nil
		}
		return f.purge(ctx, tx, actor.Anonymous(), it)
	})
}

// each lists items and does something to each under the lock of its space, as it
// is by then.
func (f *Items) each(ctx context.Context, list func(context.Context, *db.Tx, time.Time, int) ([]content.Item, error),
	do func(ctx context.Context, tx *db.Tx, it content.Item, now time.Time) error,
) error {
	ctx, now := db.Background(ctx), f.Clock.Now()
	var found []content.Item
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		found, err = list(ctx, tx, now, batch)
		return err
	})
	for _, it := range found {
		werr := f.DB.Write(ctx, func(tx *db.Tx) error {
			if _, err := space.Lock(ctx, tx, it.Space); err != nil {
				return err
			}
			current, err := content.ForProgram(ctx, tx, it.ID)
			if fault.KindOf(err) == fault.NotFound {
				return nil
			}
			if err != nil {
				return err
			}
			return do(ctx, tx, current, now)
		})
		if werr != nil {
			f.Log.ErrorContext(ctx, "item left for the next run", "item_id", it.ID.String(), "error", werr)
			err = werr
		}
	}
	return err
}
