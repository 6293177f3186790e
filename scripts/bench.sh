#!/usr/bin/env bash
# Runs the benchmarks of the packages that have some. Compare two runs with
# benchstat; a figure alone says little on a shared machine.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -n "${PKG:-}" ]; then
  packages=("$PKG")
else
  mapfile -t packages < <(git grep -l --untracked '^func Benchmark' -- '*_test.go' | xargs -r -n1 dirname | sort -u | sed 's|^|./|')
fi
if [ ${#packages[@]} -eq 0 ]; then
  echo "bench: no package has a benchmark yet" >&2
  exit 1
fi
exec go test -run '^$' -bench "${BENCH:-.}" -benchmem -count "${COUNT:-1}" "${packages[@]}"
