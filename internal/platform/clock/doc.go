// Package clock is the only reader of the system's time. Whoever needs the hour
// takes a Clock, so that a test sets it; times are UTC and whole milliseconds,
// as the databases keep them.
package clock
