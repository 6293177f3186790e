package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"ruche/internal/platform/id"
)

// Tx is a transaction, of Read or of Write. It is used by one goroutine at a time.
type Tx struct {
	tx     *sql.Tx
	engine Engine
	check  bool
	after  []func()
}

// attempts bounds how often a write that lost a race is run. One that found the
// file of SQLite taken has waited for the whole busy time-out already, each time.
const (
	attempts     = 6
	busyAttempts = 2
)

// Read runs f in one read transaction, a single snapshot on both engines.
// Nothing in it can write.
func (d *DB) Read(ctx context.Context, f func(tx *Tx) error) error {
	var opts *sql.TxOptions
	if d.engine == Postgres {
		opts = &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
	}
	_, err := d.run(ctx, d.read, opts, f)
	return err
}

// Write runs f in one write transaction and commits it, or changes nothing.
// When the commit succeeded, what f gave to AfterCommit runs, in order.
//
// f may run twice (a deadlock, a serialization failure, a busy file): it reads
// no clock, sends nothing and touches no file. A Write inside a Write would wait
// for itself; use cases open transactions, SQL functions take them.
func (d *DB) Write(ctx context.Context, f func(tx *Tx) error) error {
	for try := 1; ; try++ {
		after, err := d.writeOnce(ctx, f)
		if err == nil {
			for _, hook := range after {
				hook()
			}
			return nil
		}
		if try == attempts || !retryable(err) || busy(err) && try == busyAttempts {
			return err
		}
		pause := time.Duration(try) * (5*time.Millisecond + rand.N(20*time.Millisecond)) // #nosec G404 -- jitter, not a secret
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause):
		}
	}
}

func (d *DB) writeOnce(ctx context.Context, f func(tx *Tx) error) ([]func(), error) {
	if d.engine == SQLite {
		release, err := d.turn.enter(ctx, background(ctx))
		if err != nil {
			return nil, err
		}
		defer release()
	}
	return d.run(ctx, d.write, nil, f)
}

func (d *DB) run(ctx context.Context, pool *sql.DB, opts *sql.TxOptions, f func(tx *Tx) error) (after []func(), err error) {
	stx, err := pool.BeginTx(ctx, opts)
	if err != nil {
		return nil, classify(fmt.Errorf("opening a transaction: %w", err))
	}
	done := false
	defer func() {
		if !done { // f failed or panicked: the first error matters, not the rollback's
			_ = stx.Rollback()
		}
	}()
	tx := &Tx{tx: stx, engine: d.engine, check: d.config.CheckSQL}
	if err := f(tx); err != nil {
		return nil, settled(ended(ctx, err))
	}
	done = true
	if err := stx.Commit(); err != nil {
		return nil, classify(fmt.Errorf("committing: %w", ended(ctx, err)))
	}
	return tx.after, nil
}

// ended gives the end of ctx its name: database/sql then rolls back by itself
// and may say no more than that the transaction is over.
func ended(ctx context.Context, err error) error {
	if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// Engine tells which database the transaction runs on.
func (t *Tx) Engine() Engine { return t.engine }

// AfterCommit registers what to run once the transaction is committed. It does
// not run when the transaction fails.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

// text is a statement as the engine reads it best.
func (t *Tx) text(query string, args int) string {
	if t.engine == SQLite {
		return positional(query, args)
	}
	return query
}

// LockClause ends a SELECT whose rows this transaction will change: " FOR
// UPDATE" on PostgreSQL, nothing on SQLite, whose writer is alone.
func (t *Tx) LockClause() string {
	if t.engine == Postgres {
		return " FOR UPDATE"
	}
	return ""
}

// SkipLockedClause is LockClause for queues: rows another node holds are left out.
func (t *Tx) SkipLockedClause() string {
	if t.engine == Postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// Exec runs a statement and returns how many rows it touched.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	if err := t.before(ctx, query); err != nil {
		return 0, err
	}
	res, err := t.tx.ExecContext(ctx, t.text(query, len(args)), t.bind(args)...)
	if err != nil {
		return 0, classify(err)
	}
	n, err := res.RowsAffected()
	return n, classify(err)
}

// Query runs a SELECT. The caller closes the rows and checks their Err; All does both.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := t.before(ctx, query); err != nil {
		return nil, err
	}
	rows, err := t.tx.QueryContext(ctx, t.text(query, len(args)), t.bind(args)...)
	return rows, classify(err)
}

// Row is the answer of QueryRow; its error comes with Scan.
type Row struct {
	row *sql.Row
	err error
}

// Scan copies the columns; IsNoRows tells whether there was no row.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	return classify(r.row.Scan(dest...))
}

// QueryRow runs a SELECT that gives one row at most.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *Row {
	if err := t.before(ctx, query); err != nil {
		return &Row{err: err}
	}
	return &Row{row: t.tx.QueryRowContext(ctx, t.text(query, len(args)), t.bind(args)...)}
}

// All runs a SELECT and gives each row to scan, in order.
func (t *Tx) All(ctx context.Context, scan func(rows *sql.Rows) error, query string, args ...any) (err error) {
	rows, err := t.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := rows.Close(); err == nil {
			err = classify(cerr)
		}
	}()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return classify(err)
		}
	}
	return classify(rows.Err())
}

func (t *Tx) before(ctx context.Context, query string) error {
	count(ctx)
	if !t.check {
		return nil
	}
	return checkPlaceholders(query)
}

// bind turns the few Go types that the drivers read differently into what both
// understand: ids are text for PostgreSQL, booleans are 0 and 1 everywhere.
func (t *Tx) bind(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case bool:
			out[i] = int64(0)
			if v {
				out[i] = int64(1)
			}
		case id.ID:
			switch {
			case v.IsZero():
				out[i] = nil
			case t.engine == Postgres:
				out[i] = v.String()
			default:
				out[i] = v[:]
			}
		default:
			out[i] = a
		}
	}
	return out
}
