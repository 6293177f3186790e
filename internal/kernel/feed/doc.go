// Package feed keeps the addresses by which a person's own programs (feed readers)
// read what is new in a service of a space, as that person does: the right is weighed
// anew at each reading.
//
// It owns the table feed_tokens. It draws nothing: features say what a feed holds.
package feed
