package people

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/ui"
)

const (
	// directoryPage is how many people a page of the directory has.
	directoryPage = 50
	// spacesShown bounds the spaces of a profile.
	spacesShown = 50
)

// Person is someone as the actor may see them: what they say of themself, and the spaces
// in which the actor may know that they are.
type Person struct {
	Account account.Account
	Profile account.Profile
	Spaces  []space.Space
	// Sponsor is who answers for an external; it is read for agents alone.
	Sponsor account.Sponsor
}

// Person reads someone's profile. fault.NotFound for whom the actor may not know of.
func (p *People) Person(ctx context.Context, a actor.Actor, who id.ID) (out Person, err error) {
	err = p.DB.Read(ctx, func(tx *db.Tx) error {
		if out.Account, err = access.Person(ctx, tx, a, who); err != nil {
			return err
		}
		if out.Profile, err = account.ProfileOf(ctx, tx, who); err != nil {
			return err
		}
		if a.Agent && out.Account.Class == account.External {
			if out.Sponsor, err = account.SponsorOf(ctx, tx, who, p.Clock.Now()); err != nil {
				return err
			}
		}
		out.Spaces, err = access.SpacesOf(ctx, tx, a, who, spacesShown)
		return err
	})
	return out, err
}

// Directory lists the agents whose names hold what is typed, fifty at most, from the one
// after an account on, and tells whether there are more. fault.NotFound for who is no agent.
func (p *People) Directory(ctx context.Context, a actor.Actor, typed string, after id.ID) (list []access.Listed, more bool, err error) {
	err = p.DB.Read(ctx, func(tx *db.Tx) error {
		list, more, err = access.Directory(ctx, tx, a, access.DirectoryPage{Words: space.Sought(typed), After: after, Limit: directoryPage}, p.Clock.Now())
		return err
	})
	return list, more, err
}

func (p *People) showDirectory(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, q := r.Context(), r.URL.Query()
	typed := strings.TrimSpace(q.Get("q"))
	var after id.ID
	if at := q.Get("apres"); at != "" {
		var err error
		if after, err = id.Parse(at); err != nil {
			return fault.NotFoundError()
		}
	}
	list, more, err := p.Directory(ctx, a, typed, after)
	if err != nil {
		return err
	}
	v := directoryView{Typed: typed, Paging: ui.Paging{Label: i18n.T(ctx, "people.directory.pages")}}
	for _, one := range list {
		face := frame.FaceFor(a, one.ID, one.Name, one.Organisation, account.Agent, one.Hue)
		v.People = append(v.People, ui.Row{Face: &face, Title: one.Name, Href: face.Href, Text: one.Job, Meta: one.Organisation})
	}
	if more {
		v.Paging.Older, v.Paging.OlderLabel = directoryAt(typed, list[len(list)-1].ID.String()), i18n.T(ctx, "people.directory.next")
	}
	if !after.IsZero() {
		v.Paging.Newer, v.Paging.NewerLabel = directoryAt(typed, ""), i18n.T(ctx, "people.directory.first")
	}
	return p.Shell.Render(w, r, http.StatusOK, frame.Page{Title: i18n.T(ctx, "people.directory")}, directoryPageView(v))
}

// directoryAt is the address of a page of the directory.
func directoryAt(typed, after string) string {
	q := url.Values{}
	if typed != "" {
		q.Set("q", typed)
	}
	if after != "" {
		q.Set("apres", after)
	}
	if len(q) == 0 {
		return frame.DirectoryPath
	}
	return frame.DirectoryPath + "?" + q.Encode()
}

func (p *People) showPerson(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	who, err := id.Parse(r.PathValue("account"))
	if err != nil {
		return fault.NotFoundError()
	}
	one, err := p.Person(r.Context(), a, who)
	if err != nil {
		return err
	}
	me := one.Account
	v := personView{
		Face: frame.Face(me.Name, me.Organisation, me.Class, me.Hue), Job: one.Profile.Job, Organisation: me.Organisation, About: one.Profile.About, Skills: one.Profile.Skills,
		Mine: who == a.Account, Closed: !me.Usable(p.Clock.Now()), External: me.Class == account.External,
	}
	if a.Agent && v.External {
		words := i18n.From(r.Context())
		if !me.ExpiresAt.IsZero() && !v.Closed {
			v.Access = append(v.Access, words.T("people.page.until", "day", words.Date(account.LastDay(me.ExpiresAt))))
		}
		if !one.Sponsor.ID.IsZero() {
			v.Access = append(v.Access, words.T("people.page.sponsor", "name", one.Sponsor.Name))
		}
		v.Manages = one.Sponsor.ID == a.Account
	}
	for _, sp := range one.Spaces {
		v.Spaces = append(v.Spaces, ui.Row{
			Space: &ui.SpaceItem{Name: sp.Name, Initials: account.Initials(sp.Name), Hue: sp.Hue, Kind: string(sp.Kind)}, Title: sp.Name, Href: "/espaces/" + sp.Slug, Text: sp.Purpose,
		})
	}
	return p.Shell.Render(w, r, http.StatusOK, frame.Page{Title: me.Name}, personPage(v))
}
