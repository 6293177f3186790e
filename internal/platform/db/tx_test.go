package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"ruche/internal/platform/db"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/id"
	"ruche/internal/testkit"
)

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	want := []box{{id.New(), "Été", true}, {id.New(), "été", false}}
	write(t, d, func(tx *db.Tx) error {
		for _, b := range want {
			if err := put(t.Context(), tx, b); err != nil {
				return err
			}
		}
		_, err := tx.Exec(t.Context(), `INSERT INTO things (id, box_id) VALUES ($1, $2)`, id.New(), id.ID{})
		return err
	})
	var got []box
	var orphan id.ID
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		err := tx.All(t.Context(), func(rows *sql.Rows) error {
			var b box
			if err := rows.Scan(&b.id, &b.name, &b.sealed); err != nil {
				return err
			}
			got = append(got, b)
			return nil
		}, `SELECT id, name, sealed FROM boxes WHERE id IN ($1, $2) ORDER BY id`, want[0].id, want[1].id)
		if err != nil {
			return err
		}
		orphan = id.New() // to be overwritten by the NULL
		return tx.QueryRow(t.Context(), `SELECT box_id FROM things WHERE box_id IS NULL`).Scan(&orphan)
	})
	if err != nil || !slices.Equal(got, want) || !orphan.IsZero() {
		t.Fatalf("read %v, %v, %v; want %v", got, orphan, err, want)
	}
}

func TestAffectedRowsAndNoRows(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	write(t, d, func(tx *db.Tx) error {
		for _, name := range []string{"a", "b", "c"} {
			if err := put(t.Context(), tx, box{id.New(), name, false}); err != nil {
				return err
			}
		}
		n, err := tx.Exec(t.Context(), `UPDATE boxes SET sealed = $1 WHERE name <> $2`, true, "b")
		if n != 2 {
			t.Errorf("%d rows touched, want 2", n)
		}
		return err
	})
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		var name string
		return tx.QueryRow(t.Context(), `SELECT name FROM boxes WHERE name = $1`, "z").Scan(&name)
	})
	if !db.IsNoRows(err) || db.IsUnique(err) {
		t.Fatalf("err = %v, want no rows", err)
	}
}

func TestAnErrorOrAPanicChangesNothing(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	no := errors.New("no")
	hooks := 0
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		tx.AfterCommit(func() { hooks++ })
		if err := put(t.Context(), tx, box{id.New(), "a", false}); err != nil {
			return err
		}
		return no
	})
	if !errors.Is(err, no) {
		t.Fatalf("err = %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = d.Write(t.Context(), func(tx *db.Tx) error {
			tx.AfterCommit(func() { hooks++ })
			if err := put(t.Context(), tx, box{id.New(), "b", false}); err != nil {
				return err
			}
			panic("boom")
		})
	}()
	if n := countBoxes(t, d); n != 0 || hooks != 0 {
		t.Fatalf("%d rows and %d hooks after nothing was committed", n, hooks)
	}
	write(t, d, func(tx *db.Tx) error { return put(t.Context(), tx, box{id.New(), "c", false}) })
}

func TestAfterCommitRunsInOrderAndMayWrite(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	var order []int
	write(t, d, func(tx *db.Tx) error {
		tx.AfterCommit(func() {
			if n := countBoxes(t, d); n != 1 {
				t.Errorf("%d rows seen after the commit", n)
			}
			order = append(order, 1)
		})
		tx.AfterCommit(func() {
			order = append(order, 2)
			write(t, d, func(tx *db.Tx) error { return put(t.Context(), tx, box{id.New(), "b", false}) })
		})
		return put(t.Context(), tx, box{id.New(), "a", false})
	})
	if !slices.Equal(order, []int{1, 2}) || countBoxes(t, d) != 2 {
		t.Fatalf("hooks ran %v", order)
	}
}

func TestALostRaceIsRunAgain(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	tries, hooks := 0, 0
	write(t, d, func(tx *db.Tx) error {
		tries++
		tx.AfterCommit(func() { hooks++ })
		if err := put(t.Context(), tx, box{id.New(), "a", false}); err != nil {
			return err
		}
		if tries < 3 {
			return fmt.Errorf("in the middle: %w", &pgconn.PgError{Code: "40001"})
		}
		return nil
	})
	if tries != 3 || hooks != 1 || countBoxes(t, d) != 1 {
		t.Fatalf("%d tries, %d hooks, %d rows", tries, hooks, countBoxes(t, d))
	}
	tries = 0
	err := d.Write(t.Context(), func(*db.Tx) error {
		tries++
		return &pgconn.PgError{Code: "40P01"}
	})
	if err == nil || tries < 3 || tries > 20 {
		t.Fatalf("%d tries of what always loses, %v", tries, err)
	}
}

