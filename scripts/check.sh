#!/usr/bin/env bash
# The quick gate before a commit: format, generated files, lint, types, fast
# tests on SQLite. Stops at the first fault. `make test` is the whole gate.
set -euo pipefail
cd "$(dirname "$0")/.."

step() {
  echo "== $1"
  shift
  "$@"
}

step "format" scripts/format.sh --check
step "generated files" scripts/generate.sh --check
step "lint" scripts/lint.sh
step "front end: style and types" npm run --silent check
step "journeys: types" npx tsc -p e2e
step "front end: tests" npx vitest run
step "Go tests on SQLite" go test -short ./...
