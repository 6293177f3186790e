package notifications

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/follow"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/notice"
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
	"ruche/internal/ui"
)

const (
	newsPath = ui.NoticesPath + "/nouveautes"
	readPath = ui.NoticesPath + "/-/lues"
	perPage  = 30
	quoted   = 200 // characters of a comment
	// week is how far news goes back for who was never here before.
	week = 7 * 24 * time.Hour
)

// The fields of the form that marks as read: until when in milliseconds since 1970 UTC,
// which of the two parts, and what it takes back.
const (
	fieldUntil = "jusque"
	fieldPart  = "partie"
	fieldUndo  = "annuler"
	partNews   = "nouveautes"
)

//go:embed catalogue
var files embed.FS

// Deps is what the feature stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Seen   *follow.Seen
	Shell  *frame.Shell
	Markup *markup.Renderer
	Mail   *mail.Outbox
	// Catalog has the words of mails, Location is the time zone of their days and hours.
	Catalog  *i18n.Catalog
	BaseURL  string
	Instance string
	Location *time.Location
	Stops    notice.Stopper
}

// Notifications is the feature.
type Notifications struct{ Deps }

// New returns the feature.
func New(d Deps) *Notifications {
	f := &Notifications{d}
	d.Mail.Recheck(digestMail, f.stillTold)
	return f
}

// Feature registers the feature.
func (f *Notifications) Feature() service.Feature {
	words, err := fs.Sub(files, "catalogue")
	if err != nil {
		panic(fmt.Sprintf("notifications: %v", err)) // the name is a constant
	}
	return service.Feature{Name: "notifications", Catalogue: words, Routes: f.routes, Demo: demo}
}

func (f *Notifications) routes(r *web.Router) {
	signed := web.Gate{Action: "signed_in"}
	r.Handle("GET", ui.NoticesPath, signed, frame.Signed(f.forMe))
	r.Handle("GET", newsPath, signed, frame.Signed(f.news))
	r.Handle("POST", readPath, signed, frame.Signed(f.read))
	r.Handle("GET", ui.MailsPath, signed, frame.Signed(f.mails))
	r.Handle("POST", ui.MailsPath, signed, frame.Signed(f.keepMails))
	f.stopRoutes(r)
	inSpace := web.Gate{Action: string(access.SpaceRead), Subject: "space"}
	r.Handle("GET", "/espaces/{slug}/-/courriels", inSpace, frame.Signed(f.spaceMails))
	r.Handle("POST", "/espaces/{slug}/-/courriels", inSpace, frame.Signed(f.keepSpaceMails))
}

// filters are the choices of the page by their name in the address. Their words are
// i18n: notifications.filter.all notifications.filter.unread notifications.filter.mentions
func filters() []struct {
	name, labelKey string
	filter         notice.Filter
} {
	return []struct {
		name, labelKey string
		filter         notice.Filter
	}{
		{"", "notifications.filter.all", notice.Filter{}},
		{"non-lues", "notifications.filter.unread", notice.Filter{Unread: true}},
		{"mentions", "notifications.filter.mentions", notice.Filter{Kind: notice.Mention}},
	}
}

// forMe lists what the person was told.
func (f *Notifications) forMe(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, now, chosen := r.Context(), f.Clock.Now(), r.URL.Query().Get("filtre")
	after, ok := parseCursor(r.URL.Query().Get("apres"))
	v := pageView{First: after.ID.IsZero(), Until: now, Paging: ui.Paging{Label: i18n.T(ctx, "notifications.pages")}}
	var filter notice.Filter
	known := false
	for _, one := range filters() {
		tab := ui.Tab{Label: i18n.T(ctx, one.labelKey), Href: ui.NoticesPath, Current: one.name == chosen}
		if one.name != "" {
			tab.Href += "?filtre=" + one.name
		}
		if tab.Current {
			filter, known, v.Address = one.filter, true, tab.Href
		}
		v.Filters = append(v.Filters, tab)
	}
	if !ok || !known {
		return fault.NotFoundError()
	}
	var list []notice.Notice
	var next *notice.Cursor
	var spaces map[id.ID]space.Space
	var since time.Time
	seen := f.Seen.Waiting(a.Account)
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if list, next, err = notice.List(ctx, tx, a, filter, seen, after, perPage); err != nil {
			return err
		}
		if v.Unread, err = notice.Count(ctx, tx, a, seen); err != nil {
			return err
		}
		if since, v.News, err = f.fresh(ctx, tx, a, now); err != nil {
			return err
		}
		var ids []id.ID
		for _, n := range list {
			ids = append(ids, n.Space)
		}
		spaces, err = space.ByIDs(ctx, tx, ids)
		return err
	})
	if err != nil {
		return err
	}
	v.Parts = f.parts(ctx, v, since, now, false)
	v.None = empty(ctx, filter, v.First)
	v.Spans = spans(ctx, now, list, func(n notice.Notice) row { return f.row(ctx, n, spaces[n.Space], r.URL.RequestURI()) })
	v.Paging.Newer, v.Paging.Older = pages(v.Address, v.First, next, chosen != "")
	return f.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "notifications.title")}, page(v))
}

