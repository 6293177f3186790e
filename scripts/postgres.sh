#!/usr/bin/env bash
# Runs a command beside a PostgreSQL server made for it and thrown away after:
#
#   scripts/postgres.sh run -- COMMAND…
#
# The server listens on a free port of 127.0.0.1, and on a socket in its folder,
# and trusts everyone; it keeps nothing safe (no fsync), which tests don't need and which makes them fast. The
# command finds its address in RUCHE_TEST_POSTGRES. The exit status is the
# command's.
set -euo pipefail

usage() {
  echo "usage: scripts/postgres.sh run -- COMMAND…" >&2
  exit 2
}

[ "${1:-}" = run ] && [ "${2:-}" = -- ] && [ $# -ge 3 ] || usage
shift 2

# The newest installed version, Debian's folder first, then what PATH holds.
binaries() {
  local found
  found=$(find /usr/lib/postgresql/*/bin -maxdepth 1 -name initdb 2>/dev/null | sort -V | tail -n 1)
  [ -n "$found" ] || found=$(command -v initdb || true)
  [ -n "$found" ] && dirname "$(readlink -f "$found")"
}

if ! bin=$(binaries); then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "postgres.sh: no PostgreSQL here, installing the package postgresql" >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql >&2 || true
  fi
  if ! bin=$(binaries); then
    echo "postgres.sh: initdb, pg_ctl and postgres are missing. Install PostgreSQL 15 or newer: apt-get install postgresql (Debian, Ubuntu), dnf install postgresql-server (Fedora), brew install postgresql (macOS)." >&2
    exit 1
  fi
fi

# PostgreSQL refuses to run as root.
as_owner() {
  if [ "$(id -u)" != 0 ]; then
    "$@"
  elif command -v runuser >/dev/null; then
    runuser -u postgres -- "$@"
  else
    su postgres -s /bin/sh -c 'exec "$0" "$@"' -- "$@"
  fi
}

folder=$(mktemp -d /tmp/ruche-postgres.XXXXXX)
if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi

child=
stop() {
  status=$?
  trap - EXIT
  # All that the command started, if a signal came to us alone.
  [ -z "$child" ] || kill -TERM -- "-$child" 2>/dev/null || true
  cd /
  if [ -f "$folder/data/postmaster.pid" ]; then
    as_owner "$bin/pg_ctl" stop --pgdata="$folder/data" --mode=immediate --silent >/dev/null 2>&1 || true
  fi
  rm -rf "$folder"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

here=$PWD
cd "$folder" # the owner of the server may not be able to read where we came from
as_owner "$bin/initdb" --pgdata="$folder/data" --username=postgres --auth=trust \
  --encoding=UTF8 --locale=C --no-sync >"$folder/initdb.log" 2>&1 || {
  cat "$folder/initdb.log" >&2
  exit 1
}

# A port drawn at random may be taken: draw again.
start() {
  local try
  for try in 1 2 3 4 5 6 7 8 9 10; do
    port=$((20000 + (RANDOM * 2 + try) % 12000))
    if as_owner "$bin/pg_ctl" start --pgdata="$folder/data" --log="$folder/data/server.log" --wait --timeout=60 --silent \
      --options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder -c max_connections=300 -c fsync=off -c synchronous_commit=off -c full_page_writes=off" \
      >/dev/null 2>&1; then
      return 0
    fi
  done
  cat "$folder/data/server.log" >&2
  return 1
}
start

cd "$here"
export RUCHE_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
if [ -t 0 ]; then
  "$@" # a person, whose command may want the keyboard; Ctrl-C reaches it too
else
  # bash hears a signal only between commands, or while it waits: a command in
  # the foreground would keep the server up for as long as it likes.
  set -m
  "$@" &
  child=$!
  set +m
  wait "$child"
fi
