package notice

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// Kind is why someone is told. The texts are stored, for ever.
type Kind string

// The kinds. Reply is a comment on an item that one follows.
const (
	Mention     Kind = "mention"
	Reply       Kind = "reply"
	Recommended Kind = "recommended"
	Announced   Kind = "announced"
)

// New is what someone is told of. Remark is the comment it is about, zero for none;
// Cause makes it one: the item, the comment, or the recommendation.
type New struct {
	Account, By         id.ID
	Item, Remark, Cause id.ID
	Kind                Kind
	At                  time.Time
	// MailDue is when a digest tells it; zero for none.
	MailDue time.Time
}

// Add tells people. What one was told of before stays as it is, read or not; but a
// followed item is new again with an answer that is later. What they have seen by then is
// read.
func Add(ctx context.Context, tx *db.Tx, all []New) error {
	if len(all) == 0 {
		return nil
	}
	b := db.NewBuilder().Add(`INSERT INTO notices (id, account_id, item_id, remark_id, cause_id, kind, by_id, at, read_at, mail_due) VALUES `)
	for i, n := range all {
		if i > 0 {
			b.Add(`, `)
		}
		b.Add(`(?, ?, ?, ?, ?, ?, ?, ?, 0, ?)`, id.New(), n.Account, n.Item, n.Remark, n.Cause, string(n.Kind), n.By, clock.Millis(n.At), clock.Millis(n.MailDue))
	}
	query, args, err := b.Add(` ON CONFLICT (account_id, kind, cause_id) DO UPDATE SET at = excluded.at, remark_id = excluded.remark_id, by_id = excluded.by_id,
		mail_due = CASE WHEN notices.mail_due > 0 THEN notices.mail_due ELSE excluded.mail_due END
		WHERE notices.kind = ? AND notices.at < excluded.at`, string(Reply)).Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("telling people: %w", err)
	}
	return seenBefore(ctx, tx, all)
}

// seenBefore marks as read what people saw before they were told of it: a page that is
// open shows a comment at once, and who is told of it is found out later.
func seenBefore(ctx context.Context, tx *db.Tx, all []New) error {
	people, items := make([]id.ID, 0, len(all)), make([]id.ID, 0, 1)
	for _, n := range all {
		people = append(people, n.Account)
		if !slices.Contains(items, n.Item) {
			items = append(items, n.Item)
		}
	}
	b := db.In(db.NewBuilder().Add(`UPDATE notices SET read_at = at WHERE read_at < at AND account_id IN `), people)
	query, args, err := db.In(b.Add(` AND item_id IN `), items).
		Add(` AND EXISTS (SELECT 1 FROM item_marks k WHERE k.account_id = notices.account_id AND k.item_id = notices.item_id AND k.seen_at >= notices.at)`).Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("telling people: %w", err)
	}
	return nil
}

// maxCounted bounds what Count counts.
const maxCounted = 100

// standing is what a notice n of an item i must still be to be found: about something
// published, of which the comment was not taken away. The right comes after it.
const standing = ` i.state IN (2, 3) AND (n.remark_id IS NULL OR EXISTS (SELECT 1 FROM remarks r WHERE r.id = n.remark_id AND r.removed_at = 0)) AND `

// Counted appends, in parentheses, how many unread notices the actor has, 100 at most,
// leaving out those about what they have just seen.
func Counted(b *db.Builder, a actor.Actor, seen []Sight) *db.Builder {
	b.Add(`(SELECT COUNT(*) FROM (SELECT n.id FROM notices n JOIN items i ON i.id = n.item_id WHERE n.account_id = ? AND n.read_at < n.at`, a.Account)
	return access.Readable(unseen(b, seen).Add(` AND`+standing), "i", a).Add(` LIMIT ?) unread)`, maxCounted)
}

// unseen appends that a notice n is not about what its reader has just seen.
func unseen(b *db.Builder, seen []Sight) *db.Builder {
	for _, s := range seen {
		b.Add(` AND NOT (n.item_id = ? AND n.at <= ?)`, s.Item, clock.Millis(s.At))
	}
	return b
}

// Count counts the unread notices of the actor, as Counted does.
func Count(ctx context.Context, tx *db.Tx, a actor.Actor, seen []Sight) (n int, err error) {
	query, args, err := Counted(db.NewBuilder().Add(`SELECT `), a, seen).Build()
	if err != nil {
		return 0, err
	}
	if err := tx.QueryRow(ctx, query, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting notices: %w", err)
	}
	return n, nil
}

// Notice is what someone was told of, as they read it.
type Notice struct {
	ID, Item, Space, Remark id.ID
	Kind                    Kind
	At                      time.Time
	Unread                  bool
	// By, with organisation, class and hue, is who did it; Title is the item's.
	By, ByOrg string
	ByClass   string
	ByHue     int
	Title     string
	// Text is that of the comment, or the word of the recommendation, in Markdown; empty
	// for none. More is how many comments of others came since it was last read, up to
	// this one.
	Text string
	More int
	// Follows: the reader follows the item.
	Follows bool
}

// Filter narrows a list; its zero value takes all.
type Filter struct {
	Unread bool
	Kind   Kind // empty: all
	// Due leaves what a digest holds by then; zero: all.
	Due time.Time
}

// Cursor is where a page begins: after this instant and notice.
type Cursor struct {
	At time.Time
	ID id.ID
}

// maxMore bounds how many comments a notice counts.
const maxMore = 100

