package frame

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

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
	if status == http.StatusUnauthorized && r.Method == http.MethodPost && !web.IsFragment(r) {
		if form, ok := again(r); ok && s.Render(w, r, status, Page{Title: i18n.T(ctx, "ui.again.title"), Bare: true}, ui.SessionOver(form)) == nil {
			return
		}
	}
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

// again gathers a form that came too late, which Signed has read, so that it can
// be sent again. ok is false when there is nothing in it.
func again(r *http.Request) (form ui.Again, ok bool) {
	if len(r.PostForm) == 0 {
		return form, false
	}
	form = ui.Again{Action: r.URL.RequestURI(), SignIn: "/connexion"}
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		for _, text := range r.PostForm[name] {
			v := ui.Value{Name: name, Text: text}
			switch {
			case strings.Contains(name, "password"):
				return form, false // never written into a page
			case utf8.RuneCountInString(text) > longValue || strings.Contains(text, "\n"):
				form.Long = append(form.Long, v)
			default:
				form.Short = append(form.Short, v)
			}
		}
	}
	return form, true
}

// longValue is how many characters of a value are worth showing.
const longValue = 80

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
	case http.StatusServiceUnavailable:
		return "unavailable"
	case http.StatusInsufficientStorage:
		return "full"
	}
	if status < http.StatusInternalServerError {
		return "invalid"
	}
	return "internal"
}
