package people

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/mail"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

const (
	// externalsPage is how many externals a page lists, and how many are changed at once.
	externalsPage = 50
	// mailEnding is the kind of the mails that warn of the end of an access.
	mailEnding = "people.ending"
	// warnedAtOnce is how many externals are warned in one transaction.
	warnedAtOnce = 100
)

// Review is which externals are looked at.
type Review struct {
	// Of is one of the three words.
	Of    ReviewOf
	Over  bool // those whose access is over
	After account.ExternalsCursor
}

// ReviewOf says whose externals; the texts are those of the address.
type ReviewOf string

// Mine are those that one answers for; All and Orphans are for administrators.
const (
	Mine    ReviewOf = "moi"
	All     ReviewOf = "tous"
	Orphans ReviewOf = "sans-referent"
)

// Externals lists externals: an agent those that they answer for, an administrator any.
// fault.NotFound for who is no agent, or wants what is for administrators.
func (p *People) Externals(ctx context.Context, a actor.Actor, v Review) (list []account.Sponsored, more bool, err error) {
	page := account.ExternalsPage{Of: a.Account, Over: v.Over, After: v.After, Limit: externalsPage}
	switch {
	case !a.Agent, v.Of != Mine && !a.Admin:
		return nil, false, fault.NotFoundError()
	case v.Of != Mine:
		page.Of, page.Orphans = id.ID{}, v.Of == Orphans
	}
	err = p.DB.Read(ctx, func(tx *db.Tx) error {
		list, more, err = account.Externals(ctx, tx, page, p.Clock.Now())
		return err
	})
	return list, more, err
}

// The fields of the form, and what it does.
const (
	fieldWho     = "qui"
	fieldDo      = "faire"
	fieldUntil   = "jusqu_au"
	fieldSponsor = "referent"

	doExtend = "prolonger"
	doHand   = "confier"
	doEnd    = "finir"
)

// Change is what is done to some externals: one of the three, but where it is said otherwise.
type Change struct {
	// Until is when their access ends, in the future.
	Until time.Time
	// Sponsor is the mailbox of the agent who answers for them from now on.
	Sponsor string
	// End ends their access at once.
	End bool
}

// ChangeExternals does something to externals that the actor answers for, or to any where
// they are an administrator, and returns how many they were; it does it to all or to none.
// Who sets the end of one that nobody answers for answers for them.
// fault.NotFound tells that one of them is not theirs, fault.Invalid names the field
// "referent".
func (p *People) ChangeExternals(ctx context.Context, a actor.Actor, some []id.ID, c Change) (n int, err error) {
	if !a.Agent {
		return 0, fault.NotFoundError()
	}
	of := a.Account
	if a.Admin {
		of = id.ID{}
	}
	err = p.DB.Write(ctx, func(tx *db.Tx) error {
		now := p.Clock.Now()
		list, err := account.ExternalsByID(ctx, tx, of, some, now)
		if err != nil {
			return err
		}
		if n = len(list); n != len(some) {
			return fault.NotFoundError()
		}
		switch {
		case c.End:
			return p.setEnds(ctx, tx, a, list, now, now)
		case !c.Until.IsZero():
			return p.setEnds(ctx, tx, a, list, c.Until, now)
		}
		return p.hand(ctx, tx, a, list, c.Sponsor, now)
	})
	return n, err
}

func (p *People) setEnds(ctx context.Context, tx *db.Tx, a actor.Actor, list []account.Sponsored, end, now time.Time) error {
	for _, one := range list {
		if !end.After(now) && !one.Usable(now) {
			continue // it is over: the day on which it ended stays
		}
		if err := account.SetEnd(ctx, tx, one.ID, end, now); err != nil {
			return err
		}
		if end.After(now) && a.SignedIn() { // somebody must answer for whoever has an end: who gave it, if nobody does
			if err := account.Vouch(ctx, tx, one.ID, a.Account); err != nil {
				return err
			}
		}
		if err := p.tell(ctx, tx, a, account.EventEnd, one.ID, account.LastDay(end).In(p.zone()).Format(time.DateOnly)); err != nil {
			return err
		}
	}
	return nil
}

