package web

import (
	"context"
	"errors"
	"net/http"
	"runtime/debug"

	"ruche/internal/platform/fault"
)

// StatusOf maps the kind of an error to an HTTP status (RFC 9110 where
// nothing else is said).
func StatusOf(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Denied:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Full:
		return http.StatusInsufficientStorage // RFC 4918, section 11.5
	case fault.Internal:
		return http.StatusInternalServerError
	}
	return http.StatusInternalServerError
}

// Fail answers with the page of an error, and has it written to the journal
// when it is ours. Handlers return their errors instead; Fail is for
// middlewares and mounts.
func (rt *Router) Fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(err, context.DeadlineExceeded) && fault.KindOf(err) == fault.Internal {
		err = fault.Wrap(fault.Unavailable, err, "fault.unavailable")
	}
	rt.fail(w, r, StatusOf(fault.KindOf(err)), err)
}

func (rt *Router) fail(w http.ResponseWriter, r *http.Request, status int, err error) {
	res := responseOf(w)
	if res != nil {
		res.cause = err
		if res.sent {
			// The head has left and says 200: cutting the connection is the one
			// way to say that what follows is not the rest.
			panic(http.ErrAbortHandler)
		}
		res.discard()
	}
	drain(w, r)
	h := w.Header()
	for name := range h {
		// What the handler had said of its own answer would tell an unreadable
		// thing from an absent one.
		if !keptOnErrors(name) {
			h.Del(name)
		}
	}
	rt.setHeaders(h)
	if IsFragment(r) {
		// htmx would put the page into the part that asked for it.
		h.Set("HX-Retarget", "body")
		h.Set("HX-Reswap", "innerHTML")
	}
	if rt.page != nil {
		rt.drawPage(w, r, status, err)
		if res == nil || res.status != 0 || res.sent {
			return
		}
	}
	h.Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(http.StatusText(status) + "\n"))
}

// keptOnErrors says which headers of a handler an error leaves.
func keptOnErrors(name string) bool {
	switch name {
	case "Set-Cookie", "Retry-After", "Allow", "Www-Authenticate", "Connection":
		return true
	}
	return false
}

// drawPage calls the page of errors; one that panics leaves plain text to say
// so.
func (rt *Router) drawPage(w http.ResponseWriter, r *http.Request, status int, err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler { //nolint:errorlint // the very value, as net/http compares it
				panic(p)
			}
			rt.log.ErrorContext(r.Context(), "page of errors panicked", "panic", p, "stack", string(debug.Stack()))
			if res := responseOf(w); res != nil {
				res.discard()
			}
		}
	}()
	rt.page(w, r, status, err)
}

// panicked is the cause of an answer after a panic.
type panicked struct {
	value any
	stack string
}

// Error tells the value only; the stack is logged apart.
func (p *panicked) Error() string { return "panic" }

// rescue turns a panic into the page of a 500.
func (rt *Router) rescue(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // the very value, as net/http compares it
				panic(p)
			}
			rt.fail(w, r, http.StatusInternalServerError,
				fault.Wrap(fault.Internal, &panicked{value: p, stack: string(debug.Stack())}, "fault.internal"))
		}()
		next.ServeHTTP(w, r)
	})
}
