package db

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"ruche/internal/platform/fault"
)

// MigrationSet is what one room brings: a folder per engine, sqlite and
// postgres, of files NNNN_name.sql in goose's form. Numbers are unique over all
// sets, and a number exists on both engines.
type MigrationSet struct {
	Name string
	FS   fs.FS
}

// Migrate brings the schema up to the newest migration of the sets. Two
// processes that start at once wait for each other. A migration runs in its own
// transaction; one that fails leaves the schema at the version before it.
func (d *DB) Migrate(ctx context.Context, sets []MigrationSet) error {
	merged, err := merge(d.engine, sets)
	if err != nil || len(merged) == 0 {
		return err
	}
	if d.engine == Postgres {
		return d.migratePostgres(ctx, merged)
	}
	return d.migrateSQLite(ctx, merged)
}

// migratePostgres works on connections of its own, which have no time-outs.
func (d *DB) migratePostgres(ctx context.Context, merged files) (err error) {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // each second, for five minutes
	if err != nil {
		return fmt.Errorf("locking the schema: %w", err)
	}
	pc, err := postgresConfig(d.config)
	if err != nil {
		return err
	}
	pool := stdlib.OpenDB(*pc)
	defer func() {
		if cerr := pool.Close(); err == nil {
			err = cerr
		}
	}()
	return up(ctx, goose.DialectPostgres, pool, merged, goose.WithSessionLocker(locker))
}

// migrateSQLite works on a connection of its own with foreign keys off, since a
// migration that rebuilds a table would else erase what hangs from it; each one
// ends by checking them all (orphanCheck). The lock is a transaction on a
// neighbour file: it ends with the process, however that ends.
func (d *DB) migrateSQLite(ctx context.Context, merged files) (err error) {
	unlock, err := lockSQLite(ctx, d.config.Path+".migrate")
	if err != nil {
		return err
	}
	defer unlock()
	pool, err := sql.Open("sqlite", sqliteDSN(d.config, "foreign_keys(0)", "immediate"))
	if err != nil {
		return classify(err)
	}
	pool.SetMaxOpenConns(1)
	defer func() {
		if cerr := pool.Close(); err == nil {
			err = cerr
		}
	}()
	return up(ctx, goose.DialectSQLite3, pool, checkedFiles{merged})
}

// orphanCheck ends every migration of SQLite, inside its transaction: a row that
// points to nothing undoes the migration, and the error names its table. Checked
// after the commit, the damage would be done and no later start would know.
const orphanCheck = `
CREATE TEMP TABLE migration_orphans (child TEXT, parent TEXT);
-- +goose StatementBegin
CREATE TEMP TRIGGER migration_orphan BEFORE INSERT ON migration_orphans BEGIN
	SELECT RAISE(ABORT, 'after it a row of ' || NEW.child || ' points to no row of ' || NEW.parent);
END;
-- +goose StatementEnd
INSERT INTO migration_orphans SELECT "table", "parent" FROM pragma_foreign_key_check;
DROP TABLE migration_orphans;
`

func lockSQLite(ctx context.Context, file string) (func(), error) {
	q := url.Values{"_pragma": {"busy_timeout(120000)"}, "_txlock": {"exclusive"}}
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, classify(err)
	}
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		_ = pool.Close()
		if busy(err) {
			err = fmt.Errorf("another process is migrating: %w", err)
		}
		return nil, unavailable(fmt.Errorf("locking the schema by %s: %w", file, err))
	}
	return func() {
		_ = tx.Rollback() // it never wrote anything
		_ = pool.Close()
	}, nil
}

func up(ctx context.Context, dialect goose.Dialect, pool *sql.DB, merged fs.FS, opts ...goose.ProviderOption) error {
	opts = append(opts, goose.WithAllowOutofOrder(true), goose.WithDisableGlobalRegistry(true))
	p, err := goose.NewProvider(dialect, pool, merged, opts...)
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrating the schema: %w", classify(err))
	}
	return nil
}

// Version returns the number of the newest migration that ran, 0 for an empty
// database.
func (d *DB) Version(ctx context.Context) (int64, error) {
	ran, err := d.migrated(ctx)
	if err != nil || len(ran) == 0 {
		return 0, err
	}
	return ran[len(ran)-1], nil
}

