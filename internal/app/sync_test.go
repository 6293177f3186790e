package app_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"syscall"
	"testing"

	seccomp "github.com/elastic/go-seccomp-bpf"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/testkit"
)

// What a server of the tests is told on its standard input: how its disk fails from
// then on.
const (
	syncFails = 's' // fsync and fdatasync answer EIO
	noRoom    = 'r' // a write into a file at a place, as SQLite's are, answers ENOSPC
)

// failWhenTold makes calls of this process fail, in all its threads and for good: a
// filter of the kernel (seccomp) stands between it and the disk.
func failWhenTold(how byte) error {
	with, calls := syscall.EIO, []string{"fsync", "fdatasync"}
	if how == noRoom {
		with, calls = syscall.ENOSPC, []string{"pwrite64", "ftruncate"}
	}
	err := seccomp.LoadFilter(seccomp.Filter{NoNewPrivs: true, Flag: seccomp.FilterFlagTSync, Policy: seccomp.Policy{
		DefaultAction: seccomp.ActionAllow,
		Syscalls:      []seccomp.SyscallGroup{{Names: calls, Action: seccomp.ActionErrno | seccomp.Action(with)}},
	}})
	if err != nil {
		return fmt.Errorf("making the disk fail: %w", err)
	}
	return nil
}

// TestADiskThatFailsToSync has each fsync of a server fail under its writers: nothing is
// acknowledged that the disk did not keep, pages are read, and after a restart on a
// good disk every acknowledged write is there, whole. On PostgreSQL, which syncs its own
// files, it is the files that are sent.
func TestADiskThatFailsToSync(t *testing.T) {
	t.Parallel()
	onABadDisk(t, syncFails)
}

// TestADiskWithoutRoomForTheDatabase is the same with ENOSPC for each write of SQLite;
// PostgreSQL writes its own.
func TestADiskWithoutRoomForTheDatabase(t *testing.T) {
	t.Parallel()
	if os.Getenv("RUCHE_TEST_ENGINE") == string(db.Postgres) {
		return
	}
	onABadDisk(t, noRoom)
}

func onABadDisk(t *testing.T, fails byte) {
	t.Helper()
	if !seccomp.Supported() {
		t.Log("this kernel lets no process fail its own calls")
		return
	}
	config := testkit.DBConfig(t, whole(t, &db.DB{}, clock.System()).Sets()...)
	config.Unsafe = false // as a server does
	d := testkit.Open(t, config)
	a := whole(t, d, clock.System())
	c := settle(t, a, 20)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s := serve(t, config, a.Config.DataDir)
	c.at(s.addr)
	written := make(chan struct{})
	go func() { c.write(ctx); close(written) }()
	c.hear(t, 100)
	s.tell(fails)
	c.wait(t, func() bool { return c.ledger.busy.Load() > 100 })
	if d.Engine() == db.SQLite {
		before := c.ledger.acks.Load()
		c.wait(t, func() bool { return c.ledger.busy.Load() > 300 })
		if after := c.ledger.acks.Load(); after != before {
			t.Errorf("%d writes were acknowledged that the disk did not keep", after-before)
		}
	}
	w := c.writers[0]
	for _, path := range []string{"/", "/espaces/" + w.space + "/blog"} {
		if res := w.plain(t, http.MethodGet, path, ""); res.status != http.StatusOK {
			t.Errorf("%s answers %d on a disk that fails", path, res.status)
		}
	}
	s.kill()
	s = serve(t, config, a.Config.DataDir)
	c.at(s.addr)
	c.hear(t, 100)
	stop()
	<-written
	c.check(t, d)
	s.kill()
}
