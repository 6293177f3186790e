package account

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// UsualAccess is how many months the access of an external lasts where nobody says how
// long; MostAccess is how many years it may last from the day on which it is said.
const (
	UsualAccess = 12
	MostAccess  = 3
)

// The two times before the end of an access at which it is warned of.
const (
	firstWarning = 30 * 24 * time.Hour
	lastWarning  = 7 * 24 * time.Hour
)

// ParseLastDay reads the last day of an access (2006-01-02, in a zone) and returns the
// instant at which it ends, in UTC: with that day. It is today at the earliest and within
// MostAccess years. key names what is wrong in the catalogue, empty where nothing is; its
// message takes "years".
func ParseLastDay(typed string, zone *time.Location, now time.Time) (end time.Time, key string) {
	day, err := time.ParseInLocation(time.DateOnly, typed, zone)
	if err != nil {
		return time.Time{}, "account.end.no_day"
	}
	end = endOfDay(day)
	switch {
	case !end.After(now):
		return time.Time{}, "account.end.past"
	case end.After(endOfDay(now.In(zone).AddDate(MostAccess, 0, 0))):
		return time.Time{}, "account.end.far"
	}
	return end.UTC(), ""
}

// EndAfter is when an access of some months ends that begins at an instant: with the last
// of its days in a zone.
func EndAfter(months int, zone *time.Location, now time.Time) time.Time {
	return endOfDay(now.In(zone).AddDate(0, months, 0)).UTC()
}

// endOfDay is when the day of a time is over, in its zone.
func endOfDay(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, t.Location())
}

// LastDay is a time of the last day of an access that ends at an instant, since an access
// ends with its last day.
func LastDay(end time.Time) time.Time { return end.Add(-time.Second) }

// Sponsor is the agent who answers for an external. The zero one is nobody.
type Sponsor struct {
	ID id.ID
	// Lang is as in Account.
	Name, Email, Lang string
	// Gone tells that they can no more: their account is not used.
	Gone bool
}

// Sponsored is an external with who answers for them.
type Sponsored struct {
	Account
	Sponsor Sponsor
}

// sponsorColumns are of the account s of a sponsor, and want the instant.
const sponsorColumns = `s.id, COALESCE(s.name, ''), COALESCE(s.email, ''), COALESCE(s.lang, ''), CASE WHEN s.state = 'active' AND (s.expires_at = 0 OR s.expires_at > ?) THEN 0 ELSE 1 END`

func (s *Sponsor) into() []any { return []any{&s.ID, &s.Name, &s.Email, &s.Lang, &s.Gone} }

// SponsorOf returns who answers for an external, the zero Sponsor where nobody does.
func SponsorOf(ctx context.Context, tx *db.Tx, external id.ID, now time.Time) (s Sponsor, err error) {
	query, args, err := db.NewBuilder().Add(`SELECT `+sponsorColumns+` FROM externals e JOIN accounts s ON s.id = e.sponsor_id WHERE e.account_id = ?`, clock.Millis(now), external).Build()
	if err != nil {
		return s, err
	}
	err = tx.QueryRow(ctx, query, args...).Scan(s.into()...)
	if db.IsNoRows(err) {
		return Sponsor{}, nil
	}
	if err != nil {
		return s, fmt.Errorf("reading who answers for an external: %w", err)
	}
	return s, nil
}

// SetSponsor says who answers for some externals from now on. Warnings are given anew: they
// were another's.
func SetSponsor(ctx context.Context, tx *db.Tx, some []id.ID, sponsor id.ID) error {
	return answer(ctx, tx, some, sponsor, `DO UPDATE SET sponsor_id = excluded.sponsor_id, warned_at = 0`)
}

// Vouch says that an agent answers for some externals, but for those that somebody does for.
func Vouch(ctx context.Context, tx *db.Tx, some []id.ID, sponsor id.ID) error {
	return answer(ctx, tx, some, sponsor, `DO NOTHING`)
}

func answer(ctx context.Context, tx *db.Tx, some []id.ID, sponsor id.ID, there string) error {
	b := db.NewBuilder().Add(`INSERT INTO externals (account_id, sponsor_id, warned_at)
		SELECT a.id, s.id, 0 FROM accounts a CROSS JOIN accounts s WHERE s.id = ? AND a.id IN `, sponsor)
	query, args, err := db.In(b, some).Add(` ON CONFLICT (account_id) ` + there).Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("saying who answers for externals: %w", err)
	}
	return nil
}

// SetEnd says when the access of some externals ends. One that is not to come ends their
// sessions.
func SetEnd(ctx context.Context, tx *db.Tx, some []id.ID, end, now time.Time) error {
	change := []*db.Builder{db.NewBuilder().Add(`UPDATE accounts SET expires_at = ? WHERE id IN `, clock.Millis(end))}
	if !end.After(now) {
		change = append(change, db.NewBuilder().Add(`DELETE FROM sessions WHERE account_id IN `))
	}
	for _, b := range change {
		query, args, err := db.In(b, some).Build()
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, query, args...); err != nil {
			return fmt.Errorf("changing the end of an access: %w", err)
		}
	}
	return nil
}

