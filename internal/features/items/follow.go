package items

import (
	"context"
	"net/http"
	"net/url"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/follow"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/remark"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

const followedPerPage = 30

func (f *Items) followRoutes(r *web.Router) {
	r.Handle("GET", "/p/{item}/-/suivi", gate(access.ItemRead), frame.Signed(f.following))
	r.Handle("POST", "/p/{item}/-/suivi", gate(access.ItemRead), frame.Signed(f.choose))
	r.Handle("GET", "/suivis", web.Gate{Action: "signed_in"}, frame.Signed(f.followed))
}

// following is the page on which one says what one wants to hear of an item. Mails
// lead there: nothing changes before the button is pressed.
func (f *Items) following(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	var s seen
	var around frame.Around
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.find(ctx, tx, a, named(r)); err != nil {
			return err
		}
		around, err = frame.ReadAround(ctx, tx, a, s.ID)
		return err
	})
	if err != nil {
		return err
	}
	v := followView{Back: ui.Link{Label: s.Title, Href: s.path()}, Action: r.URL.Path, Why: whyFollowed(ctx, around.Mark)}
	for _, m := range []follow.Mode{follow.Follows, follow.Neither, follow.Muted} {
		v.Choice.Options = append(v.Choice.Options, ui.Option{
			Value: frame.ModeName(m), Label: modeLabel(ctx, m), Hint: modeHint(ctx, m), Selected: m == around.Mark.Mode,
		})
	}
	v.Choice.Name, v.Choice.Label = frame.FieldFollow, i18n.T(ctx, "items.follow.choice")
	return f.render(w, r, s, i18n.T(ctx, "items.follow.title"), followPage(v))
}

func modeLabel(ctx context.Context, m follow.Mode) string {
	switch m {
	case follow.Follows:
		return i18n.T(ctx, "items.follow.follows")
	case follow.Muted:
		return i18n.T(ctx, "items.follow.muted")
	case follow.Neither:
	}
	return i18n.T(ctx, "items.follow.neither")
}

func modeHint(ctx context.Context, m follow.Mode) string {
	switch m {
	case follow.Follows:
		return i18n.T(ctx, "items.follow.follows.hint")
	case follow.Muted:
		return i18n.T(ctx, "items.follow.muted.hint")
	case follow.Neither:
	}
	return i18n.T(ctx, "items.follow.neither.hint")
}

func whyFollowed(ctx context.Context, m follow.Mark) string {
	if m.Mode != follow.Follows {
		return ""
	}
	switch m.Reason {
	case follow.Author:
		return i18n.T(ctx, "items.follow.why.author")
	case follow.Commented:
		return i18n.T(ctx, "items.follow.why.commented")
	case follow.Chosen, follow.NoReason:
	}
	return i18n.T(ctx, "items.follow.why.chosen")
}

func (f *Items) choose(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	form := web.NewForm(r)
	mode, ok := frame.ParseMode(form.Get(frame.FieldFollow))
	var s seen
	var was frame.Around
	err := f.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.find(ctx, tx, a, named(r)); err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Invalid, "follow.mode")
		}
		if was, err = frame.ReadAround(ctx, tx, a, s.ID); err != nil {
			return err
		}
		return follow.Choose(ctx, tx, a, s.ID, mode)
	})
	if err != nil {
		return err
	}
	sent := url.Values{frame.FieldFollow: {frame.ModeName(was.Mark.Mode)}}
	if next := form.Get(frame.FieldNext); next != "" {
		sent.Set(frame.FieldNext, next)
	}
	undo := r.URL.Path + "?" + sent.Encode()
	switch mode {
	case follow.Follows:
		web.SetUndoFlash(w, undo, "items.flash.follows")
	case follow.Muted:
		web.SetUndoFlash(w, undo, "items.flash.muted")
	case follow.Neither:
		web.SetUndoFlash(w, undo, "items.flash.unfollowed")
	}
	next := s.path()
	if sent.Has(frame.FieldNext) {
		next = web.SafeNext(sent.Get(frame.FieldNext))
	}
	web.Redirect(w, r, next)
	return nil
}

// followed lists what the person follows, over all their spaces.
func (f *Items) followed(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	after, ok := frame.ParseCursor(r.URL.Query().Get("apres"))
	if !ok {
		return fault.NotFoundError()
	}
	var list []follow.Followed
	var next *content.Cursor
	var spaces map[id.ID]space.Space
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if list, next, err = follow.List(ctx, tx, a, after, followedPerPage); err != nil {
			return err
		}
		var ids []id.ID
		for _, one := range list {
			ids = append(ids, one.Space)
		}
		spaces, err = space.ByIDs(ctx, tx, ids)
		return err
	})
	if err != nil {
		return err
	}
	v := followedView{First: after.ID.IsZero(), Paging: ui.Paging{Label: i18n.T(ctx, "items.followed.pages")}}
	for _, one := range list {
		v.Posts = append(v.Posts, followedRow(ctx, spaces[one.Space], one))
	}
	if !v.First {
		v.Paging.Newer = "/suivis"
	}
	if next != nil {
		v.Paging.Older = "/suivis?apres=" + frame.FormatCursor(*next)
	}
	return f.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "items.followed.title")}, followedPage(v))
}

func followedRow(ctx context.Context, sp space.Space, one follow.Followed) ui.Post {
	p := ui.Post{
		Kicker: sp.Name, KickerHref: "/espaces/" + sp.Slug, KickerHue: sp.Hue, Title: one.Title, Href: "/p/" + one.ID.String(), Level: 2,
		By: ui.By{Author: frame.Face(one.AuthorName, one.AuthorOrg, account.Class(one.AuthorClass), one.AuthorHue), Time: one.Latest},
	}
	p.Badges = frame.ItemBadges(ctx, one.Item)
	switch {
	case one.New > 0:
		p.By.Notes = []string{i18n.N(ctx, "items.followed.new", one.New)}
		p.New = true
	case one.Changed:
		p.By.Notes = []string{i18n.T(ctx, "items.followed.changed")}
		p.New = true
	default:
		p.By.Notes = []string{i18n.N(ctx, "items.followed.comments", one.Remarks)}
	}
	return p
}

// JoinFollowers is a subscriber: who publishes or comments follows what they wrote
// under, unless they chose otherwise.
func (f *Items) JoinFollowers(ctx context.Context, e activity.Event) error {
	if e.Account.IsZero() {
		return nil
	}
	why := follow.Author
	if e.Kind == remark.EventAdded {
		why = follow.Commented
	}
	return f.DB.Write(db.Background(ctx), func(tx *db.Tx) error {
		if _, err := content.ForProgram(ctx, tx, e.Item); err != nil {
			if fault.KindOf(err) == fault.NotFound {
				return nil // purged meanwhile
			}
			return err
		}
		return follow.Join(ctx, tx, e.Account, e.Item, why)
	})
}
