package realtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/centrifugal/centrifuge"
	"github.com/prometheus/client_golang/prometheus"
)

// Bounds of what one browser may take.
const (
	maxConnections = 20   // of one account on this node
	maxChannels    = 16   // of one connection
	maxChannel     = 80   // bytes of a channel's name
	maxMessage     = 4096 // bytes that a browser may send at once
	maxQueue       = 64 << 10
	writeTime      = time.Second
	keptMessages   = 16 // of each channel
	keptTime       = 2 * time.Minute
	sweepEvery     = 2 * time.Second
	sweepRest      = 250 * time.Millisecond // between two sweeps, however many rights change
	answerTime     = 2 * time.Second        // of Authorize
	stopTime       = 2 * time.Second
	batch          = 200 // claims of one call of Authorize
)

// Codes of the protocol: a browser does not come back by itself after these.
func sessionOver() centrifuge.Disconnect {
	return centrifuge.Disconnect{Code: 4501, Reason: "session over"}
}

func rightLost() centrifuge.Unsubscribe {
	return centrifuge.Unsubscribe{Code: centrifuge.UnsubscribeCodeServer, Reason: "right lost"}
}

// Identity is who is behind a connection, in the program's own texts.
type Identity struct{ Account, Session string }

// Claim is someone listening to a channel. An empty channel only asks whether
// the session stands.
type Claim struct {
	Identity
	Channel string
}

// Verdict is what Authorize says of a claim.
type Verdict int

// The verdicts: the session is over, the channel is not for this person (or is
// none), or it is.
const (
	SessionOver Verdict = iota
	Refused
	Allowed
)

// Authorize gives a verdict on each of the claims, 200 at most, in their order.
type Authorize func(ctx context.Context, claims []Claim) ([]Verdict, error)

// Message is what pages are told.
type Message struct {
	// ID is the event's: the same event may be told twice.
	ID   string `json:"id"`
	Kind string `json:"kind"`
	// At is when it happened, in milliseconds UTC.
	At int64 `json:"at"`
}

// Options are what a Hub is made of.
type Options struct {
	Log *slog.Logger
	// BaseURL is the site's; pages of another origin may not connect.
	BaseURL   string
	Authorize Authorize
	// Metrics receives the library's own figures; nil receives none.
	Metrics *prometheus.Registry
}

// Hub is the live side of a node.
type Hub struct {
	node      *centrifuge.Node
	log       *slog.Logger
	authorize Authorize
	sockets   http.Handler
	running   atomic.Bool
	wake      chan struct{}
}

type identityKey struct{}

// New returns a hub, which serves once Run runs.
func New(o Options) (*Hub, error) {
	h := &Hub{log: o.Log, authorize: o.Authorize, wake: make(chan struct{}, 1)}
	figures := o.Metrics
	if figures == nil {
		figures = prometheus.NewRegistry()
	}
	node, err := centrifuge.New(centrifuge.Config{
		Name: "ruche", LogLevel: centrifuge.LogLevelError, LogHandler: h.journal,
		ClientChannelLimit: maxChannels, ChannelMaxLength: maxChannel, ClientQueueMaxSize: maxQueue, UserConnectionLimit: maxConnections,
		Metrics: centrifuge.MetricsConfig{MetricsNamespace: "ruche_live", RegistererGatherer: figures},
	})
	if err != nil {
		return nil, fmt.Errorf("making the live node: %w", err)
	}
	h.node = node
	node.OnConnecting(func(ctx context.Context, _ centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
		who, ok := ctx.Value(identityKey{}).(Identity)
		if !ok {
			return centrifuge.ConnectReply{}, sessionOver()
		}
		return centrifuge.ConnectReply{Credentials: &centrifuge.Credentials{UserID: who.Account}}, nil
	})
	node.OnConnect(func(c *centrifuge.Client) {
		c.OnSubscribe(func(e centrifuge.SubscribeEvent, done centrifuge.SubscribeCallback) { done(h.subscribe(c, e.Channel)) })
	})
	base, err := url.Parse(o.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("making the live node: %w", err)
	}
	h.sockets = centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{
		MessageSizeLimit: maxMessage, WriteTimeout: writeTime, UseWriteBufferPool: true, ReadBufferSize: 1024,
		CheckOrigin: func(r *http.Request) bool { return sameOrigin(r, base) },
	})
	return h, nil
}

// sameOrigin lets in pages of this site, and programs that are no browser and
// send no Origin: they hold a session's token by their own means.
func sameOrigin(r *http.Request, base *url.URL) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	from, err := url.Parse(origin)
	return err == nil && from.Scheme == base.Scheme && strings.EqualFold(from.Host, base.Host)
}