// ExternalsPage is a page of the externals: those whose access is open, or those whose is
// over, by its end, the earliest first; those whose access has no end come first of all.
type ExternalsPage struct {
	// Of is who answers for them; zero: whoever does, and those that nobody answers for.
	Of id.ID
	// Orphans leaves those only that nobody answers for, or somebody who can no more.
	Orphans bool
	Over    bool
	After   ExternalsCursor
	Limit   int
}

// ExternalsCursor is the place of an external in a page; the zero one is the beginning.
type ExternalsCursor struct {
	End time.Time // zero never
	ID  id.ID
}

// Externals lists the externals whose account was not suspended, and tells whether there
// are more.
func Externals(ctx context.Context, tx *db.Tx, p ExternalsPage, now time.Time) (out []Sponsored, more bool, err error) {
	at := clock.Millis(now)
	b := sponsored(at).Add(` WHERE a.class = 'external' AND a.state = 'active'`)
	if p.Over {
		b.Add(` AND a.expires_at > 0 AND a.expires_at <= ?`, at)
	} else {
		b.Add(` AND (a.expires_at = 0 OR a.expires_at > ?)`, at)
	}
	if !p.Of.IsZero() {
		b.Add(` AND e.sponsor_id = ?`, p.Of)
	}
	if p.Orphans {
		b.Add(` AND (s.id IS NULL OR s.state <> 'active' OR s.expires_at > 0 AND s.expires_at <= ?)`, at)
	}
	if !p.After.ID.IsZero() {
		b.Add(` AND (a.expires_at, a.id) > (?, ?)`, clock.Millis(p.After.End), p.After.ID)
	}
	out, err = sponsoredBy(ctx, tx, b.Add(` ORDER BY a.expires_at, a.id LIMIT ?`, p.Limit+1))
	if len(out) > p.Limit {
		return out[:p.Limit], true, err
	}
	return out, false, err
}

// ExternalsByID reads some externals, for whoever answers for them, or for anyone where of
// is zero; those that are not theirs are left out.
func ExternalsByID(ctx context.Context, tx *db.Tx, of id.ID, some []id.ID, now time.Time) ([]Sponsored, error) {
	if len(some) == 0 {
		return nil, nil
	}
	b := db.In(sponsored(clock.Millis(now)).Add(` WHERE a.class = 'external' AND a.id IN `), some)
	if !of.IsZero() {
		b.Add(` AND e.sponsor_id = ?`, of)
	}
	return sponsoredBy(ctx, tx, b.Add(` ORDER BY a.id`))
}

// Ending lists externals whose access ends soon and who were not warned of it yet: once
// thirty days before, and once seven days before. They come by their sponsor.
func Ending(ctx context.Context, tx *db.Tx, now time.Time, limit int) ([]Sponsored, error) {
	first, last := now.Add(firstWarning), now.Add(lastWarning)
	b := sponsored(clock.Millis(now)).Add(` WHERE a.class = 'external' AND a.state = 'active' AND a.expires_at > ? AND a.expires_at <= ? AND e.sponsor_id IS NOT NULL
		AND (e.warned_at < a.expires_at - ? OR a.expires_at <= ? AND e.warned_at < a.expires_at - ?)`,
		clock.Millis(now), clock.Millis(first), firstWarning.Milliseconds(), clock.Millis(last), lastWarning.Milliseconds())
	return sponsoredBy(ctx, tx, b.Add(` ORDER BY e.sponsor_id, a.expires_at, a.id LIMIT ?`, limit))
}

// Warned notes that some externals were warned.
func Warned(ctx context.Context, tx *db.Tx, some []id.ID, now time.Time) error {
	query, args, err := db.In(db.NewBuilder().Add(`UPDATE externals SET warned_at = ? WHERE account_id IN `, clock.Millis(now)), some).Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("noting who was warned: %w", err)
	}
	return nil
}

func sponsored(at int64) *db.Builder {
	return db.NewBuilder().Add(`SELECT `+columns+`, `+sponsorColumns+` FROM accounts a
		LEFT JOIN externals e ON e.account_id = a.id LEFT JOIN accounts s ON s.id = e.sponsor_id`, at)
}

func sponsoredBy(ctx context.Context, tx *db.Tx, b *db.Builder) (out []Sponsored, err error) {
	query, args, err := b.Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var one Sponsored
		var err error
		one.Account, err = scan(rows.Scan, one.Sponsor.into()...)
		out = append(out, one)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading externals: %w", err)
	}
	return out, nil
}
