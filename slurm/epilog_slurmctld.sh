#!/bin/sh
# EpilogSlurmctld (slurm.conf(5)): leave a marker of the Slurm job that has ended, for `direct-access reap`.
#
# It runs on the controller as SlurmUser for every job, so it is short: no Slurm command, no network, and exit 0
# whatever happens. Make the directory for SlurmUser alone: install -d -m 0700 -o slurm /var/spool/direct-access/ended
# `direct-access reap` removes markers that are no longer needed.
directory=/var/spool/direct-access/ended

PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
umask 077

complain() {
    logger -t direct-access-epilog "$1: no marker of job ${SLURM_JOB_ID:-?}" 2>/dev/null
    exit 0
}

case "${SLURM_JOB_ID:-}" in
    '' | *[!0-9]*) exit 0 ;;
esac
[ -d "$directory" ] && [ -w "$directory" ] || complain "cannot write to $directory"

# Job ids come back and a requeued job keeps its own, so the restart and the times belong to it. The marker is
# written beside its name and renamed: a reader finds all of it or nothing (rename(2)).
name="$SLURM_JOB_ID.${SLURM_JOB_RESTART_COUNT:-${SLURM_RESTART_COUNT:-0}}"
temporary="$directory/.$name.$$"
{
    echo "cluster=${SLURM_CLUSTER_NAME:-}"
    echo "job_id=$SLURM_JOB_ID"
    echo "array_job_id=${SLURM_ARRAY_JOB_ID:-}"
    echo "array_task_id=${SLURM_ARRAY_TASK_ID:-}"
    echo "restart_count=${SLURM_JOB_RESTART_COUNT:-${SLURM_RESTART_COUNT:-0}}"
    echo "start_time=${SLURM_JOB_START_TIME:-}"
    echo "end_time=$(date +%s)"
} 2>/dev/null >"$temporary" || complain "cannot write $temporary"
mv -fT "$temporary" "$directory/$name" 2>/dev/null || { rm -f "$temporary"; complain "cannot write $directory/$name"; }
exit 0
