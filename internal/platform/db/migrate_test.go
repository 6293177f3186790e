package db_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/testkit"
)

func version(t *testing.T, d *db.DB, want int64) {
	t.Helper()
	got, err := d.Version(t.Context())
	if err != nil || got != want {
		t.Fatalf("version %d, %v; want %d", got, err, want)
	}
}

func TestMigrationsOfSeveralSetsRunInOneOrder(t *testing.T) {
	t.Parallel()
	d := testkit.Open(t, testkit.DBConfig(t))
	version(t, d, 0)
	more := migrationsOf("more", map[string]string{"0002_size": `ALTER TABLE boxes ADD COLUMN size BIGINT NOT NULL DEFAULT 3;`})
	sets := []db.MigrationSet{more, boxes()} // the order of the sets says nothing
	for range 2 {
		if err := d.Migrate(t.Context(), sets); err != nil {
			t.Fatal(err)
		}
		version(t, d, 2)
	}
	write(t, d, func(tx *db.Tx) error {
		if err := put(t.Context(), tx, box{id.New(), "a", false}); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), `UPDATE boxes SET size = size + 1`)
		return err
	})
}

func TestNoMigrationIsNoError(t *testing.T) {
	t.Parallel()
	d := testkit.Open(t, testkit.DBConfig(t))
	if err := d.Migrate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	version(t, d, 0)
}

// A branch merged late brings a number below one that ran already.
func TestAMigrationThatComesLateStillRuns(t *testing.T) {
	t.Parallel()
	d := testkit.Open(t, testkit.DBConfig(t))
	late := migrationsOf("late", map[string]string{"0005_a": `CREATE TABLE a (n BIGINT);`})
	if err := d.Migrate(t.Context(), []db.MigrationSet{late}); err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context(), []db.MigrationSet{late, boxes()}); err != nil {
		t.Fatal(err)
	}
	if n := countBoxes(t, d); n != 0 {
		t.Fatalf("%d rows", n)
	}
	version(t, d, 5)
}

func TestProcessesThatMigrateAtOnceWaitForEachOther(t *testing.T) {
	t.Parallel()
	config := testkit.DBConfig(t)
	const processes = 4
	errs := make(chan error, processes)
	for range processes {
		d := testkit.Open(t, config)
		go func() { errs <- d.Migrate(t.Context(), []db.MigrationSet{boxes()}) }()
	}
	for range processes {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	version(t, testkit.Open(t, config), 1)
}

func TestTwoSetsWithOneNumberAreRefused(t *testing.T) {
	t.Parallel()
	d := testkit.Open(t, testkit.DBConfig(t))
	other := migrationsOf("other", map[string]string{"0001_other": `CREATE TABLE other (n BIGINT);`})
	err := d.Migrate(t.Context(), []db.MigrationSet{boxes(), other})
	if err == nil || !strings.Contains(err.Error(), "boxes") || !strings.Contains(err.Error(), "other") {
		t.Fatalf("err = %v, want both names", err)
	}
	twins := migrationsOf("twins", map[string]string{"0007_a": `CREATE TABLE a (n BIGINT);`, "0007_b": `CREATE TABLE b (n BIGINT);`})
	if err := d.Migrate(t.Context(), []db.MigrationSet{twins}); err == nil {
		t.Fatal("one number twice in a set was accepted")
	}
	version(t, d, 0)
}

func TestAFileThatIsNoMigrationIsRefused(t *testing.T) {
	t.Parallel()
	d := testkit.Open(t, testkit.DBConfig(t))
	for _, name := range []string{"first", "x_first", "0_first"} {
		set := migrationsOf("odd", map[string]string{name: `CREATE TABLE a (n BIGINT);`})
		if err := d.Migrate(t.Context(), []db.MigrationSet{set}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: err = %v", name, err)
		}
	}
	if err := d.Migrate(t.Context(), []db.MigrationSet{{Name: "empty", FS: fstest.MapFS{}}}); err == nil {
		t.Error("a set without the engine's folder was accepted")
	}
}

func TestASchemaOfANewerProgramIsRefused(t *testing.T) {
	t.Parallel()
	newer := migrationsOf("newer", map[string]string{"0009_new": `CREATE TABLE newer (n BIGINT);`})
	d := testkit.DB(t, boxes(), newer)
	if err := d.CheckSchema(t.Context(), []db.MigrationSet{boxes(), newer}); err != nil {
		t.Fatal(err)
	}
	err := d.CheckSchema(t.Context(), []db.MigrationSet{boxes()})
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "0009") || !strings.Contains(err.Error(), "0001") {
		t.Fatalf("err = %v, want both numbers", err)
	}
	// Rooms number apart: what is new may be below the newest that is known.
	between := testkit.DB(t, boxes(), newer, migrationsOf("between", map[string]string{"0005_b": `CREATE TABLE b (n BIGINT);`}))
	err = between.CheckSchema(t.Context(), []db.MigrationSet{boxes(), newer})
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(err.Error(), "migrations 0005,") {
		t.Fatalf("err = %v, want 0005 refused", err)
	}
	empty := testkit.Open(t, testkit.DBConfig(t))
	if err := empty.CheckSchema(t.Context(), []db.MigrationSet{boxes()}); err != nil {
		t.Fatalf("an older schema: %v", err)
	}
}

