package app_test

import (
	"testing"

	"ruche/internal/platform/i18n/keyscan"
)

// TestEveryWordExistsAndServes compares the tree with the catalogues: a key
// used and absent, a key present and unused, and French that is not typeset.
func TestEveryWordExistsAndServes(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, p := range keyscan.Check("../..", h.Catalog) {
		t.Error(p)
	}
	for _, p := range keyscan.Typography(h.Catalog) {
		t.Error(p)
	}
}
