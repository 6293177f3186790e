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
# The right is timed on a world of a million items, which takes minutes to make: once
# on each engine that there is, and it counts its own samples.
rights=./internal/app/bulk
for i in "${!packages[@]}"; do
  if [ "${packages[$i]}" = "$rights" ]; then
    unset "packages[$i]"
    go test -run '^$' -bench "${BENCH:-.}" -benchtime 1x -timeout 60m "$rights"
    if [ -n "${RUCHE_TEST_POSTGRES:-}" ]; then
      RUCHE_TEST_ENGINE=postgres go test -run '^$' -bench "${BENCH:-.}" -benchtime 1x -timeout 60m "$rights"
    fi
  fi
done
if [ ${#packages[@]} -gt 0 ]; then
  go test -run '^$' -bench "${BENCH:-.}" -benchmem -count "${COUNT:-1}" "${packages[@]}"
fi
