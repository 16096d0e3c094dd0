/* TERM for the runs of a job whose batch shell has ended: under proctrack/cgroup they would get KILL alone. */
#ifndef DIRECT_ACCESS_DELIVER_H
#define DIRECT_ACCESS_DELIVER_H

#include "process.h"

/* Send TERM to these processes as their user and wait for their end, grace_secs at most. */
void deliver_term(const struct process *processes, size_t count, uid_t uid, gid_t gid, unsigned grace_secs);

#endif
