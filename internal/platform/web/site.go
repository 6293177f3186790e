package web

import (
	"context"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/netip"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/logx"
)

// site is what the answers of one instance have in common.
type site struct {
	base   string
	secure bool
	signer []byte
	clock  clock.Clock
}

const minSecret = 32

func newSite(base string, secure bool, secret []byte, c clock.Clock) *site {
	if secret == nil {
		secret = make([]byte, minSecret)
		_, _ = rand.Read(secret) // never fails, by its contract
	}
	if len(secret) < minSecret {
		panic(fmt.Sprintf("web: a secret of %d bytes is too short, %d are needed", len(secret), minSecret))
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "ruche web flash v1", sha256.Size)
	if err != nil { // only for a length that sha256 cannot give
		panic("web: " + err.Error())
	}
	return &site{base: base, secure: secure, signer: key, clock: c}
}

// siteOf finds the site behind the ResponseWriter that a handler was given,
// however it has been wrapped since. Outside of a Router (a unit test of one
// handler) there is none.
func siteOf(w http.ResponseWriter) *site {
	for {
		switch v := w.(type) {
		case *response:
			return v.router.site
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return nil
		}
	}
}

type visitKey struct{}

// visit is what the router found out about a request.
type visit struct {
	site   *site
	client netip.Addr
	scheme string
	limit  int64
}

func visitOf(ctx context.Context) *visit {
	if v, ok := ctx.Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{scheme: "http", limit: defaultMaxBody}
}

// ClientIP returns the address of the person's machine: the peer, or what
// trusted proxies say in X-Forwarded-For. It is not valid when the peer has no
// IP address (a Unix socket). It is personal data: for rate limits, not for
// the journal.
func ClientIP(r *http.Request) netip.Addr { return visitOf(r.Context()).client }

// Scheme returns "http" or "https", as the person's browser used it: what a
// trusted proxy says in X-Forwarded-Proto, else how the peer is connected.
// Links are not made from it, but from RUCHE_URL.
func Scheme(r *http.Request) string { return visitOf(r.Context()).scheme }

// RequestID returns the id under which the journal knows the request, for the
// pages of errors of ours (5xx).
func RequestID(r *http.Request) string { return logx.RequestID(r.Context()) }
