#!/usr/bin/env bash
# Long runs. A soak is an ordinary Go test named TestSoak… whose length is
# multiplied by RUCHE_SOAK: 1 (the sample that `make test` runs) when unset, 10
# here unless said otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."

export RUCHE_SOAK=${RUCHE_SOAK:-10}
export CGO_ENABLED=1
scripts/install.sh
echo "== SQLite"
go test -v -race -timeout 6h -run '^TestSoak' "${PKG:-./...}"
echo "== PostgreSQL"
exec scripts/postgres.sh run -- env RUCHE_TEST_ENGINE=postgres go test -v -race -timeout 6h -run '^TestSoak' "${PKG:-./...}"
