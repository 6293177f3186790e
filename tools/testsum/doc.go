// Command testsum runs the test runners of the project one after another and
// adds up what they counted, so that `make test` can end with one line:
//
//	412 passed, 0 failed
//
// It has two verbs:
//
//	testsum run -results DIR -name NAME -report KIND[=FILE] -- COMMAND…
//	testsum total -results DIR
//
// run starts COMMAND, shows what a person needs to see of its output, and
// leaves one JSON file in DIR with the counts. The kind of report says where
// the counts come from: `go` (COMMAND prints the events of `go test -json`),
// `vitest=FILE` and `playwright=FILE` (COMMAND writes the JSON report of that
// runner to FILE), or `command` (the command itself is the one test: it passes
// when it exits with 0). A runner that fails without naming a failed test, that
// skips a test or that runs none at all counts as failed: a green line must
// mean that something was tested.
//
// total prints one line for each run and the sum, and exits with 1 when
// anything failed or when DIR holds no run.
//
// It owns no table and knows no word of the product.
package main
