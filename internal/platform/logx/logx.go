package logx

import (
	"context"
	"io"
	"log/slog"
)

// Options choose what is written and how.
type Options struct {
	// Level is the lowest level written.
	Level slog.Level
	// JSON writes one JSON object a line instead of key=value text.
	JSON bool
}

// New returns a logger that writes to w, safe for concurrent use.
func New(w io.Writer, o Options) *slog.Logger {
	ho := &slog.HandlerOptions{Level: o.Level, ReplaceAttr: redact}
	if o.JSON {
		return slog.New(contextHandler{slog.NewJSONHandler(w, ho)})
	}
	return slog.New(contextHandler{slog.NewTextHandler(w, ho)})
}

// Discard returns a logger that writes nothing, for tests and tools.
func Discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

type requestIDKey struct{}

// WithRequestID returns a context whose log lines carry the id of a request.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// RequestID returns the id set by WithRequestID, or "".
func RequestID(ctx context.Context) string {
	id, ok := ctx.Value(requestIDKey{}).(string)
	if !ok {
		return ""
	}
	return id
}

// contextHandler adds what the context knows to each record.
type contextHandler struct{ slog.Handler }

// Handle adds the request id, then writes the record.
func (h contextHandler) Handle(ctx context.Context, rec slog.Record) error {
	if id := RequestID(ctx); id != "" {
		rec = rec.Clone()
		rec.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, rec)
}

// WithAttrs keeps the wrapper around the handler that has the attributes.
func (h contextHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return contextHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the wrapper around the handler that opens the group.
func (h contextHandler) WithGroup(name string) slog.Handler {
	return contextHandler{h.Handler.WithGroup(name)}
}
