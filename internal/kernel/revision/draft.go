package revision

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
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

// Limits of what is kept: bytes of one draft as JSON, drafts of one person, and
// bytes of all of them.
const (
	MaxDraft  = 2 << 20
	MaxDrafts = 200
	MaxKept   = 20 << 20
	// DraftLife is how long a draft that nobody takes up is kept.
	DraftLife = 90 * 24 * time.Hour
)

// Slot is the place of one draft among those of a form, and how often it was
// written: who writes it again names what they saw, so that two tabs with one
// form never write over each other. The zero slot is that of a draft not kept yet.
type Slot struct {
	ID      id.ID
	Version int64
}

// NewSlot is a place of its own, in which nothing is kept yet.
func NewSlot() Slot { return Slot{ID: id.New()} }

// String writes a slot for a form; the empty text for the zero slot.
func (s Slot) String() string {
	if s.ID.IsZero() {
		return ""
	}
	return s.ID.String() + "." + strconv.FormatInt(s.Version, 10)
}

// ParseSlot reads what String writes; the zero slot for anything else.
func ParseSlot(s string) Slot {
	where, version, _ := strings.Cut(s, ".")
	parsed, err := id.Parse(where)
	n, nerr := strconv.ParseInt(version, 10, 64)
	if err != nil || nerr != nil {
		return Slot{}
	}
	return Slot{ID: parsed, Version: n}
}

// Draft is what someone typed in a form and has not sent. Base is the revision
// they began from, 0 for a new item.
type Draft struct {
	Form      Form
	Slot      Slot
	Base      int64
	Fields    map[string]string
	UpdatedAt time.Time
}

// Keep writes a draft of a person in its slot, and returns the slot as it then is.
// A slot in which another text was written meanwhile, or that is gone, is left
// alone: the draft takes one of its own. fault.TooLarge beyond MaxDraft; beyond MaxDrafts or
// MaxKept, those kept longest ago go.
func Keep(ctx context.Context, tx *db.Tx, account id.ID, d Draft, now time.Time) (Slot, error) {
	fields, err := json.Marshal(d.Fields)
	if err != nil {
		return Slot{}, fmt.Errorf("keeping a draft: %w", err)
	}
	if len(fields) > MaxDraft {
		return Slot{}, fault.New(fault.TooLarge, "revision.draft.large")
	}
	slot := Slot{ID: d.Slot.ID}
	err = tx.QueryRow(ctx, `UPDATE drafts SET base = $1, fields = $2, updated_at = $3, version = version + 1
		WHERE account_id = $4 AND form = $5 AND slot = $6 AND (version = $7 OR fields = $2) RETURNING version`,
		d.Base, string(fields), clock.Millis(now), account, string(d.Form), d.Slot.ID, d.Slot.Version).Scan(&slot.Version)
	if err == nil {
		return slot, nil
	}
	if !db.IsNoRows(err) {
		return Slot{}, fmt.Errorf("keeping a draft: %w", err)
	}
	slot = Slot{ID: id.New(), Version: 1}
	if d.Slot.Version == 0 && !d.Slot.ID.IsZero() {
		slot.ID = d.Slot.ID
	}
	for n := int64(0); n == 0; {
		n, err = tx.Exec(ctx, `INSERT INTO drafts (account_id, form, slot, version, base, fields, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (account_id, form, slot) DO NOTHING`,
			account, string(d.Form), slot.ID, slot.Version, d.Base, string(fields), clock.Millis(now))
		if err != nil {
			return Slot{}, fmt.Errorf("keeping a draft: %w", err)
		}
		if n == 0 {
			slot.ID = id.New() // another tab took it
		}
	}
	_, err = tx.Exec(ctx, `DELETE FROM drafts WHERE account_id = $1 AND slot IN (
		SELECT slot FROM (SELECT slot, ROW_NUMBER() OVER w AS place, SUM(octet_length(fields)) OVER w AS total
			FROM drafts WHERE account_id = $1 WINDOW w AS (ORDER BY updated_at DESC, slot DESC)) AS kept
		WHERE place > $2 OR total > $3)`, account, MaxDrafts, MaxKept)
	if err != nil {
		return Slot{}, fmt.Errorf("keeping a draft: %w", err)
	}
	return slot, nil
}

// Kept lists what a person typed in a form, the last kept first.
func Kept(ctx context.Context, tx *db.Tx, account id.ID, form Form, limit int) (out []Draft, err error) {
	err = tx.All(ctx, func(rows *sql.Rows) error {
		d := Draft{Form: form}
		var fields string
		var at int64
		if err := rows.Scan(&d.Slot.ID, &d.Slot.Version, &d.Base, &fields, &at); err != nil {
			return err
		}
		d.UpdatedAt = clock.FromMillis(at)
		err := json.Unmarshal([]byte(fields), &d.Fields)
		out = append(out, d)
		return err
	}, `SELECT slot, version, base, fields, updated_at FROM drafts WHERE account_id = $1 AND form = $2 ORDER BY updated_at DESC, slot DESC LIMIT $3`,
		account, string(form), limit)
	if err != nil {
		return nil, fmt.Errorf("reading drafts: %w", err)
	}
	return out, nil
}

// Drop forgets one draft of a form: it was sent, or given up. The zero slot drops
// nothing.
func Drop(ctx context.Context, tx *db.Tx, account id.ID, form Form, slot Slot) error {
	if slot.ID.IsZero() {
		return nil
	}
	if _, err := tx.Exec(ctx, `DELETE FROM drafts WHERE account_id = $1 AND form = $2 AND slot = $3`, account, string(form), slot.ID); err != nil {
		return fmt.Errorf("forgetting a draft: %w", err)
	}
	return nil
}

// Sweep forgets drafts older than DraftLife, a thousand at most.
func Sweep(ctx context.Context, tx *db.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `DELETE FROM drafts WHERE (account_id, form, slot) IN (SELECT account_id, form, slot FROM drafts WHERE updated_at < $1 ORDER BY updated_at LIMIT 1000)`,
		clock.Millis(now.Add(-DraftLife)))
	if err != nil {
		return fmt.Errorf("sweeping drafts: %w", err)
	}
	return nil
}
