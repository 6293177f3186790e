package items

import (
	"context"
	"net/http"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/attach"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/remark"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/markup"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

func (f *Items) remarkRoutes(r *web.Router) {
	note := func(action access.Action) web.Gate { return web.Gate{Action: string(action), Subject: "remark"} }
	const all, one = "/p/{item}/-/commentaires", "/p/{item}/-/commentaires/{remark}"
	r.Handle("GET", all, gate(access.ItemRead), frame.Signed(f.remarks))
	r.Handle("GET", one, note(access.ItemRead), frame.Signed(f.remarkPlace))
	r.Handle("POST", all, gate(access.ItemComment), frame.Signed(f.addRemark), web.MaxBody(f.Attach.Limit()*filesAtOnce), web.MaxTime(uploadTime))
	r.Handle("POST", "/p/{item}/-/reactions", gate(access.ItemComment), frame.Signed(f.react))
	r.Handle("POST", one+"/reactions", note(access.ItemComment), frame.Signed(f.react))
	r.Handle("GET", one+"/modifier", note(access.RemarkEditOwn), frame.Signed(f.changeRemark))
	r.Handle("POST", one+"/modifier", note(access.RemarkEditOwn), frame.Signed(f.saveRemark))
	r.Handle("GET", one+"/retirer", note(access.RemarkRemove), frame.Signed(f.askRemoval))
	r.Handle("POST", one+"/retirer", note(access.RemarkRemove), frame.Signed(f.removeRemark))
}

// remarks is the page of an item's comments alone: what a form that was refused
// comes back on, and from which a part of the item's own page is taken.
func (f *Items) remarks(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	after, t, ok := frame.Asked(r)
	if !ok {
		return fault.NotFoundError()
	}
	var s seen
	var c frame.Conversation
	err := f.DB.Read(r.Context(), func(tx *db.Tx) (err error) {
		if s, err = f.find(r.Context(), tx, a, named(r)); err != nil {
			return err
		}
		c, err = frame.ReadConversation(r.Context(), tx, a, s.ID, after)
		return err
	})
	if err != nil {
		return err
	}
	return f.remarksPage(w, r, a, http.StatusOK, s, c, t)
}

func (f *Items) remarksPage(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, s seen, c frame.Conversation, t frame.Typed) error {
	ctx := r.Context()
	page := s.path()
	if r.Method == http.MethodGet {
		page = frame.RemarksPath(s.ID)
	}
	v := remarksView{Back: ui.Link{Label: s.Title, Href: s.path()}, Reactions: c.Reactions(ctx, s.view, s.Item), Thread: c.Draw(ctx, a, s.view, s.Item, f.Markup, page, t)}
	title := i18n.T(ctx, "items.comments.title")
	return f.Shell.Render(w, r, status, frame.Page{Title: title, Space: &s.view, Tab: s.service.Path, Invalid: t.Error != "", Islands: []string{frame.MentionIsland}}, remarksPage(v))
}

// around reads the item and the page of its comments that shows one of them.
func (f *Items) around(ctx context.Context, a actor.Actor, item, remarkID id.ID) (s seen, c frame.Conversation, err error) {
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		if s, err = f.find(ctx, tx, a, item); err != nil {
			return err
		}
		c, err = frame.ConversationAround(ctx, tx, a, s.ID, remarkID)
		return err
	})
	return s, c, err
}

// addRemark adds a comment or an answer, and shows it where it stands.
func (f *Items) addRemark(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	if err := f.mayComment(ctx, a, named(r)); err != nil { // before anything is taken
		return err
	}
	sent, perr := f.stage(w, r, a, remarkForm(named(r)))
	if err := frame.SameTypist(r, a); err != nil {
		return err
	}
	form := web.NewForm(r)
	t := frame.Typed{Text: form.Get("texte"), Parent: form.ID("parent"), Chosen: frame.Chosen(r)}
	s, c, err := f.around(ctx, a, named(r), t.Parent)
	if err != nil {
		return err
	}
	if perr == nil {
		perr = form.Err()
	}
	if perr != nil {
		t.Error = web.Message(ctx, perr)
		if t.Files, err = f.waiting(ctx, a, sent, nil); err != nil {
			return err
		}
		return f.remarksPage(w, r, a, web.StatusOf(fault.KindOf(perr)), s, c, t)
	}
	now := f.Clock.Now()
	added, err := f.Remarks.Add(ctx, a, remark.Said{Item: s.ID, Parent: t.Parent, Body: t.Text, Chosen: t.Chosen, With: func(ctx context.Context, tx *db.Tx, rm remark.Remark) error {
		return attach.Join(ctx, tx, a, rm.Item, rm.ID, sent.files, now)
	}})
	if fault.KindOf(err) == fault.Invalid {
		errs := web.FormErrors(ctx, err)
		if t.Error = errs["body"] + errs["fichier"]; t.Error == "" {
			t.Error = i18n.T(ctx, "items.comment.images")
		}
		if t.Files, err = f.waiting(ctx, a, sent, errs); err != nil {
			return err
		}
		return f.remarksPage(w, r, a, http.StatusUnprocessableEntity, s, c, t)
	}
	if err != nil {
		return err
	}
	if s, c, err = f.around(ctx, a, s.ID, added.ID); err != nil {
		return err
	}
	if web.IsFragment(r) {
		return f.remarksPage(w, r, a, http.StatusOK, s, c, frame.Typed{Fresh: added.ID})
	}
	web.SetFlash(w, "frame.comment.added")
	web.Redirect(w, r, c.Path(s.path(), added.ID))
	return nil
}

// mayComment refuses who may not comment on an item.
func (f *Items) mayComment(ctx context.Context, a actor.Actor, item id.ID) error {
	return f.DB.Read(ctx, func(tx *db.Tx) error {
		s, err := f.find(ctx, tx, a, item)
		if err != nil {
			return err
		}
		return s.view.Check(access.ItemComment, s.Service)
	})
}

