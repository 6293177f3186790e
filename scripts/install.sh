#!/usr/bin/env bash
# Makes sure that what the tests need is there: installs it with apt where that
# may be done (root on Debian or Ubuntu), else says exactly what to install.
set -euo pipefail

packages=()
reasons=()
need() { # need PACKAGE WHY
  packages+=("$1")
  reasons+=("$1: $2")
}

has() { command -v "$1" >/dev/null 2>&1; }

has "${RUCHE_CHROMIUM:-/usr/bin/chromium}" || need chromium "the browser of the journeys"
has initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need postgresql "the second database"
has psql || need postgresql-client "to make the databases of the tests"
has gcc || { need gcc "the race detector"; need libc6-dev "the race detector"; }

for tool in go node npm git; do
  if ! has "$tool"; then
    echo "install: $tool is missing; docs/develop.md says which version" >&2
    exit 1
  fi
done

[ ${#packages[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && has apt-get; then
  echo "install: ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  # The tests start a PostgreSQL of their own: no cluster of the system is wanted.
  if [[ " ${packages[*]} " == *" postgresql "* ]]; then
    apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
    sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  fi
  apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
  exit 0
fi

{
  echo "The tests need what is not installed here:"
  printf '  %s\n' "${reasons[@]}"
  echo "On Debian or Ubuntu:  sudo apt-get install ${packages[*]}"
  echo "Elsewhere, install PostgreSQL and Chromium, and name the browser in RUCHE_CHROMIUM."
} >&2
exit 1
