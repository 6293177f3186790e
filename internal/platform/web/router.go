package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/fault"
)

// Handler answers a request or returns why it could not; see Router.Fail. A
// handler that returns an error has written nothing yet.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Gate says which right a route asks for: the action, and the kind of subject
// that the request names ("blog.publish" on "space"). {"public", ""} is open to
// everyone. The router checks nothing; tests walk the gates.
type Gate struct{ Action, Subject string }

// Route is what was registered, in the words of net/http.ServeMux. An empty
// Method stands for all.
type Route struct {
	Method, Pattern string
	Gate            Gate
}

// ErrorPage draws the page of an error with the status, which is StatusOf the
// error's kind, or 405. r carries what the middlewares put there, unless the
// failure came in or before them. The page of a 404 must depend on nothing but
// the person who asks, so that absent and unreadable give the same bytes: it
// shows neither the path nor RequestID, which pages of 5xx do show.
type ErrorPage func(w http.ResponseWriter, r *http.Request, status int, err error)

// Options are what a Router needs. Zero values are usable, but for BaseURL.
type Options struct {
	// Log receives one line per request; nil discards them.
	Log *slog.Logger
	// Clock is nil for the system's.
	Clock clock.Clock
	// BaseURL is RUCHE_URL. Its scheme decides about HSTS and the cookies; the
	// Host header of requests decides about nothing.
	BaseURL string
	// Secret is at least 32 bytes of RUCHE_SECRET. Without it flash notices
	// are signed with a key that lasts as long as the process.
	Secret []byte
	// TrustedProxies are those whose X-Forwarded-* headers are believed.
	TrustedProxies []netip.Prefix
	// ErrorPage is nil for a page of plain text.
	ErrorPage ErrorPage
	// Metrics counts the requests; nil counts nothing.
	Metrics *Metrics
}

// Router is the http.Handler of the whole site. Routes and middlewares are
// registered before it serves; then it is safe for concurrent use.
type Router struct {
	site     *site
	log      *slog.Logger
	page     ErrorPage
	metrics  *Metrics
	proxies  []netip.Prefix
	origins  *http.CrossOriginProtection
	mux      *http.ServeMux
	routes   []Route
	details  map[string]*route // by the pattern given to mux
	wrappers []func(http.Handler) http.Handler
	headers  [][2]string
	gzips    gzipPool
	chain    http.Handler
}

// route is what the router knows of a route besides what it tells.
type route struct {
	pattern string // without the method
	maxBody int64
	maxTime time.Duration
	quiet   bool
}

// A RouteOption changes a bound of one route.
type RouteOption func(*route)

// MaxBody bounds the body of a route's requests, in bytes, instead of the
// default 2 MiB; negative lifts the bound, for mounts that have their own.
func MaxBody(n int64) RouteOption { return func(rt *route) { rt.maxBody = n } }

// MaxTime bounds the time from the head of a request to the end of its answer,
// instead of the default 60 seconds; zero or less lifts the bound, for streams,
// uploads and sockets.
func MaxTime(d time.Duration) RouteOption { return func(rt *route) { rt.maxTime = d } }

// Quiet keeps the successes of a route out of the journal, unless it is at
// level debug: probes and assets.
func Quiet() RouteOption { return func(rt *route) { rt.quiet = true } }

const (
	defaultMaxBody = 2 << 20
	defaultMaxTime = 60 * time.Second
)

// NewRouter returns a router without routes. It panics when BaseURL is not an
// http or https origin, which config.Load has checked, or the secret is short.
func NewRouter(o Options) *Router {
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		panic(fmt.Sprintf("web: base URL %q is no http or https origin", o.BaseURL))
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	secure := base.Scheme == "https"
	rt := &Router{
		site:    newSite(o.BaseURL, secure, o.Secret, o.Clock),
		log:     o.Log,
		page:    o.ErrorPage,
		metrics: o.Metrics,
		proxies: slices.Clone(o.TrustedProxies),
		origins: http.NewCrossOriginProtection(),
		mux:     http.NewServeMux(),
		details: map[string]*route{},
		headers: securityHeaders(secure),
	}
	if err := rt.origins.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		panic("web: " + err.Error())
	}
	rt.rebuild()
	return rt
}

