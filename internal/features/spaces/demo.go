package spaces

import (
	"context"
	"encoding/json"
	"fmt"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/service"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

type demoSpace struct {
	Slug       string           `json:"slug"`
	Name       string           `json:"name"`
	Kind       space.Kind       `json:"kind"`
	Visibility space.Visibility `json:"visibility"`
	Purpose    string           `json:"purpose"`
	Welcome    string           `json:"welcome"`
	Hue        int              `json:"hue"`
	Members    []struct {
		Email string `json:"email"`
		Role  string `json:"role"`
		// Levels are those that are not the role's, by the path of the service.
		Levels map[string]access.Level `json:"levels"`
	} `json:"members"`
	Groups []struct {
		Name    string   `json:"name"`
		Members []string `json:"members"`
	} `json:"groups"`
}

// demo opens the spaces of the demonstration with their members.
func (s *Spaces) demo(ctx context.Context, tx *db.Tx, w *service.World) error {
	raw, err := files.ReadFile("demo/spaces.json")
	if err != nil {
		return fmt.Errorf("reading the demo spaces: %w", err)
	}
	var list []demoSpace
	if err := json.Unmarshal(raw, &list); err != nil {
		return fmt.Errorf("reading the demo spaces: %w", err)
	}
	for _, d := range list {
		if err := demoOpen(ctx, tx, w, d); err != nil {
			return fmt.Errorf("demo space %s: %w", d.Slug, err)
		}
	}
	if err := demoAsking(ctx, tx, w); err != nil {
		return err
	}
	return demoInvitation(ctx, tx, w)
}

// demoAsking has one person wait at the door of a project.
func demoAsking(ctx context.Context, tx *db.Tx, w *service.World) error {
	_, err := tx.Exec(ctx, `INSERT INTO join_requests (space_id, account_id, word, asked_at, answered_at, accepted, answered_by, reply) VALUES ($1, $2, $3, $4, 0, 0, NULL, '')`,
		w.Spaces["refonte-portail"], w.People["nadia.benali@demo.example"].ID, "Je reprends le suivi de l’accessibilité du portail à partir de janvier.", clock.Millis(w.At(1, 15, 10)))
	return err
}

func demoOpen(ctx context.Context, tx *db.Tx, w *service.World, d demoSpace) error {
	sp, err := space.Create(ctx, tx, space.New{
		Slug: d.Slug, Name: d.Name, Purpose: d.Purpose, Welcome: d.Welcome, Kind: d.Kind, Visibility: d.Visibility, Hue: d.Hue,
	}, w.At(150, 9, 0))
	if err != nil {
		return err
	}
	w.Spaces[d.Slug] = sp.ID
	for i, m := range d.Members {
		who, ok := w.People[m.Email]
		role, known := space.ParseRole(m.Role)
		if !ok || !known {
			return fmt.Errorf("unknown member %s or role %s", m.Email, m.Role)
		}
		if _, err := space.Join(ctx, tx, sp.ID, who.ID, role, w.At(max(0, 149-4*i), 10, i)); err != nil {
			return err
		}
	}
	for _, g := range d.Groups {
		group, err := space.CreateGroup(ctx, tx, sp.ID, g.Name, w.At(120, 9, 0))
		if err != nil {
			return err
		}
		var members []id.ID
		for _, email := range g.Members {
			members = append(members, w.People[email].ID)
		}
		if err := space.AddToGroup(ctx, tx, sp.ID, group.ID, members...); err != nil {
			return fmt.Errorf("the group %s: %w", g.Name, err)
		}
	}
	if err := w.Registry.Open(ctx, tx, sp); err != nil {
		return err
	}
	for _, m := range d.Members {
		for path, level := range m.Levels {
			sv := w.Registry.ByPath(path)
			if sv == nil {
				continue // a program without the feature
			}
			if err := access.SetLevel(ctx, tx, sp.ID, w.People[m.Email].ID, sv.Bit, level); err != nil {
				return fmt.Errorf("the level of %s: %w", m.Email, err)
			}
		}
	}
	return nil
}

// demoInvitation leaves one invitation waiting, for the list of the members.
func demoInvitation(ctx context.Context, tx *db.Tx, w *service.World) error {
	at := w.At(2, 11, 20)
	const to = "accueil.urbanisme@ville-exemple.example"
	_, err := tx.Exec(ctx, `INSERT INTO invitations (id, space_id, email, email_key, role, word, inviter_id, token_hash, created_at, expires_at, used_at, revoked_at)
		VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8, $9, 0, 0)`,
		id.New(), w.Spaces["demat-ads"], to, account.EmailKey(to), int(space.Reader), w.People["camille.martin@demo.example"].ID, tokenHash(newToken()),
		clock.Millis(at), clock.Millis(at.Add(invitationLife)))
	return err
}