// fresh says since when something is new to the actor, zero where they were never here
// before, and how much is.
func (f *Notifications) fresh(ctx context.Context, tx *db.Tx, a actor.Actor, now time.Time) (since time.Time, n int, err error) {
	if since, err = follow.LastVisit(ctx, tx, a, now); err != nil {
		return since, 0, err
	}
	n, err = content.Unread(ctx, tx, a, from(since, now))
	return since, n, err
}

// from is since when news is shown.
func from(since, now time.Time) time.Time {
	if since.IsZero() {
		return now.Add(-week)
	}
	return since
}

func (f *Notifications) parts(ctx context.Context, v pageView, since, now time.Time, news bool) []ui.Tab {
	label := i18n.T(ctx, "notifications.news.week")
	if !since.IsZero() {
		label = i18n.T(ctx, "notifications.news.since", "when", i18n.From(ctx).RelativeTime(now, since))
	}
	return []ui.Tab{
		{Label: i18n.T(ctx, "notifications.for_me"), Href: ui.NoticesPath, Current: !news, Count: v.Unread},
		{Label: label, Href: newsPath, Current: news, Count: v.News},
	}
}

// row draws a notice. Its words are
// i18n: notifications.did.* notifications.why.*
func (f *Notifications) row(ctx context.Context, n notice.Notice, sp space.Space, here string) row {
	out := row{
		Unread: n.Unread, By: frame.Face(n.By, n.ByOrg, account.Class(n.ByClass), n.ByHue), At: n.At,
		Did: i18n.T(ctx, "notifications.did."+string(n.Kind)), Why: i18n.T(ctx, "notifications.why."+string(n.Kind)), Icon: icon(n.Kind),
		Title: n.Title, Href: "/p/" + n.Item.String(), Text: f.Markup.Text(n.Text, quoted),
		Space: ui.SpaceItem{Name: sp.Name, Href: "/espaces/" + sp.Slug, Initials: account.Initials(sp.Name), Hue: sp.Hue, Kind: string(sp.Kind)},
	}
	if !n.Remark.IsZero() {
		out.Href += "/-/commentaires/" + n.Remark.String()
	}
	if n.Unread && n.More > 1 {
		out.Text, out.Counted = i18n.N(ctx, "notifications.more", n.More), true
	}
	if n.Kind == notice.Reply && n.Follows {
		out.Stop = &stop{Action: "/p/" + n.Item.String() + "/-/suivi", Field: frame.FieldFollow, Value: frame.ModeName(follow.Neither), Label: i18n.T(ctx, "notifications.stop", "title", n.Title), Next: here}
	}
	return out
}

func icon(k notice.Kind) string {
	switch k {
	case notice.Mention:
		return "user"
	case notice.Reply:
		return "bell-ring"
	case notice.Recommended:
		return "forward"
	case notice.Announced:
	}
	return "flag"
}

// spans gathers rows by how long ago they happened, in days of the reader's time zone.
func spans(ctx context.Context, now time.Time, list []notice.Notice, draw func(notice.Notice) row) (out []span) {
	for _, n := range list {
		name, title := ago(ctx, now, n.At)
		if len(out) == 0 || out[len(out)-1].ID != name {
			out = append(out, span{ID: name, Title: title})
		}
		last := &out[len(out)-1]
		last.Rows = append(last.Rows, draw(n))
	}
	return out
}

// ago names the span of time in which something happened.
func ago(ctx context.Context, now, at time.Time) (name, title string) {
	p := i18n.From(ctx)
	now, at = now.In(p.Location()), at.In(p.Location())
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, p.Location())
	switch {
	case !at.Before(today):
		return "aujourdhui", p.T("notifications.today")
	case !at.Before(today.AddDate(0, 0, -1)):
		return "hier", p.T("notifications.yesterday")
	case !at.Before(today.AddDate(0, 0, -7)):
		return "semaine", p.T("notifications.week")
	}
	return "avant", p.T("notifications.before")
}

// empty is what stands where nothing is.
func empty(ctx context.Context, f notice.Filter, first bool) ui.Empty {
	switch {
	case !first:
		return ui.Empty{Title: i18n.T(ctx, "notifications.none.further"), Icon: "bell"}
	case f.Unread:
		return ui.Empty{Title: i18n.T(ctx, "notifications.none.unread"), Text: i18n.T(ctx, "notifications.none.unread.text"), Icon: "check"}
	case f.Kind == notice.Mention:
		return ui.Empty{Title: i18n.T(ctx, "notifications.none.mentions"), Text: i18n.T(ctx, "notifications.none.mentions.text"), Icon: "user"}
	}
	return ui.Empty{
		Title: i18n.T(ctx, "notifications.none"), Text: i18n.T(ctx, "notifications.none.text"), Icon: "bell",
		Guide: &ui.Link{Label: i18n.T(ctx, "notifications.none.guide"), Href: "/aide/08-notifications"},
	}
}

