package web

import (
	"embed"
	"io/fs"
)

//go:embed catalogue/*.json
var catalogue embed.FS

// Catalogue returns the words of the package for i18n.New: the sentences of its
// own errors, and under "fault." the one that each kind of error means when
// nothing more precise is known.
func Catalogue() fs.FS {
	words, err := fs.Sub(catalogue, "catalogue")
	if err != nil {
		panic(err) // the name is a constant and valid
	}
	return words
}
