package db_test

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
)

func TestPlaceholdersOutOfOrderAreRefused(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	for query, ok := range map[string]bool{
		`SELECT n FROM boxes WHERE name = $1 AND n = $2`:                  true,
		`SELECT n FROM boxes WHERE (name = $1 OR name = $1) AND n = $2`:   true,
		`SELECT n FROM boxes WHERE name = $1 AND n = $2 AND name <> '$9'`: true,
		`SELECT n FROM boxes WHERE n = $2 AND name = $1`:                  false,
		`SELECT n FROM boxes WHERE name = $1 AND n = $3`:                  false,
		`SELECT n FROM boxes WHERE name = $0 AND n = $1`:                  false,
		`SELECT n FROM boxes WHERE name = $ AND n = $1`:                   false,
		`SELECT n FROM boxes WHERE name = 'it AND n = $1`:                 false,
	} {
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.All(t.Context(), func(*sql.Rows) error { return nil }, query, "a", 1)
		})
		if (err == nil) != ok {
			t.Errorf("%s: err = %v", query, err)
		}
		if !ok && !strings.Contains(err.Error(), "db:") {
			t.Errorf("%s: refused by the engine and not by us: %v", query, err)
		}
	}
}

func TestBuilderNumbersAsItGoes(t *testing.T) {
	t.Parallel()
	b := db.NewBuilder().Add("SELECT id FROM boxes WHERE name = ?", "a? b").Add(" AND sealed = ? AND n BETWEEN ? AND ?", true, 1, 2)
	b.Add(" AND n IN ")
	db.In(b, []int{7, 8})
	b.Add(" LIMIT ?", 3)
	query, args, err := b.Build()
	want := "SELECT id FROM boxes WHERE name = $1 AND sealed = $2 AND n BETWEEN $3 AND $4 AND n IN ($5, $6) LIMIT $7"
	if err != nil || query != want || !slices.Equal(args, []any{"a? b", true, 1, 2, 7, 8, 3}) {
		t.Fatalf("%s\n%v, %v", query, args, err)
	}
}

func TestBuilderTellsAMismatch(t *testing.T) {
	t.Parallel()
	for _, b := range []*db.Builder{
		db.NewBuilder().Add("a = ?"),
		db.NewBuilder().Add("a = 1", 2),
		db.NewBuilder().Add("a = ? AND b = ?", 1).Add("c = ?", 1),
	} {
		if query, _, err := b.Build(); err == nil {
			t.Errorf("%q: no error", query)
		}
	}
}

func TestInFindsTheListedAndNothingForAnEmptyList(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	ids := []id.ID{id.New(), id.New(), id.New()}
	write(t, d, func(tx *db.Tx) error {
		for i, one := range ids {
			if err := put(t.Context(), tx, box{one, string(rune('a' + i)), false}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, want := range [][]id.ID{nil, ids[:1], ids[1:]} {
		query, args, err := db.In(db.NewBuilder().Add("SELECT id FROM boxes WHERE id IN "), want).Add(" ORDER BY id").Build()
		if err != nil {
			t.Fatal(err)
		}
		var got []id.ID
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.All(t.Context(), func(rows *sql.Rows) error {
				var one id.ID
				if err := rows.Scan(&one); err != nil {
					return err
				}
				got = append(got, one)
				return nil
			}, query, args...)
		})
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("found %v, %v; want %v", got, err, want)
		}
	}
}