// news lists what others published in the person's spaces since they were last here.
func (f *Notifications) news(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, now := r.Context(), f.Clock.Now()
	after, ok := frame.ParseCursor(r.URL.Query().Get("apres"))
	if !ok {
		return fault.NotFoundError()
	}
	v := pageView{First: after.ID.IsZero(), Until: now, NewsPart: true, Paging: ui.Paging{Label: i18n.T(ctx, "notifications.pages")}}
	var rows []content.Row
	var next *content.Cursor
	var spaces map[id.ID]space.Space
	var since time.Time
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if since, v.News, err = f.fresh(ctx, tx, a, now); err != nil {
			return err
		}
		if v.Unread, err = notice.Count(ctx, tx, a, f.Seen.Waiting(a.Account)); err != nil {
			return err
		}
		if rows, next, err = content.Feed(ctx, tx, a, after, perPage); err != nil {
			return err
		}
		var ids []id.ID
		for _, one := range rows {
			ids = append(ids, one.Space)
		}
		spaces, err = space.ByIDs(ctx, tx, ids)
		return err
	})
	if err != nil {
		return err
	}
	for _, one := range rows {
		if !one.PublishedAt.After(from(since, now)) {
			next = nil
			break
		}
		if one.Author == a.Account {
			continue
		}
		sp := spaces[one.Space]
		v.Posts = append(v.Posts, ui.Post{
			Kicker: sp.Name, KickerHref: "/espaces/" + sp.Slug, KickerHue: sp.Hue, Title: one.Title, Href: "/p/" + one.ID.String(), Excerpt: f.Markup.Text(one.Body, quoted), Level: 2,
			By: ui.By{
				Author: frame.Face(one.AuthorName, one.AuthorOrg, account.Class(one.AuthorClass), one.AuthorHue), Time: one.PublishedAt,
				Notes: []string{i18n.N(ctx, "notifications.comments", one.Remarks)},
			},
		})
	}
	v.Parts = f.parts(ctx, v, since, now, true)
	v.None = ui.Empty{Title: i18n.T(ctx, "notifications.news.none"), Text: i18n.T(ctx, "notifications.news.none.text"), Icon: "newspaper"}
	if !v.First {
		v.Paging.Newer = newsPath
	}
	if next != nil {
		v.Paging.Older = newsPath + "?apres=" + frame.FormatCursor(*next)
	}
	return f.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "notifications.title")}, page(v))
}

// read marks what the person was told, or what is new, as read up to the instant at
// which the page was made; or takes that back.
func (f *Notifications) read(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, now := r.Context(), f.Clock.Now()
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	form := web.NewForm(r)
	news := form.Get(fieldPart) == partNews
	back := ui.NoticesPath
	if news {
		back = newsPath
	}
	if undo := form.Get(fieldUndo); undo != "" {
		at, ok := instant(undo, now)
		if !ok {
			return fault.New(fault.Invalid, "notifications.instant")
		}
		err := f.DB.Write(ctx, func(tx *db.Tx) error {
			if news {
				return follow.SetLastVisit(ctx, tx, a, at, now)
			}
			return notice.Unread(ctx, tx, a, at)
		})
		if err != nil {
			return err
		}
		web.SetFlash(w, "notifications.flash.unread")
		web.Redirect(w, r, back)
		return nil
	}
	until, ok := instant(form.Get(fieldUntil), now)
	if !ok {
		return fault.New(fault.Invalid, "notifications.instant")
	}
	undone := now // what the notice takes back
	err := f.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if !news {
			_, err = notice.ReadAll(ctx, tx, a, until, now)
			return err
		}
		if undone, err = follow.LastVisit(ctx, tx, a, now); err != nil {
			return err
		}
		return follow.SetLastVisit(ctx, tx, a, until, now)
	})
	if err != nil {
		return err
	}
	undo := readPath + "?" + fieldUndo + "=" + strconv.FormatInt(clock.Millis(undone), 10)
	if news {
		undo += "&" + fieldPart + "=" + partNews
	}
	web.SetUndoFlash(w, undo, "notifications.flash.read")
	web.Redirect(w, r, back)
	return nil
}

// instant reads milliseconds since 1970, UTC, not later than now; 0 is the zero time.
func instant(s string, now time.Time) (time.Time, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 || n > clock.Millis(now) {
		return time.Time{}, false
	}
	return clock.FromMillis(n), true
}

// pages are the addresses of the first page and of the next one.
func pages(address string, first bool, next *notice.Cursor, filtered bool) (newer, older string) {
	if !first {
		newer = address
	}
	if next != nil {
		sign := "?"
		if filtered {
			sign = "&"
		}
		older = address + sign + "apres=" + frame.FormatCursor(content.Cursor{At: next.At, ID: next.ID})
	}
	return newer, older
}

func parseCursor(s string) (notice.Cursor, bool) {
	c, ok := frame.ParseCursor(s)
	return notice.Cursor{At: c.At, ID: c.ID}, ok
}