// migrated returns the numbers of the migrations that ran, ascending.
func (d *DB) migrated(ctx context.Context) (ran []int64, err error) {
	exists := "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'goose_db_version'"
	if d.engine == Postgres {
		exists = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'goose_db_version'"
	}
	err = d.Read(ctx, func(tx *Tx) error {
		var n int
		if err := tx.QueryRow(ctx, exists).Scan(&n); err != nil || n == 0 {
			return err
		}
		return tx.All(ctx, func(rows *sql.Rows) error {
			var n int64
			err := rows.Scan(&n)
			ran = append(ran, n)
			return err
		}, "SELECT DISTINCT version_id FROM goose_db_version WHERE version_id > 0 ORDER BY version_id")
	})
	return ran, err
}

// CheckSchema refuses a database on which a migration ran that the sets don't
// hold: a newer program was here. Its text names what was found and what is
// accepted. An older schema is fine, since Migrate follows.
func (d *DB) CheckSchema(ctx context.Context, sets []MigrationSet) error {
	merged, err := merge(d.engine, sets)
	if err != nil {
		return err
	}
	ran, err := d.migrated(ctx)
	if err != nil {
		return err
	}
	known := merged.numbers()
	var unknown []string
	for _, n := range ran {
		if _, ok := slices.BinarySearch(known, n); !ok {
			unknown = append(unknown, fmt.Sprintf("%04d", n))
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	return fault.Wrap(fault.Conflict, fmt.Errorf(
		"the database has the migrations %s, which this program does not know (it knows %d, up to %04d): start the newer program, or restore a backup made by this one",
		strings.Join(unknown, ", "), len(known), slices.Max(append(known, 0))), "fault.conflict")
}

// files is one flat folder of migrations, name by name, over the sets they come from.
type files map[string]source

type source struct {
	fsys fs.FS
	path string
}

func merge(engine Engine, sets []MigrationSet) (files, error) {
	out, owner := files{}, map[int64]string{}
	for _, set := range sets {
		here, err := numbers(set, engine)
		if err != nil {
			return nil, err
		}
		for name, n := range here {
			if other, taken := owner[n]; taken {
				return nil, fmt.Errorf("db: migration %04d is in %s and in %s", n, other, set.Name)
			}
			owner[n] = set.Name
			out[name] = source{set.FS, path.Join(string(engine), name)}
		}
	}
	return out, nil
}

// downwards finds goose's mark of the statements that undo a migration.
var downwards = regexp.MustCompile(`(?mi)^\s*--\s*\+goose\s+down`)

func numbers(set MigrationSet, engine Engine) (map[string]int64, error) {
	entries, err := fs.ReadDir(set.FS, string(engine))
	if err != nil {
		return nil, fmt.Errorf("db: migrations of %s: %w", set.Name, err)
	}
	out := map[string]int64{}
	for _, e := range entries {
		prefix, _, ok := strings.Cut(e.Name(), "_")
		n, err := strconv.ParseInt(prefix, 10, 64)
		if !ok || err != nil || n < 1 || path.Ext(e.Name()) != ".sql" {
			return nil, fmt.Errorf("db: %s/%s is no migration: want NNNN_name.sql", set.Name, e.Name())
		}
		text, err := fs.ReadFile(set.FS, path.Join(string(engine), e.Name()))
		if err != nil {
			return nil, fmt.Errorf("db: migrations of %s: %w", set.Name, err)
		}
		if downwards.Match(text) {
			return nil, fmt.Errorf("db: %s/%s has a way back: migrations only go forward", set.Name, e.Name())
		}
		out[e.Name()] = n
	}
	return out, nil
}

// numbers returns the numbers of the migrations, ascending.
func (f files) numbers() []int64 {
	all := make([]int64, 0, len(f))
	for name := range f {
		prefix, _, _ := strings.Cut(name, "_")
		if n, err := strconv.ParseInt(prefix, 10, 64); err == nil {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return all
}

// Open implements fs.FS.
func (f files) Open(name string) (fs.File, error) {
	if s, ok := f[name]; ok {
		return s.fsys.Open(s.path)
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// Glob implements fs.GlobFS: goose lists migrations by pattern.
func (f files) Glob(pattern string) ([]string, error) {
	var names []string
	for name := range f {
		if ok, err := path.Match(pattern, name); err != nil {
			return nil, err
		} else if ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}

// checkedFiles are files, each with orphanCheck at its end.
type checkedFiles struct{ files }

// Open implements fs.FS.
func (c checkedFiles) Open(name string) (fs.File, error) {
	f, err := c.files.Open(name)
	if err != nil {
		return nil, err
	}
	return longerFile{f, io.MultiReader(f, strings.NewReader(orphanCheck))}, nil
}

type longerFile struct {
	fs.File
	text io.Reader
}

// Read implements fs.File.
func (l longerFile) Read(b []byte) (int, error) { return l.text.Read(b) }
