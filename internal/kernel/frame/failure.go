package frame

import (
	"net/http"

	"ruche/internal/platform/i18n"
	"ruche/internal/platform/web"
	"ruche/internal/ui"
)

// Failure draws the page of an error: what happened, what to do. The page of a
// 404 depends on nothing but the person, so that unreadable equals absent. When
// the database is what fails, the page comes without the rail.
//
// i18n: frame.failure.*
func (s *Shell) Failure(w http.ResponseWriter, r *http.Request, status int, err error) {
	ctx := r.Context()
	f := ui.Failure{
		Title: i18n.T(ctx, "frame.failure."+titleOf(status)), Text: web.Message(ctx, err),
		Actions: []ui.Action{{Label: i18n.T(ctx, "frame.failure.home"), Href: "/"}},
	}
	if status >= http.StatusInternalServerError {
		f.Reference = web.RequestID(r)
	}
	if status == http.StatusUnauthorized {
		f.Actions = []ui.Action{{Label: i18n.T(ctx, "frame.failure.sign_in"), Href: "/connexion", Kind: ui.Primary}}
	}
	page := Page{Title: f.Title}
	if s.Render(w, r, status, page, ui.ErrorPage(f)) == nil {
		return
	}
	page.Bare = true
	if rerr := s.Render(w, r, status, page, ui.ErrorPage(f)); rerr != nil {
		http.Error(w, f.Title, status)
	}
}

func titleOf(status int) string {
	switch status {
	case http.StatusNotFound:
		return "not_found"
	case http.StatusForbidden, http.StatusUnauthorized:
		return "denied"
	case http.StatusConflict:
		return "conflict"
	case http.StatusRequestEntityTooLarge:
		return "too_large"
	case http.StatusTooManyRequests:
		return "too_many"
	case http.StatusServiceUnavailable, http.StatusInsufficientStorage:
		return "unavailable"
	}
	if status < http.StatusInternalServerError {
		return "invalid"
	}
	return "internal"
}
