package db

import (
	"container/list"
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
)

// maxPrepared is how many statements a connection to SQLite keeps compiled. A
// statement takes some kilobytes; a page runs a dozen of some hundred that there are.
const maxPrepared = 200

// openPrepared opens a pool on SQLite whose connections keep the statements that they
// compiled. To compile one takes longer than most of ours run. PostgreSQL's driver
// does so by itself.
func openPrepared(dsn string) (*sql.DB, error) {
	plain, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(connector{dsn: dsn, driver: plain.Driver()})
	return pool, plain.Close()
}

type connector struct {
	dsn    string
	driver driver.Driver
}

// Driver returns the driver of SQLite.
func (c connector) Driver() driver.Driver { return c.driver }

// Connect opens a connection.
func (c connector) Connect(context.Context) (driver.Conn, error) {
	opened, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	inner, ok := opened.(sqliteConn)
	if !ok {
		return nil, fmt.Errorf("db: the driver of SQLite gives a %T", opened)
	}
	return &conn{sqliteConn: inner, byText: map[string]*list.Element{}}, nil
}

// sqliteConn and sqliteStmt are what the driver gives, all of which database/sql uses.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// conn is a connection with its compiled statements, the last used first. It is used
// by one goroutine at a time, as every connection.
type conn struct {
	sqliteConn
	byText map[string]*list.Element
	recent list.List // of *prepared
	taken  int       // how often it was taken from the pool again
}

type prepared struct {
	sqliteStmt
	text string
	// reading: its rows are not closed yet; it must not begin anew.
	reading bool
}

// statement returns a text compiled; nil where the one kept is in the midst of being
// read.
func (c *conn) statement(ctx context.Context, text string) (*prepared, error) {
	if e, kept := c.byText[text]; kept {
		p, _ := e.Value.(*prepared)
		if p.reading {
			return nil, nil //nolint:nilnil // documented: none to use, and no error
		}
		c.recent.MoveToFront(e)
		return p, nil
	}
	opened, err := c.PrepareContext(ctx, hideLimits(text))
	if err != nil {
		return nil, err
	}
	s, ok := opened.(sqliteStmt)
	if !ok {
		return nil, fmt.Errorf("db: the driver of SQLite prepares a %T", opened)
	}
	p := &prepared{sqliteStmt: s, text: text}
	c.byText[text] = c.recent.PushFront(p)
	for e := c.recent.Back(); e != nil && c.recent.Len() > maxPrepared; {
		old, _ := e.Value.(*prepared)
		before := e.Prev()
		if !old.reading {
			c.recent.Remove(e)
			delete(c.byText, old.text)
			if err := old.Close(); err != nil {
				return nil, err
			}
		}
		e = before
	}
	return p, nil
}

// hideLimits writes LIMIT +$n for LIMIT $n: SQLite looks at the value of a plain one
// when it plans, so that it would compile the statement again at each run.
func hideLimits(text string) string {
	return strings.NewReplacer("LIMIT $", "LIMIT +$", "LIMIT ?", "LIMIT +?").Replace(text)
}

// ExecContext runs a statement that returns nothing.
func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if len(args) == 0 {
		return c.sqliteConn.ExecContext(ctx, query, args) // may be several statements
	}
	p, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	return p.ExecContext(ctx, args)
}

// QueryContext runs a statement that returns rows.
func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	p, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	r, err := p.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	p.reading = true
	return &reading{r, p}, nil
}

// reading are rows that give their statement back when they are closed.
type reading struct {
	driver.Rows
	of *prepared
}

// Close ends the reading.
func (r *reading) Close() error {
	r.of.reading = false
	return r.Rows.Close()
}

// Close closes the statements, then the connection.
func (c *conn) Close() error {
	for e := c.recent.Front(); e != nil; e = e.Next() {
		if p, ok := e.Value.(*prepared); ok {
			_ = p.Close() // the connection goes with it
		}
	}
	return c.sqliteConn.Close()
}