func TestAMigrationThatFailsLeavesTheOneBefore(t *testing.T) {
	t.Parallel()
	d := testkit.Open(t, testkit.DBConfig(t))
	broken := migrationsOf("broken", map[string]string{"0002_broken": `
		CREATE TABLE half (n BIGINT);
		INSERT INTO nowhere (n) VALUES (1);`})
	if err := d.Migrate(t.Context(), []db.MigrationSet{boxes(), broken}); err == nil {
		t.Fatal("no error")
	}
	version(t, d, 1)
	mended := migrationsOf("broken", map[string]string{"0002_broken": `CREATE TABLE half (n BIGINT);`})
	if err := d.Migrate(t.Context(), []db.MigrationSet{boxes(), mended}); err != nil {
		t.Fatal(err)
	}
	version(t, d, 2)
}

func TestARebuiltTableKeepsItsChildren(t *testing.T) {
	t.Parallel()
	rebuild := db.MigrationSet{Name: "rebuild", FS: fstest.MapFS{
		"sqlite/0003_rebuild.sql": {Data: []byte(`-- +goose Up
			CREATE TABLE boxes_new (id BLOB PRIMARY KEY, name TEXT NOT NULL UNIQUE, sealed INTEGER NOT NULL CHECK (sealed IN (0, 1)), n BIGINT NOT NULL DEFAULT 0);
			INSERT INTO boxes_new (id, name, sealed, n) SELECT id, name, sealed, n FROM boxes;
			DROP TABLE boxes;
			ALTER TABLE boxes_new RENAME TO boxes;`)},
		"postgres/0003_rebuild.sql": {Data: []byte(`-- +goose Up
			ALTER TABLE boxes ADD CHECK (sealed IN (0, 1));`)},
	}}
	cascade := migrationsOf("cascade", map[string]string{
		"0002_cascade": `CREATE TABLE labels (id ID PRIMARY KEY, box_id ID NOT NULL REFERENCES boxes (id) ON DELETE CASCADE);`,
	})
	d := testkit.DB(t, boxes(), cascade)
	owner := box{id.New(), "a", true}
	write(t, d, func(tx *db.Tx) error {
		if err := put(t.Context(), tx, owner); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), `INSERT INTO things (id, box_id) VALUES ($1, $2)`, id.New(), owner.id)
		if err != nil {
			return err
		}
		_, err = tx.Exec(t.Context(), `INSERT INTO labels (id, box_id) VALUES ($1, $2)`, id.New(), owner.id)
		return err
	})
	if err := d.Migrate(t.Context(), []db.MigrationSet{boxes(), cascade, rebuild}); err != nil {
		t.Fatal(err)
	}
	var children int
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `
			SELECT (SELECT COUNT(*) FROM things WHERE box_id = $1) + (SELECT COUNT(*) FROM labels WHERE box_id = $1)`, owner.id).Scan(&children)
	})
	if err != nil || children != 2 {
		t.Fatalf("%d children are left, %v; want 2", children, err)
	}
	err = d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO things (id, box_id) VALUES ($1, $2)`, id.New(), id.New())
		return err
	})
	if !db.IsForeignKey(err) {
		t.Fatalf("err = %v: the rebuilt table is no longer referred to", err)
	}
}

func TestAMigrationThatLeavesAnOrphanIsUndone(t *testing.T) {
	t.Parallel()
	d := testkit.DB(t, boxes())
	write(t, d, func(tx *db.Tx) error {
		owner := box{id.New(), "a", false}
		if err := put(t.Context(), tx, owner); err != nil {
			return err
		}
		_, err := tx.Exec(t.Context(), `INSERT INTO things (id, box_id) VALUES ($1, $2)`, id.New(), owner.id)
		return err
	})
	orphan := migrationsOf("orphan", map[string]string{"0002_orphan": `DELETE FROM boxes;`})
	if err := d.Migrate(t.Context(), []db.MigrationSet{boxes(), orphan}); err == nil || !strings.Contains(err.Error(), "things") {
		t.Fatalf("err = %v, want the table named", err)
	}
	version(t, d, 1)
	if n := countBoxes(t, d); n != 1 {
		t.Fatalf("%d boxes are left, want the one there was", n)
	}
	mended := migrationsOf("orphan", map[string]string{"0002_orphan": `DELETE FROM things; DELETE FROM boxes;`})
	if err := d.Migrate(t.Context(), []db.MigrationSet{boxes(), mended}); err != nil {
		t.Fatal(err)
	}
	version(t, d, 2)
}

func TestAWayBackIsRefused(t *testing.T) {
	t.Parallel()
	d := testkit.Open(t, testkit.DBConfig(t))
	set := migrationsOf("back", map[string]string{"0001_back": "CREATE TABLE a (n BIGINT);\n-- +goose Down\nDROP TABLE a;"})
	if err := d.Migrate(t.Context(), []db.MigrationSet{set}); err == nil || !strings.Contains(err.Error(), "0001_back") {
		t.Fatalf("err = %v", err)
	}
}

// A statement of a page is cut after a while; one of a migration never is.
func TestAMigrationHasTheTimeItTakes(t *testing.T) {
	t.Parallel()
	set := db.MigrationSet{Name: "limits", FS: fstest.MapFS{
		"sqlite/0001_limits.sql":   {Data: []byte("-- +goose Up\nCREATE TABLE limits AS SELECT '0' AS statement_ms, '0' AS lock_ms;\n")},
		"postgres/0001_limits.sql": {Data: []byte("-- +goose Up\nCREATE TABLE limits AS SELECT current_setting('statement_timeout') AS statement_ms, current_setting('lock_timeout') AS lock_ms;\n")},
	}}
	d := testkit.Open(t, testkit.DBConfig(t))
	if err := d.Migrate(t.Context(), []db.MigrationSet{set}); err != nil {
		t.Fatal(err)
	}
	var there, lock string
	here := "0"
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		if d.Engine() == db.Postgres {
			if err := tx.QueryRow(t.Context(), `SELECT current_setting('statement_timeout')`).Scan(&here); err != nil {
				return err
			}
		}
		return tx.QueryRow(t.Context(), `SELECT statement_ms, lock_ms FROM limits`).Scan(&there, &lock)
	})
	if err != nil || there != "0" || lock != "0" || (here == "30s") != (d.Engine() == db.Postgres) {
		t.Fatalf("statements are cut after %s, in a migration after %s, locks after %s; %v", here, there, lock, err)
	}
}
