#!/usr/bin/env bash
# A feature is a room of its own: in a copy of the tree, takes away the folder of
# the blog and its line in internal/app (the import and the one use of it), and
# compiles what is left, tests included.
set -euo pipefail
cd "$(dirname "$0")/.."

feature=blog
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files -co --exclude-standard -z | while IFS= read -r -d '' file; do
  [ -f "$file" ] && printf '%s\0' "$file"
done | xargs -0 cp --parents -t "$copy"
mkdir -p "$copy/web/dist" && touch "$copy/web/dist/.keep"
cd "$copy"

rm -rf "internal/features/$feature"
import="^[[:space:]]*([a-z]+ )?\"ruche/internal/features/$feature\"\$"
use="(^|[^A-Za-z0-9_./\"])$feature\\."
mapfile -t files < <(grep -rlE "$import" --include='*.go' . || true)
if [ ${#files[@]} -ne 1 ] || [[ ${files[0]} != ./internal/app/* ]]; then
  echo "one file, in internal/app, imports the feature $feature; found: ${files[*]:-none}" >&2
  exit 1
fi
uses=$(grep -cE "$use" "${files[0]}" || true)
if [ "$uses" -ne 1 ]; then
  echo "${files[0]} names the feature $feature in $uses lines: one was promised" >&2
  grep -nE "$use" "${files[0]}" >&2 || true
  exit 1
fi
sed -i -E -e "\\#$import#d" -e "\\#$use#d" "${files[0]}"

export CGO_ENABLED=0
go build ./...
# Compiles the tests too, and runs none.
go test -run '^$' ./... >/dev/null
