package testkit_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"ruche/internal/platform/db"
	"ruche/internal/testkit"
)

func set(table string) db.MigrationSet {
	file := &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE " + table + " (n INTEGER NOT NULL);\n")}
	return db.MigrationSet{Name: table, FS: fstest.MapFS{"sqlite/0001_a.sql": file, "postgres/0001_a.sql": file}}
}

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	for i := range 8 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			d := testkit.DB(t, set("cells"))
			var rows int
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				if _, err := tx.Exec(t.Context(), "INSERT INTO cells (n) VALUES ($1)", i); err != nil {
					return err
				}
				return tx.QueryRow(t.Context(), "SELECT COUNT(*) FROM cells").Scan(&rows)
			})
			if err != nil || rows != 1 {
				t.Fatalf("%d rows, %v; want the one this test wrote", rows, err)
			}
		})
	}
}

func TestTheTemplateFollowsTheMigrations(t *testing.T) {
	t.Parallel()
	for _, table := range []string{"cells", "frames"} {
		d := testkit.DB(t, set(table))
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			var n int
			return tx.QueryRow(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n)
		})
		if err != nil {
			t.Errorf("table %s: %v", table, err)
		}
	}
}

func TestTwoHandlesOnOneDatabase(t *testing.T) {
	t.Parallel()
	c := testkit.DBConfig(t, set("cells"))
	one, two := testkit.Open(t, c), testkit.Open(t, c)
	err := one.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), "INSERT INTO cells (n) VALUES (1)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var rows int
	err = two.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), "SELECT COUNT(*) FROM cells").Scan(&rows)
	})
	if err != nil || rows != 1 {
		t.Fatalf("the second handle sees %d rows, %v", rows, err)
	}
}
