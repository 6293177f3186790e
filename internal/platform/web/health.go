package web

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// checkTime bounds one check of readiness.
const checkTime = 3 * time.Second

// Check tells whether something that requests need can be had: the database,
// its schema.
type Check struct {
	// Name is shown to whoever asks; it says no more than "database".
	Name string
	Run  func(ctx context.Context) error
}

// Healthy answers "ok" as long as the process serves: GET /healthz, by which a
// supervisor knows whether to restart it. It depends on nothing else, so that a
// database that is down does not have every node restarted.
func Healthy(w http.ResponseWriter, _ *http.Request) error {
	plain(w, http.StatusOK, "ok\n")
	return nil
}

// Ready answers 200 when all checks succeed within three seconds, and 503
// naming those that do not: GET /readyz, by which a balancer knows whether to
// send people here. Causes go to the journal.
func Ready(log *slog.Logger, checks ...Check) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), checkTime)
		defer cancel()
		failed := make([]error, len(checks))
		var wait sync.WaitGroup
		for i, c := range checks {
			wait.Go(func() { failed[i] = c.Run(ctx) })
		}
		wait.Wait()
		status, text := http.StatusOK, ""
		for i, c := range checks {
			word := "ok"
			if failed[i] != nil {
				status, word = http.StatusServiceUnavailable, "failed"
				log.WarnContext(ctx, "not ready", "check", c.Name, "error", failed[i])
			}
			text += c.Name + ": " + word + "\n"
		}
		if len(checks) == 0 {
			text = "ok\n"
		}
		plain(w, status, text)
		return nil
	}
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}
