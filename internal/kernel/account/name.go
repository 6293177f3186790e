package account

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

// maxNameWords bounds the places of a name from which it is found.
const maxNameWords = 6

// Fold is a text as it is looked for: lower case, without accents, its words apart
// by one space. Letters of every script stay (Unicode NFKD, without its marks).
func Fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToLower(s)) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // an accent, set apart by NFKD
		default:
			gap = true
		}
	}
	return norm.NFC.String(b.String())
}

// NameWords is how a name is found: the whole of it folded, then what begins at
// its second word, and so on. It is never empty.
func NameWords(name string) []string {
	rest := Fold(name)
	out := []string{rest}
	for len(out) < maxNameWords {
		_, after, more := strings.Cut(rest, " ")
		if !more {
			break
		}
		rest = after
		out = append(out, rest)
	}
	return out
}

// indexName writes anew the rows by which a person is found.
func indexName(ctx context.Context, tx *db.Tx, account id.ID, name string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM name_words WHERE account_id = $1`, account); err != nil {
		return fmt.Errorf("noting a name: %w", err)
	}
	b := db.NewBuilder().Add(`INSERT INTO name_words (account_id, place, word, name_key) VALUES `)
	for place, word := range NameWords(name) {
		if place > 0 {
			b.Add(`, `)
		}
		b.Add(`(?, ?, ?, ?)`, account, place, word, SortKey(name))
	}
	query, args, err := b.Build()
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, query, args...); err != nil {
		return fmt.Errorf("noting a name: %w", err)
	}
	return nil
}
