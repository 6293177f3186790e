package account

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Class is what a person is by a proven identity.
type Class string

// The classes. Administering the instance is a mark on the account, not a class.
const (
	Agent    Class = "agent"
	External Class = "external"
)

// State tells whether the account may be used.
type State string

// The states of an account.
const (
	Active    State = "active"
	Suspended State = "suspended"
)

// Account is a person. Hue, 1 to 12, colours the face where there is no photo.
type Account struct {
	ID           id.ID
	Email        string
	Name         string
	Organisation string
	Class        Class
	Admin        bool
	State        State
	Lang         string // "fr", "en", or empty to follow the browser
	Theme        string // "light", "dark", or empty to follow the system
	Hue          int
	CreatedAt    time.Time
	ExpiresAt    time.Time // of an external: the account is nobody's from then on; zero never
	Auditor      bool      // may read the audit log, which is no right on any content
	// Markdown: writes in Markdown rather than in the visual editor.
	Markdown bool
	// NoShortcuts: no key alone does anything.
	NoShortcuts bool
	// Quiet is when the person wants no mail of what they are told of, as package notice
	// names it.
	Quiet string
}

// New is what an account is created from. Email must be proven by the caller:
// by a link read in it, or by an administrator's hand.
type New struct {
	Email, Name, Organisation, Lang string
	Class                           Class
	Admin                           bool
	ExpiresAt                       time.Time // zero never
}

// Limits of what people type, in characters.
const (
	MaxName         = 120
	MaxOrganisation = 160
	MaxEmail        = 254
)

const columns = `a.id, a.email, a.name, a.organisation, a.class, a.admin, a.state, a.lang, a.theme, a.hue, a.created_at, a.expires_at, a.auditor, a.markdown, a.no_shortcuts, a.quiet`

// EmailKey is the form in which a mailbox is unique: Unicode NFC, lower case,
// without spaces around. The local part is folded too, as every mail service of
// the field does.
func EmailKey(email string) string {
	return strings.ToLower(norm.NFC.String(strings.TrimSpace(email)))
}

// SortKey is the stored key by which people and spaces stand in human order:
// French collation, accents and case after letters.
func SortKey(name string) []byte {
	var buf collate.Buffer
	return append([]byte(nil), collate.New(language.French, collate.Loose).KeyFromString(&buf, name)...)
}

// Initials gives the one or two letters drawn on a face or a tile.
func Initials(name string) string {
	var out []rune
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '-' || r == '’' || r == '\u00a0' || r == '.' }) {
		out = append(out, []rune(strings.ToUpper(word))[0])
	}
	if len(out) > 2 {
		out = []rune{out[0], out[len(out)-1]}
	}
	return string(out)
}

// Create adds an account. fault.Conflict tells that the mailbox has one already.
func Create(ctx context.Context, tx *db.Tx, n New, now time.Time) (Account, error) {
	a := Account{
		ID: id.New(), Email: strings.TrimSpace(n.Email), Name: strings.TrimSpace(n.Name), Organisation: strings.TrimSpace(n.Organisation),
		Class: n.Class, Admin: n.Admin, State: Active, Lang: n.Lang, CreatedAt: now, ExpiresAt: n.ExpiresAt,
	}
	a.Hue = hueOf(EmailKey(a.Email))
	added, err := tx.Exec(ctx, `INSERT INTO accounts (id, email, email_key, name, name_key, organisation, class, admin, state, lang, theme, hue, created_at, expires_at, auditor)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11, $12, $13, 0) ON CONFLICT (email_key) DO NOTHING`,
		a.ID, a.Email, EmailKey(a.Email), a.Name, SortKey(a.Name), a.Organisation, string(a.Class), a.Admin, string(a.State), a.Lang, a.Hue, clock.Millis(now), clock.Millis(n.ExpiresAt))
	if err != nil {
		return Account{}, fmt.Errorf("creating an account: %w", err)
	}
	if added == 0 {
		return Account{}, fault.New(fault.Conflict, "account.email.taken")
	}
	return a, indexName(ctx, tx, a.ID, a.Name)
}

func hueOf(s string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(s)) // a hash never fails to write
	return int(h.Sum32()%12) + 1
}

// ByEmail finds an account by its mailbox; fault.NotFound where there is none.
func ByEmail(ctx context.Context, tx *db.Tx, email string) (Account, error) {
	return one(tx.QueryRow(ctx, `SELECT `+columns+` FROM accounts a WHERE a.email_key = $1`, EmailKey(email)))
}

// ByID finds an account; fault.NotFound where there is none.
func ByID(ctx context.Context, tx *db.Tx, account id.ID) (Account, error) {
	return one(tx.QueryRow(ctx, `SELECT `+columns+` FROM accounts a WHERE a.id = $1`, account))
}

