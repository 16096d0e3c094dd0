/* <job id>.runs: where the runs of a job leave their process ids, so that they get TERM when the batch shell ends.
 *
 * The directory is the user's; each file in it is named by a pid and holds the start time of that process in clock ticks. */
#ifndef DIRECT_ACCESS_REGISTRY_H
#define DIRECT_ACCESS_REGISTRY_H

#include <stdint.h>

#include "limits.h"
#include "process.h"

/* Make an empty directory of this user. False with errno. */
bool registry_make(int directory, uint32_t job, uid_t uid, gid_t gid);

/* Make it unless this user has it. False with errno. */
bool registry_require(int directory, uint32_t job, uid_t uid, gid_t gid);

/* Take the directory with whatever is in it out of the way; garbage_remove removes it. False with errno. */
bool registry_remove(int directory, uint32_t job);

/* List the registered processes that still run as this user; return how many. */
size_t registry_list(int directory, uint32_t job, uid_t uid, struct process found[RUNS_OF_A_JOB]);

#endif
