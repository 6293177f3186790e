package web

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"ruche/internal/platform/fault"
	"ruche/internal/platform/logx"
)

// prepare sets what must hold before anybody else sees the request: headers,
// bounds, request id, and who asks from where. The caller calls cancel when the
// answer is whole.
func (rt *Router) prepare(w *response, r *http.Request) (prepared *http.Request, cancel context.CancelFunc) {
	rt.setHeaders(w.Header())
	client, scheme, trusted := rt.origin(r)
	ctx, cancel := rt.bound(r.Context(), w)
	ctx = context.WithValue(ctx, visitKey{}, &visit{site: rt.site, client: client, scheme: scheme, limit: w.route.maxBody})
	ctx = logx.WithRequestID(ctx, requestID(r, trusted))
	r = r.WithContext(ctx)
	r.URL = cleanQuery(r.URL)
	if r.Body != nil && r.Body != http.NoBody && w.route.maxBody >= 0 {
		r.Body = &body{source: r.Body, limit: w.route.maxBody}
	}
	w.request = r
	return r, cancel
}

// cleanQuery takes from a query what no text of ours may hold (see ParseForm).
func cleanQuery(u *url.URL) *url.URL {
	text, err := url.QueryUnescape(u.RawQuery)
	if err == nil && utf8.ValidString(text) && !strings.Contains(text, "\x00") {
		return u
	}
	values := u.Query() // what is malformed is left out
	cleanValues(values)
	clean := *u
	clean.RawQuery = values.Encode()
	return &clean
}

// hasControl finds what no path of ours holds: controls and invalid UTF-8.
func hasControl(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl)
}

// answerTime is how long an answer may still take to leave once its handler
// has run out of time.
const answerTime = 5 * time.Second

// bound sets the deadlines of the context and of the connection. Connections
// that have none (tests) are left as they are.
func (rt *Router) bound(ctx context.Context, w *response) (context.Context, context.CancelFunc) {
	conn := http.NewResponseController(w.ResponseWriter)
	var end time.Time
	cancel := func() {}
	if w.route.maxTime > 0 {
		ctx, cancel = context.WithTimeout(ctx, w.route.maxTime)
		// The deadline is on the system's clock, as those of connections are.
		deadline, _ := ctx.Deadline()
		end = deadline.Add(answerTime)
	}
	_ = conn.SetReadDeadline(end)
	_ = conn.SetWriteDeadline(end)
	return ctx, cancel
}

// requestID takes over the id that a trusted proxy gave, so that both journals
// can be read together; otherwise it makes one, short enough to be read out.
func requestID(r *http.Request, trusted bool) string {
	if given := r.Header.Get("X-Request-Id"); trusted && len(given) >= 8 && len(given) <= 64 && !strings.ContainsFunc(given, notIDRune) {
		return given
	}
	return rand.Text()[:12]
}

func notIDRune(c rune) bool {
	letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	return !letter && (c < '0' || c > '9') && c != '-' && c != '_'
}

// origin tells the client's address and scheme, and whether the peer is a
// trusted proxy. X-Forwarded-For is read from its end, where the nearest proxy
// writes, up to the first address that is no trusted proxy's: what stands left
// of it anyone can have written.
func (rt *Router) origin(r *http.Request) (client netip.Addr, scheme string, trusted bool) {
	scheme = "http"
	if r.TLS != nil {
		scheme = "https"
	}
	client = parseAddr(r.RemoteAddr)
	if !rt.trusts(client) {
		return client, scheme, false
	}
	switch proto := strings.ToLower(strings.TrimSpace(lastOf(r.Header.Values("X-Forwarded-Proto")))); proto {
	case "http", "https":
		scheme = proto
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		addr := parseAddr(strings.TrimSpace(hop))
		if !addr.IsValid() {
			break
		}
		client = addr
		if !rt.trusts(addr) {
			break
		}
	}
	return client, scheme, true
}

func (rt *Router) trusts(addr netip.Addr) bool {
	return addr.IsValid() && slices.ContainsFunc(rt.proxies, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// lastOf returns the last element of a comma-separated header.
func lastOf(lines []string) string {
	all := strings.Join(lines, ",")
	return all[strings.LastIndex(all, ",")+1:]
}

// parseAddr reads an address with or without port, brackets or zone; IPv4
// mapped into IPv6 is told as IPv4. It returns the zero Addr for all else.
func parseAddr(s string) netip.Addr {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}

// guardOrigin refuses writes that another site's page makes a browser send
// (CSRF), by the Fetch metadata that every browser sends since 2023, else by
// Origin; see http.CrossOriginProtection. Programs that are no browser send
// neither and pass: they carry no cookie unless they mean to. The origin of
// RUCHE_URL passes also when a proxy has rewritten Host.
func (rt *Router) guardOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := rt.origins.Check(r); err != nil {
			rt.Fail(w, r, fault.Wrap(fault.Denied, err, "web.cross_site"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// record counts a request and writes its one line to the journal: the route
// and not the path, which may hold names. Requests that went well are told at
// level info, refused ones at debug, failures of ours at error with their
// cause. What fails because the person has left is nobody's failure.
func (rt *Router) record(w *response, r *http.Request, took time.Duration, cut bool) {
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("method", methodLabel(r.Method)), slog.String("route", w.route.pattern), slog.Int("status", w.status),
		slog.Int64("bytes", w.size), slog.Duration("took", took),
	}
	gone := errors.Is(r.Context().Err(), context.Canceled)
	rt.metrics.observe(r.Method, w.route.pattern, classOf(w.status, cut, gone), took)
	switch {
	case w.status >= http.StatusInternalServerError && !gone:
		level = slog.LevelError
	case w.status >= http.StatusBadRequest || w.route.quiet || gone:
		level = slog.LevelDebug
	}
	if cut {
		attrs = append(attrs, slog.Bool("cut", true))
		if w.cause != nil && !gone {
			level = slog.LevelError
		}
	}
	if w.cause != nil {
		attrs = append(attrs, slog.String("error", w.cause.Error()))
		var p *panicked
		if errors.As(w.cause, &p) {
			attrs = append(attrs, slog.Any("panic", p.value), slog.String("stack", p.stack))
		}
	}
	rt.log.LogAttrs(r.Context(), level, "request", attrs...)
}

// classOf names how a request ended: "2xx", "gone" when the person left before,
// "cut" when the connection was cut in the middle of the answer.
func classOf(status int, cut, gone bool) string {
	switch {
	case gone:
		return "gone"
	case cut:
		return "cut"
	}
	return strconv.Itoa(status/100) + "xx"
}

// methodLabel bounds what stands in the journal and in metrics to the methods
// that exist.
func methodLabel(m string) string {
	switch m {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
		"PROPFIND", "PROPPATCH", "MKCOL", "MKCALENDAR", "COPY", "MOVE", "LOCK", "UNLOCK", "REPORT", "ACL", "QUERY":
		return m
	}
	return "other"
}
