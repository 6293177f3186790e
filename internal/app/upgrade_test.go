package app_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/testkit"
)

// landed is where the databases of earlier programs are kept, one file for each
// schema that landed: <name>.jsonl.gz. Its first line names the migrations that
// had run with their checksums, those that follow are rows.
const landed = "testdata/landed"

// freezeAs names, in the environment of a test run, what to keep today's database
// as (make freeze NAME=…). From then on its migrations are frozen.
const freezeAs = "RUCHE_FREEZE"

// A schema is the first line: checksums by engine/file.
type schema map[string]string

// A line is a row: its table, and a value for each column, a blob as {"hex": …}.
type line struct {
	Table  string         `json:"table"`
	Values map[string]any `json:"values"`
}

// TestWhatLandedUpgrades loads each database that was kept, and one of today's,
// into the schema of its time, brings it up with today's program, and reads it.
func TestWhatLandedUpgrades(t *testing.T) {
	t.Parallel()
	today := today(t)
	if name := os.Getenv(freezeAs); name != "" {
		if err := os.MkdirAll(landed, 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(landed, filepath.Base(name)+".jsonl.gz"), today, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all := map[string][]byte{"today": today}
	names, err := filepath.Glob(landed + "/*.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if all[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	for name, kept := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			upgrade(t, kept)
		})
	}
}

func upgrade(t *testing.T, kept []byte) {
	t.Helper()
	known, rows := unpack(t, kept)
	sets := whole(t, &db.DB{}, clock.System()).Sets()
	then, changed := since(t, sets, known)
	for _, file := range changed {
		t.Errorf("%s is frozen and is not what it was: write a new migration", file)
	}
	if t.Failed() {
		return
	}
	d := testkit.Open(t, testkit.DBConfig(t, then...))
	load(t, d, rows)
	a := whole(t, d, clock.NewManual(time.Date(2026, 11, 24, 15, 20, 0, 0, time.UTC)))
	if err := a.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := &house{App: a, t: t}
	for _, table := range []string{"accounts", "spaces", "items", "item_revisions", "remarks"} {
		want := 0
		for _, r := range rows {
			if r.Table == table {
				want++
			}
		}
		if n := number(t, d, "SELECT COUNT(*) FROM "+table); n != want || n == 0 {
			t.Errorf("%s: %d rows of %d", table, n, want)
		}
	}
	p := h.as(lead)
	for path, want := range map[string]string{"/": "Ruche", "/espaces/demat-ads": "demat-ads", "/espaces/demat-ads/membres": "Camille Martin", "/espaces/demat-ads/blog": "Pourquoi cette communauté", "/compte/sessions": "session"} {
		if res := p.get(path); res.status != http.StatusOK || !strings.Contains(res.body, want) {
			t.Errorf("%s answers %d, without %q", path, res.status, want)
		}
	}
	// What takes a number of its own goes on from the last one.
	opened := p.post("/espaces/-/nouveau", "name", "Suite", "purpose", "Aller plus loin", "kind", "community", "visibility", "private")
	if res := p.post(opened.location()+"/blog/-/nouveau", "title", "Depuis", "body", "la mise à jour", "action", "publish"); res.status != http.StatusSeeOther {
		t.Errorf("a new post in %q answers %d", opened.location(), res.status)
	}
}

