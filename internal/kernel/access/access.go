package access

import (
	"context"
	"database/sql"
	"fmt"

	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// View is a space as one person sees it: what they are in it and what they may
// do there. It is true at the moment it was read; a write reads it again in its
// own transaction.
type View struct {
	Space    space.Space
	Role     space.Role
	services []Service
}

// Service is a service that is on in a space, in the order of its tabs.
type Service struct {
	Bit   int
	Level Level // the viewer's
}

// Services lists the services that the viewer may read, in the lead's order.
func (v View) Services() []Service { return v.services }

// Level returns the viewer's level in a service; None where it is off.
func (v View) Level(service int) Level {
	for _, s := range v.services {
		if s.Bit == service {
			return s.Level
		}
	}
	return None
}

// Can tells whether the viewer may do something in a service. An action outside
// the table is refused.
func (v View) Can(a Action, service int) bool {
	need, ok := Need(a)
	return ok && v.Level(service) >= need
}

// Check is Can as an error: fault.NotFound for who may not even read the
// service, fault.Denied for who may.
func (v View) Check(a Action, service int) error {
	if v.Can(a, service) {
		return nil
	}
	if v.Level(service) < Read {
		return fault.NotFoundError()
	}
	return fault.New(fault.Denied, "access.denied")
}

// IsMember tells whether the viewer is a member.
func (v View) IsMember() bool { return v.Role != space.NoRole }

// BySlug returns the space at an address as the actor sees it. fault.NotFound
// where there is none, or none that the actor may know of: a private space is
// known to every agent (with no service to read), a secret one to its members.
func BySlug(ctx context.Context, tx *db.Tx, a actor.Actor, slug string) (View, error) {
	return view(ctx, tx, a, `s.slug = ?`, slug)
}

// ByID is BySlug by the space's id.
func ByID(ctx context.Context, tx *db.Tx, a actor.Actor, spaceID id.ID) (View, error) {
	return view(ctx, tx, a, `s.id = ?`, spaceID)
}

func view(ctx context.Context, tx *db.Tx, a actor.Actor, where string, arg any) (View, error) {
	query, args, err := db.NewBuilder().
		Add(`SELECT `+space.Columns+`, COALESCE(m.role, 0), sv.service, sv.visitor_level, sv.reader_level, sv.contributor_level, COALESCE(ml.level, -1)
			FROM spaces s
			JOIN space_services sv ON sv.space_id = s.id
			LEFT JOIN memberships m ON m.space_id = s.id AND m.account_id = ?
			LEFT JOIN member_levels ml ON ml.space_id = sv.space_id AND ml.service = sv.service AND ml.account_id = m.account_id
			WHERE `, a.Account).
		Add(where, arg).Add(` ORDER BY sv.position, sv.service`).Build()
	if err != nil {
		return View{}, err
	}
	var v View
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var s Service
		var l Levels
		var override Level
		var err error
		v.Space, err = space.Scan(rows.Scan, &v.Role, &s.Bit, &l.Visitor, &l.Reader, &l.Contributor, &override)
		if err != nil {
			return err
		}
		s.Level = l.Of(v.Role)
		if override >= None && v.Role != space.Lead {
			s.Level = override
		}
		if v.Space.Visibility == space.Public && a.Agent {
			s.Level = max(s.Level, l.Visitor) // joining never takes a right away
		}
		if s.Level >= Read {
			v.services = append(v.services, s)
		}
		return nil
	}, query, args...)
	if err != nil {
		return View{}, fmt.Errorf("reading a space: %w", err)
	}
	if v.Space.ID.IsZero() || !v.known(a) {
		return View{}, fault.NotFoundError()
	}
	return v, nil
}

// known tells whether the actor may know that the space exists.
func (v View) known(a actor.Actor) bool {
	return v.Role != space.NoRole || a.Agent && v.Space.Visibility != space.Secret
}

