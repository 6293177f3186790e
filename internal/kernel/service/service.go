package service

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/a-h/templ"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/platform/web"
)

// Class says what becomes of a table when a space leaves the instance.
type Class string

// The classes of tables: Exported goes with its space; Derived is built again
// from others; Instance belongs to this installation; Secret never leaves it.
const (
	Exported Class = "exported"
	Derived  Class = "derived"
	Instance Class = "instance"
	Secret   Class = "secret"
)

// Table declares a table of the schema.
type Table struct {
	Name  string
	Class Class
	// Item is the column by which its rows hang from an item, empty when they
	// don't: they go when the item is purged.
	Item string
	// Blobs are the columns by which its rows refer to kept files.
	Blobs []string
}

// Purge deletes items for good with all that hangs from them. The tables are all
// those of the schema, each after those that it refers to.
func Purge(ctx context.Context, tx *db.Tx, tables []Table, items []id.ID) error {
	for _, t := range slices.Backward(tables) {
		if t.Item == "" {
			continue
		}
		// Names of tables and columns are constants of the features.
		query, args, err := db.In(db.NewBuilder().Add(`DELETE FROM `+t.Name+` WHERE `+t.Item+` IN `), items).Build()
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return fmt.Errorf("purging %s: %w", t.Name, err)
		}
	}
	return nil
}

// Feature is all that a feature brings. Every field but Name may be empty.
type Feature struct {
	// Name is the feature's folder.
	Name string
	// Migrations holds sqlite/ and postgres/.
	Migrations fs.FS
	// Catalogue holds fr.json and en.json.
	Catalogue fs.FS
	Tables    []Table
	// Routes registers the feature's pages.
	Routes func(r *web.Router)
	// Service is what the feature offers in spaces.
	Service *Service
	// Demo loads the feature's part of the demonstration, after the features
	// before it in the list. All run in one transaction, on an empty database.
	Demo func(ctx context.Context, tx *db.Tx, w *World) error
}

// Service is a capability that a space may switch on: a tab.
type Service struct {
	// Bit numbers the service, 1 to 62, for ever: it is stored.
	Bit int
	// Path is the segment after /espaces/{slug}/.
	Path string
	// LabelKey is the i18n key of the tab, Icon its Lucide name.
	LabelKey, Icon string
	// Defaults gives the levels with which a new space of a kind opens the
	// service; on is false when it starts without it.
	Defaults func(k space.Kind) (l access.Levels, on bool)
	// ItemPath is the address of one of its items.
	ItemPath func(spaceSlug, itemSlug string) string
	// EditPath is the address of the form that changes one.
	EditPath func(spaceSlug, itemSlug string) string
	// SetFields writes the service's own row of an item, new or changed, from the
	// text fields of a revision, which FieldKeys names by i18n key. Nil when it has none.
	SetFields func(ctx context.Context, tx *db.Tx, item id.ID, fields map[string]string) error
	FieldKeys map[string]string
	// LedeField names the one of them that introduces an item, if any.
	LedeField string
	// Widget draws the service's part of the space's home for a viewer; nil
	// when it has none, as when there is nothing to show.
	Widget func(ctx context.Context, tx *db.Tx, a actor.Actor, v access.View) (templ.Component, error)
}

// Registry knows every service, in the order of the features.
type Registry struct {
	services []*Service
}

// NewRegistry gathers the services of the features.
func NewRegistry(features []Feature) *Registry {
	r := &Registry{}
	for _, f := range features {
		if f.Service != nil {
			r.services = append(r.services, f.Service)
		}
	}
	return r
}

// All lists the services.
func (r *Registry) All() []*Service { return r.services }

// ByPath returns the service at an address of a space, nil where there is none.
func (r *Registry) ByPath(path string) *Service {
	for _, s := range r.services {
		if s.Path == path {
			return s
		}
	}
	return nil
}

// ByBit returns the service of a number, nil where it is gone.
func (r *Registry) ByBit(bit int) *Service {
	for _, s := range r.services {
		if s.Bit == bit {
			return s
		}
	}
	return nil
}

// Open switches on, in a new space, the services that its kind starts with, and
// derives the rights.
func (r *Registry) Open(ctx context.Context, tx *db.Tx, s space.Space) error {
	if err := space.SetService(ctx, tx, s.ID, access.Home, 0, int(access.Read), int(access.Read), int(access.Read)); err != nil {
		return err
	}
	for i, sv := range r.services {
		l, on := sv.Defaults(s.Kind)
		if !on {
			continue
		}
		if err := space.SetService(ctx, tx, s.ID, sv.Bit, i+1, int(l.Visitor), int(l.Reader), int(l.Contributor)); err != nil {
			return err
		}
	}
	return access.Derive(ctx, tx, s.ID)
}

// World is the demonstration while it is loaded: what each feature made, by the
// names that the next ones use.
type World struct {
	Clock    clock.Clock
	Location *time.Location
	Hasher   *account.Hasher
	Registry *Registry
	// People are accounts by mailbox, Spaces ids by slug.
	People map[string]account.Account
	Spaces map[string]id.ID
}

// At is the instant a number of days ago at an hour, in the instance's zone.
func (w *World) At(daysAgo, hour, minute int) time.Time {
	now := w.Clock.Now().In(w.Location)
	t := time.Date(now.Year(), now.Month(), now.Day()-daysAgo, hour, minute, 0, 0, w.Location).UTC()
	if t.After(w.Clock.Now()) {
		return t.AddDate(0, 0, -1)
	}
	return t
}
