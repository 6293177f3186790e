package items

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// What is said of a change of the readers of an item: the detail of
// access.EventChanged.
const (
	detailRestricted = "item.restricted"
	detailOpened     = "item.opened"
)

// The fields of the form of the readers, and what they hold.
const (
	fieldReading = "lecture"
	fieldGroup   = "groupe"
	fieldPerson  = "personne"
	fieldSearch  = "q"
	fieldSeen    = "vu"
	forAll       = "tous"
	forSome      = "certains"
)

const (
	foundAtOnce = 20 // members proposed as readers
	// readerSteps bounds how many steps of access.Who one page of readers takes.
	readerSteps = 10
	fewReaders  = 50
)

func (f *Items) audienceRoutes(r *web.Router) {
	r.Handle("GET", "/p/{item}/-/acces", gate(access.ItemRead), frame.Signed(f.readers))
	r.Handle("POST", "/p/{item}/-/acces", gate(access.ItemEditOwn), frame.Signed(f.doReaders))
}

// Readers is whom an item is for: those named with its author and the leads, or, when
// Open, whoever reads what lies above it.
type Readers struct {
	Open   bool
	Groups []id.ID
	People []id.ID
}

// entries are the choices to keep. The author, as long as they are a member, is never
// shut out of what they wrote.
func (r Readers) entries(ctx context.Context, tx *db.Tx, it content.Item) (out []access.Entry, err error) {
	for _, g := range r.Groups {
		out = append(out, access.Entry{Group: g})
	}
	for _, p := range r.People {
		out = append(out, access.Entry{Account: p})
	}
	var member int
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM memberships WHERE space_id = $1 AND account_id = $2`, it.Space, it.Author).Scan(&member); err != nil {
		return nil, err
	}
	if member == 1 && !slices.Contains(r.People, it.Author) {
		out = append(out, access.Entry{Account: it.Author})
	}
	return out, nil
}

// SetReaders changes whom an item is for, from the readers that the actor saw.
// fault.Conflict when they are others by now; fault.Invalid where nobody is named, or
// someone who is no member, and for what is in the trash.
func (f *Items) SetReaders(ctx context.Context, a actor.Actor, item id.ID, seenReaders string, to Readers) (content.Item, error) {
	if !to.Open && len(to.Groups)+len(to.People) == 0 {
		return content.Item{}, fault.InvalidFields(fault.Field{Name: fieldReading, Key: "items.readers.nobody"})
	}
	var s seen
	err := f.DB.Write(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.locked(ctx, tx, a, item); err != nil {
			return err
		}
		if err := mayChange(a, s); err != nil {
			return err
		}
		now, err := readersOf(ctx, tx, s.Item)
		if err != nil {
			return err
		}
		if now.mark != seenReaders {
			return fault.New(fault.Conflict, "items.readers.conflict")
		}
		detail := detailRestricted
		if to.Open {
			detail = detailOpened
			s.Item, err = content.Open(ctx, tx, s.Item)
		} else {
			var entries []access.Entry
			if entries, err = to.entries(ctx, tx, s.Item); err == nil {
				s.Item, err = content.Restrict(ctx, tx, s.Item, entries)
			}
		}
		if err != nil {
			return err
		}
		return f.Outbox.Append(ctx, tx, a, activity.Event{Kind: access.EventChanged, Space: s.Space, Item: s.ID, Detail: detail})
	})
	return s.Item, err
}

// chosen are the readers that an item has by itself, with their names.
type chosen struct {
	Readers
	names map[id.ID]string
	// mark tells one choice from another.
	mark string
}

func readersOf(ctx context.Context, tx *db.Tx, it content.Item) (c chosen, err error) {
	c = chosen{Readers: Readers{Open: !it.Restricted}, names: map[id.ID]string{}}
	if c.Open {
		c.mark = forAll
		return c, nil
	}
	entries, names, err := access.Entries(ctx, tx, it.Audience)
	if err != nil {
		return c, err
	}
	var ids []string
	for i, e := range entries {
		if e.Group.IsZero() {
			c.People, c.names[e.Account] = append(c.People, e.Account), names[i]
		} else {
			c.Groups, c.names[e.Group] = append(c.Groups, e.Group), names[i]
		}
		ids = append(ids, e.Group.String()+e.Account.String())
	}
	slices.Sort(ids)
	sum := sha256.Sum256([]byte(strings.Join(ids, " ")))
	c.mark = hex.EncodeToString(sum[:8])
	return c, nil
}

// readers is the page that tells who reads an item and, to who may edit it, lets them
// choose.
func (f *Items) readers(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return f.readersWith(w, r, a, http.StatusOK, nil, nil)
}

func (f *Items) doReaders(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	// Before the form is read: who may not is told nothing of it.
	err := f.DB.Read(r.Context(), func(tx *db.Tx) error {
		_, err := f.editable(r.Context(), tx, a, named(r))
		return err
	})
	if err != nil {
		return err
	}
	if err := web.ParseForm(w, r, 0); err != nil {
		return err
	}
	form := web.NewForm(r)
	typed := &Readers{Open: form.Get(fieldReading) != forSome, Groups: idsOf(r.PostForm[fieldGroup]), People: idsOf(r.PostForm[fieldPerson])}
	if form.Get("action") == "chercher" {
		return f.readersWith(w, r, a, http.StatusOK, typed, nil)
	}
	it, err := f.SetReaders(r.Context(), a, named(r), form.Get(fieldSeen), *typed)
	switch kind := fault.KindOf(err); {
	case err == nil:
	case kind == fault.Invalid, kind == fault.Conflict:
		return f.readersWith(w, r, a, web.StatusOf(kind), typed, err)
	default:
		return err
	}
	if typed.Open {
		web.SetFlash(w, "items.flash.readers_open")
	} else {
		web.SetFlash(w, "items.flash.readers_some")
	}
	web.Redirect(w, r, frame.ReadersPath(it))
	return nil
}

// idsOf reads the ids of a field; a text that is none is left out.
func idsOf(texts []string) (out []id.ID) {
	for _, text := range texts[:min(len(texts), access.MaxEntries+1)] {
		if one, err := id.Parse(text); err == nil && !slices.Contains(out, one) {
			out = append(out, one)
		}
	}
	return out
}

func (f *Items) readersWith(w http.ResponseWriter, r *http.Request, a actor.Actor, status int, typed *Readers, problem error) error {
	ctx := r.Context()
	after, err := id.Parse(r.URL.Query().Get("apres"))
	if err != nil && r.URL.Query().Get("apres") != "" {
		return fault.NotFoundError()
	}
	form := web.NewForm(r)
	v := readersView{Search: form.Line(fieldSearch, space.MaxName)}
	var s seen
	var kept chosen
	err = f.DB.Read(ctx, func(tx *db.Tx) (err error) {
		if s, err = f.find(ctx, tx, a, named(r)); err != nil {
			return err
		}
		if kept, err = readersOf(ctx, tx, s.Item); err != nil {
			return err
		}
		if err := f.whoReads(ctx, tx, s, after, &v); err != nil {
			return err
		}
		why, err := access.Why(ctx, tx, s.ID, a.Account)
		if err != nil {
			return err
		}
		v.Why = reason(ctx, s.view, why)
		if v.May = mayChange(a, s) == nil; !v.May {
			return nil
		}
		if typed == nil {
			typed = &kept.Readers
		}
		return v.choices(ctx, tx, s, kept, *typed)
	})
	if err != nil {
		return err
	}
	v.Back, v.Action, v.Seen = ui.Link{Label: s.Title, Href: s.path()}, frame.ReadersPath(s.Item), kept.mark
	v.Draft, v.Nested = s.State == content.Draft || s.State == content.Scheduled, !s.Restricted && !s.Audience.IsZero()
	for _, one := range append(slices.Clone(kept.Groups), kept.People...) {
		if one != s.Author {
			v.Named = append(v.Named, kept.names[one])
		}
	}
	if problem != nil {
		v.Conflict = fault.KindOf(problem) == fault.Conflict
		errors := web.FormErrors(ctx, problem)
		v.Reading.Error = errors[fieldReading]
		if v.Problems = ui.Problems(errors, fieldReading); len(v.Problems) == 0 {
			v.Problems = []ui.Problem{{Text: web.Message(ctx, problem)}}
		}
	}
	v.Paging.Label = i18n.T(ctx, "items.readers.pages")
	if !after.IsZero() {
		v.Paging.Newer = v.Action
	}
	title := i18n.T(ctx, "items.readers.title")
	return f.Shell.Render(w, r, status, frame.Page{Title: title, Space: &s.view, Tab: s.service.Path, Invalid: problem != nil}, readersPage(v))
}

// reason says in one sentence why the person who asks reads an item: the first that
// would be enough by itself.
func reason(ctx context.Context, v access.View, why access.Reason) string {
	named := slices.DeleteFunc(slices.Clone(why.Named), func(name string) bool { return name == "" })
	switch {
	case why.Author:
		return i18n.T(ctx, "items.why.author")
	case why.Role == space.Lead:
		return i18n.T(ctx, "items.why.lead")
	case why.Restricted && len(named) < len(why.Named):
		return i18n.T(ctx, "items.why.named")
	case why.Restricted && len(named) > 0:
		return i18n.T(ctx, "items.why.group", "names", i18n.From(ctx).List(named))
	case why.Restricted:
		return i18n.T(ctx, "items.why.above")
	case why.Override != nil:
		return i18n.T(ctx, "items.why.override")
	case why.Role != space.NoRole:
		return i18n.T(ctx, "items.why.member", "role", frame.RoleLabel(ctx, v.Space.Kind, why.Role))
	}
	return i18n.T(ctx, "items.why.visitor")
}

// whoReads lists a page of those who read an item, and counts them all; of one that is
// not published yet it counts those who will.
func (f *Items) whoReads(ctx context.Context, tx *db.Tx, s seen, after id.ID, v *readersView) (err error) {
	now := f.Clock.Now()
	members, externals, err := access.CountScopeReaders(ctx, tx, s.Scope, now)
	if err != nil {
		return err
	}
	v.Count = i18n.N(ctx, "items.readers.count", members)
	if externals > 0 {
		v.Count = i18n.N(ctx, "items.readers.count.externals", members, "externals", i18n.N(ctx, "items.readers.externals", externals))
	}
	if v.Visitors = s.Audience.IsZero() && s.view.Space.Visibility == space.Public; s.State != content.Published && s.State != content.Archived {
		return nil
	}
	var all []access.Reader
	next := after
	for step := 0; step < readerSteps && len(all) < fewReaders && (step == 0 || !next.IsZero()); step++ {
		var some []access.Reader
		if some, next, err = access.Who(ctx, tx, s.ID, now, next); err != nil {
			return err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b access.Reader) int {
		return slices.Compare(account.SortKey(a.Name), account.SortKey(b.Name))
	})
	for _, one := range all {
		face := frame.Face(one.Name, one.Organisation, one.Class, one.Hue)
		row := ui.Row{Face: &face, Title: one.Name, Text: one.Organisation, Meta: frame.RoleLabel(ctx, s.view.Space.Kind, one.Role)}
		if one.Class == account.External {
			row.Text, row.External, row.Organisation = "", true, one.Organisation
		}
		v.Rows = append(v.Rows, row)
	}
	if !next.IsZero() {
		v.Paging.Older = frame.ReadersPath(s.Item) + "?apres=" + next.String()
	}
	return nil
}

// choices fills the form: the groups of the space, those who are named, and those
// whose name is looked for.
func (v *readersView) choices(ctx context.Context, tx *db.Tx, s seen, kept chosen, typed Readers) error {
	v.Reading = ui.Choice{Name: fieldReading, Label: i18n.T(ctx, "items.readers.for"), Options: []ui.Option{
		{Value: forAll, Label: i18n.T(ctx, "items.readers.all"), Hint: i18n.T(ctx, "items.readers.all.hint"), Selected: typed.Open},
		{Value: forSome, Label: i18n.T(ctx, "items.readers.some"), Hint: i18n.T(ctx, "items.readers.some.hint"), Selected: !typed.Open},
	}}
	groups, err := space.Groups(ctx, tx, s.Space)
	if err != nil {
		return err
	}
	v.Groups = ui.Choice{Name: fieldGroup, Label: i18n.T(ctx, "items.readers.groups")}
	for _, g := range groups {
		v.Groups.Options = append(v.Groups.Options, ui.Option{
			Value: g.ID.String(), Label: g.Name, Hint: i18n.N(ctx, "items.readers.members", g.Members), Selected: slices.Contains(typed.Groups, g.ID),
		})
	}
	people, err := space.Some(ctx, tx, s.Space, append(slices.Clone(typed.People), kept.People...))
	if err != nil {
		return err
	}
	var more bool
	if v.Search != "" {
		found, others, err := space.Named(ctx, tx, s.Space, id.ID{}, v.Search, foundAtOnce)
		if err != nil {
			return err
		}
		more, v.Found = others, len(found)
		for _, m := range found {
			if !slices.ContainsFunc(people, func(o space.Member) bool { return o.Account == m.Account }) {
				people = append(people, m)
			}
		}
	}
	v.People = ui.Choice{Name: fieldPerson, Label: i18n.T(ctx, "items.readers.people")}
	if more {
		v.People.Hint = i18n.T(ctx, "items.readers.more")
	}
	for _, m := range people {
		if m.Account == s.Author {
			continue
		}
		v.People.Options = append(v.People.Options, ui.Option{
			Value: m.Account.String(), Label: m.Name, Hint: frame.From(ctx, m.Class, m.Organisation), Selected: slices.Contains(typed.People, m.Account),
		})
	}
	return nil
}
