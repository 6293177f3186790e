package space

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ruche/internal/kernel/account"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// Limits of the words by which a space is found, and of those looked for at once.
const (
	maxWords  = 80
	maxSought = 6
)

// Words are those by which a space is found: of its name and its purpose, folded, each
// once.
func Words(name, purpose string) []string {
	all := strings.Fields(account.Fold(name + " " + purpose))
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(len(all), maxWords)]
}

// Sought reads what someone types to find a space: the beginnings of words.
func Sought(typed string) []string {
	words := strings.Fields(account.Fold(typed))
	return words[:min(len(words), maxSought)]
}

// Finding appends to a condition on spaces AS s that they have a word that begins as
// each of those sought.
func Finding(b *db.Builder, sought []string) *db.Builder {
	for _, word := range sought {
		b.Add(` AND s.id IN (SELECT w.space_id FROM space_words w WHERE w.word >= ? AND w.word < ?)`, word, word+"\U0010ffff")
	}
	return b
}

// index writes anew the words of a space.
func index(ctx context.Context, tx *db.Tx, space id.ID, name, purpose string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM space_words WHERE space_id = $1`, space); err != nil {
		return fmt.Errorf("noting the words of a space: %w", err)
	}
	words := Words(name, purpose)
	if len(words) == 0 {
		words = []string{""} // has been looked at
	}
	b := db.NewBuilder().Add(`INSERT INTO space_words (space_id, word) VALUES `)
	for i, word := range words {
		if i > 0 {
			b.Add(`, `)
		}
		b.Add(`(?, ?)`, space, word)
	}
	query, args, err := b.Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("noting the words of a space: %w", err)
	}
	return nil
}

// IndexMissing writes the words of spaces that have none yet, some at a time, and tells
// whether there may be more.
func IndexMissing(ctx context.Context, tx *db.Tx, limit int) (more bool, err error) {
	type named struct {
		id            id.ID
		name, purpose string
	}
	var found []named
	err = tx.All(ctx, func(rows *sql.Rows) error {
		var n named
		err := rows.Scan(&n.id, &n.name, &n.purpose)
		found = append(found, n)
		return err
	}, `SELECT s.id, s.name, s.purpose FROM spaces s WHERE NOT EXISTS (SELECT 1 FROM space_words w WHERE w.space_id = s.id) ORDER BY s.id LIMIT $1`, limit)
	if err != nil {
		return false, fmt.Errorf("looking for spaces without words: %w", err)
	}
	for _, n := range found {
		if err := index(ctx, tx, n.id, n.name, n.purpose); err != nil {
			return false, err
		}
	}
	return len(found) == limit, nil
}
