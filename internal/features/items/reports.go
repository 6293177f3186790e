package items

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/remark"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/mail"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

func (f *Items) reportRoutes(r *web.Router) {
	const one = "/p/{item}/-/commentaires/{remark}/signaler"
	note := web.Gate{Action: string(access.ItemReport), Subject: "remark"}
	r.Handle("GET", "/p/{item}/-/signaler", gate(access.ItemReport), frame.Signed(f.askReport))
	r.Handle("POST", "/p/{item}/-/signaler", gate(access.ItemReport), frame.Signed(f.report))
	r.Handle("GET", one, note, frame.Signed(f.askReport))
	r.Handle("POST", one, note, frame.Signed(f.report))
	lead := web.Gate{Action: string(access.ReportHandle), Subject: "space"}
	r.Handle("GET", "/espaces/{slug}/signalements", lead, frame.Signed(f.reports))
	r.Handle("POST", "/espaces/{slug}/signalements/{report}", lead, frame.Signed(f.handle))
}

// askReport asks why something is reported.
func (f *Items) askReport(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return f.reportForm(w, r, a, http.StatusOK, "", "", nil)
}

func (f *Items) reportForm(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, reason remark.Reason, word string, problem error) error {
	ctx := r.Context()
	var s seen
	var quote, author string
	var err error
	if r.PathValue("remark") == "" {
		err = f.DB.Read(ctx, func(tx *db.Tx) (err error) {
			s, err = f.find(ctx, tx, a, named(r))
			return err
		})
		quote = s.Title
	} else {
		var rm remark.Remark
		s, rm, err = f.target(r, a)
		quote, author = f.Markup.Text(rm.Body, 300), rm.AuthorName
	}
	if err != nil {
		return err
	}
	errs := map[string]string{}
	if problem != nil {
		errs = web.FormErrors(ctx, problem)
	}
	v := reportView{Action: r.URL.Path, Back: ui.Link{Label: s.Title, Href: s.path()}, Quote: quote, Author: author}
	v.Reason = ui.Choice{Name: "motif", Label: i18n.T(ctx, "items.report.reason"), Error: errs["motif"]}
	for _, one := range remark.Reasons() {
		v.Reason.Options = append(v.Reason.Options, ui.Option{Value: string(one), Label: reasonLabel(ctx, one), Selected: one == reason})
	}
	v.Word = ui.Area{Name: "mot", Label: i18n.T(ctx, "items.report.word"), Value: word, Error: errs["mot"], Optional: true}
	if v.Problems = ui.Problems(errs, "motif", "mot"); problem != nil && len(v.Problems) == 0 {
		v.Problems = []ui.Problem{{Text: web.Message(ctx, problem)}}
	}
	title := i18n.T(ctx, "items.report.title")
	return f.Shell.Render(w, r, status, frame.Page{Title: title, Space: &s.view, Tab: s.service.Path, Invalid: problem != nil}, reportPage(v))
}

// reasonLabel names a reason.
//
// i18n: items.reason.*
func reasonLabel(ctx context.Context, r remark.Reason) string {
	return i18n.T(ctx, "items.reason."+string(r))
}

func (f *Items) report(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	err := web.ParseForm(w, r, 0)
	form := web.NewForm(r)
	reason, word := remark.Reason(form.Get("motif")), form.Get("mot")
	var on id.ID
	if text := r.PathValue("remark"); text != "" {
		parsed, perr := id.Parse(text)
		if perr != nil {
			return fault.NotFoundError()
		}
		on = parsed
	}
	if err == nil {
		err = f.Remarks.Report(ctx, a, named(r), on, reason, word)
	}
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.TooLarge {
		return f.reportForm(w, r, a, web.StatusOf(kind), reason, word, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.flash.reported")
	web.Redirect(w, r, "/p/"+named(r).String())
	return nil
}

// reports is what was reported in a space, for who leads it.
func (f *Items) reports(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return f.reportsPage(w, r, a, http.StatusOK, nil)
}

func (f *Items) reportsPage(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, problem error) error {
	ctx := r.Context()
	query := r.URL.Query()
	closed := query.Get("clos") == "oui"
	before, err := id.Parse(query.Get("avant"))
	if err != nil && query.Get("avant") != "" {
		return fault.NotFoundError()
	}
	var v access.View
	var list []remark.Report
	more := false
	err = f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if v, err = f.leads(ctx, tx, a, r.PathValue("slug")); err != nil {
			return err
		}
		list, more, err = remark.Reports(ctx, tx, a, v.Space.ID, before, !closed)
		return err
	})
	if err != nil {
		return err
	}
	here := "/espaces/" + v.Space.Slug + "/signalements"
	view := reportsView{Closed: closed, First: before.IsZero(), Waiting: here, Handled: here + "?clos=oui"}
	if problem != nil {
		view.Problem = web.Message(ctx, problem)
	}
	for _, rep := range list {
		view.Reports = append(view.Reports, f.reportRow(ctx, here, rep))
	}
	view.Paging.Label = i18n.T(ctx, "items.reports.pages")
	if more {
		view.Paging.Older = here + "?avant=" + list[len(list)-1].ID.String()
		if closed {
			view.Paging.Older += "&clos=oui"
		}
	}
	return f.Shell.Render(w, r, status, frame.Page{Title: i18n.T(ctx, "items.reports.title"), Space: &v, Tab: "signalements", Invalid: problem != nil}, reportsPage(view))
}