// Serve answers a request of who is signed in: 101 to a WebSocket, 426 to what is
// none, 503 before Run and after its end.
func (h *Hub) Serve(w http.ResponseWriter, r *http.Request, who Identity) {
	switch {
	case !strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Connection", "Upgrade")
		w.WriteHeader(http.StatusUpgradeRequired)
	case !h.running.Load():
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		// The connection outlives the request, and needs nothing else of it.
		ctx := context.WithValue(context.Background(), identityKey{}, who)
		h.sockets.ServeHTTP(w, r.WithContext(ctx))
	}
}

// subscribe decides about one channel, and tells who may listen what happened of
// late: a page was drawn before it was connected.
func (h *Hub) subscribe(c *centrifuge.Client, channel string) (centrifuge.SubscribeReply, error) {
	ctx, cancel := context.WithTimeout(c.Context(), answerTime)
	defer cancel()
	who, ok := c.Context().Value(identityKey{}).(Identity)
	if !ok {
		return centrifuge.SubscribeReply{}, sessionOver()
	}
	verdicts, err := h.authorize(ctx, []Claim{{Identity: who, Channel: channel}})
	if err != nil || len(verdicts) != 1 {
		if ctx.Err() == nil {
			h.log.ErrorContext(ctx, "live channel not authorised", "error", err)
		}
		return centrifuge.SubscribeReply{}, centrifuge.ErrorInternal
	}
	switch verdicts[0] {
	case Allowed:
	case SessionOver:
		return centrifuge.SubscribeReply{}, sessionOver()
	default:
		return centrifuge.SubscribeReply{}, centrifuge.ErrorPermissionDenied
	}
	data, err := h.recent(channel)
	if err != nil {
		return centrifuge.SubscribeReply{}, err
	}
	return centrifuge.SubscribeReply{Options: centrifuge.SubscribeOptions{EnableRecovery: true, Data: data}}, nil
}

func (h *Hub) recent(channel string) ([]byte, error) {
	kept, err := h.node.History(channel, centrifuge.WithLimit(keptMessages))
	if err != nil {
		return nil, fmt.Errorf("reading what was told of late: %w", err)
	}
	told := struct {
		Recent []json.RawMessage `json:"recent"`
	}{Recent: []json.RawMessage{}}
	for _, p := range kept.Publications {
		told.Recent = append(told.Recent, p.Data)
	}
	return json.Marshal(told)
}

// Publish tells who listens to the channel. Told twice, a message is sent once,
// as long as it is kept.
func (h *Hub) Publish(channel string, m Message) error {
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("telling pages: %w", err)
	}
	_, err = h.node.Publish(channel, data, centrifuge.WithHistory(keptMessages, keptTime), centrifuge.WithIdempotencyKey(m.ID))
	if err != nil {
		return fmt.Errorf("telling pages: %w", err)
	}
	return nil
}

// Connections tells how many browsers are connected to this node.
func (h *Hub) Connections() int { return h.node.Hub().NumClients() }

// Run serves until ctx ends, then sends every browser away, to come back at a
// moment of its own, and returns within two seconds.
func (h *Hub) Run(ctx context.Context) error {
	if err := h.node.Run(); err != nil {
		return fmt.Errorf("starting the live node: %w", err)
	}
	h.running.Store(true)
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-h.wake:
		}
		if err := h.Revalidate(ctx); err != nil && ctx.Err() == nil {
			h.log.ErrorContext(ctx, "live rights not read again", "error", err)
		}
		rest := time.NewTimer(sweepRest)
		select {
		case <-ctx.Done():
		case <-rest.C:
		}
		rest.Stop()
	}
	h.running.Store(false)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := h.node.Shutdown(last); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("stopping the live node: %w", err)
	}
	return nil
}

// Wake has the rights of all that is open read again soon.
func (h *Hub) Wake() {
	select {
	case h.wake <- struct{}{}:
	default: // it is being done
	}
}

// Revalidate reads again the rights of all that is open on this node.
func (h *Hub) Revalidate(ctx context.Context) error {
	var clients []*centrifuge.Client
	var claims []Claim
	for _, c := range h.node.Hub().Connections() {
		who, ok := c.Context().Value(identityKey{}).(Identity)
		if !ok {
			c.Disconnect(sessionOver())
			continue
		}
		channels := c.Channels()
		if len(channels) == 0 {
			channels = []string{""}
		}
		for _, channel := range channels {
			clients, claims = append(clients, c), append(claims, Claim{Identity: who, Channel: channel})
		}
	}
	for start := 0; start < len(claims); start += batch {
		end := min(start+batch, len(claims))
		verdicts, err := h.authorize(ctx, claims[start:end])
		if err != nil {
			return err
		}
		for i, v := range verdicts {
			c, channel := clients[start+i], claims[start+i].Channel
			switch {
			case v == SessionOver:
				c.Disconnect(sessionOver())
			case v == Refused && channel != "":
				c.Unsubscribe(channel, rightLost())
			}
		}
	}
	return nil
}

func (h *Hub) journal(e centrifuge.LogEntry) { h.log.Error("live node", "error", e.Message) }
