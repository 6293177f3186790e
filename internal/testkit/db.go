package testkit

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"ruche/internal/platform/db"
)

// DB returns an open database of the test's own, migrated by the sets and
// removed when the test ends. Every statement has its placeholders checked.
func DB(tb testing.TB, sets ...db.MigrationSet) *db.DB {
	tb.Helper()
	return Open(tb, DBConfig(tb, sets...))
}

// Open opens the database of a configuration and closes it when the test ends:
// several handles on one database are several processes to it.
func Open(tb testing.TB, c db.Config) *db.DB {
	tb.Helper()
	d, err := db.Open(tb.Context(), c)
	if err != nil {
		tb.Fatalf("opening the test's database: %v", err)
	}
	tb.Cleanup(func() {
		if err := d.Close(); err != nil {
			tb.Errorf("closing the test's database: %v", err)
		}
	})
	return d
}

// DBConfig returns how to open a database of the test's own, migrated by the
// sets and removed when the test ends. Without sets it is empty.
func DBConfig(tb testing.TB, sets ...db.MigrationSet) db.Config {
	tb.Helper()
	switch engine := cmp.Or(os.Getenv("RUCHE_TEST_ENGINE"), string(db.SQLite)); db.Engine(engine) {
	case db.SQLite:
		return sqliteConfig(tb, sets)
	case db.Postgres:
		return postgresConfig(tb, sets)
	default:
		tb.Fatalf("RUCHE_TEST_ENGINE is %q, want sqlite or postgres", engine)
		return db.Config{}
	}
}

// templates keeps the migrated SQLite files of the process, by the hash of their
// migrations: copying one takes a millisecond, migrating takes a hundred.
//
// A test has no place above it to keep one.
var templates = struct {
	sync.Mutex
	files map[string][]byte
}{files: map[string][]byte{}}

func sqliteConfig(tb testing.TB, sets []db.MigrationSet) db.Config {
	tb.Helper()
	c := db.Config{Path: filepath.Join(tb.TempDir(), "ruche.db"), ReadConns: 4, CheckSQL: true, Unsafe: true}
	if len(sets) == 0 {
		return c
	}
	name, err := fingerprint(db.SQLite, sets)
	if err != nil {
		tb.Fatal(err)
	}
	templates.Lock()
	defer templates.Unlock()
	content, made := templates.files[name]
	if !made {
		migrate(tb, db.Config{Path: c.Path, Unsafe: true}, sets)
		if content, err = os.ReadFile(c.Path); err != nil {
			tb.Fatal(err)
		}
		templates.files[name] = content
		return c
	}
	if err := os.WriteFile(c.Path, content, 0o600); err != nil {
		tb.Fatal(err)
	}
	return c
}

// migrate brings a database up and lets go of it, so that it can be copied.
func migrate(tb testing.TB, c db.Config, sets []db.MigrationSet) {
	tb.Helper()
	d, err := db.Open(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	if err := d.Migrate(tb.Context(), sets); err != nil {
		_ = d.Close()
		tb.Fatal(err)
	}
	if err := d.Close(); err != nil {
		tb.Fatal(err)
	}
}

// fingerprint names the schema that the migrations of the sets leave behind.
func fingerprint(engine db.Engine, sets []db.MigrationSet) (string, error) {
	var lines []string
	for _, set := range sets {
		names, err := fs.Glob(set.FS, string(engine)+"/*.sql")
		if err != nil {
			return "", err
		}
		for _, name := range names {
			text, err := fs.ReadFile(set.FS, name)
			if err != nil {
				return "", err
			}
			lines = append(lines, fmt.Sprintf("%s %x", name, sha256.Sum256(text)))
		}
	}
	slices.Sort(lines)
	h := sha256.New()
	for _, line := range lines {
		_, _ = fmt.Fprintln(h, line) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil)[:12]), nil
}
