package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"

	"ruche/internal/platform/fault"
)

// maxText bounds all the texts of a form that brings files, in bytes.
const maxText = 2 << 20

// ParseUpload reads a form that brings files: its texts into r.PostForm and r.Form,
// as ParseForm does, and each file to keep as it comes, with the name of its input
// and the name that was sent; an input left empty brings none. A form without files,
// in either encoding, is read as ParseForm reads it.
//
// It returns the first error of keep, after which no other file is kept, and those
// of ParseForm; the texts that could be read are there even so. The route bounds
// the whole body (MaxBody) and the time (MaxTime).
func ParseUpload(w http.ResponseWriter, r *http.Request, keep func(input, name string, content io.Reader) error) error {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return ParseForm(w, r, maxText)
	}
	values, err := readParts(multipart.NewReader(r.Body, params["boundary"]), keep)
	fields := cleanValues(values)
	r.PostForm, r.Form = values, mergeQuery(values, r.URL)
	switch {
	case err != nil && fault.KindOf(err) == fault.Internal:
		drain(w, r)
		return fault.Wrap(fault.Invalid, err, "web.form.malformed")
	case err != nil:
		drain(w, r)
		return err
	case len(fields) > 0:
		return fault.InvalidFields(fields...)
	}
	return nil
}

// readParts reads the parts of a body in their order. A file that is refused does
// not keep the texts after it from being read.
func readParts(parts *multipart.Reader, keep func(input, name string, content io.Reader) error) (url.Values, error) {
	values := url.Values{}
	var refused error
	left := int64(maxText)
	for range maxFields {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return values, refused
		}
		if err != nil {
			return values, errors.Join(refused, err)
		}
		name, file := part.FormName(), part.FileName()
		switch {
		case name == "":
		case isFile(part):
			if file != "" && refused == nil {
				refused = keep(name, file, part)
			}
		default:
			text, err := io.ReadAll(io.LimitReader(part, left+1))
			if left -= int64(len(text)); left < 0 {
				return values, errTooLarge(maxText)
			}
			values.Add(name, string(text))
			if err != nil {
				return values, errors.Join(refused, err)
			}
		}
	}
	return values, errors.Join(refused, errManyValues)
}

// isFile tells whether a part is of an input for files, which says a file name even
// when none was chosen (RFC 7578, section 4.2).
func isFile(part *multipart.Part) bool {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	_, has := params["filename"]
	return err == nil && has
}
