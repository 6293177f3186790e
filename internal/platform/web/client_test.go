package web_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"ruche/internal/platform/web"
)

func TestClientBehindProxies(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("2001:db8::/32")}
	for _, tt := range []struct {
		name, peer string
		headers    []string
		tls        bool
		ip, scheme string
	}{
		{"direct", "203.0.113.9:1234", nil, false, "203.0.113.9", "http"},
		{"direct over TLS", "203.0.113.9:1234", nil, true, "203.0.113.9", "https"},
		{"forged", "203.0.113.9:1234", []string{"X-Forwarded-For", "198.51.100.1", "X-Forwarded-Proto", "https"}, false, "203.0.113.9", "http"},
		{"one proxy", "10.1.2.3:99", []string{"X-Forwarded-For", "198.51.100.1", "X-Forwarded-Proto", "https"}, false, "198.51.100.1", "https"},
		{"two proxies", "10.1.2.3:99", []string{"X-Forwarded-For", "198.51.100.1, 10.9.9.9", "X-Forwarded-Proto", "https, HTTP"}, false, "198.51.100.1", "http"},
		{"forged through a proxy", "10.1.2.3:99", []string{"X-Forwarded-For", "127.0.0.1, 198.51.100.1"}, false, "198.51.100.1", "http"},
		{"several headers", "10.1.2.3:99", []string{"X-Forwarded-For", "127.0.0.1", "X-Forwarded-For", "198.51.100.1,10.4.4.4"}, false, "198.51.100.1", "http"},
		{"nonsense", "10.1.2.3:99", []string{"X-Forwarded-For", "198.51.100.1, unknown", "X-Forwarded-Proto", "gopher"}, false, "10.1.2.3", "http"},
		{"nonsense left of a proxy", "10.1.2.3:99", []string{"X-Forwarded-For", "x, 10.4.4.4"}, false, "10.4.4.4", "http"},
		{"only proxies", "10.1.2.3:99", []string{"X-Forwarded-For", "10.5.5.5, 10.6.6.6"}, false, "10.5.5.5", "http"},
		{"ports and brackets", "[2001:db8::1]:99", []string{"X-Forwarded-For", "[2001:db9::7]:4711"}, false, "2001:db9::7", "http"},
		{"mapped peer", "[::ffff:10.1.2.3]:99", []string{"X-Forwarded-For", "::ffff:198.51.100.1"}, false, "198.51.100.1", "http"},
		{"zone", "[fe80::1%eth0]:99", nil, false, "fe80::1", "http"},
		{"Unix socket", "@", []string{"X-Forwarded-For", "198.51.100.1"}, false, "invalid IP", "http"},
	} {
		s := newSite(t, func(o *web.Options) { o.TrustedProxies = proxies })
		s.Handle("GET", "/", open, func(w http.ResponseWriter, r *http.Request) error {
			return says(web.ClientIP(r).String()+" "+web.Scheme(r))(w, r)
		})
		r := httptest.NewRequest("GET", "http://ruche.example/", nil)
		r.RemoteAddr = tt.peer
		if tt.tls {
			r.TLS = &tls.ConnectionState{}
		}
		for i := 0; i < len(tt.headers); i += 2 {
			r.Header.Add(tt.headers[i], tt.headers[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if got := w.Body.String(); got != tt.ip+" "+tt.scheme {
			t.Errorf("%s: %s", tt.name, got)
		}
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		peer, given string
		kept        bool
	}{
		{"10.0.0.1:1", "abcdef-0123_X", true},
		{"10.0.0.1:1", "short", false},
		{"10.0.0.1:1", strings.Repeat("a", 65), false},
		{"10.0.0.1:1", "abc def\tghi", false},
		{"10.0.0.1:1", "abcdefgh<script>", false},
		{"203.0.113.9:1", "abcdef-0123_X", false},
	} {
		s := newSite(t, func(o *web.Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")} })
		var seen string
		s.Handle("GET", "/", open, func(w http.ResponseWriter, r *http.Request) error {
			seen = web.RequestID(r)
			return says("x")(w, r)
		})
		r := httptest.NewRequest("GET", "http://ruche.example/", nil)
		r.RemoteAddr = tt.peer
		r.Header.Set("X-Request-Id", tt.given)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if seen == "" || (seen == tt.given) != tt.kept || !strings.Contains(s.log.String(), "request_id="+seen) {
			t.Errorf("%+v: id %q, journal %s", tt, seen, s.log)
		}
		if got := w.Header().Get("X-Request-Id"); got != "" {
			t.Errorf("told as %q", got)
		}
	}
}
