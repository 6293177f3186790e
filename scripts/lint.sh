#!/usr/bin/env bash
# Runs golangci-lint, built from the versions pinned in tools/lint. The first
# build takes a minute or two; Go's build cache keeps it.
set -euo pipefail
cd "$(dirname "$0")/.."

export CGO_ENABLED=0
(cd tools/lint && go build -o ../../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint)
exec bin/golangci-lint run "$@" ./...
