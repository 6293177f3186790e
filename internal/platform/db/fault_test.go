package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/testkit"
)

func TestWhatPassesIsUnavailableAndWhatDoesNotIsOurs(t *testing.T) {
	t.Parallel()
	d := testkit.Open(t, testkit.DBConfig(t))
	for name, c := range map[string]struct {
		err  error
		want fault.Kind
	}{
		"connection lost":    {&pgconn.PgError{Code: "08006"}, fault.Unavailable},
		"disk full":          {&pgconn.PgError{Code: "53100"}, fault.Full},
		"shut down":          {&pgconn.PgError{Code: "57P01"}, fault.Unavailable},
		"disk broken":        {&pgconn.PgError{Code: "58030"}, fault.Unavailable},
		"lock time-out":      {&pgconn.PgError{Code: "55P03"}, fault.Unavailable},
		"statement time-out": {&pgconn.PgError{Code: "57014"}, fault.Unavailable},
		"too late":           {context.DeadlineExceeded, fault.Unavailable},
		"no such table":      {&pgconn.PgError{Code: "42P01"}, fault.Internal},
		"gone away":          {context.Canceled, fault.Internal},
		"the body's own":     {io.ErrUnexpectedEOF, fault.Internal},
		"said already":       {fault.Wrap(fault.NotFound, context.DeadlineExceeded, "fault.not_found"), fault.NotFound},
	} {
		// As it comes from rows that the body read itself.
		err := d.Read(t.Context(), func(*db.Tx) error { return fmt.Errorf("listing: %w", c.err) })
		if got := fault.KindOf(err); got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %v (%v), want %v", name, got, err, c.want)
		}
	}
}

// endless is a query that outlives any test.
func endless(engine db.Engine) string {
	if engine == db.Postgres {
		return `SELECT COUNT(*) FROM (SELECT pg_sleep(600)) AS naps`
	}
	return `WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count) SELECT COUNT(*) FROM count`
}

func TestAQueryThatOutlivesItsContextIsUnavailable(t *testing.T) {
	t.Parallel()
	d := testkit.Open(t, testkit.DBConfig(t))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for name, run := range map[string]func(context.Context, func(*db.Tx) error) error{"read": d.Read, "write": d.Write} {
		err := run(ctx, func(tx *db.Tx) error {
			var n int
			return tx.QueryRow(ctx, endless(tx.Engine())).Scan(&n)
		})
		if fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: err = %v", name, err)
		}
	}
	if err := d.Ping(t.Context()); err != nil {
		t.Fatalf("afterwards: %v", err)
	}
}

func TestAPingDoesNotWaitForAWriter(t *testing.T) {
	t.Parallel()
	d := testkit.Open(t, testkit.DBConfig(t))
	write(t, d, func(*db.Tx) error { return d.Ping(t.Context()) })
}

// SQLite's file taken by another process: a write is run once more, not for
// minutes, and then says what it is.
func TestAFileThatIsTakenIsUnavailable(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ruche.db")
	d := testkit.Open(t, db.Config{Path: path, Unsafe: true})
	impatient, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(0)&_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := impatient.Close(); err != nil {
			t.Error(err)
		}
	})
	tries := 0
	err = d.Write(t.Context(), func(*db.Tx) error {
		tries++
		tx, err := impatient.BeginTx(t.Context(), nil) // it finds the file taken by this very write
		if err == nil {
			return errors.Join(errors.New("two writers at once"), tx.Rollback())
		}
		return err
	})
	if fault.KindOf(err) != fault.Unavailable || tries != 2 {
		t.Fatalf("%d tries, err = %v", tries, err)
	}
}

func TestAnAddressMaySetItsOwnTimeOut(t *testing.T) {
	t.Parallel()
	c := testkit.DBConfig(t)
	if c.URL != "" {
		c.URL += "&statement_timeout=50"
	}
	d := testkit.Open(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second) // what ends it on SQLite
	defer cancel()
	err := d.Read(ctx, func(tx *db.Tx) error {
		var n int
		return tx.QueryRow(ctx, endless(tx.Engine())).Scan(&n)
	})
	if fault.KindOf(err) != fault.Unavailable || (ctx.Err() == nil) != (d.Engine() == db.Postgres) {
		t.Fatalf("err = %v, ctx: %v", err, ctx.Err())
	}
}
