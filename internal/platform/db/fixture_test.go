package db_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/testkit"
)

// migrationsOf makes a set of files named name.sql, alike on both engines but
// for the words that stand for types.
func migrationsOf(name string, files map[string]string) db.MigrationSet {
	out := fstest.MapFS{}
	for file, text := range files {
		for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
			out[string(engine)+"/"+file+".sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + typed(engine, text))}
		}
	}
	return db.MigrationSet{Name: name, FS: out}
}

func boxes() db.MigrationSet {
	return migrationsOf("boxes", map[string]string{
		"0001_boxes": `
			CREATE TABLE boxes (id ID PRIMARY KEY, name TEXT NOT NULL UNIQUE, sealed BOOL NOT NULL, n BIGINT NOT NULL DEFAULT 0);
			CREATE TABLE things (id ID PRIMARY KEY, box_id ID REFERENCES boxes (id));`,
	})
}

func typed(engine db.Engine, text string) string {
	id, flag := "BLOB", "INTEGER"
	if engine == db.Postgres {
		id, flag = "uuid", "smallint"
	}
	return strings.NewReplacer(" ID ", " "+id+" ", " BOOL ", " "+flag+" ").Replace(text)
}

type box struct {
	id     id.ID
	name   string
	sealed bool
}

func put(ctx context.Context, tx *db.Tx, b box) error {
	_, err := tx.Exec(ctx, `INSERT INTO boxes (id, name, sealed) VALUES ($1, $2, $3)`, b.id, b.name, b.sealed)
	return err
}

func write(t *testing.T, d *db.DB, f func(tx *db.Tx) error) {
	t.Helper()
	if err := d.Write(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

func countBoxes(t *testing.T, d *db.DB) (n int) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT COUNT(*) FROM boxes`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func boxesDB(t *testing.T) *db.DB {
	t.Helper()
	return testkit.DB(t, boxes())
}
