package assets_test

import (
	"io/fs"
	"testing"

	assets "ruche/web"
)

// The folder is there before the first build, so that the program compiles.
func TestDistIsEmbeddedEvenWhenNothingIsBuilt(t *testing.T) {
	t.Parallel()
	dist, err := assets.Dist()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fs.Stat(dist, ".keep"); err != nil {
		t.Error(err)
	}
}
