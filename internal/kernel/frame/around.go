package frame

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/follow"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/id"
	"ruche/internal/ui"
)

// maxBacklinks bounds the items shown that lead to another.
const maxBacklinks = 20

// Around is what stands around the text of an item, as someone reads it: its tags,
// what they have to do with it, when it was last commented, and which items lead
// to it.
type Around struct {
	Tags    []content.Tag
	Mark    follow.Mark
	Latest  time.Time // of its comments
	sources []source
	// Asked: readers are asked to say that they have read it; Confirmed is when this
	// one did, Confirmations how many did.
	Asked         bool
	Confirmed     time.Time
	Confirmations int
	// Pinned: the space keeps it at hand.
	Pinned bool
	// Announced is when it was announced to all who may read it; Told, when the reader was
	// last told of it and has not seen it since.
	Announced, Told time.Time
}

type source struct {
	item         id.ID
	title, space string
}

// The parts of the one query.
const (
	partTag = iota
	partMark
	partLatest
	partSource
	partReading
	partPin
	partAnnounced
	partTold
)

// ReadAround reads what stands around an item that the caller has read for the
// actor. It runs one query.
func ReadAround(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID) (out Around, err error) {
	b := db.NewBuilder().
		Add(`SELECT 0 AS part, t.item_id AS item, t.key AS a, t.label AS b, 0 AS n, CAST(0 AS BIGINT) AS at FROM item_tags t WHERE t.item_id = ?`, item).
		Add(` UNION ALL SELECT 1, k.item_id, k.reason, '', k.mode, k.seen_at FROM item_marks k WHERE k.account_id = ? AND k.item_id = ?`, a.Account, item).
		Add(` UNION ALL SELECT 2, l.id, '', '', 0, (SELECT COALESCE(MAX(r.created_at), 0) FROM remarks r WHERE r.item_id = l.id) FROM items l WHERE l.id = ?`, item).
		Add(` UNION ALL SELECT 4, q.item_id, '', '', (SELECT COUNT(*) FROM acknowledgements c WHERE c.item_id = q.item_id),
			COALESCE((SELECT k.at FROM acknowledgements k WHERE k.item_id = q.item_id AND k.account_id = ?), 0) FROM acknowledgement_requests q WHERE q.item_id = ?`, a.Account, item).
		Add(` UNION ALL SELECT 6, n.item_id, '', '', 0, n.at FROM item_announcements n WHERE n.item_id = ?`, item).
		Add(` UNION ALL SELECT 7, n.item_id, '', '', 0, n.at FROM notices n WHERE n.account_id = ? AND n.item_id = ? AND n.read_at < n.at`, a.Account, item).
		Add(` UNION ALL SELECT 5, n.item_id, '', '', 0, n.at FROM item_pins n WHERE n.item_id = ?`, item).
		Add(` UNION ALL SELECT * FROM (SELECT 3, i.id, i.title, s.name, 0, CAST(0 AS BIGINT) FROM items i JOIN spaces s ON s.id = i.space_id
			WHERE i.id IN (SELECT x.item_id FROM item_links x WHERE x.to_id = ?) AND i.state IN (2, 3) AND `, item)
	query, args, err := access.Readable(b, "i", a).Add(` ORDER BY i.title, i.id LIMIT ?) sources ORDER BY 1, 3`, maxBacklinks).Build()
	if err != nil {
		return out, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var part, n int
		var who id.ID
		var first, second string
		var at int64
		if err := rows.Scan(&part, &who, &first, &second, &n, &at); err != nil {
			return err
		}
		switch part {
		case partTag:
			out.Tags = append(out.Tags, content.Tag{Key: first, Label: second})
		case partMark:
			out.Mark = follow.Mark{Mode: follow.Mode(n), Reason: follow.Reason(first), Seen: clock.FromMillis(at)}
		case partLatest:
			out.Latest = clock.FromMillis(at)
		case partReading:
			out.Asked, out.Confirmations, out.Confirmed = true, n, clock.FromMillis(at)
		case partAnnounced:
			out.Announced = clock.FromMillis(at)
		case partTold:
			if told := clock.FromMillis(at); told.After(out.Told) {
				out.Told = told
			}
		case partPin:
			out.Pinned = true
		case partSource:
			out.sources = append(out.sources, source{who, first, second})
		}
		return nil
	}, query, args...)
	if err != nil {
		return out, fmt.Errorf("reading what stands around an item: %w", err)
	}
	return out, nil
}

