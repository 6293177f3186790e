#!/usr/bin/env bash
# Formats Go, templ, TypeScript and CSS. With --check it changes nothing, shows
# what is not formatted and fails.
set -euo pipefail
cd "$(dirname "$0")/.."

mapfile -t go_files < <(git ls-files -co --exclude-standard -- '*.go' ':!*_templ.go' | while read -r file; do [ -f "$file" ] && echo "$file"; done)

if [ "${1:-}" != --check ]; then
  gofmt -w "${go_files[@]}"
  go tool templ fmt -v=false .
  npx biome check --write .
  exit 0
fi

wrong=$(gofmt -l "${go_files[@]}")
if [ -n "$wrong" ]; then
  printf 'not formatted (make fmt):\n%s\n' "$wrong" >&2
  exit 1
fi

# templ formats in place only, so it is tried on a copy.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -co --exclude-standard -z -- '*.templ' | xargs -0 -r cp --parents -t "$copy"
before=$(cd "$copy" && find . -name '*.templ' -exec sha256sum {} + | sort -k2)
go tool templ fmt -log-level=error "$copy"
after=$(cd "$copy" && find . -name '*.templ' -exec sha256sum {} + | sort -k2)
if [ "$before" != "$after" ]; then
  echo "not formatted (make fmt):" >&2
  diff <(echo "$before") <(echo "$after") | awk '/^>/ { print $3 }' >&2
  exit 1
fi
