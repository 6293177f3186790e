package revision

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// Form names a form in which something is typed: that of an item, or that of a
// new one of a service in a space.
type Form string

// OfItem names the form that changes an item.
func OfItem(item id.ID) Form { return Form("item." + item.String()) }

// OfNew names the form of a new item of a service, by its path, in a space.
func OfNew(space id.ID, service string) Form { return Form("new." + space.String() + "." + service) }

// ParseForm reads what OfItem and OfNew give; false for anything else.
func ParseForm(s string) (Form, bool) {
	kind, rest, _ := strings.Cut(s, ".")
	what, service, more := strings.Cut(rest, ".")
	named := kind == "item" && !more || kind == "new" && more && service != "" && len(service) <= 40 &&
		strings.Trim(service, "abcdefghijklmnopqrstuvwxyz-") == ""
	parsed, err := id.Parse(what)
	return Form(s), named && err == nil && !parsed.IsZero()
}

// Limits of what is kept: bytes of one draft as JSON, and drafts of one person.
const (
	MaxDraft  = 2 << 20
	MaxDrafts = 200
	// DraftLife is how long a draft that nobody takes up is kept.
	DraftLife = 90 * 24 * time.Hour
)

// Draft is what someone typed in a form and has not sent. Base is the revision
// they began from, 0 for a new item.
type Draft struct {
	Form      Form
	Base      int64
	Fields    map[string]string
	UpdatedAt time.Time
}

// Keep writes a draft of a person over the one before. fault.TooLarge beyond
// MaxDraft; beyond MaxDrafts forms, the one kept longest ago goes.
func Keep(ctx context.Context, tx *db.Tx, account id.ID, d Draft, now time.Time) error {
	fields, err := json.Marshal(d.Fields)
	if err != nil {
		return fmt.Errorf("keeping a draft: %w", err)
	}
	if len(fields) > MaxDraft {
		return fault.New(fault.TooLarge, "revision.draft.large")
	}
	_, err = tx.Exec(ctx, `INSERT INTO drafts (account_id, form, base, fields, updated_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (account_id, form) DO UPDATE SET base = excluded.base, fields = excluded.fields, updated_at = excluded.updated_at`,
		account, string(d.Form), d.Base, string(fields), clock.Millis(now))
	if err != nil {
		return fmt.Errorf("keeping a draft: %w", err)
	}
	_, err = tx.Exec(ctx, `DELETE FROM drafts WHERE account_id = $1 AND form NOT IN (
		SELECT form FROM drafts WHERE account_id = $1 ORDER BY updated_at DESC, form LIMIT $2)`, account, MaxDrafts)
	if err != nil {
		return fmt.Errorf("keeping a draft: %w", err)
	}
	return nil
}

// Kept returns what a person typed in a form; ok is false when there is nothing.
func Kept(ctx context.Context, tx *db.Tx, account id.ID, form Form) (d Draft, ok bool, err error) {
	d.Form = form
	var fields string
	var at int64
	err = tx.QueryRow(ctx, `SELECT base, fields, updated_at FROM drafts WHERE account_id = $1 AND form = $2`, account, string(form)).Scan(&d.Base, &fields, &at)
	if db.IsNoRows(err) {
		return d, false, nil
	}
	if err != nil {
		return d, false, fmt.Errorf("reading a draft: %w", err)
	}
	d.UpdatedAt = clock.FromMillis(at)
	if err := json.Unmarshal([]byte(fields), &d.Fields); err != nil {
		return d, false, fmt.Errorf("reading a draft: %w", err)
	}
	return d, true, nil
}

// Drop forgets what was typed in a form: it was sent, or given up.
func Drop(ctx context.Context, tx *db.Tx, account id.ID, form Form) error {
	if _, err := tx.Exec(ctx, `DELETE FROM drafts WHERE account_id = $1 AND form = $2`, account, string(form)); err != nil {
		return fmt.Errorf("forgetting a draft: %w", err)
	}
	return nil
}

// Sweep forgets drafts older than DraftLife, a thousand at most.
func Sweep(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM drafts WHERE (account_id, form) IN (SELECT account_id, form FROM drafts WHERE updated_at < $1 ORDER BY updated_at LIMIT 1000)`,
		clock.Millis(now.Add(-DraftLife)))
	if err != nil {
		return fmt.Errorf("sweeping drafts: %w", err)
	}
	return nil
}