// Handle registers a handler for a method and a ServeMux pattern without
// method or host ("/espaces/{slug}"). It panics on an empty action and on a
// pattern that is malformed or taken.
func (rt *Router) Handle(method, pattern string, g Gate, h Handler, opts ...RouteOption) {
	rt.register(method, pattern, g, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			rt.Fail(w, r, err)
		}
	}), opts)
}

// Mount registers a whole http.Handler (WebDAV, tus) for a ServeMux pattern,
// which may start with a method. The handler sees the whole path. It panics as
// Handle does.
func (rt *Router) Mount(pattern string, g Gate, h http.Handler, opts ...RouteOption) {
	method, path, found := strings.Cut(pattern, " ")
	if !found {
		method, path = "", pattern
	}
	rt.register(method, strings.TrimSpace(path), g, h, opts)
}

func (rt *Router) register(method, pattern string, g Gate, h http.Handler, opts []RouteOption) {
	if g.Action == "" {
		panic(fmt.Sprintf("web: route %s %s declares no action", method, pattern))
	}
	if !strings.HasPrefix(pattern, "/") {
		panic(fmt.Sprintf("web: pattern %q does not start with /", pattern))
	}
	known := &route{pattern: pattern, maxBody: defaultMaxBody, maxTime: defaultMaxTime}
	for _, opt := range opts {
		opt(known)
	}
	whole := strings.TrimSpace(method + " " + pattern)
	rt.mux.Handle(whole, h)
	rt.routes = append(rt.routes, Route{Method: method, Pattern: pattern, Gate: g})
	rt.details[whole] = known
}

// Routes returns what was registered, in that order.
func (rt *Router) Routes() []Route { return slices.Clone(rt.routes) }

// Use wraps everything, unknown routes included, so that the page of a 404 is
// drawn for the person who is signed in. The first given is the outermost. A
// middleware must change nothing on a person's behalf: it runs before the
// origin of a write is checked. It reports errors with Fail.
func (rt *Router) Use(mw func(http.Handler) http.Handler) {
	rt.wrappers = append(rt.wrappers, mw)
	rt.rebuild()
}

func (rt *Router) rebuild() {
	h := rt.rescue(rt.guardOrigin(http.HandlerFunc(rt.dispatch)))
	for _, mw := range slices.Backward(rt.wrappers) {
		h = mw(h)
	}
	rt.chain = rt.rescue(h)
}

// ServeHTTP answers a request.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, pattern := rt.mux.Handler(r)
	known := rt.details[pattern]
	if known == nil {
		known = &route{maxBody: defaultMaxBody, maxTime: defaultMaxTime}
	}
	res := &response{ResponseWriter: w, router: rt, route: known}
	r, cancel := rt.prepare(res, r)
	defer cancel()
	start, whole := rt.site.clock.Now(), false
	defer func() {
		// A panic that reaches this far cuts the connection: the answer is not
		// whole, and must not look so.
		rt.record(res, r, rt.site.clock.Now().Sub(start), !whole)
	}()
	rt.chain.ServeHTTP(res, r)
	res.finish()
	whole = true
}

// dispatch calls the handler of the route. What ServeMux would answer itself
// to an unknown path or method goes through the page of errors.
func (rt *Router) dispatch(w http.ResponseWriter, r *http.Request) {
	if hasControl(r.URL.Path) {
		// No name holds these, and PostgreSQL refuses them.
		rt.Fail(w, r, fault.NotFoundError())
		return
	}
	h, pattern := rt.mux.Handler(r)
	if pattern != "" {
		rt.mux.ServeHTTP(w, r)
		return
	}
	probe := &probe{header: http.Header{}}
	h.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", probe.header.Get("Allow"))
		rt.fail(w, r, http.StatusMethodNotAllowed, fault.New(fault.Invalid, "web.method"))
		return
	}
	rt.Fail(w, r, fault.NotFoundError())
}

// probe learns the status that a handler would answer.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
func (p *probe) WriteHeader(status int) {
	if p.status == 0 {
		p.status = status
	}
}