// List gives accounts by age, oldest first, from the one after the id given.
func List(ctx context.Context, tx *db.Tx, after id.ID, limit int) ([]Account, error) {
	var out []Account
	b := db.NewBuilder().Add(`SELECT ` + columns + ` FROM accounts a`)
	if !after.IsZero() {
		b.Add(` WHERE a.id > ?`, after)
	}
	query, args, err := b.Add(` ORDER BY a.id LIMIT ?`, limit).Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		a, err := scan(rows.Scan)
		out = append(out, a)
		return err
	}, query, args...)
	return out, err
}

// Count tells how many accounts there are.
func Count(ctx context.Context, tx *db.Tx) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT COUNT(*) FROM accounts`).Scan(&n)
	return n, err
}

// SetProfile changes what a person says of themself.
func SetProfile(ctx context.Context, tx *db.Tx, account id.ID, name, organisation, lang, theme string) error {
	_, err := tx.Exec(ctx, `UPDATE accounts SET name = $1, name_key = $2, organisation = $3, lang = $4, theme = $5 WHERE id = $6`,
		name, SortKey(name), organisation, lang, theme, account)
	if err != nil {
		return fmt.Errorf("changing a profile: %w", err)
	}
	return indexName(ctx, tx, account, name)
}

// SetMarkdown says whether a person writes in Markdown rather than in the visual editor.
func SetMarkdown(ctx context.Context, tx *db.Tx, account id.ID, markdown bool) error {
	if _, err := tx.Exec(ctx, `UPDATE accounts SET markdown = $1 WHERE id = $2`, flag(markdown), account); err != nil {
		return fmt.Errorf("changing a way of writing: %w", err)
	}
	return nil
}

// SetNoShortcuts says whether a person wants no key alone to do anything.
func SetNoShortcuts(ctx context.Context, tx *db.Tx, account id.ID, none bool) error {
	if _, err := tx.Exec(ctx, `UPDATE accounts SET no_shortcuts = $1 WHERE id = $2`, flag(none), account); err != nil {
		return fmt.Errorf("changing the shortcuts of an account: %w", err)
	}
	return nil
}

// SetQuiet says when a person wants no mail of what they are told of.
func SetQuiet(ctx context.Context, tx *db.Tx, account id.ID, quiet string) error {
	if _, err := tx.Exec(ctx, `UPDATE accounts SET quiet = $1 WHERE id = $2`, quiet, account); err != nil {
		return fmt.Errorf("changing the quiet hours of an account: %w", err)
	}
	return nil
}

// flag writes a truth as SQL keeps it.
func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// SetAuditor says whether a person may read the audit log.
func SetAuditor(ctx context.Context, tx *db.Tx, account id.ID, may bool) error {
	if _, err := tx.Exec(ctx, `UPDATE accounts SET auditor = $1 WHERE id = $2`, flag(may), account); err != nil {
		return fmt.Errorf("changing an auditor: %w", err)
	}
	return nil
}

// SetState suspends an account or opens it again. Suspending ends its sessions.
func SetState(ctx context.Context, tx *db.Tx, account id.ID, state State) error {
	if _, err := tx.Exec(ctx, `UPDATE accounts SET state = $1 WHERE id = $2`, string(state), account); err != nil {
		return fmt.Errorf("changing the state of an account: %w", err)
	}
	if state == Suspended {
		return EndSessions(ctx, tx, account, id.ID{})
	}
	return nil
}

// Usable tells whether the account may be used at an instant: neither suspended
// nor expired.
func (a Account) Usable(now time.Time) bool {
	return a.State == Active && (a.ExpiresAt.IsZero() || now.Before(a.ExpiresAt))
}

// Actor returns the person as one who acts, in a session or outside any.
func (a Account) Actor(session id.ID) actor.Actor {
	return actor.Actor{Account: a.ID, Session: session, Name: a.Name, Agent: a.Class == Agent, Admin: a.Admin, Auditor: a.Auditor}
}

func one(row *db.Row) (Account, error) {
	a, err := scan(row.Scan)
	if db.IsNoRows(err) {
		return Account{}, fault.NotFoundError()
	}
	return a, err
}

func scan(read func(dest ...any) error, more ...any) (a Account, err error) {
	var created, expires int64
	err = read(append([]any{&a.ID, &a.Email, &a.Name, &a.Organisation, &a.Class, &a.Admin, &a.State, &a.Lang, &a.Theme, &a.Hue, &created, &expires, &a.Auditor, &a.Markdown, &a.NoShortcuts, &a.Quiet}, more...)...)
	a.CreatedAt, a.ExpiresAt = clock.FromMillis(created), clock.FromMillis(expires)
	return a, err
}
