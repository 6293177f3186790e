package content

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode/utf8"

	"ruche/internal/kernel/access"
	"ruche/internal/kernel/account"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
)

// FieldTags names the tags among the fields of a text: labels joined by ", ", as
// Tags writes them. They are part of each revision, are joined like any text, and
// the rows of item_tags follow from them at each write.
const FieldTags = "tags"

// Limits of the tags of an item, and of the characters of each.
const (
	MaxTags = 10
	MaxTag  = 40
)

// Tag is a word by which items of a space are found together.
type Tag struct {
	Key   string // in addresses
	Label string
	Items int
}

// Tags reads tags as they are typed, apart by commas or lines, and writes them as
// a text keeps them: each once, in the order given, without spaces around.
// fault.Invalid names the field "tags": too many, or one too long.
func Tags(typed string) (string, error) {
	var labels []string
	seen := map[string]bool{}
	for label := range strings.FieldsFuncSeq(typed, func(r rune) bool { return r == ',' || r == '\n' || r == ';' }) {
		label = strings.Join(strings.Fields(label), " ")
		key := TagKey(label)
		if key == "" || seen[key] {
			continue
		}
		seen[key] = true
		if utf8.RuneCountInString(label) > MaxTag {
			return "", fault.InvalidFields(fault.Field{Name: FieldTags, Key: "content.tag.long", Args: []any{"max", MaxTag}})
		}
		labels = append(labels, label)
	}
	if len(labels) > MaxTags {
		return "", fault.InvalidFields(fault.Field{Name: FieldTags, Key: "content.tags.many", Args: []any{"max", MaxTags}})
	}
	return strings.Join(labels, ", "), nil
}

// TagKey folds a label: lower case, without accents, words joined by hyphens.
// Letters of every script stay.
func TagKey(label string) string { return strings.ReplaceAll(account.Fold(label), " ", "-") }

// SplitTags reads the labels that a text keeps.
func SplitTags(kept string) []Tag {
	var out []Tag
	for label := range strings.SplitSeq(kept, ", ") {
		if key := TagKey(label); key != "" {
			out = append(out, Tag{Key: key, Label: label})
		}
	}
	return out
}

// tag writes anew the rows of the tags of an item.
func tag(ctx context.Context, tx *db.Tx, it Item, kept string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM item_tags WHERE item_id = $1`, it.ID); err != nil {
		return fmt.Errorf("tagging an item: %w", err)
	}
	tags := SplitTags(kept)
	if len(tags) == 0 {
		return nil
	}
	b := db.NewBuilder().Add(`INSERT INTO item_tags (item_id, space_id, key, label) VALUES `)
	for i, t := range tags {
		if i > 0 {
			b.Add(`, `)
		}
		b.Add(`(?, ?, ?, ?)`, it.ID, it.Space, t.Key, t.Label)
	}
	query, args, err := b.Add(` ON CONFLICT (item_id, key) DO NOTHING`).Build() // two spellings that were merged
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("tagging an item: %w", err)
	}
	return nil
}

// TagsOf lists the tags of an item in the order of their keys.
func TagsOf(ctx context.Context, tx *db.Tx, item id.ID) (out []Tag, err error) {
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var t Tag
		err := rows.Scan(&t.Key, &t.Label)
		out = append(out, t)
		return err
	}, `SELECT key, label FROM item_tags WHERE item_id = $1 ORDER BY key`, item)
	if err != nil {
		return nil, fmt.Errorf("reading tags: %w", err)
	}
	return out, nil
}

// Vocabulary lists the tags of what the actor may read and is published in a
// space, the most used first, 50 at most. Of what they may not read, nothing is
// counted.
func Vocabulary(ctx context.Context, tx *db.Tx, a actor.Actor, space id.ID) (out []Tag, err error) {
	b := db.NewBuilder().Add(`SELECT t.key, MIN(t.label), COUNT(*) FROM item_tags t JOIN items i ON i.id = t.item_id WHERE t.space_id = ? AND i.state = 2 AND `, space)
	query, args, err := access.Readable(b, "i", a).Add(` GROUP BY t.key ORDER BY COUNT(*) DESC, t.key LIMIT 50`).Build()
	if err != nil {
		return nil, err
	}
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var t Tag
		err := rows.Scan(&t.Key, &t.Label, &t.Items)
		out = append(out, t)
		return err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("listing tags: %w", err)
	}
	return out, nil
}

// Tagged lists the published and archived items of a space that bear a tag and
// that the actor may read, newest first, from the one after the cursor; next is
// nil at the end.
func Tagged(ctx context.Context, tx *db.Tx, a actor.Actor, space id.ID, key string, after Cursor, limit int) ([]Row, *Cursor, error) {
	b := db.NewBuilder().Add(`SELECT `+RowColumns+` FROM item_tags t JOIN items i ON i.id = t.item_id JOIN accounts a ON a.id = i.author_id
		WHERE t.space_id = ? AND t.key = ? AND i.state IN (2, 3)`, space, key)
	if !after.ID.IsZero() {
		b.Add(` AND (i.published_at, i.id) < (?, ?)`, clock.Millis(after.At), after.ID)
	}
	rows, err := list(ctx, tx, access.Readable(b.Add(` AND `), "i", a).Add(` ORDER BY i.published_at DESC, i.id DESC LIMIT ?`, limit+1))
	return page(rows, limit, err)
}
