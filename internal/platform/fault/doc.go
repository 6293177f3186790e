// Package fault holds the one error type of the house: a kind that decides the
// answer (HTTP status, page, exit code), a message that is safe to show to a
// person, and the cause, which only the log sees.
//
// It owns no table and maps nothing itself: platform/web turns a kind into a
// status, the pages turn a key into a sentence.
package fault
