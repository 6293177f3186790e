package space

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"ruche/internal/kernel/account"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Kind is the model of a space: the words it uses and the services it opens with.
type Kind string

// The kinds of space.
const (
	Community Kind = "community"
	Project   Kind = "project"
)

// Visibility says who knows of a space and who reads it without being a member.
type Visibility string

// The visibilities. Public: every agent sees and reads it. Private: every agent
// sees that it exists. Secret: nobody but its members knows of it.
const (
	Public  Visibility = "public"
	Private Visibility = "private"
	Secret  Visibility = "secret"
)

// Role is what a member is in a space. The zero value is no member.
type Role int

// The roles, each a preset of levels.
const (
	NoRole      Role = 0
	Reader      Role = 1
	Contributor Role = 2
	Lead        Role = 3
)

// String names the role as forms and catalogues do.
func (r Role) String() string {
	switch r {
	case Reader:
		return "reader"
	case Contributor:
		return "contributor"
	case Lead:
		return "lead"
	case NoRole:
		return "none"
	}
	return "none"
}

// ParseRole reads what String writes; false for anything else and for "none".
func ParseRole(s string) (Role, bool) {
	for _, r := range []Role{Reader, Contributor, Lead} {
		if r.String() == s {
			return r, true
		}
	}
	return NoRole, false
}

// Limits of what people type, in characters.
const (
	MaxName    = 100
	MaxPurpose = 500
	MaxWelcome = 4000
)

// Space is a community or a project. Hue is 1 to 12; Welcome is Markdown.
type Space struct {
	ID         id.ID
	Slug       string
	Name       string
	Purpose    string
	Welcome    string
	Kind       Kind
	Visibility Visibility
	Hue        int
	CreatedAt  time.Time
	Revision   int64
}

// Columns are those that Scan reads, of spaces AS s.
const Columns = `s.id, s.slug, s.name, s.purpose, s.welcome, s.kind, s.visibility, s.hue, s.created_at, s.revision`

// Scan reads Columns, then more.
func Scan(read func(dest ...any) error, more ...any) (s Space, err error) {
	var created int64
	err = read(append([]any{&s.ID, &s.Slug, &s.Name, &s.Purpose, &s.Welcome, &s.Kind, &s.Visibility, &s.Hue, &created, &s.Revision}, more...)...)
	s.CreatedAt = clock.FromMillis(created)
	return s, err
}

// Slug writes a name as it stands in an address: lower-case ASCII letters and
// digits joined by hyphens, 60 at most; "espace" when nothing remains.
func Slug(name string) string {
	var b strings.Builder
	gap := false
	ligatures := strings.NewReplacer("œ", "oe", "æ", "ae", "ß", "ss") // letters that NFKD leaves whole
	for _, r := range norm.NFKD.String(ligatures.Replace(strings.ToLower(name))) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // an accent, set apart by NFKD
		default:
			gap = true
		}
	}
	slug := b.String()
	if len(slug) > 60 {
		slug = strings.TrimRight(slug[:60], "-")
	}
	if slug == "" {
		return "espace"
	}
	return slug
}

// New is what a space is created from. Slug is derived from Name when empty.
type New struct {
	Name, Purpose, Welcome, Slug string
	Kind                         Kind
	Visibility                   Visibility
	Hue                          int
}

