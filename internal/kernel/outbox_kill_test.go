package kernel_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"testing/fstest"
	"time"

	"ruche/internal/kernel"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/platform/jobs"
	"ruche/internal/platform/logx"
	"ruche/internal/testkit"
)

// asPost holds, in a process that TestSoakKilledOutboxesDeliver kills, the
// database it works on and its time.
const asPost = "RUCHE_TEST_KERNEL_POST"

// post is a process that appends events and delivers them.
type post struct {
	DB  db.Config
	Now time.Time
}

// letters is how many events a process appends before it only delivers.
const letters = 80

// effects are what the subscribers of the test do: changes are what events tell
// of, calls how often each subscriber was told.
func effects() db.MigrationSet {
	const text = `-- +goose Up
CREATE TABLE changes (event_kind TEXT NOT NULL, n BIGINT NOT NULL);
CREATE TABLE calls (subscriber TEXT NOT NULL, event_id %[1]s NOT NULL);
CREATE TABLE effects (subscriber TEXT NOT NULL, event_id %[1]s NOT NULL, PRIMARY KEY (subscriber, event_id));
CREATE TABLE totals (subscriber TEXT PRIMARY KEY, n BIGINT NOT NULL);
`
	return db.MigrationSet{Name: "effects", FS: fstest.MapFS{
		"sqlite/9001_effects.sql":   {Data: fmt.Appendf(nil, text, "BLOB")},
		"postgres/9001_effects.sql": {Data: fmt.Appendf(nil, text, "uuid")},
	}}
}

// TestSoakKilledOutboxesDeliver kills processes that append and deliver, at
// moments by chance: each subscriber is told of each event that was committed,
// and what it did about it is there once.
func TestSoakKilledOutboxesDeliver(t *testing.T) {
	if text := os.Getenv(asPost); text != "" {
		deliverForEver(t, text)
		return
	}
	t.Parallel()
	config := testkit.DBConfig(t, db.MigrationSet{Name: "jobs", FS: jobs.Migrations()}, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()}, effects())
	d := testkit.Open(t, config)
	now := clock.NewManual(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	kills := 20 * soak(t)
	for range kills {
		killPost(t, post{DB: config, Now: now.Now()})
		now.Advance(5 * time.Minute) // the leases of the killed end
	}
	queue, _ := deliverer(d, now)
	for range 8 { // those that fail by chance wait longer each time
		if _, err := queue.RunPending(t.Context()); err != nil {
			t.Fatal(err)
		}
		now.Advance(2 * time.Hour)
	}
	if dead, err := queue.Dead(t.Context(), 5); err != nil || len(dead) > 0 {
		t.Errorf("given up: %+v, %v", dead, err)
	}
	n := func(query string) int { return number(t, d, query) }
	events := n(`SELECT COUNT(*) FROM events`)
	if events < kills || events != n(`SELECT COUNT(*) FROM changes`) || n(`SELECT COUNT(*) FROM events WHERE dispatched = 0`) != 0 {
		t.Errorf("%d events of %d changes, %d not dispatched", events, n(`SELECT COUNT(*) FROM changes`), n(`SELECT COUNT(*) FROM events WHERE dispatched = 0`))
	}
	for who, wanted := range map[string]string{"all": `SELECT COUNT(*) FROM events`, "posts": `SELECT COUNT(*) FROM events WHERE kind = 'post.published'`} {
		missing := n(`SELECT COUNT(*) FROM events e WHERE (e.kind = 'post.published' OR '` + who + `' = 'all') AND NOT EXISTS
			(SELECT 1 FROM effects f WHERE f.event_id = e.id AND f.subscriber = '` + who + `')`)
		total := n(`SELECT n FROM totals WHERE subscriber = '` + who + `'`)
		if want := n(wanted); missing != 0 || total != want {
			t.Errorf("%s: %d events did not arrive, %d effects of %d", who, missing, total, want)
		}
	}
	// Of the subscriber that never fails by itself.
	again := n(`SELECT COUNT(*) FROM calls WHERE subscriber = 'all'`) - n(`SELECT COUNT(*) FROM effects WHERE subscriber = 'all'`)
	t.Logf("%d kills, %d events, %d deliveries more than once", kills, events, again)
	if again == 0 {
		t.Error("no subscriber was told twice: nothing was killed in the middle")
	}
}

// number reads one.
func number(t *testing.T, d *db.DB, query string) (n int) {
	t.Helper()
	err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(t.Context(), query).Scan(&n) })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// deliverer is an outbox with two subscribers, one of which fails at times.
func deliverer(d *db.DB, now clock.Clock) (*jobs.Queue, *activity.Outbox) {
	queue := jobs.New(d, now, logx.Discard())
	outbox := activity.New(d, now, queue)
	tell := func(who string) activity.Handler {
		return func(ctx context.Context, e activity.Event) error {
			if err := d.Write(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, `INSERT INTO calls (subscriber, event_id) VALUES ($1, $2)`, who, e.ID)
				return err
			}); err != nil {
				return err
			}
			if who == "posts" && rand.IntN(10) == 0 {
				return errors.New("the index is away")
			}
			return d.Write(ctx, func(tx *db.Tx) error { return once(ctx, tx, who, e) })
		}
	}
	outbox.Subscribe("all", tell("all"))
	outbox.Subscribe("posts", tell("posts"), published)
	return queue, outbox
}

// once does what a subscriber does about an event, unless it did already.
func once(ctx context.Context, tx *db.Tx, who string, e activity.Event) error {
	first, err := tx.Exec(ctx, `INSERT INTO effects (subscriber, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, who, e.ID)
	if err != nil || first == 0 {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO totals (subscriber, n) VALUES ($1, 1) ON CONFLICT (subscriber) DO UPDATE SET n = totals.n + 1`, who)
	return err
}

// killPost starts a process and kills it some time after its first event.
func killPost(t *testing.T, p post) {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSoakKilledOutboxesDeliver$")
	child.Env = append(os.Environ(), asPost+"="+string(text))
	child.Stderr = os.Stderr
	if _, err := child.StdinPipe(); err != nil { // its end tells the child that the test is over
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	began := false
	for lines := bufio.NewScanner(out); !began && lines.Scan(); {
		began = lines.Text() == "began"
	}
	select {
	case <-t.Context().Done():
	case <-time.After(rand.N(150 * time.Millisecond)): // a moment by chance is what is tested
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err == nil || !began {
		t.Fatalf("the process was not killed at work: began %v, %v", began, err)
	}
}

// deliverForEver is the process that is killed.
func deliverForEver(t *testing.T, text string) {
	t.Helper()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	var p post
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatal(err)
	}
	d := testkit.Open(t, p.DB)
	queue, outbox := deliverer(d, clock.NewManual(p.Now))
	go func() {
		for n := range letters {
			kind := published
			if n%2 == 1 {
				kind = "member.joined"
			}
			err := d.Write(t.Context(), func(tx *db.Tx) error {
				if _, err := tx.Exec(t.Context(), `INSERT INTO changes (event_kind, n) VALUES ($1, $2)`, string(kind), n); err != nil {
					return err
				}
				return outbox.Append(t.Context(), tx, actor.Actor{Account: id.New()}, activity.Event{Kind: kind})
			})
			if err != nil {
				t.Error(err)
			}
			if n == 0 {
				fmt.Fprintln(os.Stdout, "began")
			}
		}
	}()
	if err := queue.Run(t.Context(), 4); err != nil {
		t.Fatal(err)
	}
}
