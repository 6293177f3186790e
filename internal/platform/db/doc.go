// Package db opens the database, SQLite or PostgreSQL, and runs transactions on
// it. It is the only package that knows a driver: everything above writes one
// SQL text with $1 placeholders, in the order of their first appearance, and
// this package sees to what the two engines do differently.
//
// SQLite has one writing connection, taken in turns (interactive writes before
// background ones), and a pool of readers that can't write. PostgreSQL has one
// pool; writes run READ COMMITTED, reads on one snapshot.
//
// The connections to SQLite keep pages of the file in one store of the process, in which
// each makes room now and then (caches.go).
//
// It owns no table but goose's record of the migrations that ran.
package db
