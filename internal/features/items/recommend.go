package items

import (
	"net/http"
	"strings"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/remark"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

func (f *Items) recommendRoutes(r *web.Router) {
	r.Handle("GET", "/p/{item}/-/recommander", gate(access.ItemRecommend), frame.Signed(f.askRecommend))
	r.Handle("POST", "/p/{item}/-/recommander", gate(access.ItemRecommend), frame.Signed(f.recommend))
	r.Handle("GET", "/p/{item}/-/recommander/noms", gate(access.ItemRecommend), frame.Signed(f.namesOf))
}

// askRecommend asks to whom an item is recommended, and with what word.
func (f *Items) askRecommend(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return f.recommendForm(w, r, a, http.StatusOK, remark.Recommendation{}, nil)
}

func (f *Items) recommendForm(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, typed remark.Recommendation, problem error) error {
	ctx := r.Context()
	var s seen
	var led []space.Space
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.find(ctx, tx, a, named(r)); err != nil {
			return err
		}
		led, err = access.Where(ctx, tx, a, access.SpaceManage, access.Home, maxPlaces)
		return err
	})
	if err != nil {
		return err
	}
	errs := map[string]string{}
	if problem != nil {
		errs = web.FormErrors(ctx, problem)
	}
	v := recommendView{Action: "/p/" + s.ID.String() + "/-/recommander", Back: ui.Link{Label: s.Title, Href: s.path()}}
	v.To = ui.Area{Name: "a", Label: i18n.T(ctx, "items.recommend.to"), Hint: i18n.T(ctx, "items.recommend.to.hint"), Value: typed.To, Error: errs["a"], Rows: 2, Attrs: ui.Mentions(v.Action + "/noms")}
	v.Word = ui.Area{Name: "mot", Label: i18n.T(ctx, "items.recommend.word"), Value: typed.Word, Error: errs["mot"], Optional: true}
	for _, t := range typed.Chosen {
		v.Chosen = append(v.Chosen, t.String())
	}
	if len(led) > 0 {
		v.Space = &ui.Choice{Name: "espace", Label: i18n.T(ctx, "items.recommend.space"), Hint: i18n.T(ctx, "items.recommend.space.hint"), Error: errs["espace"], Optional: true, Options: []ui.Option{{Label: i18n.T(ctx, "items.recommend.space.none")}}}
		for _, sp := range led {
			v.Space.Options = append(v.Space.Options, ui.Option{Value: sp.ID.String(), Label: sp.Name, Selected: sp.ID == typed.Space})
		}
	}
	if v.Problems = ui.Problems(errs, "a", "espace", "mot"); problem != nil && len(v.Problems) == 0 {
		v.Problems = []ui.Problem{{Text: web.Message(ctx, problem)}}
	}
	title := i18n.T(ctx, "items.recommend.title")
	return f.Shell.Render(w, r, status, frame.Page{Title: title, Space: &s.view, Tab: s.service.Path, Invalid: problem != nil, Islands: []string{frame.MentionIsland}}, recommendPage(v))
}

func (f *Items) recommend(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	perr := web.ParseForm(w, r, 0)
	form := web.NewForm(r)
	typed := remark.Recommendation{To: strings.TrimSpace(form.Get("a")), Chosen: frame.Chosen(r), Space: form.ID("espace"), Word: form.Get("mot")}
	if perr == nil {
		perr = form.Err()
	}
	if perr == nil {
		perr = f.Remarks.Recommend(ctx, a, named(r), typed)
	}
	if kind := fault.KindOf(perr); kind == fault.Invalid || kind == fault.TooLarge {
		return f.recommendForm(w, r, a, web.StatusOf(kind), typed, perr)
	}
	if perr != nil {
		return perr
	}
	web.SetFlash(w, "items.flash.recommended")
	web.Redirect(w, r, "/p/"+named(r).String())
	return nil
}

// namesOf proposes to whom an item may be recommended: to recommend asks for less
// than to comment.
func (f *Items) namesOf(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return f.complete(w, r, a, access.ItemRecommend)
}
