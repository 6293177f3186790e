package db

import (
	"context"
	"fmt"
)

// The connections to SQLite keep the pages that they read in one store, since the driver is
// built with SQLITE_ENABLE_MEMORY_MANAGEMENT. Its bound is the sum of what each of them may
// keep. A connection that keeps as much as it may takes the place of the page that was used
// the longest ago, whosever it is; who lost that one makes a new one, and so the store comes
// to hold more than its bound. From then on SQLite forgets each page as soon as it was read
// (pcache1Unpin of its pcache1.c), and reads take three times as long for as long as the
// program runs. It forgets what was used the longest ago, down to the bound, only at the moment
// at which a bound is set: so each connection sets its own low and back, now and then, which
// leaves room in the store.
const (
	// cacheKiB is how much of the file a connection may keep.
	cacheKiB = 16_000
	// roomEvery is how many times a connection is taken from the pool for each time that it
	// makes room.
	roomEvery = 8
)

// ResetSession is called by database/sql when it takes the connection again.
func (c *conn) ResetSession(ctx context.Context) error {
	if c.taken++; c.taken%roomEvery == 0 {
		// It is done whole: half of it would leave the connection without a store. With no
		// argument it is run as it is, and not kept compiled, which would run it once.
		makeRoom := fmt.Sprintf("PRAGMA cache_size(-100); PRAGMA cache_size(-%d)", cacheKiB)
		if _, err := c.sqliteConn.ExecContext(context.WithoutCancel(ctx), makeRoom, nil); err != nil {
			return err
		}
	}
	return c.sqliteConn.ResetSession(ctx)
}