// today is a database of this program with the demonstration, and with what a
// writer leaves behind: events and jobs.
func today(t *testing.T) []byte {
	t.Helper()
	d := testkit.Open(t, db.Config{Path: filepath.Join(t.TempDir(), "ruche.db"), Unsafe: true})
	a := whole(t, d, clock.NewManual(time.Date(2026, 11, 24, 15, 20, 0, 0, time.UTC)))
	if err := a.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if loaded, err := a.LoadDemo(t.Context()); err != nil || !loaded {
		t.Fatalf("loading the demonstration: %v, %v", loaded, err)
	}
	c := settle(t, a, 1)
	server := httptest.NewServer(a.Router)
	defer server.Close()
	addr := strings.TrimPrefix(server.URL, "http://")
	c.address.Store(&addr)
	c.writers[0].once(t.Context(), 0)

	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	to := json.NewEncoder(zip)
	if err := to.Encode(checksums(t, a.Sets())); err != nil {
		t.Fatal(err)
	}
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		for _, table := range a.Tables() {
			if err := dump(t.Context(), tx, table.Name, to); err != nil {
				return fmt.Errorf("%s: %w", table.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// dump writes the rows of a table as SQLite keeps them, by their first column.
func dump(ctx context.Context, tx *db.Tx, table string, to *json.Encoder) error {
	return tx.All(ctx, func(rows *sql.Rows) error {
		names, err := rows.Columns()
		if err != nil {
			return err
		}
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		l := line{Table: table, Values: map[string]any{}}
		for i, v := range values {
			if blob, is := v.([]byte); is {
				v = map[string]any{"hex": hex.EncodeToString(blob)}
			}
			l.Values[names[i]] = v
		}
		return to.Encode(l)
	}, `SELECT * FROM `+table+` ORDER BY 1`)
}

// load writes the rows into either engine.
func load(t *testing.T, d *db.DB, lines []line) {
	t.Helper()
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		ids, over := map[string]bool{}, "" // columns of uuid
		if tx.Engine() == db.Postgres {
			over = "OVERRIDING SYSTEM VALUE "
			err := tx.All(t.Context(), func(rows *sql.Rows) error {
				var name string
				err := rows.Scan(&name)
				ids[name] = true
				return err
			}, `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE data_type = 'uuid' AND table_schema = current_schema()`)
			if err != nil {
				return err
			}
		}
		for _, l := range lines {
			var names, marks []string
			var args []any
			for name, v := range l.Values {
				names, marks = append(names, name), append(marks, fmt.Sprintf("$%d", len(names)+1))
				args = append(args, value(t, v, ids[l.Table+"."+name]))
			}
			if _, err := tx.Exec(t.Context(), `INSERT INTO `+l.Table+` (`+strings.Join(names, ", ")+`) `+over+`VALUES (`+strings.Join(marks, ", ")+`)`, args...); err != nil {
				return fmt.Errorf("%s: %w", l.Table, err)
			}
		}
		if tx.Engine() == db.Postgres {
			_, err := tx.Exec(t.Context(), `SELECT setval(pg_get_serial_sequence('scopes', 'id'), (SELECT MAX(id) FROM scopes))`)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// value turns a value of a line back into what the engine takes.
func value(t *testing.T, v any, isID bool) any {
	t.Helper()
	switch v := v.(type) {
	case json.Number:
		n, err := v.Int64()
		if err != nil {
			t.Fatal(err)
		}
		return n
	case map[string]any:
		blob, err := hex.DecodeString(fmt.Sprint(v["hex"]))
		if err != nil {
			t.Fatal(err)
		}
		if isID {
			return id.ID(blob)
		}
		return blob
	}
	return v
}

// unpack reads what was kept.
func unpack(t *testing.T, kept []byte) (known schema, lines []line) {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(kept))
	if err != nil {
		t.Fatal(err)
	}
	from := json.NewDecoder(bufio.NewReader(zip))
	from.UseNumber()
	if err := from.Decode(&known); err != nil {
		t.Fatal(err)
	}
	for {
		var l line
		err := from.Decode(&l)
		if err == io.EOF {
			return known, lines
		}
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, l)
	}
}

// checksums names every migration with its SHA-256.
func checksums(t *testing.T, sets []db.MigrationSet) schema {
	t.Helper()
	out := schema{}
	for _, set := range sets {
		for name, text := range migrations(t, set) {
			sum := sha256.Sum256(text)
			out[name] = hex.EncodeToString(sum[:])
		}
	}
	return out
}

func migrations(t *testing.T, set db.MigrationSet) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	names, err := fs.Glob(set.FS, "*/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if out[name], err = fs.ReadFile(set.FS, name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// since returns the sets as they were when only the known migrations had been
// written, and the files of those that changed since.
func since(t *testing.T, sets []db.MigrationSet, known schema) (then []db.MigrationSet, changed []string) {
	t.Helper()
	now := checksums(t, sets)
	for name, sum := range known {
		if now[name] != sum {
			changed = append(changed, name)
		}
	}
	for _, set := range sets {
		files := fstest.MapFS{}
		for name, text := range migrations(t, set) {
			if known[name] != "" {
				files[name] = &fstest.MapFile{Data: text}
			}
		}
		if len(files) > 0 {
			then = append(then, db.MigrationSet{Name: set.Name, FS: files})
		}
	}
	return then, changed
}