// Create adds a space without members or services. The slug of a secret space
// ends in random characters, and one that is taken gets a number, silently in
// both cases: the address tells nothing of other spaces.
func Create(ctx context.Context, tx *db.Tx, n New, now time.Time) (Space, error) {
	s := Space{ID: id.New(), Name: n.Name, Purpose: n.Purpose, Welcome: n.Welcome, Kind: n.Kind, Visibility: n.Visibility, Hue: n.Hue, CreatedAt: now, Revision: 1}
	base := n.Slug
	if base == "" {
		base = Slug(n.Name)
		if n.Visibility == Secret {
			base += "-" + strings.ToLower(rand.Text()[:8])
		}
	}
	if s.Hue < 1 || s.Hue > 12 {
		s.Hue = int(s.ID[15]%12) + 1
	}
	for i := 1; i <= 1000; i++ {
		s.Slug = base
		if i > 1 {
			s.Slug = base + "-" + strconv.Itoa(i)
		}
		added, err := tx.Exec(ctx, `INSERT INTO spaces (id, slug, name, name_key, purpose, welcome, kind, visibility, hue, created_at, change_seq, revision)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, 1) ON CONFLICT (slug) DO NOTHING`,
			s.ID, s.Slug, s.Name, account.SortKey(s.Name), s.Purpose, s.Welcome, string(s.Kind), string(s.Visibility), s.Hue, clock.Millis(now))
		if err != nil {
			return Space{}, fmt.Errorf("creating a space: %w", err)
		}
		if added == 1 {
			return s, index(ctx, tx, s.ID, s.Name, s.Purpose)
		}
	}
	return Space{}, fault.New(fault.Conflict, "space.slug.taken")
}

// Lock takes the space for this transaction and numbers its change: every write
// in a space begins so, and invariants are checked after it.
func Lock(ctx context.Context, tx *db.Tx, space id.ID) (seq int64, err error) {
	err = tx.QueryRow(ctx, `UPDATE spaces SET change_seq = change_seq + 1 WHERE id = $1 RETURNING change_seq`, space).Scan(&seq)
	if db.IsNoRows(err) {
		return 0, fault.NotFoundError()
	}
	if err != nil {
		return 0, fmt.Errorf("locking a space: %w", err)
	}
	return seq, nil
}

// Update changes what a space says of itself, if it still is at the revision
// given; fault.Conflict otherwise.
func Update(ctx context.Context, tx *db.Tx, s Space, base int64) error {
	n, err := tx.Exec(ctx, `UPDATE spaces SET name = $1, name_key = $2, purpose = $3, welcome = $4, visibility = $5, hue = $6, revision = revision + 1
		WHERE id = $7 AND revision = $8`,
		s.Name, account.SortKey(s.Name), s.Purpose, s.Welcome, string(s.Visibility), s.Hue, s.ID, base)
	if err != nil {
		return fmt.Errorf("changing a space: %w", err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "space.conflict")
	}
	return index(ctx, tx, s.ID, s.Name, s.Purpose)
}

// SetService switches a service on in a space with its levels by role; a level
// is that of package access, 0 to 4.
func SetService(ctx context.Context, tx *db.Tx, space id.ID, service, position, visitor, reader, contributor int) error {
	_, err := tx.Exec(ctx, `INSERT INTO space_services (space_id, service, position, visitor_level, reader_level, contributor_level)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (space_id, service) DO UPDATE SET position = excluded.position, visitor_level = excluded.visitor_level,
		reader_level = excluded.reader_level, contributor_level = excluded.contributor_level`,
		space, service, position, visitor, reader, contributor)
	if err != nil {
		return fmt.Errorf("switching a service on: %w", err)
	}
	return nil
}

// Mine is a space as the rail of one of its members shows it.
type Mine struct {
	Space
	Role Role
}

// OfMember lists the spaces of a person in human order, 500 at most.
func OfMember(ctx context.Context, tx *db.Tx, member id.ID) ([]Mine, error) {
	var out []Mine
	err := tx.All(ctx, func(rows *sql.Rows) error {
		var m Mine
		var err error
		m.Space, err = Scan(rows.Scan, &m.Role)
		out = append(out, m)
		return err
	}, `SELECT `+Columns+`, m.role FROM memberships m JOIN spaces s ON s.id = m.space_id WHERE m.account_id = $1 ORDER BY s.name_key, s.id LIMIT 500`, member)
	return out, err
}

// ByIDs returns the spaces of the ids, without asking who may know of them: the
// caller has read something of each for the actor.
func ByIDs(ctx context.Context, tx *db.Tx, ids []id.ID) (map[id.ID]Space, error) {
	out := map[id.ID]Space{}
	query, args, err := db.In(db.NewBuilder().Add(`SELECT `+Columns+` FROM spaces s WHERE s.id IN `), ids).Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		s, err := Scan(rows.Scan)
		out[s.ID] = s
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading spaces: %w", err)
	}
	return out, nil
}
