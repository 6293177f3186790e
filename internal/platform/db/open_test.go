package db_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/testkit"
)

func TestAnUnreachablePostgresIsToldQuicklyWithoutItsPassword(t *testing.T) {
	t.Parallel()
	// A port that was free a moment ago.
	var listening net.ListenConfig
	l, err := listening.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	_, err = db.Open(ctx, db.Config{URL: "postgres://zoe:sesame@" + address + "/hive"})
	if fault.KindOf(err) != fault.Unavailable || ctx.Err() != nil {
		t.Fatalf("err = %v, want unavailable", err)
	}
	if text := err.Error(); strings.Contains(text, "sesame") || !strings.Contains(text, address+"/hive") {
		t.Fatalf("it says %q", text)
	}
}

func TestAnAddressThatIsNoneIsInvalid(t *testing.T) {
	t.Parallel()
	for _, c := range []db.Config{{}, {URL: "postgres://zoe:sesame@localhost:port/hive"}} {
		_, err := db.Open(t.Context(), c)
		if fault.KindOf(err) != fault.Invalid || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%+v: err = %v", c, err)
		}
	}
}

func TestAFileThatCannotBeADatabaseIsUnavailable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	letter := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(letter, []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"under a file": filepath.Join(letter, "ruche.db"),
		"a folder":     dir,
		"other bytes":  letter,
	} {
		_, err := db.Open(t.Context(), db.Config{Path: path})
		if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), dir) {
			t.Errorf("%s: err = %v", name, err)
		}
	}
}

func TestAFolderIsMadeAndAnyNameServes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "dossier à part", "50% ?#&=1.db")
	d, err := db.Open(t.Context(), db.Config{Path: path, Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context(), []db.MigrationSet{boxes()}); err != nil {
		t.Fatal(err)
	}
	if n := countBoxes(t, d); n != 0 {
		t.Fatalf("%d rows", n)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	// Closed, a database is one file: what a copy takes is whole.
	if _, err := os.Stat(path + "-wal"); !os.IsNotExist(err) {
		t.Fatalf("the journal is still there: %v", err)
	}
}

func TestPingAndReopen(t *testing.T) {
	t.Parallel()
	config := testkit.DBConfig(t, boxes())
	first := testkit.Open(t, config)
	if err := first.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	write(t, first, func(tx *db.Tx) error { return put(t.Context(), tx, box{id.New(), "a", false}) })
	if n := countBoxes(t, testkit.Open(t, config)); n != 1 {
		t.Fatalf("another handle sees %d rows", n)
	}
}
