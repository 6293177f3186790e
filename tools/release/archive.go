package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// mode is the permissions of a file in an archive.
func (f file) mode() os.FileMode {
	if f.run {
		return 0o755
	}
	return 0o644
}

// writeTar writes files under a folder as .tar.gz, owned by root, all of one time.
func writeTar(path, folder string, files []file, at time.Time) (err error) {
	out, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	packed, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	w := tar.NewWriter(packed)
	for _, f := range files {
		err := from(f, func(r io.Reader, size int64) error {
			h := &tar.Header{Typeflag: tar.TypeReg, Name: folder + "/" + f.name, Size: size, Mode: int64(f.mode()), ModTime: at, Uname: "root", Gname: "root", Format: tar.FormatPAX}
			if err := w.WriteHeader(h); err != nil {
				return fmt.Errorf("writing an archive: %w", err)
			}
			return copied(w, r)
		})
		if err != nil {
			return err
		}
	}
	if err := errors.Join(w.Close(), packed.Close()); err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	return nil
}

// writeZip writes files under a folder as .zip, all of one time.
func writeZip(path, folder string, files []file, at time.Time) (err error) {
	out, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	w := zip.NewWriter(out)
	for _, f := range files {
		h := &zip.FileHeader{Name: folder + "/" + f.name, Method: zip.Deflate, Modified: at}
		h.SetMode(f.mode())
		part, err := w.CreateHeader(h)
		if err != nil {
			return fmt.Errorf("writing an archive: %w", err)
		}
		if err := from(f, func(r io.Reader, _ int64) error { return copied(part, r) }); err != nil {
			return err
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	return nil
}

func from(f file, use func(r io.Reader, size int64) error) (err error) {
	in, err := os.Open(f.source)
	if err != nil {
		return fmt.Errorf("reading %s: %w", f.source, err)
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	about, err := in.Stat()
	if err != nil {
		return fmt.Errorf("reading %s: %w", f.source, err)
	}
	return use(in, about.Size())
}

func copied(w io.Writer, r io.Reader) error {
	if _, err := io.Copy(w, r); err != nil {
		return fmt.Errorf("writing an archive: %w", err)
	}
	return nil
}
