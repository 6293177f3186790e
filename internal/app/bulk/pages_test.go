package bulk_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"ruche/internal/app/bulk"
	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/remark"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// remarks is how many comments the posts have whose pages are timed.
const remarks = 5_000

// screens are first screens of the big world: the time that the whole program takes to
// answer, without the network. 300 ms is the most that they may take.
func screens(b *testing.B, d *db.DB, w bulk.World) []measure {
	b.Helper()
	a := whole(b, d)
	talk(b, d, w.Plain, w.Lead.ID, false)
	talk(b, d, w.Folder, w.Lead.ID, true)
	var big access.View
	err := d.Read(b.Context(), func(tx *db.Tx) (err error) {
		big, err = access.ByID(b.Context(), tx, w.Lead.Actor(id.ID{}), w.Big)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	screen := func(name string, who account.Account, path string) measure {
		token := session(b, d, who)
		return measure{"screen: " + name, 100, 300, 300, func(ctx context.Context, _ int) error {
			r := httptest.NewRequestWithContext(ctx, "GET", "http://127.0.0.1:8080"+path, http.NoBody)
			r.AddCookie(&http.Cookie{Name: "ruche_session", Value: token})
			r.Header.Set("Accept-Encoding", "gzip")
			answer := httptest.NewRecorder()
			a.Router.ServeHTTP(answer, r)
			if answer.Code == http.StatusSeeOther && path != answer.Header().Get("Location") {
				path = answer.Header().Get("Location") // the page of an item, by its permanent address
				return nil
			}
			if answer.Code != http.StatusOK {
				return fmt.Errorf("%s answered %d", path, answer.Code)
			}
			return nil
		}}
	}
	blog := "/espaces/" + big.Space.Slug + "/blog"
	return []measure{
		screen("catalogue of 20000 spaces", w.Many, "/espaces"),
		screen("catalogue, some words", w.Many, "/espaces?q=espace+12"),
		screen("home, member of 2000 spaces", w.Most, "/"),
		screen("home of a space of 10000 members", w.Lead, "/espaces/"+big.Space.Slug),
		screen("blog of 100000 posts", w.Lead, blog),
		screen("members, 10000 of them", w.Lead, "/espaces/"+big.Space.Slug+"/membres"),
		screen("post with 5000 comments", w.Lead, "/p/"+w.Plain.String()),
		screen("post with 5000 answers to one comment", w.Lead, "/p/"+w.Folder.String()),
	}
}

// talk has a post bear comments: as many threads, or answers in one.
func talk(b *testing.B, d *db.DB, item, author id.ID, answers bool) {
	b.Helper()
	err := d.Write(b.Context(), func(tx *db.Tx) error {
		if n, err := remark.Count(b.Context(), tx, item); err != nil || n >= remarks {
			return err
		}
		first := id.New()
		for i := range remarks {
			r := remark.Remark{ID: first, Item: item, Author: author, Body: fmt.Sprintf("Un avis, le numéro %d.", i), CreatedAt: now().Add(time.Duration(i) * time.Second)}
			if i > 0 {
				r.ID = id.New()
			}
			if i > 0 && answers {
				r.Parent = first
			}
			if err := remark.Insert(b.Context(), tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// session opens a session and returns its token.
func session(b *testing.B, d *db.DB, who account.Account) (token string) {
	b.Helper()
	err := d.Write(b.Context(), func(tx *db.Tx) (err error) {
		opened, err := account.OpenSession(b.Context(), tx, who.ID, "bench", time.Now())
		token = opened.Token
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return token
}
