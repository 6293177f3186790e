// Package actor says who acts: the person signed in, or nobody. Every use case
// takes an Actor as an explicit argument, right after its context; only the web
// layer carries one in a context, from the session to the handler.
//
// It owns no table and decides no right: package access does.
package actor
