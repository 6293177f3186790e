package activity

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"ruche/internal/kernel/actor"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/platform/jobs"
)

// Kind names what happened: "room.past_participle", such as "content.published".
type Kind string

// Event is something that happened. Space, Item and Remark are zero where they
// don't apply.
type Event struct {
	ID      id.ID
	Kind    Kind
	Account id.ID // who did it; zero for the system
	Space   id.ID
	Item    id.ID
	Remark  id.ID
	Subject id.ID  // whom it was done to, when it is about a person
	Detail  string // a setting or a word of the program, such as "reader"; never a content
	At      time.Time
}

// Handler receives an event, at least once, outside any transaction.
type Handler func(ctx context.Context, e Event) error

// The jobs of the outbox.
const (
	dispatchJob = "activity.dispatch"
	deliverJob  = "activity.deliver"
)

// Outbox appends events and delivers them. Subscribe before the queue runs.
type Outbox struct {
	db          *db.DB
	clock       clock.Clock
	queue       *jobs.Queue
	subscribers map[string]subscriber
}

type subscriber struct {
	kinds  []Kind
	handle Handler
}

type delivery struct {
	Event      id.ID  `json:"event"`
	Subscriber string `json:"subscriber,omitempty"`
}

// New returns an outbox whose jobs run on the queue.
func New(d *db.DB, c clock.Clock, q *jobs.Queue) *Outbox {
	o := &Outbox{db: d, clock: c, queue: q, subscribers: map[string]subscriber{}}
	q.Register(dispatchJob, o.dispatch)
	q.Register(deliverJob, o.deliver)
	return o
}

// Subscribe asks for events of the kinds, all of them when none is named. The
// name identifies the subscriber in the queue and must stay the same over
// releases.
func (o *Outbox) Subscribe(name string, h Handler, kinds ...Kind) {
	o.subscribers[name] = subscriber{kinds: kinds, handle: h}
}

// Append writes that something happened, in the transaction of the change.
func (o *Outbox) Append(ctx context.Context, tx *db.Tx, a actor.Actor, e Event) error {
	e.ID, e.Account, e.At = id.New(), a.Account, o.clock.Now()
	_, err := tx.Exec(ctx, `INSERT INTO events (id, kind, account_id, space_id, item_id, remark_id, subject_id, detail, at, dispatched)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)`,
		e.ID, string(e.Kind), e.Account, e.Space, e.Item, e.Remark, e.Subject, e.Detail, clock.Millis(e.At))
	if err != nil {
		return fmt.Errorf("appending event %s: %w", e.Kind, err)
	}
	payload, err := json.Marshal(delivery{Event: e.ID})
	if err != nil {
		return fmt.Errorf("appending event %s: %w", e.Kind, err)
	}
	return o.queue.Enqueue(ctx, tx, jobs.Job{Kind: dispatchJob, Payload: payload, Key: dispatchJob + ":" + e.ID.String()})
}

// dispatch makes the deliveries of one event and marks it, in one transaction.
func (o *Outbox) dispatch(ctx context.Context, j jobs.Job) error {
	var d delivery
	if err := json.Unmarshal(j.Payload, &d); err != nil {
		return fmt.Errorf("reading a dispatch: %w", err)
	}
	return o.db.Write(db.Background(ctx), func(tx *db.Tx) error {
		var kind string
		err := tx.QueryRow(ctx, `SELECT kind FROM events WHERE id = $1 AND dispatched = 0`+tx.LockClause(), d.Event).Scan(&kind)
		if db.IsNoRows(err) {
			return nil // an earlier run did it
		}
		if err != nil {
			return fmt.Errorf("dispatching: %w", err)
		}
		for name, s := range o.subscribers {
			if len(s.kinds) > 0 && !slices.Contains(s.kinds, Kind(kind)) {
				continue
			}
			payload, err := json.Marshal(delivery{Event: d.Event, Subscriber: name})
			if err != nil {
				return fmt.Errorf("dispatching to %s: %w", name, err)
			}
			if err := o.queue.Enqueue(ctx, tx, jobs.Job{Kind: deliverJob, Payload: payload, Key: deliverJob + ":" + name + ":" + d.Event.String()}); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `UPDATE events SET dispatched = 1 WHERE id = $1`, d.Event)
		return err
	})
}

// deliver gives one event to one subscriber. A subscriber of an older release
// that is gone gets nothing.
func (o *Outbox) deliver(ctx context.Context, j jobs.Job) error {
	var d delivery
	if err := json.Unmarshal(j.Payload, &d); err != nil {
		return fmt.Errorf("reading a delivery: %w", err)
	}
	s, ok := o.subscribers[d.Subscriber]
	if !ok {
		return nil
	}
	var e Event
	err := o.db.Read(ctx, func(tx *db.Tx) error {
		var at int64
		err := tx.QueryRow(ctx, `SELECT id, kind, account_id, space_id, item_id, remark_id, subject_id, detail, at FROM events WHERE id = $1`, d.Event).
			Scan(&e.ID, &e.Kind, &e.Account, &e.Space, &e.Item, &e.Remark, &e.Subject, &e.Detail, &at)
		e.At = clock.FromMillis(at)
		return err
	})
	if db.IsNoRows(err) {
		return nil // purged meanwhile
	}
	if err != nil {
		return fmt.Errorf("delivering to %s: %w", d.Subscriber, err)
	}
	return s.handle(ctx, e)
}
