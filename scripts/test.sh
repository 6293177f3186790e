#!/usr/bin/env bash
# Everything that must pass. Each part runs whatever the others gave, so that
# one run tells all; the last line is the sum: `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")/.."

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
export CGO_ENABLED=0

scripts/install.sh || exit 1
go build -o bin/testsum ./tools/testsum || exit 1

# part NAME REPORT COMMAND… : REPORT says how its tests are counted.
part() {
  local name=$1 report=$2
  shift 2
  bin/testsum run -results "$results" -name "$name" -report "$report" -- "$@" || true
}
race() { # the race detector needs C
  local name=$1
  shift
  part "$name" go env CGO_ENABLED=1 "$@"
}

part "build" command make --no-print-directory build

part "format" command scripts/format.sh --check
part "generated files are fresh" command scripts/generate.sh --check
part "front end: style and types" command npm run --silent check
part "journeys: types" command npx tsc -p e2e
part "front end: tests" "vitest=$results/vitest" npx vitest run --reporter=default --reporter=json --outputFile.json="$results/vitest"

part "Go on SQLite" go go test -json -timeout 20m ./...
race "Go on PostgreSQL, race detector" scripts/postgres.sh run -- env RUCHE_TEST_ENGINE=postgres go test -json -race -timeout 30m ./...
race "Go on SQLite, race detector, sample" go test -json -race -short -timeout 20m ./internal/platform/... ./internal/kernel/...
part "without a feature it still compiles" command scripts/without-blog.sh
part "lint" command scripts/lint.sh

part "journeys in a browser" "playwright=$results/playwright" \
  env RUCHE_E2E_REPORT="$results/playwright" scripts/e2e.sh

bin/testsum total -results "$results"
