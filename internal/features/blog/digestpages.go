package blog

import (
	"net/http"
	"slices"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// The fields of a letter.
const (
	fieldPosts  = "billets"
	fieldWord   = "mot"
	fieldDigest = "lettre" // its id, made with the form: what is sent twice goes once
	fieldStop   = "recevoir"
)

// digestView is the form of a letter to the members.
type digestView struct {
	Action, ID, Count, Last, Tried string
	Back                           ui.Link
	Word                           ui.Area
	Posts                          ui.Choice
	Problems                       []ui.Problem
	Empty                          bool
}

func (b *Blog) digestForm(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return b.digestPage(w, r, a, http.StatusOK, nil, nil, false)
}

// digestPage draws the form. A form that comes back holds what was typed and chosen.
func (b *Blog) digestPage(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, typed *Digest, problem error, tried bool) error {
	ctx, now := r.Context(), b.Clock.Now()
	var v access.View
	var rows []content.Row
	var all, externals int
	var last time.Time
	var by string
	err := b.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = b.enter(ctx, tx, a, r.PathValue("slug")); err != nil {
			return err
		}
		if err := v.Check(access.ItemEditAny, Bit); err != nil {
			return err
		}
		if rows, err = offeredPosts(ctx, tx, a, v); err != nil {
			return err
		}
		if last, by, err = lastDigest(ctx, tx, v.Space.ID); err != nil {
			return err
		}
		all, externals, err = countDigest(ctx, tx, v.Space.ID, now)
		return err
	})
	if err != nil {
		return err
	}
	p := i18n.From(ctx)
	view := digestView{Action: r.URL.Path, ID: id.New().String(), Back: ui.Link{Label: i18n.T(ctx, "blog.tab"), Href: listPath(v.Space.Slug)}, Empty: len(rows) == 0}
	view.Count = i18n.N(ctx, "blog.digest.count", all)
	if externals > 0 {
		view.Count = i18n.N(ctx, "blog.digest.externals", all, "externals", i18n.N(ctx, "blog.digest.of_whom", externals))
	}
	since := last
	if last.IsZero() {
		since = now.Add(-digestReach)
	} else {
		view.Last = i18n.T(ctx, "blog.digest.last", "when", p.RelativeTime(now, last), "name", by)
	}
	chosen := map[id.ID]bool{}
	for _, row := range rows {
		chosen[row.ID] = row.PublishedAt.After(since)
	}
	errs := map[string]string{}
	if problem != nil {
		errs = web.FormErrors(ctx, problem)
	}
	if typed != nil {
		if !typed.ID.IsZero() {
			view.ID = typed.ID.String()
		}
		clear(chosen)
		for _, post := range typed.Posts {
			chosen[post] = true
		}
		view.Word.Value = typed.Word
	}
	view.Word.Name, view.Word.Label, view.Word.Hint, view.Word.Optional, view.Word.Error = fieldWord, i18n.T(ctx, "blog.digest.word"), i18n.T(ctx, "blog.digest.word.hint"), true, errs[fieldWord]
	view.Posts = ui.Choice{Name: fieldPosts, Label: i18n.T(ctx, "blog.digest.posts"), Hint: i18n.T(ctx, "blog.digest.posts.hint"), Error: errs[fieldPosts]}
	for _, row := range rows {
		hint := i18n.T(ctx, "blog.digest.post", "name", row.AuthorName, "when", p.Relative(now, row.PublishedAt))
		if !row.Audience.IsZero() {
			hint = i18n.T(ctx, "blog.digest.restricted", "post", hint)
		}
		view.Posts.Options = append(view.Posts.Options, ui.Option{Value: row.ID.String(), Label: row.Title, Hint: hint, Selected: chosen[row.ID]})
	}
	if problem != nil {
		if view.Problems = ui.Problems(errs, fieldPosts, fieldWord); len(view.Problems) == 0 {
			view.Problems = []ui.Problem{{Text: web.Message(ctx, problem)}}
		}
	}
	if tried {
		view.Tried = i18n.T(ctx, "blog.digest.tried")
	}
	return b.Shell.Render(w, r, status, frame.Page{Title: i18n.T(ctx, "blog.digest.title"), Space: &v, Tab: path, Invalid: problem != nil}, digestTempl(view))
}

func (b *Blog) sendDigest(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, slug := r.Context(), r.PathValue("slug")
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	f := web.NewForm(r)
	d := Digest{ID: f.ID(fieldDigest), Word: f.Text(fieldWord, maxWord)}
	for _, value := range f.Values[fieldPosts] {
		post, err := id.Parse(value)
		if err != nil {
			return fault.New(fault.Invalid, "blog.digest.gone")
		}
		if !slices.Contains(d.Posts, post) {
			d.Posts = append(d.Posts, post)
		}
	}
	try := f.Get("action") == "essai"
	err := f.Err()
	switch {
	case err != nil:
		d.Word = f.Get(fieldWord)
	case d.ID.IsZero():
		err = fault.New(fault.Invalid, "blog.digest.old")
	case try:
		err = b.TestDigest(ctx, a, slug, d)
	default:
		err = b.SendDigest(ctx, a, slug, d)
	}
	if fault.KindOf(err) == fault.Invalid {
		return b.digestPage(w, r, a, http.StatusUnprocessableEntity, &d, err, false)
	}
	if err != nil {
		return err
	}
	if try {
		return b.digestPage(w, r, a, http.StatusOK, &d, nil, true)
	}
	web.SetFlash(w, "blog.flash.digest")
	web.Redirect(w, r, listPath(slug))
	return nil
}

// stopView is the page on which a member says whether they want letters. Mails lead
// there: nothing changes before the button is pressed.
type stopView struct {
	Action, Text, Button, Value string
	Back                        ui.Link
}

func (b *Blog) stopPage(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	var v access.View
	var stopped bool
	err := b.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = b.enter(ctx, tx, a, r.PathValue("slug")); err != nil {
			return err
		}
		var n int
		err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM blog_digest_stops WHERE space_id = $1 AND account_id = $2`, v.Space.ID, a.Account).Scan(&n)
		stopped = n > 0
		return err
	})
	if err != nil {
		return err
	}
	view := stopView{Action: r.URL.Path, Back: ui.Link{Label: i18n.T(ctx, "blog.tab"), Href: listPath(v.Space.Slug)}}
	switch {
	case !v.IsMember():
		view.Text = i18n.T(ctx, "blog.digest.members")
	case stopped:
		view.Text, view.Button, view.Value = i18n.T(ctx, "blog.digest.stopped", "space", v.Space.Name), i18n.T(ctx, "blog.digest.again"), "1"
	default:
		view.Text, view.Button, view.Value = i18n.T(ctx, "blog.digest.gets", "space", v.Space.Name), i18n.T(ctx, "blog.digest.stop"), "0"
	}
	return b.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "blog.digest.letters"), Space: &v, Tab: path}, stopTempl(view))
}

func (b *Blog) chooseDigest(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	slug, again := r.PathValue("slug"), web.NewForm(r).Get(fieldStop) == "1"
	if err := b.StopDigest(r.Context(), a, slug, !again); err != nil {
		return err
	}
	if again {
		web.SetFlash(w, "blog.flash.digest_again")
	} else {
		web.SetUndoFlash(w, stopPath(slug)+"?"+fieldStop+"=1", "blog.flash.digest_stopped")
	}
	web.Redirect(w, r, stopPath(slug))
	return nil
}
