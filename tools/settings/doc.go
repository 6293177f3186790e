// Command settings writes the reference of the settings from the struct that
// defines them:
//
//	go run ./tools/settings docs/settings.md
//
// `make generate` calls it, and a test says when the page is stale.
package main
