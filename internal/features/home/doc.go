// Package home is the first page of someone signed in: what is new over all
// their spaces, and the palette from which they go to a space, a recent item or a
// page.
//
// It owns no table: it reads items through package access.
package home
