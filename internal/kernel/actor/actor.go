package actor

import (
	"context"

	"ruche/internal/platform/id"
)

// Actor is who acts in a request or a job. The zero value is nobody.
type Actor struct {
	// Account is the person's account; zero when nobody is signed in.
	Account id.ID
	// Session is the session in which the person acts; zero outside the web.
	Session id.ID
	// Name is shown beside what the person does.
	Name string
	// Agent is a public agent by a proven identity: sees public spaces and may
	// open one. Everyone else signed in is an external.
	Agent bool
	// Admin runs the instance. It gives no right on the content of any space.
	Admin bool
	// Auditor reads the audit log, which is no right on anything else.
	Auditor bool
}

// Anonymous is nobody: what a visitor without a session is.
func Anonymous() Actor { return Actor{} }

// SignedIn tells whether there is a person.
func (a Actor) SignedIn() bool { return !a.Account.IsZero() }

type key struct{}

// With returns a context that carries the actor to the handlers.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, key{}, a) }

// From returns the actor that With put there, nobody otherwise.
func From(ctx context.Context) Actor {
	a, _ := ctx.Value(key{}).(Actor)
	return a
}
