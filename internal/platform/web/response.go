package web

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
)

// minCompressed is the size from which compressing is worth its header.
const minCompressed = 1024

// response stands before the ResponseWriter of net/http. It holds the head
// back until minCompressed bytes, the end or a flush, and then decides whether
// to compress. Until then the answer can be replaced by a page of an error.
type response struct {
	http.ResponseWriter
	router  *Router
	request *http.Request
	route   *route

	status int    // what the handler said, 0 for nothing yet
	held   []byte // body not sent yet
	sent   bool   // the head has left
	gz     *gzip.Writer
	size   int64 // bytes of body written by the handler
	cause  error // why the answer is a page of an error
}

// responseOf finds the response behind a ResponseWriter, or nil outside of a
// Router.
func responseOf(w http.ResponseWriter) *response {
	for {
		switch v := w.(type) {
		case *response:
			return v
		case interface{ Unwrap() http.ResponseWriter }:
			w = v.Unwrap()
		default:
			return nil
		}
	}
}

// Unwrap serves http.ResponseController.
func (s *response) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// discard forgets an answer that has not left.
func (s *response) discard() {
	s.status, s.held, s.size = 0, nil, 0
}

// WriteHeader notes the status; informational ones leave at once.
func (s *response) WriteHeader(status int) {
	switch {
	case status >= 100 && status < 200 && status != http.StatusSwitchingProtocols:
		s.ResponseWriter.WriteHeader(status)
	case s.status == 0:
		s.status = status
	}
}

// Write holds or sends a part of the body.
func (s *response) Write(p []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	s.size += int64(len(p))
	if !s.sent {
		s.held = append(s.held, p...)
		if len(s.held) < minCompressed {
			return len(p), nil
		}
		return len(p), s.send(false)
	}
	if s.gz != nil {
		return s.gz.Write(p)
	}
	return s.ResponseWriter.Write(p)
}

// send lets the head and what is held go. whole says that nothing follows.
func (s *response) send(whole bool) error {
	if s.sent {
		return nil
	}
	s.sent = true
	if s.status == 0 {
		s.status = http.StatusOK
	}
	h := s.Header()
	if h.Get("Content-Type") == "" && len(s.held) > 0 {
		h.Set("Content-Type", http.DetectContentType(s.held))
	}
	if s.compressible(h) {
		addVary(h, "Accept-Encoding")
		if (!whole || len(s.held) >= minCompressed) && acceptsEncoding(s.request.Header, "gzip") && s.request.Method != http.MethodHead {
			s.gz = s.router.gzips.get(s.ResponseWriter)
			h.Set("Content-Encoding", "gzip")
			h.Del("Content-Length")
			h.Del("Accept-Ranges")
			if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) {
				h.Set("ETag", "W/"+tag)
			}
		}
	}
	s.ResponseWriter.WriteHeader(s.status)
	held := s.held
	s.held = nil
	if len(held) == 0 {
		return nil
	}
	if s.gz != nil {
		_, err := s.gz.Write(held)
		return err
	}
	_, err := s.ResponseWriter.Write(held)
	return err
}

// compressible says whether the answer is a whole text not compressed yet.
func (s *response) compressible(h http.Header) bool {
	switch s.status {
	case http.StatusNoContent, http.StatusNotModified, http.StatusPartialContent, http.StatusSwitchingProtocols:
		return false
	}
	if h.Get("Content-Encoding") != "" || h.Get("Content-Range") != "" || strings.Contains(h.Get("Cache-Control"), "no-transform") {
		return false
	}
	kind, _, _ := strings.Cut(h.Get("Content-Type"), ";")
	switch kind = strings.ToLower(strings.TrimSpace(kind)); kind {
	case "text/html", "text/plain", "text/css", "text/javascript", "text/csv", "text/xml", "text/calendar", "text/markdown",
		"application/json", "application/xml", "application/manifest+json", "image/svg+xml":
		return true
	}
	return false
}

// finish ends an answer that went well.
func (s *response) finish() {
	_ = s.send(true) // nobody is left to tell
	if s.gz != nil {
		s.router.gzips.put(s.gz)
		s.gz = nil
	}
}

// Flush implements http.Flusher for what does not know FlushError.
func (s *response) Flush() { _ = s.FlushError() }

// FlushError sends all that was written so far.
func (s *response) FlushError() error {
	if err := s.send(false); err != nil {
		return err
	}
	if s.gz != nil {
		if err := s.gz.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(s.ResponseWriter).Flush()
}

// Hijack hands the connection over, for WebSocket.
func (s *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if s.sent || s.status != 0 {
		return nil, nil, errors.New("web: hijack after the answer began")
	}
	conn, rw, err := http.NewResponseController(s.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("web: hijack: %w", err)
	}
	s.sent, s.status = true, http.StatusSwitchingProtocols
	return conn, rw, nil
}

// gzipPool reuses compressors, which weigh near a megabyte each.
type gzipPool struct{ pool sync.Pool }

func (p *gzipPool) get(w io.Writer) *gzip.Writer {
	if z, ok := p.pool.Get().(*gzip.Writer); ok {
		z.Reset(w)
		return z
	}
	z, err := gzip.NewWriterLevel(w, 5)
	if err != nil { // only for a level that does not exist
		return gzip.NewWriter(w)
	}
	return z
}

// put ends the stream and keeps the compressor.
func (p *gzipPool) put(z *gzip.Writer) {
	_ = z.Close() // as for any write, the person may have left
	z.Reset(io.Discard)
	p.pool.Put(z)
}

// addVary adds a name to Vary once.
func addVary(h http.Header, name string) {
	for _, line := range h.Values("Vary") {
		for part := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(part), name) {
				return
			}
		}
	}
	h.Add("Vary", name)
}

// acceptsEncoding reads Accept-Encoding (RFC 9110, section 12.5.3): whether the
// coding is named, or "*" is and the coding is not, with a weight above zero.
func acceptsEncoding(h http.Header, coding string) bool {
	star := false
	for _, line := range h.Values("Accept-Encoding") {
		for part := range strings.SplitSeq(line, ",") {
			name, params, _ := strings.Cut(part, ";")
			name = strings.ToLower(strings.TrimSpace(name))
			if name != coding && name != "*" {
				continue
			}
			weight := strings.ReplaceAll(strings.ToLower(params), " ", "")
			ok := !strings.HasPrefix(weight, "q=0") || strings.Trim(weight[len("q=0"):], ".0") != ""
			if name == coding {
				return ok
			}
			star = ok
		}
	}
	return star
}
