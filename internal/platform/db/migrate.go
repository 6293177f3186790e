package db

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

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
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // each second, for five minutes
		if err != nil {
			return fmt.Errorf("locking the schema: %w", err)
		}
		return up(ctx, goose.DialectPostgres, d.write, merged, goose.WithSessionLocker(locker))
	}
	return d.migrateSQLite(ctx, merged)
}

// migrateSQLite works on a connection of its own with foreign keys off, since a
// migration that rebuilds a table would else erase what hangs from it, and
// checks all of them afterwards. The lock is a transaction on a neighbour file:
// it ends with the process, however that ends.
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
	if err := up(ctx, goose.DialectSQLite3, pool, merged); err != nil {
		return err
	}
	var table, parent string
	var row, key sql.NullInt64
	err = pool.QueryRowContext(ctx, "PRAGMA foreign_key_check").Scan(&table, &row, &parent, &key)
	if err == nil {
		return fmt.Errorf("after the migrations a row of %s points to no row of %s", table, parent)
	}
	if !IsNoRows(err) {
		return classify(err)
	}
	return nil
}

func lockSQLite(ctx context.Context, file string) (func(), error) {
	q := url.Values{"_pragma": {"busy_timeout(120000)"}, "_txlock": {"exclusive"}}
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, classify(err)
	}
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		_ = pool.Close()
		return nil, fault.Wrap(fault.Unavailable, fmt.Errorf("another process is migrating: %w", err), "fault.unavailable")
	}
	return func() {
		_ = tx.Rollback() // it never wrote anything
		_ = pool.Close()
	}, nil
}

func up(ctx context.Context, dialect goose.Dialect, pool *sql.DB, merged files, opts ...goose.ProviderOption) error {
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
	exists := "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'goose_db_version'"
	if d.engine == Postgres {
		exists = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'goose_db_version'"
	}
	var version int64
	err := d.Read(ctx, func(tx *Tx) error {
		var n int
		if err := tx.QueryRow(ctx, exists).Scan(&n); err != nil || n == 0 {
			return err
		}
		return tx.QueryRow(ctx, "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version").Scan(&version)
	})
	return version, err
}

// CheckSchema refuses a database that a newer program has migrated: its text
// gives both numbers. An older schema is fine, since Migrate follows.
func (d *DB) CheckSchema(ctx context.Context, sets []MigrationSet) error {
	merged, err := merge(d.engine, sets)
	if err != nil {
		return err
	}
	known := merged.newest()
	found, err := d.Version(ctx)
	if err != nil {
		return err
	}
	if found > known {
		return fault.Wrap(fault.Conflict, fmt.Errorf("the database has schema %d, this program knows schemas up to %d: start the newer program, or restore a backup made by this one", found, known), "fault.conflict")
	}
	return nil
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
		out[e.Name()] = n
	}
	return out, nil
}

func (f files) newest() (n int64) {
	for name := range f {
		prefix, _, _ := strings.Cut(name, "_")
		if v, err := strconv.ParseInt(prefix, 10, 64); err == nil {
			n = max(n, v)
		}
	}
	return n
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