// hand has another agent answer for some externals, and tells them.
func (p *People) hand(ctx context.Context, tx *db.Tx, a actor.Actor, list []account.Sponsored, email string, now time.Time) error {
	to, err := account.ByEmail(ctx, tx, email)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if err != nil || to.Class != account.Agent || !to.Usable(now) {
		return fault.InvalidFields(fault.Field{Name: fieldSponsor, Key: "people.externals.no_agent"})
	}
	for _, one := range list {
		if err := account.SetSponsor(ctx, tx, one.ID, to.ID); err != nil {
			return err
		}
		if err := p.tell(ctx, tx, a, account.EventSponsor, one.ID, to.ID.String()); err != nil {
			return err
		}
	}
	if to.ID == a.Account {
		return nil
	}
	words, by := p.wordsFor(ctx, to), a.Name
	if !a.SignedIn() { // the operator
		by = p.Instance
	}
	return p.mailSponsor(ctx, tx, to.ID, mail.Address{Name: to.Name, Email: to.Email}, words, sponsorMail{
		Title: words.N("people.externals.mail.handed", len(list), "name", by), Footer: words.T("people.externals.mail.footer"), List: list,
	})
}

// sponsorMail is a mail to who answers for some externals.
type sponsorMail struct {
	Title, Footer string
	List          []account.Sponsored
}

func (p *People) mailSponsor(ctx context.Context, tx *db.Tx, to id.ID, address mail.Address, words *i18n.Printer, m sponsorMail) error {
	here := p.BaseURL + frame.ExternalsPath
	content := mail.Content{
		Brand: p.Instance, Title: m.Title, Intro: []string{words.T("people.mail.hello", "name", address.Name)},
		ActionLabel: words.T("people.externals.mail.action"), ActionURL: here, Outro: []string{words.T("people.externals.mail.outro")}, Footer: m.Footer,
	}
	for _, one := range m.List {
		content.List = append(content.List, mail.Entry{Title: one.Name, URL: here, Text: untilWords(words, one)})
	}
	text, html, err := mail.Compose(words.Lang(), content)
	if err != nil {
		return err
	}
	_, err = p.Mail.Enqueue(ctx, tx, mail.Message{To: address, Subject: m.Title, Text: text, HTML: html, Kind: mailEnding, Ref: to.String()})
	return err
}

// untilWords tells where an external is from and when their access ends.
func untilWords(words *i18n.Printer, one account.Sponsored) string {
	until := words.T("people.externals.no_end")
	if !one.ExpiresAt.IsZero() {
		until = words.T("people.externals.until", "day", words.Date(account.LastDay(one.ExpiresAt)))
	}
	if one.Organisation == "" {
		return until
	}
	return one.Organisation + " · " + until
}

// WarnEnding mails the externals whose access ends within thirty days, and again within
// seven, and who answers for them, in working hours of the house.
func (p *People) WarnEnding(ctx context.Context) error {
	if hour := p.Clock.Now().In(p.zone()).Hour(); hour < 8 || hour >= 18 {
		return nil
	}
	// Nobody asks for these mails: they have the account's language, else that of the house.
	ctx = i18n.With(db.Background(ctx), p.Catalog.Printer(p.Catalog.Match(""), p.Location))
	for {
		var list []account.Sponsored
		err := p.DB.Write(ctx, func(tx *db.Tx) (err error) {
			now := p.Clock.Now()
			if list, err = account.Ending(ctx, tx, now, warnedAtOnce); err != nil {
				return err
			}
			return p.warn(ctx, tx, list, now)
		})
		if err != nil || len(list) < warnedAtOnce {
			return err
		}
	}
}

