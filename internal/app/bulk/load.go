package bulk

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/space"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// World is what was made, by which a measure finds its way.
type World struct {
	// Few, Many and Most are members of so many spaces: an external, then agents.
	Few, Many, Most account.Account
	// Big and Mid are the spaces with many members; Lead leads both.
	Big, Mid id.ID
	// Service is that of the items.
	Service int
	Lead    account.Account
	// Folder has many children; Tree has many below it; Restricted is an item with an
	// audience; all in Big.
	Folder, Tree, Restricted id.ID
	// Plain is an item of Big that all its members read.
	Plain id.ID
}

// Options is what a world is made with.
type Options struct {
	Size Size
	// Service is the number of the service of posts, in which all items are.
	Service int
	Seed    uint64
	// Now is the time of its newest item.
	Now time.Time
	// Password is the hash of the password of Few, Many, Most and Lead; nobody else
	// signs in.
	Password string
	// Progress is told what was just made, if it is set.
	Progress func(what string, n int)
}

// The mailboxes of those who sign in.
const (
	FewEmail  = "externe@grand.example"
	ManyEmail = "agent@grand.example"
	MostEmail = "partout@grand.example"
	LeadEmail = "animation@grand.example"
)

// maker makes one world.
type maker struct {
	Options
	db       *db.DB
	rng      *rand.Rand
	world    World
	people   []id.ID
	spaces   []id.ID
	members  [][]id.ID // by space
	groups   [][]id.ID // by space
	scopes   []access.ScopeID
	born     time.Time
	sequence uint64
}

// Load fills a migrated database without accounts. fault.Conflict where there are
// some. It writes in chunks: one that is interrupted is to be thrown away.
func Load(ctx context.Context, d *db.DB, o Options) (World, error) {
	m := &maker{Options: o, db: d, rng: rand.New(rand.NewPCG(o.Seed, 20_000)), born: o.Now.AddDate(-3, 0, 0)} //nolint:gosec // a world to measure, not a secret
	if m.Progress == nil {
		m.Progress = func(string, int) {}
	}
	n := 0
	err := d.Read(ctx, func(tx *db.Tx) (err error) { n, err = account.Count(ctx, tx); return err })
	if err != nil {
		return World{}, err
	}
	if n > 0 {
		return World{}, fault.New(fault.Conflict, "account.email.taken")
	}
	for _, step := range []struct {
		what string
		make func(context.Context) (int, error)
	}{
		{"accounts", m.makeAccounts}, {"spaces", m.makeSpaces}, {"memberships", m.makeMembers}, {"groups", m.makeGroups}, {"rights", m.derive},
		{"items", m.makeItems}, {"comments", m.makeRemarks}, {"newest", m.newest},
	} {
		n, err := step.make(ctx)
		if err != nil {
			return World{}, fmt.Errorf("making %s: %w", step.what, err)
		}
		m.Progress(step.what, n)
	}
	m.world.Service = m.Service
	return m.world, d.Analyze(ctx)
}

// newID makes an id of a time: a UUIDv7 (RFC 9562) whose random part the seed gives.
func (m *maker) newID(at time.Time) (out id.ID) {
	m.sequence++
	binary.BigEndian.PutUint64(out[:8], uint64(at.UnixMilli())<<16|m.rng.Uint64()&0xFFFF)
	binary.BigEndian.PutUint64(out[8:], m.rng.Uint64()&^0xFFFFFFFFFFFF|m.sequence) // it is never twice the same
	out[6], out[8] = 0x70|out[6]&0x0F, 0x80|out[8]&0x3F
	return out
}

// when is a time by chance, more often a late one.
func (m *maker) when() time.Time {
	r := m.rng.Float64()
	return m.born.Add(time.Duration(float64(m.Now.Sub(m.born)) * (1 - r*r))).Truncate(time.Millisecond)
}

// rowsInOne is how many rows one transaction writes.
const rowsInOne = 20_000

// rowsAtOnce is how many rows one statement writes.
func rowsAtOnce(columns int) int { return 8000 / columns }

