#!/usr/bin/env bash
# Starts Ruche with the demo and the page of components (/-/composants), builds
# it again at each change of a source and starts it anew. No watcher to install:
# once a second, `find` looks for a file newer than the last build.
set -euo pipefail
cd "$(dirname "$0")/.."

stamp=$(mktemp)
server=
stop() {
  if [ -n "$server" ] && kill -0 "$server" 2>/dev/null; then
    kill -INT "$server"
    wait "$server" 2>/dev/null || true
  fi
  server=
}
trap 'stop; rm -f "$stamp"' EXIT
trap 'exit 0' INT TERM

changed() {
  find cmd internal web docs tools go.mod -type f \
    \( -name '*.go' -o -name '*.templ' -o -name '*.ts' -o -name '*.css' -o -name '*.sql' -o -name '*.json' -o -name '*.md' -o -name '*.svg' \) \
    -not -path 'web/dist/*' -not -name '*_templ.go' -newer "$stamp" -print -quit
}

build() {
  go tool templ generate -lazy -log-level=warn && go run ./tools/assets && go build -o bin/ruche ./cmd/ruche
}

while true; do
  touch "$stamp"
  if build; then
    stop
    bin/ruche serve --demo --dev &
    server=$!
  else
    echo "dev: not built; the last good one still runs" >&2
  fi
  until [ -n "$(changed)" ]; do sleep 1; done
  echo "dev: $(changed) changed"
done