// Sources draws the items that lead to this one.
func (o Around) Sources(ctx context.Context) (out []ui.Link) {
	for _, s := range o.sources {
		out = append(out, ui.Link{Label: i18n.T(ctx, "frame.source", "title", s.title, "space", s.space), Href: "/p/" + s.item.String()})
	}
	return out
}

// Unseen tells whether the item, as it was last changed, one of its comments, its
// announcement, or what the reader was told of it is newer than what the reader saw.
func (o Around) Unseen(it content.Item) bool { return o.newest(it).After(o.Mark.Seen) }

func (o Around) newest(it content.Item) time.Time {
	at := it.UpdatedAt
	for _, other := range []time.Time{o.Latest, o.Announced, o.Told} {
		if other.After(at) {
			at = other
		}
	}
	return at
}

// See notes that the reader has the item before them, where there was something to
// see.
func (o Around) See(notes *follow.Seen, a actor.Actor, it content.Item) {
	if !o.Unseen(it) || it.State != content.Published && it.State != content.Archived {
		return
	}
	notes.Saw(a.Account, it.ID, o.newest(it))
}

// Reading draws what is asked of the readers of an item, and what became of it;
// nil where nothing is asked.
func (o Around) Reading(ctx context.Context, a actor.Actor, v access.View, it content.Item) *ui.Reading {
	if !o.Asked || it.State != content.Published {
		return nil
	}
	address := "/p/" + it.ID.String() + "/-/lecture"
	out := &ui.Reading{Count: i18n.N(ctx, "frame.reading.count", o.Confirmations)}
	switch {
	case content.MayEdit(a, v, it) == nil:
		out.Who = address
	case !o.Confirmed.IsZero():
		out.Done = i18n.T(ctx, "frame.reading.done", "when", i18n.From(ctx).DateTime(o.Confirmed))
	default:
		out.Action = address
	}
	return out
}

// menu is what one may do with one's following of an item.
func (o Around) menu(ctx context.Context, address string) []ui.MenuItem {
	choose := func(key, icon string, m follow.Mode) ui.MenuItem {
		return ui.MenuItem{Label: i18n.T(ctx, key), Icon: icon, Post: address + "/-/suivi", Name: FieldFollow, Value: ModeName(m)}
	}
	switch o.Mark.Mode {
	case follow.Follows:
		return []ui.MenuItem{choose("frame.item.unfollow", "bell-off", follow.Neither)}
	case follow.Muted:
		return []ui.MenuItem{choose("frame.item.unmute", "bell", follow.Neither)}
	case follow.Neither:
	}
	return []ui.MenuItem{choose("frame.item.follow", "bell", follow.Follows), choose("frame.item.mute", "bell-off", follow.Muted)}
}

// FieldFollow names what one wants to hear of an item, in forms; FieldNext, the page
// to which one comes back, the item's when empty.
const (
	FieldFollow = "suivi"
	FieldNext   = "suite"
)

// ModeName writes a mode for a form.
func ModeName(m follow.Mode) string {
	switch m {
	case follow.Follows:
		return "suivre"
	case follow.Muted:
		return "muet"
	case follow.Neither:
	}
	return "rien"
}

// ParseMode reads what ModeName writes.
func ParseMode(s string) (follow.Mode, bool) {
	for _, m := range []follow.Mode{follow.Neither, follow.Follows, follow.Muted} {
		if s == ModeName(m) {
			return m, true
		}
	}
	return 0, false
}
