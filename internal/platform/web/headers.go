package web

import "net/http"

// ContentPolicy is the content security policy of every page. Scripts, styles,
// pictures and fonts come from this site only, nothing is inline, forms go to
// this site, and no page can be framed.
const ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// securityHeaders are those of every answer. Cache-Control is among them so
// that a private page is never kept by omission; assets say otherwise.
//
// Referrer-Policy is same-origin and not no-referrer, which would make browsers
// send "Origin: null" with the site's own forms.
func securityHeaders(secure bool) [][2]string {
	h := [][2]string{
		{"Content-Security-Policy", ContentPolicy},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Frame-Options", "DENY"},
		{"Referrer-Policy", "same-origin"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"Origin-Agent-Cluster", "?1"},
		{"X-Permitted-Cross-Domain-Policies", "none"},
		{"Permissions-Policy", "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), " +
			"encrypted-media=(), fullscreen=(self), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(), " +
			"midi=(), payment=(), publickey-credentials-get=(self), screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()"},
		{"Cache-Control", "no-store"},
	}
	if secure {
		// A year. Sub-domains and preload lists are the operator's to decide.
		h = append(h, [2]string{"Strict-Transport-Security", "max-age=31536000"})
	}
	return h
}

func (rt *Router) setHeaders(h http.Header) {
	for _, kv := range rt.headers {
		h.Set(kv[0], kv[1])
	}
}
