package web

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"ruche/internal/platform/fault"
)

const (
	// keepFactor says how many times the limit of a form is still read, so that
	// the page can show again what was typed.
	keepFactor = 4
	// maxDrained is how much of a body nobody wants is read, so that the browser
	// reads the answer instead of seeing the connection fail.
	maxDrained = 32 << 20
	// maxFields bounds the values of one form.
	maxFields = 1000
)

// errTooLarge is what reading a body over its limit gives.
func errTooLarge(limit int64) *fault.Error {
	return fault.New(fault.TooLarge, "web.form.too_large", "max", max(1, limit/1000))
}

// body is a request's body with the limit of its route. Reading past the limit
// gives fault.TooLarge.
type body struct {
	source io.ReadCloser
	limit  int64
	read   int64
}

// Read reads up to the limit.
func (b *body) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	// One byte more than allowed tells the end from too much.
	if left := b.limit - b.read + 1; int64(len(p)) > left {
		p = p[:max(left, 0)]
	}
	if len(p) == 0 {
		return 0, errTooLarge(b.limit)
	}
	n, err := b.source.Read(p)
	if b.read += int64(n); b.read > b.limit {
		return n - int(b.read-b.limit), errTooLarge(b.limit)
	}
	return n, err
}

// Close closes the body of net/http.
func (b *body) Close() error { return b.source.Close() }

// ParseForm reads the body of a form, urlencoded or multipart without its
// files, into r.PostForm, and with the query into r.Form. maxBytes overrides
// the limit of the route; 0 keeps it.
//
// It returns fault.TooLarge for a body over the limit, and fault.Invalid for
// one that is malformed, has more than 1,000 values, or holds text that is not
// UTF-8 or has a NUL, naming the inputs. What could be read is in r.PostForm
// even so, cleaned, so that the page can show what was typed: up to four times
// the limit. The rest of the body is drained within bounds, so that the
// browser gets to read the answer.
func ParseForm(w http.ResponseWriter, r *http.Request, maxBytes int64) error {
	limit := maxBytes
	if limit <= 0 {
		limit = visitOf(r.Context()).limit
	}
	if limit < 0 {
		limit = defaultMaxBody
	}
	data, over, err := readBody(w, r, limit)
	values, perr := parseBody(r.Header.Get("Content-Type"), data)
	fields := cleanValues(values)
	r.PostForm = values
	r.Form = mergeQuery(values, r.URL)
	switch {
	case over:
		return errTooLarge(limit)
	case err != nil:
		return fault.Wrap(fault.Invalid, err, "web.form.malformed")
	case perr != nil:
		return fault.Wrap(fault.Invalid, perr, "web.form.malformed")
	case len(fields) > 0:
		return fault.InvalidFields(fields...)
	}
	return nil
}

// readBody returns the body up to keepFactor times the limit, and whether it
// is over the limit.
func readBody(w http.ResponseWriter, r *http.Request, limit int64) (data []byte, over bool, err error) {
	if r.Body == nil || r.Body == http.NoBody {
		return nil, false, nil
	}
	if !willSend(r, limit) {
		w.Header().Set("Connection", "close")
		return nil, true, nil
	}
	data, err = io.ReadAll(io.LimitReader(sourceOf(r), limit*keepFactor))
	if over = int64(len(data)) > limit; over && err == nil {
		drain(w, r)
	}
	return data, over, err
}

// sourceOf returns the body without its limit.
func sourceOf(r *http.Request) io.Reader {
	if b, ok := r.Body.(*body); ok {
		return b.source
	}
	return r.Body
}

// willSend says whether to read a body over the limit at all: not when the
// client waits for a word before it sends, and not when it says that it has
// more than we would ever read.
func willSend(r *http.Request, limit int64) bool {
	waits := strings.EqualFold(r.Header.Get("Expect"), "100-continue")
	return r.ContentLength <= limit || !waits && r.ContentLength <= limit*keepFactor+maxDrained
}

// drain reads what is left of a body that nobody wants, within bounds, so that
// the client, who may be sending still, gets to read the answer. A connection
// that brings more is closed after the answer.
func drain(w http.ResponseWriter, r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	if !willSend(r, 0) {
		w.Header().Set("Connection", "close")
		return
	}
	// A read that fails, or comes after the body was closed, ends it as well.
	if n, _ := io.Copy(io.Discard, io.LimitReader(sourceOf(r), maxDrained)); n == maxDrained {
		w.Header().Set("Connection", "close")
	}
}

// errManyValues is the cause of a form refused for its number of values.
var errManyValues = errors.New("too many values")

// parseBody reads the two encodings of forms. On an error it returns what it
// understood.
func parseBody(contentType string, data []byte) (url.Values, error) {
	if len(data) == 0 {
		return url.Values{}, nil
	}
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return url.Values{}, err
	}
	switch kind {
	case "application/x-www-form-urlencoded":
		if bytes.Count(data, []byte("&")) >= maxFields {
			return url.Values{}, errManyValues
		}
		return url.ParseQuery(string(data))
	case "multipart/form-data":
		return parseMultipart(data, params["boundary"])
	}
	return url.Values{}, errors.New("not a form")
}

func parseMultipart(data []byte, boundary string) (url.Values, error) {
	values := url.Values{}
	parts := multipart.NewReader(bytes.NewReader(data), boundary)
	for range maxFields {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return values, err
		}
		name := part.FormName()
		if name == "" || part.FileName() != "" {
			continue // files are uploaded elsewhere
		}
		text, err := io.ReadAll(part)
		values.Add(name, string(text))
		if err != nil {
			return values, err
		}
	}
	return values, errManyValues
}

// cleanValues makes every text valid, and names the inputs where that changed
// something. Line ends, which browsers send as CR LF, become LF.
func cleanValues(values url.Values) []fault.Field {
	var wrong []fault.Field
	for name, list := range values {
		bad := false
		for i, v := range list {
			clean := strings.ReplaceAll(strings.ToValidUTF8(v, "\uFFFD"), "\x00", "")
			bad = bad || clean != v
			list[i] = strings.ReplaceAll(strings.ReplaceAll(clean, "\r\n", "\n"), "\r", "\n")
		}
		if !utf8.ValidString(name) || strings.Contains(name, "\x00") {
			delete(values, name)
			name, bad = "", true
		}
		if bad {
			wrong = append(wrong, fault.Field{Name: name, Key: "web.form.text"})
		}
	}
	return wrong
}

// mergeQuery gives r.Form as net/http does: the body's values before the
// query's.
func mergeQuery(values url.Values, u *url.URL) url.Values {
	all := url.Values{}
	for name, list := range values {
		all[name] = append(all[name], list...)
	}
	query := u.Query()
	cleanValues(query)
	for name, list := range query {
		all[name] = append(all[name], list...)
	}
	return all
}
