package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"ruche/internal/platform/fault"
	"ruche/internal/platform/i18n"
	"ruche/internal/platform/logx"
	"ruche/internal/platform/web"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := web.Listen(t.Context(), "127.0.0.1:0", "RUCHE_ADDR")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func TestListenTellsWhatToChange(t *testing.T) {
	t.Parallel()
	words, err := i18n.New(i18n.French, web.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	ctx := i18n.With(t.Context(), words.Printer(i18n.French, nil))
	ln := listen(t)
	defer shut(ln)
	addr := ln.Addr().String()
	_, err = web.Listen(ctx, addr, "RUCHE_ADDR")
	if fault.KindOf(err) != fault.Unavailable || !strings.Contains(err.Error(), addr) || !strings.Contains(err.Error(), "RUCHE_ADDR") {
		t.Errorf("in use: %v", err)
	}
	if got := web.Message(ctx, err); !strings.Contains(got, addr+" est déjà utilisée") || !strings.Contains(got, "dans RUCHE_ADDR.") {
		t.Errorf("in use: %s", got)
	}
	_, err = web.Listen(ctx, "192.0.2.1:0", "RUCHE_METRICS_ADDR") // an address of no machine, RFC 5737
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(web.Message(ctx, err), "RUCHE_METRICS_ADDR") {
		t.Errorf("not ours: %v", err)
	}
}

func TestServeLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	ln := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	entered, leave := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-leave
		if r.Context().Err() != nil {
			http.Error(w, "cut", http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, "whole")
	})
	ended, answer := make(chan error, 1), make(chan string, 1)
	go func() { ended <- web.Serve(ctx, ln, h, logx.Discard()) }()
	go func() {
		resp, err := http.Get("http://" + ln.Addr().String() + "/")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer shut(resp.Body)
		got, _ := io.ReadAll(resp.Body)
		answer <- string(got)
	}()
	<-entered
	stop()
	// The port is free for the next process while the request still runs.
	for {
		conn, err := net.DialTimeout("tcp", ln.Addr().String(), time.Second)
		if err != nil {
			break
		}
		shut(conn)
	}
	close(leave)
	if got := <-answer; got != "whole" {
		t.Errorf("answer %q", got)
	}
	if err := <-ended; err != nil {
		t.Errorf("end: %v", err)
	}
}

func TestServeCutsWhatDoesNotFinish(t *testing.T) {
	t.Parallel()
	ln := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	entered := make(chan struct{})
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	})
	var log bytes.Buffer
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(ctx, ln, h, logx.New(&log, logx.Options{Level: slog.LevelWarn})) }()
	conn, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer shut(conn)
	_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	<-entered
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("end: %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("not stopped within five seconds")
	}
	if !strings.Contains(log.String(), "requests cut at the stop") {
		t.Errorf("journal %s", log.String())
	}
	// The handler, told to stop, may still have answered; then it is over.
	if err := conn.SetReadDeadline(time.Now().Add(2 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the connection lives on")
	}
}

func TestServeTellsAFailure(t *testing.T) {
	t.Parallel()
	ln := listen(t)
	shut(ln)
	if err := web.Serve(t.Context(), ln, http.NotFoundHandler(), logx.Discard()); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	down := errors.New("canary of the database")
	s.Handle("GET", "/healthz", open, web.Healthy)
	s.Handle("GET", "/ready/none", open, web.Ready(logx.Discard()))
	s.Handle("GET", "/ready/up", open, web.Ready(logx.Discard(), web.Check{Name: "database", Run: func(context.Context) error { return nil }}))
	var log bytes.Buffer
	s.Handle("GET", "/ready/down", open, web.Ready(logx.New(&log, logx.Options{}),
		web.Check{Name: "database", Run: func(context.Context) error { return down }},
		web.Check{Name: "schema", Run: func(ctx context.Context) error {
			if _, ok := ctx.Deadline(); !ok {
				return errors.New("unbounded")
			}
			return nil
		}}))
	for path, want := range map[string]string{
		"/healthz": "200 ok\n", "/ready/none": "200 ok\n", "/ready/up": "200 database: ok\n", "/ready/down": "503 database: failed\nschema: ok\n",
	} {
		w := s.ask("GET", path, "")
		if got := w.Result().Status[:4] + w.Body.String(); got != want || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %q", path, got)
		}
	}
	if !strings.Contains(log.String(), "check=database") || !strings.Contains(log.String(), "canary") {
		t.Errorf("journal %s", log.String())
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	m := web.NewMetrics()
	s := newSite(t, func(o *web.Options) { o.Metrics = m })
	s.Handle("GET", "/espaces/{slug}", open, says("x"))
	s.Handle("POST", "/broken", open, fails(errors.New("x")))
	s.ask("GET", "/espaces/comite-secret", "")
	s.ask("GET", "/espaces/demat-ads", "")
	s.ask("GET", "/nowhere/comite-secret", "")
	s.ask("POST", "/broken", "")
	s.ask("BREW", "/espaces/x", "")
	page := newSite(t, nil)
	page.Mount("/", open, m.Handler())
	w := page.ask("GET", "/metrics", "")
	got := w.Body.String()
	for _, want := range []string{
		`ruche_http_requests_total{class="2xx",method="GET",route="/espaces/{slug}"} 2`,
		`ruche_http_requests_total{class="4xx",method="GET",route="none"} 1`,
		`ruche_http_requests_total{class="5xx",method="POST",route="/broken"} 1`,
		`ruche_http_requests_total{class="4xx",method="other",route="none"} 1`,
		`ruche_http_request_seconds_count{class="2xx",route="/espaces/{slug}"} 2`,
		"go_goroutines ", "process_resident_memory_bytes ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if strings.Contains(got, "comite-secret") {
		t.Error("a path stands in the metrics")
	}
	if w := page.ask("GET", "/", ""); w.Code != 404 {
		t.Errorf("beside /metrics: %d", w.Code)
	}
	if m.Registry() == nil {
		t.Error("no registry")
	}
}
