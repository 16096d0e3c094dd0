#!/bin/sh
# Stands in for systemctl(1) where no systemd runs: daemons of Slurm, and timers, whose services it runs once.
set -eu

stop() {
    pid=$(cat "/run/$1.pid" 2>/dev/null) || return 0
    kill "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
}

# As the unit says: these lines of it.
of_unit() {
    sed -n "s/^$2=//p" "/usr/lib/systemd/system/$1"
}

start_service() {
    unit=${1%.timer}.service
    state=$(of_unit "$unit" StateDirectory)
    [ -z "$state" ] || install -d -o "$(of_unit "$unit" User)" "/var/lib/$state"
    # shellcheck disable=SC2046 # words of a command
    runuser -u "$(of_unit "$unit" User)" -- $(of_unit "$unit" ExecStart)
}

case "$*" in
"restart slurmctld" | "restart slurmd")
    stop "$2"
    "/usr/sbin/$2"
    ;;
"enable --now "*.timer) start_service "$3" ;;
"disable --now "*.timer) [ -e "/usr/lib/systemd/system/$3" ] ;;
*)
    echo "not played here: systemctl $*" >&2
    exit 1
    ;;
esac
