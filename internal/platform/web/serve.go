package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"syscall"
	"time"

	"ruche/internal/platform/fault"
)

const (
	// headTime bounds the head of a request.
	headTime = 10 * time.Second
	// wholeTime bounds requests and answers that no Router bounds.
	wholeTime = 65 * time.Second
	// idleTime is how long a connection waits for its next request.
	idleTime = 120 * time.Second
	// maxHead bounds the head of a request, in bytes.
	maxHead = 64 << 10
	// graceTime is how long requests may still take once the server stops;
	// with it the whole program stops within five seconds.
	graceTime = 4 * time.Second
)

// Listen opens a TCP address, host:port. When it cannot, it returns
// fault.Unavailable (fault.Invalid for an address that does not exist on this
// machine), whose message names the address and the setting that chose it,
// such as RUCHE_ADDR.
func Listen(ctx context.Context, addr, setting string) (net.Listener, error) {
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err == nil {
		return ln, nil
	}
	cause := fmt.Errorf("listen on %s (%s): %w", addr, setting, err)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fault.Wrap(fault.Unavailable, cause, "web.listen.in_use", "addr", addr, "setting", setting)
	case errors.Is(err, syscall.EACCES):
		return nil, fault.Wrap(fault.Unavailable, cause, "web.listen.denied", "addr", addr, "setting", setting)
	}
	return nil, fault.Wrap(fault.Invalid, cause, "web.listen.failed", "addr", addr, "setting", setting)
}

// Serve answers on the listener until ctx ends, then lets the requests that
// run finish within four seconds, and cuts those that do not, and sockets. It
// returns nil after a stop that was asked for.
func Serve(ctx context.Context, ln net.Listener, h http.Handler, log *slog.Logger) error {
	// Requests that run outlive ctx: a stop must not make them fail.
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headTime,
		ReadTimeout:       wholeTime,
		WriteTimeout:      wholeTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHead,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return base },
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ln) }()
	select {
	case err := <-ended:
		return fault.Wrap(fault.Unavailable, fmt.Errorf("serve: %w", err), "fault.unavailable")
	case <-ctx.Done():
	}
	grace, stop := context.WithTimeout(base, graceTime)
	defer stop()
	if err := server.Shutdown(grace); err != nil {
		log.WarnContext(base, "requests cut at the stop", "error", err)
		cancel()
		if err := server.Close(); err != nil {
			log.WarnContext(base, "close after the stop", "error", err)
		}
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return fault.Wrap(fault.Unavailable, fmt.Errorf("serve: %w", err), "fault.unavailable")
	}
	return nil
}