// Two writers that lock two rows in opposite orders: PostgreSQL kills one, whose
// write is run again; SQLite lets them in one by one.
func TestADeadlockIsSurvived(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	write(t, d, func(tx *db.Tx) error {
		return errors.Join(put(t.Context(), tx, box{id.New(), "a", false}), put(t.Context(), tx, box{id.New(), "b", false}))
	})
	var both sync.WaitGroup
	both.Add(2)
	add := func(first, second string) error {
		once := sync.OnceFunc(func() {
			if d.Engine() == db.Postgres {
				both.Done()
				both.Wait()
			}
		})
		return d.Write(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(t.Context(), `UPDATE boxes SET n = n + 1 WHERE name = $1`, first); err != nil {
				return err
			}
			once()
			_, err := tx.Exec(t.Context(), `UPDATE boxes SET n = n + 1 WHERE name = $1`, second)
			return err
		})
	}
	errs := make(chan error, 2)
	go func() { errs <- add("a", "b") }()
	go func() { errs <- add("b", "a") }()
	if err := errors.Join(<-errs, <-errs); err != nil {
		t.Fatal(err)
	}
	var total int
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT SUM(n) FROM boxes`).Scan(&total)
	})
	if err != nil || total != 4 {
		t.Fatalf("%d additions, %v; want 4", total, err)
	}
}

func TestAReaderCannotWrite(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	err := d.Read(t.Context(), func(tx *db.Tx) error { return put(t.Context(), tx, box{id.New(), "a", false}) })
	if err == nil || countBoxes(t, d) != 0 {
		t.Fatalf("err = %v, %d rows", err, countBoxes(t, d))
	}
}

func TestAReadIsOneSnapshot(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	var before, after int
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		const q = `SELECT COUNT(*) FROM boxes`
		if err := tx.QueryRow(t.Context(), q).Scan(&before); err != nil {
			return err
		}
		err := d.Write(t.Context(), func(tx *db.Tx) error { return put(t.Context(), tx, box{id.New(), "a", false}) })
		if err != nil {
			return err
		}
		return tx.QueryRow(t.Context(), q).Scan(&after)
	})
	if err != nil || before != 0 || after != 0 || countBoxes(t, d) != 1 {
		t.Fatalf("saw %d then %d, %v", before, after, err)
	}
}

func TestManyWritersAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	config := testkit.DBConfig(t, boxes())
	handles := []*db.DB{testkit.Open(t, config), testkit.Open(t, config)} // two processes, as a command beside a server
	write(t, handles[0], func(tx *db.Tx) error { return put(t.Context(), tx, box{id.New(), "a", false}) })
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			err := handles[i%2].Write(t.Context(), func(tx *db.Tx) error {
				var n int
				err := tx.QueryRow(t.Context(), `SELECT n FROM boxes WHERE name = 'a'`+tx.LockClause()).Scan(&n)
				if err != nil {
					return err
				}
				_, err = tx.Exec(t.Context(), `UPDATE boxes SET n = $1`, n+1)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var n int
	err := handles[1].Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT n FROM boxes`).Scan(&n)
	})
	if err != nil || n != 200 {
		t.Fatalf("%d additions, %v; want 200", n, err)
	}
}

func TestACancelledWriteChangesNothing(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := d.Write(ctx, func(tx *db.Tx) error {
		if err := put(ctx, tx, box{id.New(), "a", false}); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || countBoxes(t, d) != 0 {
		t.Fatalf("err = %v, %d rows", err, countBoxes(t, d))
	}
	write(t, d, func(tx *db.Tx) error { return put(t.Context(), tx, box{id.New(), "a", false}) })
}

func TestConstraintsAreToldApart(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	one := box{id.New(), "a", false}
	write(t, d, func(tx *db.Tx) error { return put(t.Context(), tx, one) })
	insert := func(f func(tx *db.Tx) error) error { return d.Write(t.Context(), f) }
	unique := insert(func(tx *db.Tx) error { return put(t.Context(), tx, box{id.New(), "a", false}) })
	primary := insert(func(tx *db.Tx) error { return put(t.Context(), tx, box{one.id, "b", false}) })
	foreign := insert(func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO things (id, box_id) VALUES ($1, $2)`, id.New(), id.New())
		return err
	})
	missing := insert(func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO boxes (id, sealed) VALUES ($1, $2)`, id.New(), true)
		return err
	})
	for name, c := range map[string]struct {
		err             error
		unique, foreign bool
	}{
		"unique":      {unique, true, false},
		"primary key": {primary, true, false},
		"foreign key": {foreign, false, true},
		"not null":    {missing, false, false},
		"nothing":     {nil, false, false},
	} {
		if (c.err == nil) != (name == "nothing") {
			t.Errorf("%s: err = %v", name, c.err)
		}
		if db.IsUnique(c.err) != c.unique || db.IsForeignKey(c.err) != c.foreign || db.IsNoRows(c.err) {
			t.Errorf("%s: %v is unique %v, foreign %v", name, c.err, db.IsUnique(c.err), db.IsForeignKey(c.err))
		}
		if k := fault.KindOf(c.err); k != fault.Internal {
			t.Errorf("%s: kind %v", name, k)
		}
	}
}

