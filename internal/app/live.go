package app

import (
	"context"
	"net/http"
	"strings"

	"ruche/internal/features/spaces"
	"ruche/internal/kernel/access"
	"ruche/internal/kernel/activity"
	"ruche/internal/kernel/actor"
	"ruche/internal/kernel/content"
	"ruche/internal/kernel/frame"
	"ruche/internal/kernel/remark"
	"ruche/internal/platform/clock"
	"ruche/internal/platform/db"
	"ruche/internal/platform/id"
	"ruche/internal/platform/realtime"
	"ruche/internal/platform/web"
)

// listen makes the live side: what pages are told, and whose rights are read
// again when. The outbox calls one node for an event; the others find a changed
// right at their next sweep.
func (a *App) listen(outbox *activity.Outbox) (err error) {
	o := realtime.Options{Log: a.Log, BaseURL: a.Config.URL, Authorize: a.mayListen}
	if a.Metrics != nil {
		o.Metrics = a.Metrics.Registry()
	}
	if a.Live, err = realtime.New(o); err != nil {
		return err
	}
	outbox.Subscribe("live.pages", func(_ context.Context, e activity.Event) error {
		return a.Live.Publish(frame.Channel(e.Item), realtime.Message{ID: e.ID.String(), Kind: string(e.Kind), At: clock.Millis(e.At)})
	}, remark.EventAdded, remark.EventEdited, remark.EventRemoved, remark.EventReacted)
	outbox.Subscribe("live.rights", func(context.Context, activity.Event) error {
		a.Live.Wake()
		return nil
	}, access.EventChanged, spaces.EventChanged, spaces.EventRole, spaces.EventLeft, content.EventTrashed, content.EventPurged)
	return nil
}

// mayListen decides about channels: "item:" and the id of an item is for who may
// read the item; there is no other.
func (a *App) mayListen(ctx context.Context, claims []realtime.Claim) ([]realtime.Verdict, error) {
	holds := make([]access.Hold, len(claims))
	for i, c := range claims {
		holds[i].Session, _ = id.Parse(c.Session)
		if name, ok := strings.CutPrefix(c.Channel, frame.Channel(id.ID{})); ok {
			holds[i].Item, _ = id.Parse(name) // zero, which no item has
		}
	}
	var standing map[id.ID]bool
	var readable map[access.Hold]bool
	now := a.Clock.Now()
	err := a.DB.Read(ctx, func(tx *db.Tx) (err error) {
		standing, readable, err = access.Held(ctx, tx, holds, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := make([]realtime.Verdict, len(claims))
	for i, h := range holds {
		switch {
		case !standing[h.Session]:
			out[i] = realtime.SessionOver
		case readable[h]:
			out[i] = realtime.Allowed
		default:
			out[i] = realtime.Refused
		}
	}
	return out, nil
}

// mountLive registers the address of the sockets.
func (a *App) mountLive() {
	a.Router.Handle("GET", "/-/live", web.Gate{Action: "signed_in"}, frame.Signed(func(w http.ResponseWriter, r *http.Request, me actor.Actor) error {
		a.Live.Serve(w, r, realtime.Identity{Account: me.Account.String(), Session: me.Session.String()})
		return nil
	}), web.MaxTime(0), web.Quiet())
}