// List lists the notices of the actor about what they may read, newest first, from the
// one after the cursor; next is nil at the end. Those about what they have just seen are
// read.
func List(ctx context.Context, tx *db.Tx, a actor.Actor, f Filter, seen []Sight, after Cursor, limit int) (out []Notice, next *Cursor, err error) {
	b := db.NewBuilder().Add(`SELECT p.id, p.item_id, p.space_id, p.remark_id, p.kind, p.at, CASE WHEN p.read_at < p.at THEN 1 ELSE 0 END, who.name, who.organisation, who.class, who.hue, p.title,
		COALESCE(r.body, c.word, ''),
		CASE WHEN p.kind = ? THEN (SELECT COUNT(*) FROM (SELECT x.id FROM remarks x WHERE x.item_id = p.item_id AND x.created_at > p.read_at AND x.created_at <= p.at AND x.removed_at = 0 AND x.author_id <> ? LIMIT ?) more) ELSE 0 END,
		CASE WHEN k.mode = 1 THEN 1 ELSE 0 END
		FROM (SELECT n.*, i.space_id, i.title FROM notices n JOIN items i ON i.id = n.item_id WHERE n.account_id = ?`, string(Reply), a.Account, maxMore, a.Account)
	if f.Unread {
		b.Add(` AND n.read_at < n.at`)
		unseen(b, seen)
	}
	if f.Kind != "" {
		b.Add(` AND n.kind = ?`, string(f.Kind))
	}
	if !f.Due.IsZero() {
		b.Add(` AND n.mail_due > 0 AND n.mail_due <= ?`, clock.Millis(f.Due))
	}
	if !after.ID.IsZero() {
		b.Add(` AND (n.at, n.id) < (?, ?)`, clock.Millis(after.At), after.ID)
	}
	query, args, err := access.Readable(b.Add(` AND`+standing), "i", a).Add(` ORDER BY n.at DESC, n.id DESC LIMIT ?) p JOIN accounts who ON who.id = p.by_id
		LEFT JOIN remarks r ON r.id = p.remark_id LEFT JOIN recommendations c ON c.id = p.cause_id LEFT JOIN item_marks k ON k.account_id = p.account_id AND k.item_id = p.item_id
		ORDER BY p.at DESC, p.id DESC`, limit+1).Build()
	if err != nil {
		return nil, nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var n Notice
		var at int64
		var unread, follows int
		err := rows.Scan(&n.ID, &n.Item, &n.Space, &n.Remark, &n.Kind, &at, &unread, &n.By, &n.ByOrg, &n.ByClass, &n.ByHue, &n.Title, &n.Text, &n.More, &follows)
		n.At, n.Follows = clock.FromMillis(at), follows == 1
		n.Unread = unread == 1 && !slices.ContainsFunc(seen, func(s Sight) bool { return s.Item == n.Item && !s.At.Before(n.At) })
		out = append(out, n)
		return err
	}, query, args...)
	if err != nil {
		return nil, nil, fmt.Errorf("listing notices: %w", err)
	}
	if len(out) > limit {
		out = out[:limit]
		next = &Cursor{At: out[limit-1].At, ID: out[limit-1].ID}
	}
	return out, next, nil
}

// ReadAll marks as read what the actor was told of until an instant, as read at now,
// and returns how many they were.
func ReadAll(ctx context.Context, tx *db.Tx, a actor.Actor, until, now time.Time) (int, error) {
	n, err := tx.Exec(ctx, `UPDATE notices SET read_at = $1 WHERE account_id = $2 AND read_at < at AND at <= $3`, clock.Millis(now), a.Account, clock.Millis(until))
	if err != nil {
		return 0, fmt.Errorf("marking notices as read: %w", err)
	}
	return int(n), nil
}

// Unread takes back what ReadAll did at an instant.
func Unread(ctx context.Context, tx *db.Tx, a actor.Actor, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE notices SET read_at = 0 WHERE account_id = $1 AND read_at = $2`, a.Account, clock.Millis(at))
	if err != nil {
		return fmt.Errorf("marking notices as unread: %w", err)
	}
	return nil
}

// Sight is that someone saw an item as it was at an instant.
type Sight struct {
	Account, Item id.ID
	At            time.Time
}

// Saw marks as read what people were told of items that they saw.
func Saw(ctx context.Context, tx *db.Tx, all []Sight) error {
	if len(all) == 0 {
		return nil
	}
	b := db.NewBuilder().Add(`UPDATE notices SET read_at = at WHERE read_at < at AND (`)
	for i, s := range all {
		if i > 0 {
			b.Add(` OR `)
		}
		b.Add(`account_id = ? AND item_id = ? AND at <= ?`, s.Account, s.Item, clock.Millis(s.At))
	}
	query, args, err := b.Add(`)`).Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("marking notices of what was seen: %w", err)
	}
	return nil
}

const (
	// life is how long a notice is kept.
	life      = 180 * 24 * time.Hour
	sweptOnce = 1000 // of one transaction
)

// Sweep forgets notices that are older than 180 days, some at a time.
func Sweep(ctx context.Context, d *db.DB, now time.Time) error {
	for {
		var gone int64
		err := d.Write(db.Background(ctx), func(tx *db.Tx) (err error) {
			gone, err = tx.Exec(ctx, `DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE at < $1 ORDER BY at LIMIT $2)`, clock.Millis(now.Add(-life)), sweptOnce)
			return err
		})
		if err != nil {
			return fmt.Errorf("forgetting notices: %w", err)
		}
		if gone < sweptOnce {
			return nil
		}
	}
}
