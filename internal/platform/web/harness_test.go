package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"ruche/internal/platform/clock"
	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/logx"
	"ruche/internal/platform/web"
)

var (
	start  = time.Date(2026, 11, 24, 13, 30, 0, 0, time.UTC)
	secret = []byte("0123456789abcdef0123456789abcdef")
	open   = web.Gate{Action: "public"}
)

// site is a router with a page of errors in French, a journal and a clock.
type site struct {
	*web.Router
	log   *bytes.Buffer
	clock *clock.Manual
}

func newSite(t *testing.T, change func(*web.Options)) *site {
	t.Helper()
	words, err := i18n.New(i18n.French, web.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	s := &site{log: &bytes.Buffer{}, clock: clock.NewManual(start)}
	o := web.Options{
		BaseURL: "http://ruche.example", Secret: secret, Clock: s.clock,
		Log: logx.New(s.log, logx.Options{Level: slog.LevelDebug}),
		ErrorPage: func(w http.ResponseWriter, r *http.Request, status int, err error) {
			reference := ""
			if status >= 500 {
				reference = web.RequestID(r)
			}
			if err := web.Render(w, r, status, text("<h1>Erreur</h1><p>"+web.Message(r.Context(), err)+"</p>"+reference)); err != nil {
				t.Error(err)
			}
		},
	}
	if change != nil {
		change(&o)
	}
	s.Router = web.NewRouter(o)
	s.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(i18n.With(r.Context(), words.Printer(i18n.French, time.UTC))))
		})
	})
	return s
}

// text is a component that writes one text.
func text(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	})
}

// says is a handler that answers one text.
func says(s string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error { return web.Render(w, r, http.StatusOK, text(s)) }
}

// fails is a handler that returns one error.
func fails(err error) web.Handler {
	return func(http.ResponseWriter, *http.Request) error { return err }
}

// ask sends a request without a network; headers are name, value pairs.
func (s *site) ask(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "ruche.example"
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func kindError(k fault.Kind) error { return fault.New(k, "fault."+k.String()) }

// shut closes what a test has read to its end.
func shut(c io.Closer) { _ = c.Close() }
