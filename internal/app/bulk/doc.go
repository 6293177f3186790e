// Package bulk fills an empty database with a world as large as the largest that the
// program is meant for, in minutes: to measure it, and to try it.
//
// The same seed gives the same world. What follows from other rows (who may read what,
// what is the newest) is derived by the kernel itself or by one statement over all of
// it, and a test compares it with the kernel's own. It writes rows and no events: a
// world of this kind has no past to tell of.
package bulk
