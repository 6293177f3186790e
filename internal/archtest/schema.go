package archtest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A migration is one SQL file of one room.
type migration struct {
	owner  string // import path of the room that owns it
	engine string // sqlite or postgres
	file   string // NNNN_name.sql
	text   string
}

// A schema is what a list of migrations leaves behind: the columns of each
// table, in no order, and the room that created it.
type schema struct {
	columns map[string][]string
	owners  map[string]string
}

// applySchema follows the migrations of one engine in the order of their
// numbers. It understands what changes the names of tables and columns and
// looks at nothing else (types, keys, indexes and triggers differ by engine).
func applySchema(migrations []migration) (schema, error) {
	s := schema{columns: map[string][]string{}, owners: map[string]string{}}
	ordered := slices.SortedFunc(slices.Values(migrations), func(a, b migration) int {
		return strings.Compare(a.file, b.file)
	})
	for _, m := range ordered {
		for _, statement := range statements(m.text) {
			if err := s.apply(m.owner, statement); err != nil {
				return s, fmt.Errorf("%s %s: %w", m.engine, m.file, err)
			}
		}
	}
	return s, nil
}

// statements cuts the Up part of a migration at its semicolons, without its
// comments and with its literals emptied. Bodies of triggers and functions fall
// to pieces, which harms nobody: no piece of them creates a table.
func statements(text string) []string {
	up, _, _ := strings.Cut(text, "-- +goose Down")
	blank := regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/`)
	literal := regexp.MustCompile(`'(?:[^']|'')*'`)
	up = literal.ReplaceAllString(blank.ReplaceAllString(up, " "), "''")
	space := regexp.MustCompile(`\s+`)
	var found []string
	for piece := range strings.SplitSeq(up, ";") {
		if piece = strings.TrimSpace(space.ReplaceAllString(piece, " ")); piece != "" {
			found = append(found, piece)
		}
	}
	return found
}

func (s schema) apply(owner, statement string) error {
	create := regexp.MustCompile(`(?i)^CREATE (?:VIRTUAL |UNLOGGED )?TABLE (?:IF NOT EXISTS )?"?(\w+)"? ?(?:USING \w+ ?)?\((.*)$`)
	drop := regexp.MustCompile(`(?i)^DROP TABLE (?:IF EXISTS )?"?(\w+)"?`)
	alter := regexp.MustCompile(`(?i)^ALTER TABLE (?:ONLY )?"?(\w+)"? (.*)$`)
	if m := create.FindStringSubmatch(statement); m != nil {
		if _, known := s.columns[m[1]]; known {
			return fmt.Errorf("table %s is created twice", m[1])
		}
		s.columns[m[1]] = columnsOf(m[2])
		s.owners[m[1]] = owner
		return nil
	}
	if m := drop.FindStringSubmatch(statement); m != nil {
		delete(s.columns, m[1])
		delete(s.owners, m[1])
		return nil
	}
	if m := alter.FindStringSubmatch(statement); m != nil {
		return s.alter(m[1], m[2])
	}
	return nil
}

func (s schema) alter(table, change string) error {
	if _, known := s.columns[table]; !known {
		return fmt.Errorf("table %s is altered before it exists", table)
	}
	rename := regexp.MustCompile(`(?i)^RENAME TO "?(\w+)"?`)
	renameColumn := regexp.MustCompile(`(?i)^RENAME (?:COLUMN )?"?(\w+)"? TO "?(\w+)"?`)
	if m := rename.FindStringSubmatch(change); m != nil {
		s.columns[m[1]], s.owners[m[1]] = s.columns[table], s.owners[table]
		delete(s.columns, table)
		delete(s.owners, table)
		return nil
	}
	if m := renameColumn.FindStringSubmatch(change); m != nil {
		for i, column := range s.columns[table] {
			if column == m[1] {
				s.columns[table][i] = m[2]
			}
		}
		return nil
	}
	add := regexp.MustCompile(`(?i)^ADD (?:COLUMN )?(?:IF NOT EXISTS )?"?(\w+)"?`)
	dropColumn := regexp.MustCompile(`(?i)^DROP (?:COLUMN )?(?:IF EXISTS )?"?(\w+)"?`)
	for _, part := range topLevel(change) {
		if m := add.FindStringSubmatch(part); m != nil && !isConstraint(m[1]) {
			s.columns[table] = append(s.columns[table], m[1])
		}
		if m := dropColumn.FindStringSubmatch(part); m != nil {
			s.columns[table] = slices.DeleteFunc(s.columns[table], func(c string) bool { return c == m[1] })
		}
	}
	return nil
}

// columnsOf reads the names in the body of CREATE TABLE, which starts after
// the opening parenthesis.
func columnsOf(body string) []string {
	var columns []string
	for _, part := range topLevel(body) {
		name, _, _ := strings.Cut(strings.TrimSpace(part), " ")
		name = strings.Trim(name, `"`)
		if name != "" && !isConstraint(name) && !strings.Contains(name, "=") {
			columns = append(columns, name)
		}
	}
	return columns
}

func isConstraint(word string) bool {
	word, _, _ = strings.Cut(strings.ToUpper(word), "(")
	return slices.Contains([]string{"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "EXCLUDE", "LIKE"}, word)
}

// topLevel cuts a text at the commas outside any parenthesis and stops at the
// parenthesis that closes the one the text started in.
func topLevel(text string) []string {
	var parts []string
	depth, start := 0, 0
	for i, char := range text {
		switch {
		case char == '(':
			depth++
		case char == ')' && depth == 0:
			return append(parts, text[start:i])
		case char == ')':
			depth--
		case char == ',' && depth == 0:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:])
}

// compareSchemas returns one line for each table or column that one engine has
// and the other lacks, sorted.
func compareSchemas(sqlite, postgres schema) []string {
	var wrong []string
	tables := slices.Concat(slices.Collect(maps.Keys(sqlite.columns)), slices.Collect(maps.Keys(postgres.columns)))
	slices.Sort(tables)
	for _, table := range slices.Compact(tables) {
		left, inLeft := sqlite.columns[table]
		right, inRight := postgres.columns[table]
		if inLeft != inRight {
			wrong = append(wrong, fmt.Sprintf("table %s: on SQLite %v, on PostgreSQL %v", table, inLeft, inRight))
			continue
		}
		for _, column := range missing(left, right) {
			wrong = append(wrong, fmt.Sprintf("column %s.%s is missing on PostgreSQL", table, column))
		}
		for _, column := range missing(right, left) {
			wrong = append(wrong, fmt.Sprintf("column %s.%s is missing on SQLite", table, column))
		}
	}
	return wrong
}

func missing(from, in []string) []string {
	var names []string
	for _, name := range from {
		if !slices.Contains(in, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
