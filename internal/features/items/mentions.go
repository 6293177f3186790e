package items

import (
	"encoding/json"
	"fmt"
	"net/http"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/mention"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/web"
)

// maxTyped bounds the beginning of a name, in bytes.
const maxTyped = 200

func (f *Items) mentionRoutes(r *web.Router) {
	r.Handle("GET", "/p/{item}/-/mentions", gate(access.ItemComment), frame.Signed(f.mentionsOf))
	r.Handle("GET", "/espaces/{slug}/-/mentions/{service}", web.Gate{Action: string(access.ItemCreate), Subject: "space"}, frame.Signed(f.mentionsIn))
}

// proposals is what a field of text is answered: a sentence for those who listen,
// and whom it may mean.
type proposals struct {
	Said string     `json:"said"`
	List []proposal `json:"list"`
}

type proposal struct {
	Target   string `json:"target"`
	Name     string `json:"name"`
	Note     string `json:"note"`
	Initials string `json:"initials"`
	Hue      int    `json:"hue"` // 0 for a group
}

// mentionsOf proposes whom to name in a comment of an item, or in its text.
func (f *Items) mentionsOf(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	return f.complete(w, r, a, access.ItemComment)
}

// complete proposes whom to name about an item, to who may do something with it.
func (f *Items) complete(w http.ResponseWriter, r *http.Request, a actor.Actor, action access.Action) error {
	ctx, now := r.Context(), f.Clock.Now()
	var list []mention.Candidate
	err := f.DB.Read(ctx, func(tx *db.Tx) error {
		s, err := f.find(ctx, tx, a, named(r))
		if err != nil {
			return err
		}
		if err := s.view.Check(action, s.Service); err != nil {
			return err
		}
		list, err = mention.Complete(ctx, tx, a, mention.Place{Scope: s.Scope}, begun(r), now)
		return err
	})
	if err != nil {
		return err
	}
	return propose(w, r, list)
}

// mentionsIn proposes whom to name in a new item of a service.
func (f *Items) mentionsIn(w http.ResponseWriter, r *http.Request, a actor.Actor) error {
	ctx, now := r.Context(), f.Clock.Now()
	sv := f.Registry().ByPath(r.PathValue("service"))
	if sv == nil {
		return fault.NotFoundError()
	}
	var list []mention.Candidate
	err := f.DB.Read(ctx, func(tx *db.Tx) error {
		v, err := access.BySlug(ctx, tx, a, r.PathValue("slug"))
		if err != nil {
			return err
		}
		if err := v.Check(access.ItemCreate, sv.Bit); err != nil {
			return err
		}
		list, err = mention.Complete(ctx, tx, a, mention.Place{Space: v.Space.ID, Service: sv.Bit}, begun(r), now)
		return err
	})
	if err != nil {
		return err
	}
	return propose(w, r, list)
}

// begun is what was typed after the "@".
func begun(r *http.Request) string {
	text := r.URL.Query().Get("debut")
	return text[:min(len(text), maxTyped)]
}

func propose(w http.ResponseWriter, r *http.Request, list []mention.Candidate) error {
	ctx := r.Context()
	out := proposals{Said: i18n.N(ctx, "items.mention.found", len(list)), List: []proposal{}}
	for _, c := range list {
		p := proposal{Target: c.String(), Name: c.Name, Note: c.Organisation, Initials: account.Initials(c.Name), Hue: c.Hue}
		switch {
		case !c.Group.IsZero():
			p.Note = i18n.N(ctx, "items.mention.group", c.Members)
		case c.Class == account.External:
			p.Note = i18n.T(ctx, "items.mention.external", "organisation", c.Organisation)
		}
		out.List = append(out.List, p)
	}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(out); err != nil {
		return fmt.Errorf("proposing names: %w", err)
	}
	return nil
}
