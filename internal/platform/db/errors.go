package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"ruche/internal/platform/fault"
)

// PostgreSQL's error codes that the house tells apart (its manual, appendix A).
const (
	pgUnique        = "23505"
	pgForeignKey    = "23503"
	pgSerialization = "40001"
	pgDeadlock      = "40P01"
	pgLockTimeout   = "55P03"
	pgDiskFull      = "53100"
	pgCancelled     = "57014" // by statement_timeout: a context that ends cuts the connection instead
)

// IsNoRows tells whether a Scan found no row.
func IsNoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// IsUnique tells whether a unique constraint refused the row. On PostgreSQL the
// transaction is lost then: prefer ON CONFLICT.
func IsUnique(err error) bool {
	if c := sqliteCode(err); c == sqlite3.SQLITE_CONSTRAINT_UNIQUE || c == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY {
		return true
	}
	return pgCode(err) == pgUnique
}

// IsForeignKey tells whether a foreign key refused the change.
func IsForeignKey(err error) bool {
	return sqliteCode(err) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY || pgCode(err) == pgForeignKey
}

// pgPassing tells whether the server, not the statement, is at fault: connection
// (class 08), resources such as the disk (53), operator (57P), system (58), or a
// wait cut by one of the time-outs of Open.
func pgPassing(code string) bool {
	for _, class := range []string{"08", "53", "57P", "58"} {
		if strings.HasPrefix(code, class) {
			return true
		}
	}
	return code == pgLockTimeout || code == pgCancelled
}

func retryable(err error) bool {
	if busy(err) {
		return true
	}
	c := pgCode(err)
	return c == pgSerialization || c == pgDeadlock
}

// busy tells whether another process kept SQLite's file for the whole busy time-out.
func busy(err error) bool {
	c := sqliteCode(err) & 0xff
	return c == sqlite3.SQLITE_BUSY || c == sqlite3.SQLITE_LOCKED
}

// classify gives fault.Unavailable to what a person can only wait out (database
// gone, slow or busy), and fault.Full to a disk without room; every other error passes as it is. It is for
// what a driver returned.
func classify(err error) error {
	if connectionLost(err) && !errors.Is(err, context.Canceled) {
		return unavailable(err)
	}
	return settled(err)
}

// settled is classify for what came through a body, where an end of file or a
// network error may be the body's own.
func settled(err error) error {
	if pgCode(err) == pgDiskFull || sqliteCode(err)&0xff == sqlite3.SQLITE_FULL {
		return passing(fault.Full, err, "fault.full")
	}
	if pgPassing(pgCode(err)) || sqlitePassing(err) || errors.Is(err, context.DeadlineExceeded) {
		return unavailable(err)
	}
	return err
}

func unavailable(err error) error { return passing(fault.Unavailable, err, "fault.unavailable") }

func passing(k fault.Kind, err error, key string) error {
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	return fault.Wrap(k, err, key)
}

func sqlitePassing(err error) bool {
	switch sqliteCode(err) & 0xff {
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return true
	}
	return busy(err)
}

func connectionLost(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	for _, lost := range []error{sql.ErrConnDone, driver.ErrBadConn, pgconn.ErrConnClosed, net.ErrClosed, io.EOF, io.ErrUnexpectedEOF} {
		if errors.Is(err, lost) {
			return true
		}
	}
	return false
}

func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

func pgCode(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}
