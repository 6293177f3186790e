#!/usr/bin/env bash
# Writes the generated files again. With --check it writes them elsewhere,
# compares, and fails when one is stale, missing or left over.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" != --check ]; then
  go tool templ generate -log-level=warn
  go run ./tools/settings docs/settings.md
  exit 0
fi

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -co --exclude-standard -z -- '*.templ' | xargs -0 -r cp --parents -t "$copy"
cp go.mod "$copy/"
go tool templ generate -log-level=warn -path "$copy"
mkdir -p "$copy/docs"
go run ./tools/settings "$copy/docs/settings.md"

stale=0
complain() {
  echo "$1 (make generate)" >&2
  stale=1
}
while read -r file; do
  [ -f "$file" ] || { complain "$file is missing"; continue; }
  cmp -s "$copy/$file" "$file" || complain "$file is not what its source gives"
done < <(cd "$copy" && find . \( -name '*_templ.go' -o -path ./docs/settings.md \) | sed 's|^\./||' | sort)
while read -r file; do
  [ -f "$copy/$file" ] || [ ! -f "$file" ] || complain "$file has no source left"
done < <(git ls-files -co --exclude-standard -- '*_templ.go')
exit "$stale"
