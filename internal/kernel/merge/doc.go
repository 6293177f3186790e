// Package merge joins two texts that were changed from the same one, and shows
// what differs between two texts.
//
// It is pure: strings in, strings out, no table, no clock. The comparison of two
// sequences is Myers' difference algorithm (E. Myers, "An O(ND) Difference
// Algorithm and Its Variations", 1986) with the heuristics of znkr.io/diff; the
// three-way merge above it is diff3 (S. Khanna, K. Kunal, B. Pierce, "A Formal
// Investigation of Diff3", 2007), by lines first and by words where lines clash.
//
// Work is bounded by a count of tokens, so that one megabyte of anything on each
// side ends within a second, with the same result everywhere.
//
// It never chooses between two people: what both changed differently is a clash,
// and holds both texts.
package merge
