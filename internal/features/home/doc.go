// Package home is the first page of someone signed in: what is new over all
// their spaces. It also owns the permanent address of every item, /p/{id}, which
// leads to its page wherever that stands today.
//
// It owns no table: it reads items through package access.
package home