// insert writes rows that make gives, by their number.
func (m *maker) insert(ctx context.Context, head string, columns, total int, row func(i int) []any) error {
	atOnce := rowsAtOnce(columns)
	values := "(" + strings.TrimSuffix(strings.Repeat("?, ", columns), ", ") + ")"
	for from := 0; from < total; from += rowsInOne {
		till := min(total, from+rowsInOne)
		// Made before the transaction: its body may run twice, chance only once.
		rows := make([][]any, 0, till-from)
		for i := from; i < till; i++ {
			rows = append(rows, row(i))
		}
		err := m.db.Write(ctx, func(tx *db.Tx) error {
			for at := 0; at < len(rows); at += atOnce {
				b := db.NewBuilder().Add(`INSERT INTO ` + head + ` VALUES `)
				for i, args := range rows[at:min(len(rows), at+atOnce)] {
					if i > 0 {
						b.Add(`, `)
					}
					b.Add(values, args...)
				}
				query, args, err := b.Build()
				if err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, query, args...); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func firstNames() []string {
	return []string{"Camille", "Amadou", "Nadia", "Hélène", "Thomas", "Lucie", "Yann", "Fatou", "Mathieu", "Sophie", "Karim", "Élise", "Benoît", "Olivier", "Inès", "Pauline", "Gabriel", "Aurélie", "David", "Chloé"}
}

func lastNames() []string {
	return []string{"Martin", "Diallo", "Benali", "Garnier", "Keller", "Pascal", "Le Bihan", "N’Diaye", "Rossi", "Tran", "Haddad", "Fontaine", "Carpentier", "Hoarau", "Dumas", "Moreau", "Chevalier", "Santos", "Bonnet", "Cohen", "Perrin", "Amrani", "Guillou", "Lacroix", "Delmas"}
}

func (m *maker) makeAccounts(ctx context.Context) (int, error) {
	special := []struct {
		email string
		who   *account.Account
		class account.Class
	}{{FewEmail, &m.world.Few, account.External}, {ManyEmail, &m.world.Many, account.Agent}, {MostEmail, &m.world.Most, account.Agent}, {LeadEmail, &m.world.Lead, account.Agent}}
	err := m.db.Write(ctx, func(tx *db.Tx) error {
		m.people = m.people[:0]
		for _, s := range special {
			a, err := account.Create(ctx, tx, account.New{Email: s.email, Name: "Personne " + strings.Split(s.email, "@")[0], Organisation: "Grand essai", Class: s.class, Lang: "fr"}, m.born)
			if err != nil {
				return err
			}
			if m.Password != "" {
				if err := account.SetPassword(ctx, tx, a.ID, m.Password, id.ID{}, m.born); err != nil {
					return err
				}
			}
			*s.who = a
			m.people = append(m.people, a.ID)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	var names []string
	first, last := firstNames(), lastNames()
	more := m.Size.Accounts - len(special)
	err = m.insert(ctx, `accounts (id, email, email_key, name, name_key, organisation, class, admin, state, lang, theme, hue, created_at, expires_at, auditor)`, 15, more, func(i int) []any {
		name := fmt.Sprintf("%s %s", first[i%len(first)], last[i/len(first)%len(last)])
		email := fmt.Sprintf("p%d@grand.example", i)
		class := "agent"
		if i%5 == 0 {
			class = "external"
		}
		m.people, names = append(m.people, m.newID(m.born)), append(names, name)
		return []any{m.people[len(m.people)-1], email, email, name, account.SortKey(name), "Service " + last[i%len(last)], class, 0, "active", "", "", i%12 + 1, clock.Millis(m.born), 0, 0}
	})
	if err != nil {
		return 0, err
	}
	type word struct {
		who   id.ID
		place int
		text  string
		key   []byte
	}
	var words []word
	for i, name := range names {
		for place, text := range account.NameWords(name) {
			words = append(words, word{m.people[len(special)+i], place, text, account.SortKey(name)})
		}
	}
	err = m.insert(ctx, `name_words (account_id, place, word, name_key)`, 4, len(words), func(i int) []any {
		return []any{words[i].who, words[i].place, words[i].text, words[i].key}
	})
	return len(m.people), err
}

func (m *maker) makeSpaces(ctx context.Context) (int, error) {
	const purpose = "Un espace du grand essai."
	n := m.Size.Spaces
	err := m.insert(ctx, `spaces (id, slug, name, name_key, purpose, welcome, kind, visibility, hue, created_at, change_seq, revision)`, 12, n, func(i int) []any {
		name := fmt.Sprintf("Espace %05d", i)
		m.spaces = append(m.spaces, m.newID(m.born))
		kind, visibility := "community", []string{"private", "private", "private", "public", "public", "private", "private", "secret", "private", "public"}[i%10]
		if i%3 == 2 {
			kind = "project"
		}
		return []any{m.spaces[i], fmt.Sprintf("espace-%05d", i), name, account.SortKey(name), purpose, "", kind, visibility, i%12 + 1, clock.Millis(m.born), 1, 1}
	})
	if err != nil {
		return 0, err
	}
	words := space.Words(fmt.Sprintf("Espace %05d", 0), purpose)
	err = m.insert(ctx, `space_words (space_id, word)`, 2, n*len(words), func(i int) []any {
		return []any{m.spaces[i/len(words)], space.Words(fmt.Sprintf("Espace %05d", i/len(words)), purpose)[i%len(words)]}
	})
	if err != nil {
		return 0, err
	}
	m.world.Big, m.world.Mid = m.spaces[0], m.spaces[1]
	// Each space has its home and its blog.
	err = m.insert(ctx, `space_services (space_id, service, position, visitor_level, reader_level, contributor_level)`, 6, 2*n, func(i int) []any {
		if i%2 == 0 {
			return []any{m.spaces[i/2], access.Home, 0, int(access.Read), int(access.Read), int(access.Read)}
		}
		return []any{m.spaces[i/2], m.Service, 1, int(access.Read), int(access.Comment), int(access.Contribute)}
	})
	return n, err
}

func (m *maker) makeMembers(ctx context.Context) (int, error) {
	s := m.Size
	m.members = make([][]id.ID, s.Spaces)
	type row struct {
		who, space id.ID
		role       space.Role
	}
	var rows []row
	in := map[[2]int]bool{}
	add := func(person, place int, role space.Role) {
		if place < s.Spaces && !in[[2]int{person, place}] {
			in[[2]int{person, place}] = true
			m.members[place] = append(m.members[place], m.people[person])
			rows = append(rows, row{m.people[person], m.spaces[place], role})
		}
	}
	for i := range s.Few {
		add(0, i*7, space.Reader)
	}
	for i := range s.Many {
		add(1, i*3, space.Contributor)
	}
	for i := range s.Most {
		add(2, i, space.Contributor)
	}
	add(3, 0, space.Lead)
	add(3, 1, space.Lead)
	for person := 4; person < s.Accounts && len(m.members[0]) < s.BigMembers; person++ {
		add(person, 0, role(person))
	}
	for person := s.Accounts - 1; person >= 4 && len(m.members[1]) < s.MidMembers; person-- {
		add(person, 1, role(person))
	}
	for place := 2; place < s.Spaces; place++ { // each has someone to lead it
		add(4+place%(s.Accounts-4), place, space.Lead)
	}
	for tries := 0; len(rows) < s.Memberships && tries < 3*s.Memberships; tries++ {
		person := 4 + m.rng.IntN(s.Accounts-4)
		add(person, 2+m.rng.IntN(s.Spaces-2), role(person))
	}
	err := m.insert(ctx, `memberships (account_id, space_id, role, plus, minus, joined_at)`, 6, len(rows), func(i int) []any {
		return []any{rows[i].who, rows[i].space, int(rows[i].role), 0, 0, clock.Millis(m.born)}
	})
	return len(rows), err
}

func role(person int) space.Role {
	if person%4 == 0 {
		return space.Contributor
	}
	return space.Reader
}

func (m *maker) makeGroups(ctx context.Context) (int, error) {
	s := m.Size
	m.groups = make([][]id.ID, s.Spaces)
	type member struct{ group, who, space id.ID }
	var members []member
	err := m.insert(ctx, `space_groups (id, space_id, name, name_key, created_at)`, 5, s.Groups, func(i int) []any {
		place := i % s.Spaces
		name := fmt.Sprintf("Groupe %d", len(m.groups[place]))
		group := m.newID(m.born)
		m.groups[place] = append(m.groups[place], group)
		some := m.members[place]
		seen := map[id.ID]bool{}
		for range min(len(some), 4+i%5) {
			if who := some[m.rng.IntN(len(some))]; !seen[who] {
				seen[who] = true
				members = append(members, member{group, who, m.spaces[place]})
			}
		}
		return []any{group, m.spaces[place], name, account.SortKey(name), clock.Millis(m.born)}
	})
	if err != nil {
		return 0, err
	}
	err = m.insert(ctx, `group_members (group_id, account_id, space_id)`, 3, len(members), func(i int) []any {
		return []any{members[i].group, members[i].who, members[i].space}
	})
	return s.Groups, err
}

// derive has the kernel derive the rights of each space, and makes the scope of all
// its readers.
func (m *maker) derive(ctx context.Context) (int, error) {
	m.scopes = make([]access.ScopeID, len(m.spaces))
	return len(m.spaces), m.each(ctx, len(m.spaces), 500, func(tx *db.Tx, i int) (err error) {
		if err := access.Derive(ctx, tx, m.spaces[i]); err != nil {
			return err
		}
		m.scopes[i], err = access.Scope(ctx, tx, m.spaces[i], m.Service, id.ID{})
		return err
	})
}

// each does something so many times, some in one transaction.
func (m *maker) each(ctx context.Context, total, atOnce int, do func(tx *db.Tx, i int) error) error {
	for from := 0; from < total; from += atOnce {
		err := m.db.Write(ctx, func(tx *db.Tx) error {
			for i := from; i < min(total, from+atOnce); i++ {
				if err := do(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
