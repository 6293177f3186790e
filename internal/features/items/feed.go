package items

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"net/http"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/feed"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/service"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// Of a feed: how many items it holds, and how many characters of each.
const (
	fed       = 30
	fedQuoted = 600
)

func (f *Items) feedRoutes(r *web.Router) {
	read := web.Gate{Action: string(access.ItemRead), Subject: "space"}
	r.Handle("GET", "/espaces/{slug}/-/flux/{service}", read, frame.Signed(f.feedPage))
	r.Handle("POST", "/espaces/{slug}/-/flux/{service}", read, frame.Signed(f.changeFeed))
	r.Handle("GET", "/flux/{token}", web.Gate{Action: "public", Subject: "feed"}, f.feed)
}

// feedView is the page where one makes the address of a feed, and closes it.
type feedView struct {
	Back          ui.Link
	Action, Fresh string
	Since         time.Time
}

func (f *Items) feedPage(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return f.feedWith(w, r, a, "")
}

func (f *Items) feedWith(w http.ResponseWriter, r *http.Request, a actor.Actor, fresh string) error {
	ctx := r.Context()
	var v access.View
	var sv *service.Service
	view := feedView{Fresh: fresh}
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, sv, err = f.readable(ctx, tx, r, a); err != nil {
			return err
		}
		view.Since, err = feed.Since(ctx, tx, a.Account, v.Space.ID, sv.Bit)
		return err
	})
	if err != nil {
		return err
	}
	view.Back = ui.Link{Label: i18n.T(ctx, sv.LabelKey), Href: "/espaces/" + v.Space.Slug + "/" + sv.Path}
	view.Action = frame.FeedPath(v.Space.Slug, sv.Path)
	return f.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "items.feed.title"), Space: &v, Tab: sv.Path}, feedPage(view))
}

// readable finds the service of a space that a request names, for who may read it.
func (f *Items) readable(ctx context.Context, tx *db.Tx, r *http.Request, a actor.Actor) (access.View, *service.Service, error) {
	v, err := access.BySlug(ctx, tx, a, r.PathValue("slug"))
	if err != nil {
		return v, nil, err
	}
	sv := f.Registry().ByPath(r.PathValue("service"))
	if sv == nil {
		return v, nil, fault.NotFoundError()
	}
	return v, sv, v.Check(access.ItemRead, sv.Bit)
}

// changeFeed makes the address of a feed anew, or closes it.
func (f *Items) changeFeed(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	closing := web.NewForm(r).Get("action") == "fermer"
	token := ""
	err := f.DB.Write(ctx, func(tx *db.Tx) error {
		v, sv, err := f.readable(ctx, tx, r, a)
		if err != nil {
			return err
		}
		if closing {
			return feed.Close(ctx, tx, a.Account, v.Space.ID, sv.Bit)
		}
		token, err = feed.Make(ctx, tx, a.Account, v.Space.ID, sv.Bit, f.Clock.Now())
		return err
	})
	if err != nil {
		return err
	}
	if closing {
		web.SetFlash(w, "items.flash.feed_closed")
		web.Redirect(w, r, frame.FeedPath(r.PathValue("slug"), r.PathValue("service")))
		return nil
	}
	// The address is shown once: it is in the answer itself, and in no other.
	return f.feedWith(w, r, a, f.BaseURL+"/flux/"+token)
}

// The Atom Syndication Format (RFC 4287), as far as a feed of items has it.
type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
		Title   string      `xml:"title"`
		ID      string      `xml:"id"`
		Updated string      `xml:"updated"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		Title     string   `xml:"title"`
		ID        string   `xml:"id"`
		Published string   `xml:"published"`
		Updated   string   `xml:"updated"`
		Author    string   `xml:"author>name"`
		Link      atomLink `xml:"link"`
		Summary   string   `xml:"summary"`
	}
)

// feed is what a feed reader reads: the latest items that the person of the address may
// read now, each with the beginning of its text.
func (f *Items) feed(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	var v access.View
	var rows []content.Row
	var sv *service.Service
	lang := ""
	err := f.DB.Read(ctx, func(tx *db.Tx) error {
		who, spaceID, bit, err := feed.Opened(ctx, tx, r.PathValue("token"), f.Clock.Now())
		if err != nil {
			return err
		}
		a := who.Actor(id.ID{})
		if v, err = access.ByID(ctx, tx, a, spaceID); err != nil {
			return err
		}
		if sv = f.Registry().ByBit(bit); sv == nil {
			return fault.NotFoundError()
		}
		if err := v.Check(access.ItemRead, bit); err != nil {
			return fault.NotFoundError() // the right is gone: so is the feed
		}
		lang = who.Lang
		rows, _, err = content.Latest(ctx, tx, a, spaceID, bit, content.Cursor{}, fed)
		return err
	})
	if err != nil {
		return err
	}
	p, page := f.Catalog.Printer(lang, f.Location), f.BaseURL+"/espaces/"+v.Space.Slug+"/"+sv.Path
	out := atomFeed{
		Lang: p.Lang(), Title: v.Space.Name + " · " + p.T(sv.LabelKey), ID: page,
		Links: []atomLink{{"alternate", page}},
	}
	newest := v.Space.CreatedAt
	for _, row := range rows {
		if row.UpdatedAt.After(newest) {
			newest = row.UpdatedAt
		}
		out.Entries = append(out.Entries, atomEntry{
			Title: row.Title, ID: "urn:uuid:" + row.ID.String(), Published: row.PublishedAt.UTC().Format(time.RFC3339), Updated: row.UpdatedAt.UTC().Format(time.RFC3339),
			Author: row.AuthorName, Link: atomLink{"alternate", f.BaseURL + "/p/" + row.ID.String()}, Summary: f.Markup.Text(row.Body, fedQuoted),
		})
	}
	out.Updated = newest.UTC().Format(time.RFC3339)
	var body bytes.Buffer
	body.WriteString(xml.Header)
	if err := xml.NewEncoder(&body).Encode(out); err != nil {
		return fmt.Errorf("writing a feed: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/atom+xml; charset=utf-8")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(body.Bytes())))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body.Bytes()))
	return nil
}
