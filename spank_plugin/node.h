/* What stays on a node of a job from its prolog to its epilog: the record of its grant, and the registry of its runs. */
#ifndef DIRECT_ACCESS_NODE_H
#define DIRECT_ACCESS_NODE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "arguments.h"
#include "grant.h"
#include "limits.h"

struct job {
    uint32_t id;
    uint32_t step;
    uid_t uid;
    gid_t gid;
    char node[NODE_NAME_SIZE];
};

/* Write down whose a grant is, and make both. */
void node_remember(const struct arguments *arguments, const struct job *job, struct grant *grant);

enum found { NO_RECORD, A_RECORD, NO_DIRECTORY, NOT_USABLE };

/* Read the grant. */
enum found node_find(const struct arguments *arguments, const struct job *job, struct grant *grant);

/* Keep the record of a job that was requeued meanwhile, and return whether it was. It may begin again here without a prolog:
 * where its first life ended late, slurmd of Slurm 22.05 still knows it, and runs none if the launch of the batch script
 * overtakes that of the prolog. */
bool node_keep(const struct arguments *arguments, const struct job *job);

/* Remove both, or what an earlier job of the same number left. */
void node_forget(const struct arguments *arguments, const struct job *job);

#endif