// warn mails externals, who come by their sponsor, and each sponsor once.
func (p *People) warn(ctx context.Context, tx *db.Tx, list []account.Sponsored, now time.Time) error {
	ids := make([]id.ID, 0, len(list))
	for from, one := range list {
		ids = append(ids, one.ID)
		if err := p.warnExternal(ctx, tx, one); err != nil {
			return err
		}
		next := from + 1
		if next < len(list) && list[next].Sponsor.ID == one.Sponsor.ID || one.Sponsor.Gone {
			continue
		}
		first := from
		for first > 0 && list[first-1].Sponsor.ID == one.Sponsor.ID {
			first--
		}
		to, err := account.ByID(ctx, tx, one.Sponsor.ID)
		if err != nil {
			return err
		}
		words := p.wordsFor(ctx, to)
		err = p.mailSponsor(ctx, tx, to.ID, mail.Address{Name: to.Name, Email: to.Email}, words, sponsorMail{
			Title: words.N("people.externals.mail.ending", next-first), Footer: words.T("people.externals.mail.footer"), List: list[first:next],
		})
		if err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return account.Warned(ctx, tx, ids, now)
}

func (p *People) warnExternal(ctx context.Context, tx *db.Tx, one account.Sponsored) error {
	words := p.wordsFor(ctx, one.Account)
	day := words.Date(account.LastDay(one.ExpiresAt))
	title := words.T("people.ending.mail.title", "day", day)
	ask := words.T("people.ending.mail.ask_nobody")
	if !one.Sponsor.Gone {
		ask = words.T("people.ending.mail.ask", "name", one.Sponsor.Name, "email", one.Sponsor.Email)
	}
	text, html, err := mail.Compose(words.Lang(), mail.Content{
		Brand: p.Instance, Title: title, Intro: []string{words.T("people.mail.hello", "name", one.Name), words.T("people.ending.mail.intro", "day", day), ask},
		ActionLabel: words.T("people.ending.mail.action"), ActionURL: p.BaseURL + "/", Footer: words.T("people.ending.mail.footer"),
	})
	if err != nil {
		return err
	}
	_, err = p.Mail.Enqueue(ctx, tx, mail.Message{To: mail.Address{Name: one.Name, Email: one.Email}, Subject: title, Text: text, HTML: html, Kind: mailEnding, Ref: one.ID.String()})
	return err
}

func (p *People) zone() *time.Location {
	if p.Location == nil {
		return time.UTC
	}
	return p.Location
}

// reviewAt is the address of a page of the externals.
func reviewAt(v Review) string {
	q := url.Values{}
	if v.Of != Mine {
		q.Set("de", string(v.Of))
	}
	if v.Over {
		q.Set("etat", "termines")
	}
	if !v.After.ID.IsZero() {
		q.Set("apres", frame.FormatCursor(content.Cursor{At: clock.FromMillis(v.After.End), ID: v.After.ID}))
	}
	if len(q) == 0 {
		return frame.ExternalsPath
	}
	return frame.ExternalsPath + "?" + q.Encode()
}

// readReview reads what reviewAt writes. fault.NotFound for what it does not write.
func readReview(q url.Values) (v Review, err error) {
	v = Review{Of: Mine, Over: q.Get("etat") == "termines"}
	switch of := ReviewOf(q.Get("de")); of {
	case All, Orphans:
		v.Of = of
	case "", Mine:
	default:
		return v, fault.NotFoundError()
	}
	after, ok := frame.ParseCursor(q.Get("apres"))
	if !ok {
		return v, fault.NotFoundError()
	}
	v.After = account.ExternalsCursor{End: clock.Millis(after.At), ID: after.ID}
	return v, nil
}

func (p *People) showExternals(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	v, err := readReview(r.URL.Query())
	if err != nil {
		return err
	}
	return p.renderExternals(w, r, a, http.StatusOK, externalsView{Review: v})
}

func (p *People) postExternals(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx := r.Context()
	review, err := readReview(r.URL.Query())
	if err != nil {
		return err
	}
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	f := web.NewForm(r)
	v := externalsView{Review: review, Do: f.Get(fieldDo), Until: f.Get(fieldUntil), Email: f.Get(fieldSponsor), Chosen: map[id.ID]bool{}}
	var some []id.ID
	for _, one := range r.PostForm[fieldWho] {
		who, err := id.Parse(one)
		if err != nil {
			return fault.NotFoundError()
		}
		if !v.Chosen[who] {
			v.Chosen[who], some = true, append(some, who)
		}
	}
	switch {
	case len(some) == 0:
		f.Refuse(fieldWho, "people.externals.nobody")
	case len(some) > externalsPage:
		f.Refuse(fieldWho, "people.externals.many", "max", externalsPage)
	}
	var c Change
	flash := ""
	switch v.Do {
	case doExtend:
		flash = "people.externals.extended"
		end, key := account.ParseLastDay(v.Until, p.zone(), p.Clock.Now())
		if c.Until = end; key != "" {
			f.Refuse(fieldUntil, key, "years", account.MostAccess)
		}
	case doHand:
		flash = "people.externals.handed"
		c.Sponsor = f.Get(fieldSponsor)
	case doEnd:
		flash = "people.externals.ended"
		c.End = true
	default:
		f.Refuse(fieldDo, "people.externals.no_do")
	}
	n := 0
	if err = f.Err(); err == nil {
		n, err = p.ChangeExternals(ctx, a, some, c)
	}
	if err != nil {
		status, why, err := refuse(w, r, err, fieldWho, fieldDo, fieldUntil, fieldSponsor)
		if err != nil {
			return err
		}
		v.refusal = why
		return p.renderExternals(w, r, a, status, v)
	}
	web.SetFlash(w, flash, "who", i18n.N(ctx, "people.externals.count", n))
	web.Redirect(w, r, reviewAt(Review{Of: review.Of, Over: review.Over}))
	return nil
}

// renderExternals draws the page.
//
// i18n: people.externals.extended, people.externals.handed, people.externals.ended
func (p *People) renderExternals(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, v externalsView) error {
	ctx := r.Context()
	list, more, err := p.Externals(ctx, a, v.Review)
	if err != nil {
		return err
	}
	words, now := i18n.From(ctx), p.Clock.Now()
	if v.Until == "" {
		v.Until = now.In(p.zone()).AddDate(0, account.UsualAccess, 0).Format(time.DateOnly)
	}
	for _, one := range list {
		hint := untilWords(words, one)
		if v.Of != Mine {
			hint += " · " + sponsorWords(words, one.Sponsor)
		}
		v.People = append(v.People, ui.Option{Value: one.ID.String(), Label: one.Name, Hint: hint, Selected: v.Chosen[one.ID]})
	}
	v.Admin = a.Admin
	v.Paging = ui.Paging{Label: i18n.T(ctx, "people.externals.pages")}
	if more {
		next := v.Review
		next.After = account.CursorOf(list[len(list)-1])
		v.Paging.Older, v.Paging.OlderLabel = reviewAt(next), i18n.T(ctx, "people.externals.next")
	}
	if !v.After.ID.IsZero() {
		v.Paging.Newer, v.Paging.NewerLabel = reviewAt(Review{Of: v.Of, Over: v.Over}), i18n.T(ctx, "people.externals.first")
	}
	return p.Shell.Render(w, r, status, frame.Page{Title: i18n.T(ctx, "people.externals"), Invalid: status != http.StatusOK}, externalsPageView(v))
}

// sponsorWords says who answers for an external.
func sponsorWords(words *i18n.Printer, s account.Sponsor) string {
	switch {
	case s.ID.IsZero():
		return words.T("people.externals.by_nobody")
	case s.Gone:
		return words.T("people.externals.by_gone", "name", s.Name)
	}
	return words.T("people.externals.by", "name", s.Name)
}
