package assets

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist returns the built files as `tools/assets` wrote them: manifest.json at
// the root, the hashed files beside it, each with its .br and .gz. On a tree
// where nothing was built yet the folder holds .keep only: the program still
// compiles, and its pages come without style or script.
func Dist() (fs.FS, error) {
	return fs.Sub(dist, "dist")
}
