package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"ruche/internal/platform/fault"
)

// Render answers with a page or a fragment of one. The component is drawn
// whole before anything is sent, so that an error in it, returned with kind
// Internal, still gives the page of errors.
func Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	var page bytes.Buffer
	if err := c.Render(r.Context(), &page); err != nil {
		return fault.Wrap(fault.Internal, fmt.Errorf("draw page: %w", err), "fault.internal")
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "HX-Request-Type")
	w.WriteHeader(status)
	// Nobody is there to hear of a write that fails: the person has left.
	_, _ = w.Write(page.Bytes())
	return nil
}

// IsFragment reports whether htmx asks for a part of a page: it sends
// HX-Request-Type "partial" when the target is an element of the page, and
// "full" when it replaces the body (links followed by hx-boost, history).
func IsFragment(r *http.Request) bool {
	return r.Header.Get("HX-Request") == "true" && r.Header.Get("HX-Request-Type") == "partial"
}

// Redirect sends the person to a path of this site after a form, as 303 See
// Other. An unsafe target becomes "/" (see SafeNext).
//
// A fetch would follow a 303 within the request and htmx put the page that it
// leads to into the target; so a request for a fragment is answered with
// HX-Redirect, which loads the page. A browser that is already on that page
// would only jump to the fragment of the address and show the old page: there
// the fragment is left out.
func Redirect(w http.ResponseWriter, r *http.Request, target string) {
	target = SafeNext(target)
	if !IsFragment(r) {
		w.Header().Set("Location", target)
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	path, fragment, _ := strings.Cut(target, "#")
	if fragment != "" && currentPath(r) == path {
		target = path
	}
	w.Header().Set("HX-Redirect", target)
	w.WriteHeader(http.StatusNoContent)
}

// currentPath returns path and query of the page that htmx sent the request
// from, or "".
func currentPath(r *http.Request) string {
	u, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil || u.Host == "" {
		return ""
	}
	return u.RequestURI()
}
