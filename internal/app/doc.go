// Package app is the composition root: it alone knows every feature, opens the
// stores, merges migrations and catalogues, mounts the routes and runs the
// workers. Nobody imports it but cmd/ruche and tests.
package app
