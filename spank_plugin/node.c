#include "node.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "directory.h"
#include "garbage.h"
#include "record.h"
#include "registry.h"
#include "slurm.h"
#include "text.h"

/* How often the job was requeued; told to prolog and epilog alone. */
static unsigned restarts(void)
{
    const char *text = getenv("SLURM_JOB_RESTART_COUNT");
    unsigned long long count;
    return text != NULL && read_number(text, strlen(text), 0xffffffffULL, &count) ? (unsigned)count : 0;
}

static void close_clean(const struct arguments *arguments, int directory)
{
    if (!garbage_remove(directory))
        slurm_error("direct_access: not all files that users left in %s could be removed", arguments->run);
    close(directory);
}

void node_remember(const struct arguments *arguments, const struct job *job, struct grant *grant)
{
    grant->uid = job->uid;
    grant->gid = job->gid;
    grant->restarts = restarts();
    int directory = directory_open(arguments->run, job->node, true);
    if (directory < 0 || !record_write(directory, job->id, grant))
        slurm_error("direct_access: no record of job %lu in %s: %s", (unsigned long)job->id, arguments->run,
                    strerror(errno));
    else if (!registry_make(directory, job->id, job->uid, job->gid))
        slurm_error("direct_access: runs of job %lu cannot register in %s: %s", (unsigned long)job->id,
                    arguments->run, strerror(errno));
    if (directory >= 0)
        close_clean(arguments, directory);
}

enum found node_find(const struct arguments *arguments, const struct job *job, struct grant *grant)
{
    int directory = directory_open(arguments->run, job->node, false);
    if (directory < 0)
        return errno == ENOENT ? NO_RECORD : NO_DIRECTORY;
    int found = record_read(directory, job->id, grant);
    close(directory);
    if (found < 0 || (found == 1 && grant->uid != job->uid))
        return NOT_USABLE;
    return found == 1 ? A_RECORD : NO_RECORD;
}

bool node_keep(const struct arguments *arguments, const struct job *job)
{
    struct grant grant;
    int directory = directory_open(arguments->run, job->node, false);
    if (directory < 0)
        return false;
    bool kept = record_read(directory, job->id, &grant) == 1 && restarts() > grant.restarts;
    if (kept) {
        grant.restarts = restarts();
        kept = record_write(directory, job->id, &grant) && registry_remove(directory, job->id);
    }
    close_clean(arguments, directory);
    return kept;
}

void node_forget(const struct arguments *arguments, const struct job *job)
{
    int directory = directory_open(arguments->run, job->node, false);
    if (directory < 0) {
        if (errno != ENOENT)
            slurm_error("direct_access: %s: %s", arguments->run, strerror(errno));
        return;
    }
    if (!record_remove(directory, job->id) || !registry_remove(directory, job->id))
        slurm_error("direct_access: job %lu leaves files in %s: %s", (unsigned long)job->id, arguments->run,
                    strerror(errno));
    close_clean(arguments, directory);
}
