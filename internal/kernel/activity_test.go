package kernel_test

import (
	"context"
	"errors"
	"testing"
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

const published activity.Kind = "post.published"

// TestEachSubscriberHearsOfEachEvent: all that asked are told, those that failed
// are told again, a change undone is told to nobody.
func TestEachSubscriberHearsOfEachEvent(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	d := testkit.DB(t, db.MigrationSet{Name: "jobs", FS: jobs.Migrations()}, db.MigrationSet{Name: "kernel", FS: kernel.Migrations()})
	now := clock.NewManual(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	queue := jobs.New(d, now, logx.Discard())
	outbox := activity.New(d, now, queue)
	heard := map[string][]activity.Event{}
	failures := 1
	outbox.Subscribe("all", func(_ context.Context, e activity.Event) error {
		heard["all"] = append(heard["all"], e)
		return nil
	})
	outbox.Subscribe("posts", func(_ context.Context, e activity.Event) error {
		if failures > 0 {
			failures--
			return errors.New("the index is away")
		}
		heard["posts"] = append(heard["posts"], e)
		return nil
	}, published)

	who, item := actor.Actor{Account: id.New()}, id.New()
	undone := errors.New("undone")
	for _, step := range []struct {
		kind activity.Kind
		err  error
	}{{published, nil}, {"member.joined", nil}, {published, undone}} {
		err := d.Write(ctx, func(tx *db.Tx) error {
			if err := outbox.Append(ctx, tx, who, activity.Event{Kind: step.kind, Item: item}); err != nil {
				return err
			}
			return step.err
		})
		if !errors.Is(err, step.err) {
			t.Fatal(err)
		}
	}
	for range 3 { // the second time the index is back
		if _, err := queue.RunPending(ctx); err != nil {
			t.Fatal(err)
		}
		now.Advance(time.Hour)
	}
	if len(heard["all"]) != 2 || len(heard["posts"]) != 1 {
		t.Fatalf("heard %d and %d events, want 2 and 1", len(heard["all"]), len(heard["posts"]))
	}
	e := heard["posts"][0]
	if e.Kind != published || e.Item != item || e.Account != who.Account || e.At.IsZero() || !e.Space.IsZero() {
		t.Errorf("the event arrived as %+v", e)
	}
}