// A PostgreSQL that goes away passes; the full disk of SQLite is told as such.
func TestABrokenDatabaseIsUnavailable(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	want := map[db.Engine]fault.Kind{db.Postgres: fault.Unavailable, db.SQLite: fault.Full}[d.Engine()]
	err := d.Write(t.Context(), func(tx *db.Tx) error {
		if d.Engine() == db.Postgres {
			_, err := tx.Exec(t.Context(), `SELECT pg_terminate_backend(pg_backend_pid())`)
			return err
		}
		if _, err := tx.Exec(t.Context(), `PRAGMA max_page_count = 1`); err != nil { // a full disk: no page more than there are
			return err
		}
		_, err := tx.Exec(t.Context(), `INSERT INTO boxes (id, name, sealed) VALUES ($1, hex(zeroblob(100000)), 0)`, id.New())
		return err
	})
	if fault.KindOf(err) != want {
		t.Fatalf("err = %v, want %v", err, want)
	}
	if n := countBoxes(t, d); n != 0 {
		t.Fatalf("%d rows", n)
	}
}

func TestAClaimSkipsWhatAnotherHolds(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	write(t, d, func(tx *db.Tx) error {
		return errors.Join(put(t.Context(), tx, box{id.New(), "a", false}), put(t.Context(), tx, box{id.New(), "b", false}))
	})
	claim := func(hold func()) (name string, err error) {
		err = d.Write(t.Context(), func(tx *db.Tx) error {
			q := `SELECT name FROM boxes WHERE sealed = 0 ORDER BY name LIMIT 1` + tx.SkipLockedClause()
			if err := tx.QueryRow(t.Context(), q).Scan(&name); err != nil {
				return err
			}
			hold()
			_, err := tx.Exec(t.Context(), `UPDATE boxes SET sealed = 1 WHERE name = $1`, name)
			return err
		})
		return name, err
	}
	second := make(chan string, 1)
	first, err := claim(func() {
		go func() {
			name, err := claim(func() {})
			if err != nil {
				t.Error(err)
			}
			second <- name
		}()
		if d.Engine() == db.Postgres { // while the first still holds its row
			second <- <-second
		}
	})
	if other := <-second; err != nil || first != "a" || other != "b" {
		t.Fatalf("claimed %s and %s, %v", first, other, err)
	}
}

func TestTheCounterCountsStatements(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	ctx, counter := db.WithCounter(t.Context())
	err := d.Read(ctx, func(tx *db.Tx) error {
		for range 3 {
			var n int
			if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM boxes`).Scan(&n); err != nil {
				return err
			}
		}
		return tx.All(ctx, func(*sql.Rows) error { return nil }, `SELECT id FROM boxes`)
	})
	if err != nil || counter.Queries() != 4 {
		t.Fatalf("%d statements, %v; want 4", counter.Queries(), err)
	}
	countBoxes(t, d)
	if counter.Queries() != 4 {
		t.Fatal("a statement of another context was counted")
	}
}

// PostgreSQL has writers side by side, so there all that matters is that both end.
func TestWritersOfPeoplePassBeforeJobs(t *testing.T) {
	t.Parallel()
	d := boxesDB(t)
	order, errs := make(chan string, 16), make(chan error, 2)
	late := func(ctx context.Context, name string) {
		errs <- d.Write(ctx, func(tx *db.Tx) error {
			order <- name
			return put(ctx, tx, box{id.New(), name, false})
		})
	}
	waitFor := func(people, jobs int) {
		for d.Engine() == db.SQLite {
			if p, j := d.Waiting(); p == people && j == jobs {
				return
			}
			runtime.Gosched()
		}
	}
	write(t, d, func(*db.Tx) error {
		go late(db.Background(t.Context()), "job")
		waitFor(0, 1)
		go late(t.Context(), "person")
		waitFor(1, 1)
		return nil
	})
	if err := errors.Join(<-errs, <-errs); err != nil {
		t.Fatal(err)
	}
	first, second := <-order, <-order
	if d.Engine() == db.SQLite && (first != "person" || second != "job") {
		t.Fatalf("%s passed before %s", first, second)
	}
	if n := countBoxes(t, d); n != 2 {
		t.Fatalf("%d rows", n)
	}
}
