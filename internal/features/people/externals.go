package people

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
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

// Change is what is done to some externals: all that it says.
type Change struct {
	// Sponsor is the mailbox of the agent who answers for them from now on; empty: as before.
	Sponsor string
	// Until is when their access ends, in the future; zero: as before.
	Until time.Time
	// End ends their access at once, whatever Until says.
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
		return p.changeAccess(ctx, tx, a, list, c, now)
	})
	return n, err
}

func (p *People) changeAccess(ctx context.Context, tx *db.Tx, a actor.Actor, list []account.Sponsored, c Change, now time.Time) error {
	if c.Sponsor != "" {
		if err := p.hand(ctx, tx, a, list, c.Sponsor, now); err != nil {
			return err
		}
	}
	switch {
	case c.End:
		open := slices.DeleteFunc(list, func(one account.Sponsored) bool { return !one.Usable(now) })
		return p.setEnd(ctx, tx, a, open, now, now) // of the others, the day on which it ended stays
	case !c.Until.IsZero():
		if a.SignedIn() { // somebody must answer for whoever has an end
			if err := account.Vouch(ctx, tx, idsOf(list), a.Account); err != nil {
				return err
			}
		}
		return p.setEnd(ctx, tx, a, list, c.Until, now)
	}
	return nil
}

func (p *People) setEnd(ctx context.Context, tx *db.Tx, a actor.Actor, list []account.Sponsored, end, now time.Time) error {
	if err := account.SetEnd(ctx, tx, idsOf(list), end, now); err != nil {
		return err
	}
	return p.tellOfEach(ctx, tx, a, list, account.EventEnd, account.LastDay(end).In(p.Location).Format(time.DateOnly))
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
	if err := account.SetSponsor(ctx, tx, idsOf(list), to.ID); err != nil {
		return err
	}
	if err := p.tellOfEach(ctx, tx, a, list, account.EventSponsor, to.Email); err != nil || to.ID == a.Account {
		return err
	}
	by := a.Name
	if !a.SignedIn() { // the operator
		by = p.Instance
	}
	return p.mailSponsor(ctx, tx, account.Sponsor{ID: to.ID, Name: to.Name, Email: to.Email, Lang: to.Lang}, list, "handed", "name", by)
}

// tellOfEach appends what happened to each of some externals.
func (p *People) tellOfEach(ctx context.Context, tx *db.Tx, a actor.Actor, list []account.Sponsored, kind activity.Kind, detail string) error {
	for _, one := range list {
		if err := p.tell(ctx, tx, a, kind, one.ID, detail); err != nil {
			return err
		}
	}
	return nil
}

func idsOf(list []account.Sponsored) (out []id.ID) {
	for _, one := range list {
		out = append(out, one.ID)
	}
	return out
}

// mailSponsor mails whoever answers for some externals: why ends the key of its title, of
// which args are the values.
//
// i18n: people.externals.mail.handed, people.externals.mail.ending
func (p *People) mailSponsor(ctx context.Context, tx *db.Tx, to account.Sponsor, list []account.Sponsored, why string, args ...any) error {
	words, here := p.wordsIn(ctx, to.Lang), p.BaseURL+frame.ExternalsPath
	content := mail.Content{
		Brand: p.Instance, Title: words.N("people.externals.mail."+why, len(list), args...), Intro: []string{words.T("people.mail.hello", "name", to.Name)},
		ActionLabel: words.T("people.externals.mail.action"), ActionURL: here,
		Outro: []string{words.T("people.externals.mail.outro")}, Footer: words.T("people.externals.mail.footer"),
	}
	for _, one := range list {
		content.List = append(content.List, mail.Entry{Title: one.Name, URL: here, Text: untilWords(words, one)})
	}
	text, html, err := mail.Compose(words.Lang(), content)
	if err != nil {
		return err
	}
	_, err = p.Mail.Enqueue(ctx, tx, mail.Message{To: mail.Address{Name: to.Name, Email: to.Email}, Subject: content.Title, Text: text, HTML: html, Kind: mailEnding, Ref: to.ID.String()})
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
	if hour := p.Clock.Now().In(p.Location).Hour(); hour < 8 || hour >= 18 {
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
	if len(list) == 0 {
		return nil
	}
	for rest := list; len(rest) > 0; {
		sponsor := rest[0].Sponsor
		theirs := rest
		if n := slices.IndexFunc(rest, func(one account.Sponsored) bool { return one.Sponsor.ID != sponsor.ID }); n > 0 {
			theirs = rest[:n]
		}
		rest = rest[len(theirs):]
		for _, one := range theirs {
			if err := p.warnExternal(ctx, tx, one); err != nil {
				return err
			}
		}
		if sponsor.Gone {
			continue
		}
		if err := p.mailSponsor(ctx, tx, sponsor, theirs, "ending"); err != nil {
			return err
		}
	}
	return account.Warned(ctx, tx, idsOf(list), now)
}

func (p *People) warnExternal(ctx context.Context, tx *db.Tx, one account.Sponsored) error {
	words := p.wordsIn(ctx, one.Lang)
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
		q.Set("apres", frame.FormatCursor(content.Cursor{At: v.After.End, ID: v.After.ID}))
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
	v.After = account.ExternalsCursor{End: after.At, ID: after.ID}
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
		end, key := account.ParseLastDay(v.Until, p.Location, p.Clock.Now())
		if c.Until = end; key != "" {
			f.Refuse(fieldUntil, key, "years", account.MostAccess)
		}
	case doHand:
		flash = "people.externals.handed"
		require(f, fieldSponsor, "people.externals.no_agent")
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
		v.Until = now.In(p.Location).AddDate(0, account.UsualAccess, 0).Format(time.DateOnly)
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
		last := list[len(list)-1]
		next.After = account.ExternalsCursor{End: last.ExpiresAt, ID: last.ID}
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