// Derive writes anew what is derived from a space's services and visibility. It
// is called by whoever changed either, in the same transaction.
func Derive(ctx context.Context, tx *db.Tx, spaceID id.ID) error {
	var visitor, reader, contributor, lead int64
	err := tx.All(ctx, func(rows *sql.Rows) error {
		var bit int
		var l Levels
		var visibility space.Visibility
		if err := rows.Scan(&bit, &l.Visitor, &l.Reader, &l.Contributor, &visibility); err != nil {
			return err
		}
		mask := int64(1) << bit
		if l.Visitor >= Read && visibility == space.Public {
			visitor |= mask
		}
		if l.Reader >= Read {
			reader |= mask
		}
		if l.Contributor >= Read {
			contributor |= mask
		}
		lead |= mask
		return nil
	}, `SELECT sv.service, sv.visitor_level, sv.reader_level, sv.contributor_level, s.visibility
		FROM space_services sv JOIN spaces s ON s.id = sv.space_id WHERE sv.space_id = $1`, spaceID)
	if err != nil {
		return fmt.Errorf("deriving rights: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO space_access (space_id, visitor_mask, reader_mask, contributor_mask, lead_mask, rights_rev, last_at)
		VALUES ($1, $2, $3, $4, $5, 1, 0)
		ON CONFLICT (space_id) DO UPDATE SET visitor_mask = excluded.visitor_mask, reader_mask = excluded.reader_mask,
		contributor_mask = excluded.contributor_mask, lead_mask = excluded.lead_mask, rights_rev = space_access.rights_rev + 1`,
		spaceID, visitor, reader, contributor, lead)
	if err != nil {
		return fmt.Errorf("deriving rights: %w", err)
	}
	return override(ctx, tx, spaceID, id.ID{}) // a service that is off gives nothing, to anyone
}

// Changed marks that the rights of a space's members changed (someone joined,
// left, took another role).
func Changed(ctx context.Context, tx *db.Tx, spaceID id.ID) error {
	_, err := tx.Exec(ctx, `UPDATE space_access SET rights_rev = rights_rev + 1 WHERE space_id = $1`, spaceID)
	return err
}

// CatalogueEntry is a space that someone may know of.
type CatalogueEntry struct {
	Space   space.Space
	Role    space.Role
	Members int
}

// CatalogueFilter is what someone looks for in the catalogue. Its zero value is all of
// it.
type CatalogueFilter struct {
	// Sought are the beginnings of words of the name or the purpose (space.Sought).
	Sought []string
	Kind   space.Kind // empty for both
	Mine   bool       // of which they are a member
}

// CatalogueCursor is where a page of the catalogue begins.
type CatalogueCursor struct {
	NameKey []byte
	ID      id.ID
}

// Catalogue lists the spaces that the actor may know of and looks for, in human order,
// from the one after the cursor; next is nil at the end. Counting members of a page
// is one subquery per row shown, not per space.
func Catalogue(ctx context.Context, tx *db.Tx, a actor.Actor, f CatalogueFilter, after CatalogueCursor, limit int) (out []CatalogueEntry, next *CatalogueCursor, err error) {
	b := db.NewBuilder().Add(`SELECT `+space.Columns+`, COALESCE(m.role, 0), (SELECT COUNT(*) FROM memberships c WHERE c.space_id = s.id), s.name_key
		FROM spaces s LEFT JOIN memberships m ON m.space_id = s.id AND m.account_id = ? WHERE `, a.Account)
	if a.Agent && !f.Mine {
		b.Add(`(s.visibility <> 'secret' OR m.role IS NOT NULL)`)
	} else {
		b.Add(`m.role IS NOT NULL`)
	}
	if f.Kind != "" {
		b.Add(` AND s.kind = ?`, string(f.Kind))
	}
	space.Finding(b, f.Sought)
	if !after.ID.IsZero() {
		b.Add(` AND (s.name_key, s.id) > (?, ?)`, after.NameKey, after.ID)
	}
	query, args, err := b.Add(` ORDER BY s.name_key, s.id LIMIT ?`, limit+1).Build()
	if err != nil {
		return nil, nil, err
	}
	var keys [][]byte
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var e CatalogueEntry
		var key []byte
		var err error
		e.Space, err = space.Scan(rows.Scan, &e.Role, &e.Members, &key)
		out, keys = append(out, e), append(keys, key)
		return err
	}, query, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	if len(out) > limit {
		out = out[:limit]
		next = &CatalogueCursor{NameKey: keys[limit-1], ID: out[limit-1].Space.ID}
	}
	return out, next, nil
}
