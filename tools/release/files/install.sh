#!/bin/sh
# Installs Ruche on a Linux machine with systemd, or brings it to this version; run it
# as root from the unpacked archive. It downloads nothing, keeps the settings that are
# there, and may be run again.
set -eu
cd "$(dirname "$0")"

if [ "$(id -u)" != 0 ]; then
  echo "install.sh: run it as root" >&2
  exit 1
fi

# PREFIX is for packagers and tests: everything then goes under it.
prefix=${PREFIX:-}

if [ -z "$prefix" ] && ! id ruche >/dev/null 2>&1; then
  useradd --system --home-dir /var/lib/ruche --shell /usr/sbin/nologin ruche
fi
owner=ruche
[ -z "$prefix" ] || owner=root

install -d -m 0755 "$prefix/usr/local/bin" "$prefix/etc/systemd/system"
install -d -m 0700 -o "$owner" -g "$owner" "$prefix/var/lib/ruche"
install -d -m 0750 -o root -g "$owner" "$prefix/etc/ruche"
# Put in place under another name first: a program that runs cannot be written over.
install -m 0755 ruche "$prefix/usr/local/bin/ruche.new"
mv "$prefix/usr/local/bin/ruche.new" "$prefix/usr/local/bin/ruche"
install -m 0644 ruche.service "$prefix/etc/systemd/system/ruche.service"

if [ ! -e "$prefix/etc/ruche/ruche.env" ]; then
  install -m 0640 -o root -g "$owner" ruche.env.example "$prefix/etc/ruche/ruche.env"
  echo "Settings to fill in: $prefix/etc/ruche/ruche.env"
  echo "Then:  systemctl enable --now ruche"
elif [ -z "$prefix" ]; then
  systemctl daemon-reload
  systemctl try-restart ruche
fi
echo "Ruche is in place: $("$prefix/usr/local/bin/ruche" version)"
