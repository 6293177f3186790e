package main

import (
	"bytes"
	"compress/gzip"

	"github.com/andybalholm/brotli"
)

func brotliOf(data []byte) ([]byte, error) {
	var buffer bytes.Buffer
	err := pack(data, brotli.NewWriterLevel(&buffer, brotli.BestCompression))
	return buffer.Bytes(), err
}

func gzipOf(data []byte) ([]byte, error) {
	var buffer bytes.Buffer
	w, err := gzip.NewWriterLevel(&buffer, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	err = pack(data, w)
	return buffer.Bytes(), err
}