// waiting draws the files that a comment which was refused brought: they are kept.
func (f *Items) waiting(ctx context.Context, a actor.Actor, sent staged, errs map[string]string) (out []ui.ComposeFile, err error) {
	if len(sent.files) == 0 {
		return nil, nil
	}
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		mine, err := attach.Uploads(ctx, tx, a.Account, sent.files)
		out = waitingFiles(ctx, mine, sent.typed, errs)
		return err
	})
	return out, err
}

// target finds the remark that the request names under the item that it names.
func (f *Items) target(r *http.Request, a actor.Actor) (s seen, rm remark.Remark, err error) {
	ctx := r.Context()
	remarkID, _ := id.Parse(r.PathValue("remark")) // zero, which no remark has
	err = f.DB.Read(ctx, func(tx *db.Tx) error {
		if s, err = f.find(ctx, tx, a, named(r)); err != nil {
			return err
		}
		rm, err = remark.ByID(ctx, tx, a, s.ID, remarkID)
		return err
	})
	return s, rm, err
}

// own is target for who wrote the remark: for others it is absent.
func (f *Items) own(r *http.Request, a actor.Actor) (s seen, rm remark.Remark, err error) {
	s, rm, err = f.target(r, a)
	if err == nil && rm.Author != a.Account {
		err = fault.NotFoundError()
	}
	return s, rm, err
}

// remarkPlace leads from a comment's id to where it stands.
func (f *Items) remarkPlace(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	s, rm, err := f.target(r, a)
	if err != nil {
		return err
	}
	s, c, err := f.around(r.Context(), a, s.ID, rm.ID)
	if err != nil {
		return err
	}
	web.Redirect(w, r, c.Path(s.path(), rm.ID))
	return nil
}

func (f *Items) changeRemark(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	s, rm, err := f.own(r, a)
	if err != nil {
		return err
	}
	if err := s.view.Check(access.RemarkEditOwn, s.Service); err != nil {
		return err
	}
	return f.remarkForm(w, r, http.StatusOK, s, markup.Typed(rm.Body), "")
}

func (f *Items) remarkForm(w http.ResponseWriter, r *http.Request, status int, s seen, text, problem string) error {
	ctx := r.Context()
	c := ui.Compose{
		Action: r.URL.Path, Label: i18n.T(ctx, "frame.comment.label"), Submit: i18n.T(ctx, "items.comment.save"), Value: text, Error: problem, Rows: 6, Mentions: frame.MentionsPath(s.ID),
		Cancel: &ui.Link{Label: i18n.T(ctx, "frame.cancel"), Href: s.path() + "#c-" + r.PathValue("remark")},
	}
	title := i18n.T(ctx, "items.comment.edit")
	return f.Shell.Render(w, r, status, frame.Page{Title: title, Space: &s.view, Tab: s.service.Path, Invalid: problem != "", Islands: []string{frame.MentionIsland}}, remarkFormPage(c))
}

func (f *Items) saveRemark(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	s, rm, err := f.own(r, a)
	if err != nil {
		return err
	}
	perr := web.ParseForm(w, r, 0)
	text := web.NewForm(r).Get("texte")
	if perr != nil {
		return f.remarkForm(w, r, web.StatusOf(fault.KindOf(perr)), s, text, web.Message(ctx, perr))
	}
	err = f.Remarks.Edit(ctx, a, s.ID, rm.ID, text, frame.Chosen(r)...)
	if fault.KindOf(err) == fault.Invalid {
		return f.remarkForm(w, r, http.StatusUnprocessableEntity, s, text, web.FormErrors(ctx, err)["body"])
	}
	if err != nil {
		return err
	}
	s, c, err := f.around(ctx, a, s.ID, rm.ID)
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.flash.comment_saved")
	web.Redirect(w, r, c.Path(s.path(), rm.ID))
	return nil
}

func (f *Items) askRemoval(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	s, rm, err := f.target(r, a)
	if err != nil {
		return err
	}
	if rm.Author != a.Account {
		if err := s.view.Check(access.RemarkRemove, s.Service); err != nil {
			return err
		}
	}
	v := removalView{Author: rm.AuthorName, Excerpt: f.Markup.Text(rm.Body, 300), Action: r.URL.Path, Cancel: s.path() + "#c-" + rm.ID.String()}
	return f.render(w, r, s, i18n.T(ctx, "items.comment.remove_title"), removalPage(v))
}

func (f *Items) removeRemark(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	s, rm, err := f.target(r, a)
	if err != nil {
		return err
	}
	if err := f.Remarks.Remove(r.Context(), a, s.ID, rm.ID); err != nil {
		return err
	}
	web.SetFlash(w, "items.flash.comment_removed")
	web.Redirect(w, r, s.path()+"#commentaires")
	return nil
}

// react gives a sign to the item, or to one of its remarks, or takes it back.
func (f *Items) react(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	var on id.ID
	if text := r.PathValue("remark"); text != "" {
		parsed, err := id.Parse(text)
		if err != nil {
			return fault.NotFoundError()
		}
		on = parsed
	}
	if err := f.Remarks.React(ctx, a, named(r), on, remark.Sign(web.NewForm(r).Get("signe"))); err != nil {
		return err
	}
	s, c, err := f.around(ctx, a, named(r), on)
	if err != nil {
		return err
	}
	if web.IsFragment(r) {
		return f.remarksPage(w, r, a, http.StatusOK, s, c, frame.Typed{})
	}
	to := s.path() + "#signes"
	if !on.IsZero() {
		to = c.Path(s.path(), on)
	}
	web.Redirect(w, r, to)
	return nil
}
