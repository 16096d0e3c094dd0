#!/bin/sh
# HealthCheckProgram (slurm.conf(5)), for a site without NHC. It runs on all nodes at the same time, so it makes no
# request: it reads what one node publishes (`direct-access health --publish`, see docs/health.md).
#
# It drains a node for what is broken on the node itself, and only where that is named here, such as
# fail_on="--fail-on disk". A quantum system that is away drains nothing, nor does a state that nobody renewed.
set -u

fail_on=""

# slurmd gives its program nothing but SLURMD_NODENAME.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
# export SLURM_CONF=/opt/slurm/etc/slurm.conf   # where it is not at its default place

# slurmd kills it after 60 s; a file system that hangs shall not get that far.
# shellcheck disable=SC2086 # words
said=$(timeout 20 direct-access health --format nhc $fail_on 2>/dev/null)
status=$?
[ "$status" -eq 1 ] || exit 0
# Status 1 without our words is of Python or the shell, as while the package is being upgraded everywhere.
case $said in
direct-access:*) ;;
*) exit 0 ;;
esac

node=${SLURMD_NODENAME:-$(hostname -s)}
logger -t direct-access-health "$said" 2>/dev/null
timeout 10 scontrol update "nodename=$node" state=drain "reason=$said"
exit 0
