package content

import (
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/id"
)

// State is where an item is in its life. The numbers are stored.
type State int

// The states.
const (
	Draft     State = 1
	Published State = 2
	Archived  State = 3
	Scheduled State = 4
	Trashed   State = 5
)

// Item is what was published. Body is Markdown; PublishedAt is zero for a draft.
// Audience is who reads it: zero for all readers of the service in the space,
// else the audience of the item itself when Restricted, or of the restricted item
// above it. Scope follows from space, service and audience.
type Item struct {
	ID          id.ID
	Space       id.ID
	Service     int
	Kind        string
	Parent      id.ID
	Audience    id.ID
	Restricted  bool
	Scope       access.ScopeID
	Title       string
	Slug        string
	Body        string
	State       State
	Author      id.ID
	CreatedAt   time.Time
	UpdatedAt   time.Time
	PublishedAt time.Time
	// PublishAt is when a scheduled item is to be published, zero for others.
	PublishAt time.Time
	// TrashedAt is when an item was put in the trash, and TrashedFrom the state it
	// had; zero for others.
	TrashedAt   time.Time
	TrashedFrom State
	Revision    int64
}

// Limits, in characters for the title and in bytes for the body.
const (
	MaxTitle = 200
	MaxBody  = 1 << 20
)

// Columns are those that Scan reads, of items AS i.
const Columns = columnsToBody + `i.body` + columnsFromBody

// listed are Columns without the body, of which a page of hundreds has no use.
const listed = columnsToBody + `''` + columnsFromBody

const (
	columnsToBody   = `i.id, i.space_id, i.service, i.kind, i.parent_id, i.audience_id, i.restricted, i.scope_id, i.title, i.slug, `
	columnsFromBody = `, i.state, i.author_id, i.created_at, i.updated_at, i.published_at, i.publish_at, i.trashed_at, i.trashed_from, i.revision`
)

// Scan reads Columns, then more.
func Scan(read func(dest ...any) error, more ...any) (it Item, err error) {
	err = new(reader).item(&it, read, more...)
	return it, err
}

// reader is what rows are read through: made once for a list of hundreds.
type reader struct {
	created, updated, published, due, trashed int64
	dest                                      []any
}

// item reads Columns into an item where it lies, then more.
func (r *reader) item(it *Item, read func(dest ...any) error, more ...any) error {
	r.dest = append(r.dest[:0], &it.ID, &it.Space, &it.Service, &it.Kind, &it.Parent, &it.Audience, &it.Restricted, &it.Scope, &it.Title, &it.Slug, &it.Body,
		&it.State, &it.Author, &r.created, &r.updated, &r.published, &r.due, &r.trashed, &it.TrashedFrom, &it.Revision)
	r.dest = append(r.dest, more...)
	err := read(r.dest...)
	it.CreatedAt, it.UpdatedAt, it.PublishedAt = clock.FromMillis(r.created), clock.FromMillis(r.updated), clock.FromMillis(r.published)
	it.PublishAt, it.TrashedAt = clock.FromMillis(r.due), clock.FromMillis(r.trashed)
	return err
}
