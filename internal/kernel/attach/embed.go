package attach

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// MaxEmbeds is how many files the texts of an item may show or name over its life.
const MaxEmbeds = 200

// Embed is a file that a text shows as an image or names: what the text calls it, and
// with which words. Field is that of the form in which it stands.
type Embed struct {
	Ref   id.ID
	Words string
	Image bool
	Field string
}

// EmbedAll joins to an item the files of its text that it has not yet: what the actor
// sent, and copies of what other texts that they may read show. What is neither stays
// words. The caller has locked the space and checked the right.
//
// fault.Invalid names the field of an image without words, or with too many, and of a
// text with too many files.
func EmbedAll(ctx context.Context, tx *db.Tx, a actor.Actor, item id.ID, embeds []Embed, now time.Time) error {
	if len(embeds) == 0 {
		return nil
	}
	refs, words := []id.ID{}, map[id.ID]string{}
	var wrong []fault.Field
	for _, e := range embeds {
		if _, again := words[e.Ref]; !again {
			refs = append(refs, e.Ref)
		}
		words[e.Ref] = cut(e.Words, MaxAlt)
		switch {
		case e.Image && e.Words == "":
			wrong = append(wrong, fault.Field{Name: e.Field, Key: "attach.embed.alt"})
		case e.Image && utf8.RuneCountInString(e.Words) > MaxAlt:
			wrong = append(wrong, fault.Field{Name: e.Field, Key: "attach.alt.long", Args: []any{"max", MaxAlt}})
		}
	}
	if wrong != nil {
		return fault.InvalidFields(wrong[0])
	}
	if len(refs) > MaxEmbeds {
		return fault.InvalidFields(fault.Field{Name: embeds[0].Field, Key: "attach.embed.many", Args: []any{"max", MaxEmbeds}})
	}
	missing, had, err := notEmbedded(ctx, tx, item, refs)
	if err != nil || len(missing) == 0 {
		return err
	}
	if had+len(missing) > MaxEmbeds {
		return fault.InvalidFields(fault.Field{Name: embeds[0].Field, Key: "attach.embed.many", Args: []any{"max", MaxEmbeds}})
	}
	files, err := sources(ctx, tx, a, missing)
	if err != nil || len(files) == 0 {
		return err
	}
	b := db.NewBuilder().Add(insert)
	n := 0
	var sent []id.ID
	for _, ref := range missing {
		f, found := files[ref]
		if !found {
			continue
		}
		if n++; n > 1 {
			b.Add(`, `)
		}
		values(b, Attachment{ID: id.New(), Item: item, Ref: ref, Account: a.Account, Alt: oneLine(words[ref]), At: now, File: f.File})
		if !f.upload.IsZero() {
			sent = append(sent, f.upload)
		}
	}
	if err := run(ctx, tx, b); err != nil || len(sent) == 0 {
		return err
	}
	return run(ctx, tx, db.In(db.NewBuilder().Add(`DELETE FROM uploads WHERE id IN `), sent))
}

// cut keeps so many characters of a text.
func cut(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most])
	}
	return s
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// notEmbedded returns those of the refs that an item has not, and how many it has.
func notEmbedded(ctx context.Context, tx *db.Tx, item id.ID, refs []id.ID) (missing []id.ID, n int, err error) {
	has := map[id.ID]bool{}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var ref id.ID
		err := rows.Scan(&ref)
		has[ref] = true
		return err
	}, `SELECT ref FROM attachments WHERE item_id = $1 AND remark_id IS NULL AND ref IS NOT NULL`, item)
	if err != nil {
		return nil, 0, fmt.Errorf("reading the files of a text: %w", err)
	}
	for _, ref := range refs {
		if !has[ref] {
			missing = append(missing, ref)
		}
	}
	return missing, len(has), nil
}

type source struct {
	File
	upload id.ID // zero for a copy
}

// sources finds the files that refs may stand for: uploads of the actor by their own
// id, and files of items that they may read, by their id or by what a text calls them.
func sources(ctx context.Context, tx *db.Tx, a actor.Actor, refs []id.ID) (map[id.ID]source, error) {
	const file = `digest, view_digest, name, type, size, width, height`
	b := db.NewBuilder().Add(`SELECT u.id, u.id, `+file+` FROM uploads u WHERE u.account_id = ? AND u.id IN `, a.Account)
	b = db.In(b, refs).Add(` UNION ALL SELECT f.ref, NULLIF(f.ref, f.ref), ` + file + ` FROM (SELECT x.* FROM attachments x JOIN items i ON i.id = x.item_id WHERE x.ref IN `)
	b = there(db.In(b, refs).Add(` AND `), a)
	b = b.Add(`) f UNION ALL SELECT f.id, NULLIF(f.id, f.id), ` + file + ` FROM (SELECT x.* FROM attachments x JOIN items i ON i.id = x.item_id WHERE x.id IN `)
	query, args, err := there(db.In(b, refs).Add(` AND `), a).Add(`) f`).Build()
	if err != nil {
		return nil, err
	}
	out := map[id.ID]source{}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var ref id.ID
		var s source
		err := rows.Scan(&ref, &s.upload, &s.Digest, &s.View, &s.Name, &s.Type, &s.Size, &s.Width, &s.Height)
		if _, first := out[ref]; !first {
			out[ref] = s
		}
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("reading the files of a text: %w", err)
	}
	return out, nil
}

// ForText finds the file that a text calls so, for the actor: what they sent, or of an
// item that they may read. fault.NotFound otherwise.
func ForText(ctx context.Context, tx *db.Tx, a actor.Actor, ref id.ID) (File, error) {
	found, err := sources(ctx, tx, a, []id.ID{ref})
	if err != nil {
		return File{}, err
	}
	f, ok := found[ref]
	if !ok {
		return File{}, fault.NotFoundError()
	}
	return f.File, nil
}

// Beside leaves out the files that stand in a text.
func Beside(list []Attachment) (out []Attachment) {
	for _, x := range list {
		if x.Ref.IsZero() {
			out = append(out, x)
		}
	}
	return out
}

// insert begins the statement that joins files, values writes one of its rows.
const insert = `INSERT INTO attachments (id, item_id, remark_id, ref, account_id, digest, view_digest, name, type, alt, size, width, height, at) VALUES `

func values(b *db.Builder, x Attachment) {
	b.Add(`(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, x.ID, x.Item, x.Remark, x.Ref, x.Account, x.Digest, x.View, x.Name, x.Type, x.Alt, x.Size, x.Width, x.Height, clock.Millis(x.At))
}

// ByRef finds files of items by what their texts call them, by item, with one query.
// The caller has found the items for its reader.
func ByRef(ctx context.Context, tx *db.Tx, refs map[id.ID]id.ID) (map[id.ID]Attachment, error) {
	out := map[id.ID]Attachment{}
	if len(refs) == 0 {
		return out, nil
	}
	found, err := list(ctx, tx, db.In(db.NewBuilder().Add(`SELECT `+columns+` FROM attachments x WHERE x.ref IS NOT NULL AND x.ref IN `), slices.Collect(maps.Values(refs))))
	for _, x := range found {
		if refs[x.Item] == x.Ref {
			out[x.Item] = x
		}
	}
	return out, err
}
