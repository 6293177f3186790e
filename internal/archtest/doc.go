// Package archtest keeps the house in order: its tests fail when a room
// imports what it may not, when a package has no doc.go or a name that says
// nothing, when a feature's SQL reaches into another feature's tables, or when
// the tables of the two engines drift apart. (That every table is declared is a
// test of internal/app, which migrates a real database.)
//
// The rules are the ones of "Who may import whom" in docs/develop.md, written
// here as tables (rooms.go) that pure functions check, so that each rule is
// also tried on a tree that breaks it. The tree is read with `go list -json`
// and, for SQL, from the sources themselves: nothing is compiled or run.
//
// It owns no table and no code of the program imports it.
package archtest
