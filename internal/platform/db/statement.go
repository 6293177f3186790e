package db

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
)

type counterKey struct{}

// Counter counts statements, for the query budget of a page.
type Counter struct{ n atomic.Int64 }

// Queries returns how many statements ran so far, transactions not counted.
func (c *Counter) Queries() int64 { return c.n.Load() }

// WithCounter returns a context under which every statement is counted.
func WithCounter(ctx context.Context) (context.Context, *Counter) {
	c := &Counter{}
	return context.WithValue(ctx, counterKey{}, c), c
}

func count(ctx context.Context) {
	if c, ok := ctx.Value(counterKey{}).(*Counter); ok {
		c.n.Add(1)
	}
}

// checkPlaceholders refuses a statement whose $n don't first appear in ascending
// order from $1: SQLite numbers them by appearance, PostgreSQL by their number.
func checkPlaceholders(query string) error {
	next := 1
	for i := 0; i < len(query); i++ {
		if query[i] == '\'' { // a literal: no placeholder inside
			end := strings.IndexByte(query[i+1:], '\'')
			if end < 0 {
				return fmt.Errorf("db: unterminated literal in %q", query)
			}
			i += end + 1
			continue
		}
		if query[i] != '$' {
			continue
		}
		j := i + 1
		for j < len(query) && query[j] >= '0' && query[j] <= '9' {
			j++
		}
		n, err := strconv.Atoi(query[i+1 : j])
		if err != nil || n < 1 || n > next {
			return fmt.Errorf("db: placeholder %q out of order in %q", query[i:j], query)
		}
		if n == next {
			next++
		}
		i = j - 1
	}
	return nil
}

// Builder composes a statement from parts, numbering placeholders as they come.
type Builder struct {
	sql  strings.Builder
	args []any
	err  error
}

// NewBuilder returns an empty statement.
func NewBuilder() *Builder { return &Builder{} }

// Add appends a piece of SQL in which every ? stands for the next argument. A
// count that does not match is the error of Build. Nothing typed by a person is
// ever part of the SQL text.
func (b *Builder) Add(sql string, args ...any) *Builder {
	if n := strings.Count(sql, "?"); n != len(args) && b.err == nil {
		b.err = fmt.Errorf("db: %d arguments for %d placeholders in %q", len(args), n, sql)
		return b
	}
	for _, a := range args {
		before, after, _ := strings.Cut(sql, "?")
		b.args = append(b.args, a)
		b.sql.WriteString(before)
		b.sql.WriteString("$" + strconv.Itoa(len(b.args)))
		sql = after
	}
	b.sql.WriteString(sql)
	return b
}

// In appends a parenthesised list of placeholders, one for each value; an empty
// list matches nothing on both engines.
func In[T any](b *Builder, values []T) *Builder {
	if len(values) == 0 {
		return b.Add("(NULL)")
	}
	b.Add("(")
	for i, v := range values {
		if i > 0 {
			b.Add(", ")
		}
		b.Add("?", v)
	}
	return b.Add(")")
}

// Build returns the statement and its arguments.
func (b *Builder) Build() (string, []any, error) { return b.sql.String(), b.args, b.err }

// manyPlaceholders is from how many on SQLite is given a statement by position.
const manyPlaceholders = 12

// positional writes "?" for each $n of a statement in which each stands once, in
// their order, and has many of them; any other comes back as it is. SQLite looks a
// named placeholder up among all that are before it, when it reads the statement and
// again when it is bound: a statement of a thousand would take a million looks.
func positional(query string, args int) string {
	if args < manyPlaceholders {
		return query
	}
	var b strings.Builder
	b.Grow(len(query))
	next := 1
	for i := 0; i < len(query); i++ {
		switch query[i] {
		case '\'':
			end := strings.IndexByte(query[i+1:], '\'')
			if end < 0 {
				return query
			}
			b.WriteString(query[i : i+end+2])
			i += end + 1
		case '$':
			j := i + 1
			for j < len(query) && query[j] >= '0' && query[j] <= '9' {
				j++
			}
			if n, err := strconv.Atoi(query[i+1 : j]); err != nil || n != next {
				return query
			}
			next++
			b.WriteByte('?')
			i = j - 1
		default:
			b.WriteByte(query[i])
		}
	}
	if next != args+1 {
		return query
	}
	return b.String()
}
