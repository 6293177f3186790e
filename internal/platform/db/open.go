package db

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"ruche/internal/platform/fault"
)

// Engine names the database behind a DB.
type Engine string

// The two engines. Every feature works alike on both.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Config says which database to open.
type Config struct {
	// URL is a postgres:// address; empty means SQLite.
	URL string
	// Path is SQLite's file, made with its folder where it is missing.
	Path string
	// ReadConns bounds SQLite's readers or PostgreSQL's connections; zero
	// chooses by the number of processors.
	ReadConns int
	// CheckSQL makes each statement prove that its placeholders appear in
	// ascending order, which SQLite's binding relies on. Tests set it.
	CheckSQL bool
	// Unsafe trades durability for speed on SQLite (synchronous=OFF). Tests set
	// it; a server never does.
	Unsafe bool
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine Engine
	config Config
	read   *sql.DB
	write  *sql.DB
	turn   turnstile
}

// Open opens the database and checks that it answers. An unreachable server or
// a folder that can't be written is fault.Unavailable, whose text names what
// was tried without its password.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.ReadConns <= 0 {
		c.ReadConns = max(4, 2*runtime.NumCPU())
	}
	if c.URL != "" {
		return openPostgres(ctx, c)
	}
	return openSQLite(ctx, c)
}

func openPostgres(ctx context.Context, c Config) (*DB, error) {
	pc, err := postgresConfig(c)
	if err != nil {
		return nil, err
	}
	// Milliseconds. A page that waits longer has lost its reader; what takes
	// longer is cut in chunks. An address that names its own keeps it.
	for name, ms := range map[string]string{"statement_timeout": "30000", "lock_timeout": "10000", "idle_in_transaction_session_timeout": "60000"} {
		if _, named := pc.RuntimeParams[name]; !named {
			pc.RuntimeParams[name] = ms
		}
	}
	pool := stdlib.OpenDB(*pc)
	pool.SetMaxOpenConns(max(8, c.ReadConns))
	pool.SetMaxIdleConns(max(4, c.ReadConns))
	pool.SetConnMaxIdleTime(5 * time.Minute)
	d := &DB{engine: Postgres, config: c, read: pool, write: pool}
	if err := d.Ping(ctx); err != nil {
		_ = pool.Close()
		where := fmt.Sprintf("%s:%d/%s", pc.Host, pc.Port, pc.Database)
		return nil, fault.Wrap(fault.Unavailable, fmt.Errorf("PostgreSQL at %s does not answer: %w", where, err), "fault.unavailable")
	}
	return d, nil
}

// postgresConfig reads the address. It sets no time-out on statements: a
// migration takes the time it takes.
func postgresConfig(c Config) (*pgx.ConnConfig, error) {
	pc, err := pgx.ParseConfig(c.URL)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	pc.RuntimeParams["application_name"] = "ruche"
	pc.RuntimeParams["timezone"] = "UTC"
	// Compiling a statement takes longer than any of ours runs.
	pc.RuntimeParams["jit"] = "off"
	// What is read often is in memory, and disks turn no more: at the 4 that PostgreSQL
	// begins with it reads whole tables where it had an index. An address that names its
	// own keeps it.
	if _, named := pc.RuntimeParams["random_page_cost"]; !named {
		pc.RuntimeParams["random_page_cost"] = "1.1"
	}
	if pc.ConnectTimeout == 0 {
		pc.ConnectTimeout = 5 * time.Second
	}
	return pc, nil
}

func openSQLite(ctx context.Context, c Config) (*DB, error) {
	if c.Path == "" {
		return nil, fault.Wrap(fault.Invalid, fmt.Errorf("neither a PostgreSQL address nor a SQLite file is named"), "fault.invalid")
	}
	dir := filepath.Dir(c.Path)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fault.Wrap(fault.Unavailable, fmt.Errorf("the folder %s can't be made: %w", dir, err), "fault.unavailable")
	}
	writer, err := openPrepared(sqliteDSN(c, "foreign_keys(1)", "immediate"))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "fault.unavailable")
	}
	writer.SetMaxOpenConns(1)
	d := &DB{engine: SQLite, config: c, write: writer}
	if err := pingSQLite(ctx, writer, c.Path); err != nil {
		_ = writer.Close()
		return nil, err
	}
	reader, err := openPrepared(sqliteDSN(c, "query_only(1)", "deferred"))
	if err != nil {
		_ = writer.Close()
		return nil, fault.Wrap(fault.Unavailable, err, "fault.unavailable")
	}
	reader.SetMaxOpenConns(c.ReadConns)
	reader.SetMaxIdleConns(c.ReadConns)
	reader.SetConnMaxLifetime(time.Hour) // what Optimize found is read by a new connection
	d.read = reader
	return d, nil
}

// pingSQLite makes sure that the file is a database that can be written, before
// anything relies on it.
func pingSQLite(ctx context.Context, writer *sql.DB, path string) error {
	tx, err := writer.BeginTx(ctx, nil)
	if err == nil {
		_, err = tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS goose_db_version_probe (x INTEGER)")
		if rollback := tx.Rollback(); err == nil {
			err = rollback
		}
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, fmt.Errorf("the SQLite file %s can't be written: %w", path, err), "fault.unavailable")
	}
	return nil
}

// sqliteDSN writes the address of the file with its pragmas: they belong to the
// connection, so each one of the pool must set them. cache_size is in KiB when
// negative; journal_size_limit is in bytes.
func sqliteDSN(c Config, last, txlock string) string {
	sync := "synchronous(FULL)"
	if c.Unsafe {
		sync = "synchronous(OFF)"
	}
	q := url.Values{
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", sync, fmt.Sprintf("cache_size(-%d)", cacheKiB), "temp_store(MEMORY)", "journal_size_limit(67108864)", last},
		"_txlock": {txlock},
	}
	return "file:" + (&url.URL{Path: c.Path}).EscapedPath() + "?" + q.Encode()
}

// Engine tells which database is behind.
func (d *DB) Engine() Engine { return d.engine }

// Ping checks that the database answers, within five seconds. It reads, so that
// a long write on SQLite does not pass for an outage.
func (d *DB) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return classify(d.read.PingContext(ctx))
}

// Close waits for running statements and closes every connection.
func (d *DB) Close() error {
	err := d.write.Close()
	if d.read != d.write {
		if rerr := d.read.Close(); err == nil {
			err = rerr
		}
	}
	return err
}
