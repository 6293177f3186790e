package docs

import (
	"embed"
	"fmt"
	"io/fs"
)

//go:embed guide pages
var files embed.FS

// Guide returns the user guide: one folder per language ("fr", "en") of pages
// named "NN-name.md", whose names in lexical order give the order of reading.
func Guide() fs.FS { return folder("guide") }

// Pages returns the pages that every instance must show: one folder per
// language ("fr", "en") holding accessibilite.md, contact.md,
// donnees-personnelles.md and mentions-legales.md. They speak for a new
// instance and say what its operator must complete.
func Pages() fs.FS { return folder("pages") }

// folder returns one embedded folder as its own root. The names given are
// constants, so a failure is a programming error.
func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(fmt.Sprintf("docs: no folder %q: %v", name, err))
	}
	return sub
}