// leads enters a space for someone who handles its reports.
func (f *Items) leads(ctx context.Context, tx *db.Tx, a actor.Actor, slug string) (access.View, error) {
	v, err := access.BySlug(ctx, tx, a, slug)
	if err != nil {
		return v, err
	}
	return v, v.Check(access.ReportHandle, access.Home)
}

func (f *Items) reportRow(ctx context.Context, here string, rep remark.Report) reportRow {
	out := reportRow{
		Title: rep.Title, Href: "/p/" + rep.Item.String(), Quote: f.Markup.Text(rep.Quote, 400), Author: rep.AuthorName, By: rep.ByName,
		Reason: reasonLabel(ctx, rep.Reason), Word: rep.Word, At: rep.At, Action: here + "/" + rep.ID.String(), ID: rep.ID.String(),
	}
	if !rep.Remark.IsZero() {
		out.Href = frame.RemarksPath(rep.Item) + "/" + rep.Remark.String()
	}
	switch rep.Fate {
	case remark.Kept:
		out.Fate = i18n.T(ctx, "items.report.kept", "name", rep.HandledByName, "when", i18n.From(ctx).DateTime(rep.HandledAt))
	case remark.Taken:
		out.Fate = i18n.T(ctx, "items.report.taken", "name", rep.HandledByName, "when", i18n.From(ctx).DateTime(rep.HandledAt))
		if !rep.Remark.IsZero() {
			out.Href = "/p/" + rep.Item.String()
		}
	case remark.Waiting:
	}
	out.Answer = rep.Answer
	return out
}

func (f *Items) handle(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	form := web.NewForm(r)
	fates := map[string]remark.Fate{"garder": remark.Kept, "retirer": remark.Taken}
	report, _ := id.Parse(r.PathValue("report")) // zero, which no report has
	var v access.View
	err := f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		v, err = f.leads(ctx, tx, a, r.PathValue("slug"))
		return err
	})
	if err != nil {
		return err
	}
	err = f.Remarks.Handle(ctx, a, v.Space.ID, report, fates[form.Get("suite")], form.Get("mot"))
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.Conflict {
		return f.reportsPage(w, r, a, web.StatusOf(kind), err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.flash.report_handled")
	web.Redirect(w, r, "/espaces/"+v.Space.Slug+"/signalements")
	return nil
}

// TellReported mails the leads that something was reported, but who wrote it, and
// the administrators when it concerns a lead: to them without a word of its content.
func (f *Items) TellReported(ctx context.Context, e activity.Event) error {
	return f.DB.Write(db.Background(ctx), func(tx *db.Tx) error {
		rep, err := remark.ReportForProgram(ctx, tx, e.Remark)
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		slug, name, leads, admins, err := f.judges(ctx, tx, rep)
		if err != nil {
			return err
		}
		for _, who := range leads {
			if err := f.tellJudge(ctx, tx, rep, who, "/espaces/"+slug+"/signalements", name, true); err != nil {
				return err
			}
		}
		for _, who := range admins {
			if err := f.tellJudge(ctx, tx, rep, who, "/p/"+rep.Item.String(), name, false); err != nil {
				return err
			}
		}
		return nil
	})
}

// judges lists the leads of a space but the author of what is reported, and the
// administrators when that author is a lead.
func (f *Items) judges(ctx context.Context, tx *db.Tx, rep remark.Report) (slug, name string, leads, admins []addressee, err error) {
	if err = tx.QueryRow(ctx, `SELECT slug, name FROM spaces WHERE id = $1`, rep.Space).Scan(&slug, &name); err != nil {
		return "", "", nil, nil, fmt.Errorf("telling of a report: %w", err)
	}
	const usable = ` AND p.state = 'active' AND (p.expires_at = 0 OR p.expires_at > $2) AND p.id <> $3`
	const some = ` ORDER BY p.id LIMIT 50`
	now := clock.Millis(f.Clock.Now())
	leads, err = people(ctx, tx, `SELECT p.id, p.name, p.email, p.lang FROM memberships m JOIN accounts p ON p.id = m.account_id WHERE m.space_id = $1 AND m.role = 3`+usable+some, rep.Space, now, rep.Author)
	if err != nil {
		return "", "", nil, nil, err
	}
	admins, err = people(ctx, tx, `SELECT p.id, p.name, p.email, p.lang FROM accounts p JOIN memberships m ON m.space_id = $1 AND m.role = 3 WHERE p.admin = 1`+usable+` AND m.account_id = $3`+some, rep.Space, now, rep.Author)
	return slug, name, leads, admins, err
}

func people(ctx context.Context, tx *db.Tx, query string, args ...any) (out []addressee, err error) {
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var who addressee
		err := rows.Scan(&who.account, &who.name, &who.email, &who.lang)
		out = append(out, who)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing whom to tell: %w", err)
	}
	return out, nil
}

