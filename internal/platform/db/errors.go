package db

import (
	"context"
	"database/sql"
	"errors"
	"net"

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
	pgDiskFull      = "53100"
	pgTooMany       = "53300"
	pgShutdown      = "57P01"
	pgCrash         = "57P02"
	pgStarting      = "57P03"
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

func retryable(err error) bool {
	if c := sqliteCode(err) & 0xff; c == sqlite3.SQLITE_BUSY || c == sqlite3.SQLITE_LOCKED {
		return true
	}
	c := pgCode(err)
	return c == pgSerialization || c == pgDeadlock
}

// classify gives fault.Unavailable to what a person can only wait out (database
// gone, disk full); every other error passes as it is.
func classify(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	switch pgCode(err) {
	case pgDiskFull, pgTooMany, pgShutdown, pgCrash, pgStarting:
		return fault.Wrap(fault.Unavailable, err, "fault.unavailable")
	}
	switch sqliteCode(err) & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY:
		return fault.Wrap(fault.Unavailable, err, "fault.unavailable")
	}
	if connectionLost(err) {
		return fault.Wrap(fault.Unavailable, err, "fault.unavailable")
	}
	return err
}

func connectionLost(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	return errors.Is(err, sql.ErrConnDone)
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
