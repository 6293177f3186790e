package account

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Bounds of a password, in characters (NIST SP 800-63B, section 3.1.1.2).
const (
	MinPassword = 12
	MaxPassword = 200
)

// SessionLife is how long a session lasts without being used.
const SessionLife = 30 * 24 * time.Hour

// seenEvery bounds how often the use of a session is written down.
const seenEvery = time.Hour

// Hasher makes and checks argon2id hashes, a few at a time: each takes 19 MiB,
// so that a flood of sign-ins must not take the machine's memory.
type Hasher struct {
	params argon2id.Params
	slots  chan struct{}
	decoy  string
}

// NewHasher returns a hasher with OWASP's parameters (19 MiB, 2 passes, 1
// lane), at most four at work at once.
func NewHasher() (*Hasher, error) {
	return newHasher(argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
}

// NewFastHasher returns a hasher weak enough for tests and demo accounts that
// only exist on a loopback address.
func NewFastHasher() (*Hasher, error) {
	return newHasher(argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
}

func newHasher(p argon2id.Params) (*Hasher, error) {
	h := &Hasher{params: p, slots: make(chan struct{}, 4)}
	decoy, err := argon2id.CreateHash(rand.Text(), &h.params)
	if err != nil {
		return nil, fmt.Errorf("preparing the password hasher: %w", err)
	}
	h.decoy = decoy
	return h, nil
}

// Hash returns the encoded hash of a password; it takes tens of milliseconds and
// so never runs in a transaction.
func (h *Hasher) Hash(password string) (string, error) {
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	hash, err := argon2id.CreateHash(password, &h.params)
	if err != nil {
		return "", fmt.Errorf("hashing a password: %w", err)
	}
	return hash, nil
}

// Check tells whether the password matches the hash. An empty hash costs the
// same time and never matches, so that an unknown mailbox answers like a known one.
func (h *Hasher) Check(hash, password string) bool {
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	if hash == "" {
		_, _ = argon2id.ComparePasswordAndHash(password, h.decoy) // only the time it takes matters
		return false
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	return ok && err == nil
}

// CheckPassword says whether a new password will do: length in characters, and none of
// those that are tried first (Guessable). The words of one's own are one's mailbox, one's
// name, and the like.
func CheckPassword(field, password string, own ...string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < MinPassword:
		return fault.InvalidFields(fault.Field{Name: field, Key: "account.password.short", Args: []any{"min", MinPassword}})
	case n > MaxPassword:
		return fault.InvalidFields(fault.Field{Name: field, Key: "account.password.long", Args: []any{"max", MaxPassword}})
	case Guessable(password, own...):
		return fault.InvalidFields(fault.Field{Name: field, Key: "account.password.common"})
	}
	return nil
}

// SetPassword keeps the hash as the account's password and ends every session
// but the one given.
func SetPassword(ctx context.Context, tx *db.Tx, account id.ID, hash string, keep id.ID, now time.Time) error {
	if err := lock(ctx, tx, account); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO credentials (account_id, kind, secret, updated_at) VALUES ($1, 'password', $2, $3)
		ON CONFLICT (account_id, kind) DO UPDATE SET secret = excluded.secret, updated_at = excluded.updated_at`,
		account, hash, clock.Millis(now))
	if err != nil {
		return fmt.Errorf("setting a password: %w", err)
	}
	return EndSessions(ctx, tx, account, keep)
}

// Password returns the account of a mailbox and the hash of its password, both
// empty where there is none: the caller checks the hash all the same.
func Password(ctx context.Context, tx *db.Tx, email string) (Account, string, error) {
	var hash sql.NullString
	a, err := scan(tx.QueryRow(ctx, `SELECT `+columns+`, c.secret FROM accounts a
		LEFT JOIN credentials c ON c.account_id = a.id AND c.kind = 'password' WHERE a.email_key = $1`, EmailKey(email)).Scan, &hash)
	if db.IsNoRows(err) {
		return Account{}, "", nil
	}
	return a, hash.String, err
}

// Proven returns the account of someone whose password was checked against a hash
// before this transaction: locked, as it is now. fault.Unauthenticated when the
// account may not be used any more, or has another password: what was proven then
// proves nothing now. A change of state or of password waits for this transaction,
// and ends the session that it opens.
func Proven(ctx context.Context, tx *db.Tx, account id.ID, hash string, now time.Time) (Account, error) {
	if err := lock(ctx, tx, account); err != nil {
		return Account{}, err
	}
	var current sql.NullString
	a, err := scan(tx.QueryRow(ctx, `SELECT `+columns+`, c.secret FROM accounts a
		LEFT JOIN credentials c ON c.account_id = a.id AND c.kind = 'password' WHERE a.id = $1`, account).Scan, &current)
	if err != nil && !db.IsNoRows(err) {
		return Account{}, fmt.Errorf("reading an account: %w", err)
	}
	if err != nil || !a.Usable(now) || current.String != hash || hash == "" {
		return Account{}, fault.New(fault.Unauthenticated, "account.session.over")
	}
	return a, nil
}

// lock takes the row of an account until the end of the transaction.
func lock(ctx context.Context, tx *db.Tx, account id.ID) error {
	var locked id.ID
	err := tx.QueryRow(ctx, `SELECT id FROM accounts WHERE id = $1`+tx.LockClause(), account).Scan(&locked)
	if db.IsNoRows(err) {
		return fault.NotFoundError()
	}
	if err != nil {
		return fmt.Errorf("locking an account: %w", err)
	}
	return nil
}

// Session is one browser in which a person is signed in.
type Session struct {
	ID        id.ID
	CreatedAt time.Time
	SeenAt    time.Time
	UserAgent string
}

// Opened is a session just opened. Token is for its cookie, and kept nowhere; Until is
// how long it lasts unused. Half tells that it opens nothing yet: the code of a second
// factor is asked for first.
type Opened struct {
	Token string
	Until time.Time
	Half  bool
}

// halfLife is how long a half session waits for the code of a second factor.
const halfLife = 10 * time.Minute

// OpenSession starts a session, a half one where the account has a second factor: every
// way in comes through here. userAgent is what the browser says of itself, cut to 200
// bytes.
func OpenSession(ctx context.Context, tx *db.Tx, account id.ID, userAgent string, now time.Time) (Opened, error) {
	half, err := hasFactor(ctx, tx, account)
	if err != nil {
		return Opened{}, err
	}
	return openSession(ctx, tx, account, userAgent, half, now)
}

func openSession(ctx context.Context, tx *db.Tx, account id.ID, userAgent string, half bool, now time.Time) (Opened, error) {
	o := Opened{Token: NewToken(), Until: now.Add(SessionLife), Half: half}
	if half {
		o.Until = now.Add(halfLife)
	}
	if len(userAgent) > 200 {
		userAgent = strings.ToValidUTF8(userAgent[:200], "")
	}
	_, err := tx.Exec(ctx, `INSERT INTO sessions (id, token_hash, account_id, created_at, seen_at, expires_at, user_agent, half) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id.New(), TokenHash(o.Token), account, clock.Millis(now), clock.Millis(now), clock.Millis(o.Until), userAgent, flag(half))
	if err != nil {
		return Opened{}, fmt.Errorf("opening a session: %w", err)
	}
	return o, nil
}

// CompleteSession opens a session in place of a half one, whose person has just proven
// the second factor.
func CompleteSession(ctx context.Context, tx *db.Tx, account, half id.ID, userAgent string, now time.Time) (Opened, error) {
	if err := EndSession(ctx, tx, account, half); err != nil {
		return Opened{}, err
	}
	return openSession(ctx, tx, account, userAgent, false, now)
}

// BySession returns the active account of a token and its session. stale tells
// that Touch should write that the session is used. fault.Unauthenticated
// answers an unknown or expired token and a suspended or expired account alike, and
// ErrHalf a session that waits for a code.
func BySession(ctx context.Context, tx *db.Tx, token string, now time.Time) (a Account, session id.ID, stale bool, err error) {
	a, session, seen, half, err := bySession(ctx, tx, token, now)
	if err == nil && half {
		return Account{}, id.ID{}, false, ErrHalf
	}
	return a, session, now.Sub(seen) > seenEvery, err
}

// ErrHalf tells that a session waits for the code of a second factor: for now it is
// nobody's. Its kind is fault.Unauthenticated.
var ErrHalf = fault.New(fault.Unauthenticated, "account.session.half")

// ByHalfSession returns the account of a session that waits for a code.
// fault.Unauthenticated answers any other token.
func ByHalfSession(ctx context.Context, tx *db.Tx, token string, now time.Time) (Account, id.ID, error) {
	a, session, _, half, err := bySession(ctx, tx, token, now)
	if err == nil && !half {
		return Account{}, id.ID{}, fault.New(fault.Unauthenticated, "account.session.over")
	}
	return a, session, err
}

func bySession(ctx context.Context, tx *db.Tx, token string, now time.Time) (a Account, session id.ID, seen time.Time, half bool, err error) {
	var at int64
	a, err = scan(tx.QueryRow(ctx, `SELECT `+columns+`, s.id, s.seen_at, s.half FROM sessions s JOIN accounts a ON a.id = s.account_id
		WHERE s.token_hash = $1 AND s.expires_at > $2 AND a.state = 'active' AND (a.expires_at = 0 OR a.expires_at > $2)`, TokenHash(token), clock.Millis(now)).Scan, &session, &at, &half)
	if db.IsNoRows(err) {
		return Account{}, id.ID{}, time.Time{}, false, fault.New(fault.Unauthenticated, "account.session.over")
	}
	return a, session, clock.FromMillis(at), half, err
}

// EndToken ends the session of a token, whoever's it is; one that is gone is fine.
func EndToken(ctx context.Context, tx *db.Tx, token string) error {
	_, err := tx.Exec(ctx, `DELETE FROM sessions WHERE token_hash = $1`, TokenHash(token))
	return err
}

// Touch prolongs a session that is used.
func Touch(ctx context.Context, tx *db.Tx, session id.ID, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE sessions SET seen_at = $1, expires_at = $2 WHERE id = $3`,
		clock.Millis(now), clock.Millis(now.Add(SessionLife)), session)
	return err
}

// Sessions lists the account's open sessions, the last used first.
func Sessions(ctx context.Context, tx *db.Tx, account id.ID, now time.Time) ([]Session, error) {
	var out []Session
	err := tx.All(ctx, func(rows *sql.Rows) error {
		var s Session
		var created, seen int64
		err := rows.Scan(&s.ID, &created, &seen, &s.UserAgent)
		s.CreatedAt, s.SeenAt = clock.FromMillis(created), clock.FromMillis(seen)
		out = append(out, s)
		return err
	}, `SELECT id, created_at, seen_at, user_agent FROM sessions WHERE account_id = $1 AND expires_at > $2 AND half = 0 ORDER BY seen_at DESC, id LIMIT 100`,
		account, clock.Millis(now))
	return out, err
}

// EndSession ends one session of the account; ending one that is gone is fine.
func EndSession(ctx context.Context, tx *db.Tx, account, session id.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM sessions WHERE account_id = $1 AND id = $2`, account, session)
	return err
}

// EndSessions ends every session of the account but one, which may be zero.
func EndSessions(ctx context.Context, tx *db.Tx, account, keep id.ID) error {
	if keep.IsZero() {
		_, err := tx.Exec(ctx, `DELETE FROM sessions WHERE account_id = $1`, account)
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM sessions WHERE account_id = $1 AND id <> $2`, account, keep)
	return err
}

// SweptSessions is how many sessions SweepSessions deletes at most.
const SweptSessions = 1000

// SweepSessions deletes sessions that expired, or whose account did, SweptSessions at most, and returns how many.
func SweepSessions(ctx context.Context, tx *db.Tx, now time.Time) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM sessions WHERE id IN (SELECT s.id FROM sessions s JOIN accounts a ON a.id = s.account_id
		WHERE s.expires_at <= $1 OR a.expires_at > 0 AND a.expires_at <= $1 LIMIT $2)`, clock.Millis(now), SweptSessions)
}
