package app_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/testkit"
)

// asMigrator holds, in a process that a test starts to kill it, the database that it
// migrates.
const asMigrator = "RUCHE_TEST_APP_MIGRATOR"

// TestMigrateForKiller migrates a database in such a process; alone it has nothing to
// do.
func TestMigrateForKiller(t *testing.T) {
	text := os.Getenv(asMigrator)
	if text == "" {
		return
	}
	var c db.Config
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	if err := whole(t, testkit.Open(t, c), clock.System()).Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestSoakAMigrationKilledAtAnyMomentIsTakenUp kills a process that makes the schema,
// at moments by chance, until it has nothing left to do; what it leaves is what a
// process makes that nobody killed.
func TestSoakAMigrationKilledAtAnyMomentIsTakenUp(t *testing.T) {
	t.Parallel()
	sets := whole(t, &db.DB{}, clock.System()).Sets()
	want := shape(t, testkit.DBConfig(t, sets...))
	databases := 3
	if n := kills(t); n > 20 {
		databases = n / 20
	}
	halfway := 0
	for made := 0; made < databases || halfway == 0 && made < 40; made++ {
		c := testkit.DBConfig(t)
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		// Each process may live longer than the one before: a slow machine ends too.
		within := 200 * time.Millisecond
		for killed := true; killed; within += within / 4 {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMigrateForKiller$")
			child.Env = append(os.Environ(), asMigrator+"="+string(text))
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- child.Wait() }()
			select {
			case err := <-ended:
				if killed = false; err != nil {
					t.Fatalf("a migration after one that was killed: %v", err)
				}
			case <-time.After(rand.N(within)): // a moment by chance is what is tested
				killed = child.Process.Kill() == nil
				if err := <-ended; err == nil {
					killed = false // it was done
				} else if n := len(shape(t, c)); n > 0 && n < len(want) {
					halfway++
				}
			}
		}
		if got := shape(t, c); !slices.Equal(got, want) {
			t.Errorf("%d columns and indexes, want %d", len(got), len(want))
		}
	}
	if !testing.Short() && halfway == 0 {
		t.Error("no migration was killed halfway")
	}
	t.Logf("killed halfway %d times", halfway)
}

// shape lists the columns and indexes of a database, in order. It keeps no connection.
func shape(t *testing.T, c db.Config) (out []string) {
	t.Helper()
	d, err := db.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	query := `SELECT m.name || '.' || p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_stat%' -- made by looking
		UNION SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger') ORDER BY 1`
	if d.Engine() == db.Postgres {
		query = `SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = current_schema()
			UNION SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1`
	}
	err = d.Read(context.WithoutCancel(t.Context()), func(tx *db.Tx) error {
		return tx.All(t.Context(), func(rows *sql.Rows) error {
			var name string
			err := rows.Scan(&name)
			out = append(out, name)
			return err
		}, query)
	})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		t.Fatal(err)
	}
	return out
}