func (f *Items) tellJudge(ctx context.Context, tx *db.Tx, rep remark.Report, who addressee, path, spaceName string, content bool) error {
	p := f.Catalog.Printer(who.lang, f.Location)
	title := p.T("items.report.mail.title", "space", spaceName)
	c := mail.Content{
		Brand: f.Instance, Title: title, Intro: []string{p.T("items.report.mail.reason", "reason", p.T("items.reason."+string(rep.Reason)))},
		ActionLabel: p.T("items.report.mail.action"), ActionURL: f.BaseURL + path, Footer: p.T("items.report.mail.why"),
	}
	kind := reportMail
	if content {
		c.Quote = rep.Word
	} else {
		kind = reportMail + "_admin"
		c.Footer = p.T("items.report.mail.why_admin")
	}
	text, html, err := mail.Compose(p.Lang(), c)
	if err != nil {
		return fmt.Errorf("telling of a report: %w", err)
	}
	_, err = f.Mail.Enqueue(ctx, tx, mail.Message{
		To: mail.Address{Name: who.name, Email: who.email}, Subject: title, Text: text, HTML: html, Kind: kind,
		Ref: rep.Item.String() + "/" + who.account.String(), Key: kind + ":" + rep.ID.String() + ":" + who.account.String(),
	})
	return err
}

// TellHandled mails who reported something what became of it.
func (f *Items) TellHandled(ctx context.Context, e activity.Event) error {
	return f.DB.Write(db.Background(ctx), func(tx *db.Tx) error {
		rep, err := remark.ReportForProgram(ctx, tx, e.Remark)
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		who, err := people(ctx, tx, `SELECT p.id, p.name, p.email, p.lang FROM accounts p WHERE p.id = $1 AND p.state = 'active' AND (p.expires_at = 0 OR p.expires_at > $2)`, rep.By, clock.Millis(f.Clock.Now()))
		if err != nil || len(who) == 0 {
			return err
		}
		p := f.Catalog.Printer(who[0].lang, f.Location)
		title, said := p.T("items.report.mail.handled"), p.T("items.report.mail.was_kept")
		if rep.Fate == remark.Taken {
			said = p.T("items.report.mail.was_taken")
		}
		text, html, err := mail.Compose(p.Lang(), mail.Content{Brand: f.Instance, Title: title, Intro: []string{said}, Quote: rep.Answer, Footer: p.T("items.report.mail.why_reporter")})
		if err != nil {
			return fmt.Errorf("telling what became of a report: %w", err)
		}
		_, err = f.Mail.Enqueue(ctx, tx, mail.Message{
			To: mail.Address{Name: who[0].name, Email: who[0].email}, Subject: title, Text: text, HTML: html, Kind: handledMail,
			Ref: rep.Item.String() + "/" + rep.By.String(), Key: handledMail + ":" + rep.ID.String(),
		})
		return err
	})
}
