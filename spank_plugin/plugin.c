/* The hooks that Slurm calls, spank(8). None of them opens a connection, reads a secret or runs a program.
 *
 * A hook that fails in slurmd or slurmstepd drains the node, or lets the job pass as a success that never ran. So each
 * returns 0 whatever happens; what a job must not survive is told in its own task, before that becomes the
 * user's program. */
#define _GNU_SOURCE /* dprintf */
#include "slurm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "arguments.h"
#include "deliver.h"
#include "directory.h"
#include "node.h"
#include "options.h"
#include "registry.h"
#include "text.h"

#define BATCH_STEP 0xfffffffbU /* SLURM_BATCH_SCRIPT of slurm.h */

#pragma GCC visibility push(default)
SPANK_PLUGIN(direct_access, 1)
#pragma GCC visibility pop

/* The node's name is slurmd's; a job that lies about it finds no record of its own elsewhere. */
static void find_node(spank_t spank, char node[NODE_NAME_SIZE])
{
    const char *own = getenv("SLURMD_NODENAME");
    if (own != NULL && copy_text(node, NODE_NAME_SIZE, own))
        return;
    if (spank_getenv(spank, "SLURMD_NODENAME", node, NODE_NAME_SIZE) != ESPANK_SUCCESS)
        node[0] = '\0';
}

static bool find_job(spank_t spank, struct job *job)
{
    memset(job, 0, sizeof *job);
    find_node(spank, job->node);
    return spank_get_item(spank, S_JOB_ID, &job->id) == ESPANK_SUCCESS &&
           spank_get_item(spank, S_JOB_UID, &job->uid) == ESPANK_SUCCESS &&
           spank_get_item(spank, S_JOB_GID, &job->gid) == ESPANK_SUCCESS;
}

int slurm_spank_init(spank_t spank, int count, char *values[])
{
    struct arguments arguments;
    arguments_read(&arguments, count, values);
    options_register(spank, &arguments);
    return 0;
}

int slurm_spank_init_post_opt(spank_t spank, int count, char *values[])
{
    (void)spank;
    (void)count;
    (void)values;
    options_tell_anothers();
    return 0;
}

int slurm_spank_job_prolog(spank_t spank, int count, char *values[])
{
    struct arguments arguments;
    struct job job;
    struct grant grant;
    arguments_read(&arguments, count, values);
    if (!find_job(spank, &job))
        return 0;
    const char *names = options_names(spank, &arguments);
    const char *timeout = options_timeout(spank, &arguments);
    node_forget(&arguments, &job);
    if (names == NULL && timeout == NULL)
        return 0;
    grant_decide(&grant, arguments.names, names, timeout);
    node_remember(&arguments, &job, &grant);
    return 0;
}

int slurm_spank_job_epilog(spank_t spank, int count, char *values[])
{
    struct arguments arguments;
    struct job job;
    arguments_read(&arguments, count, values);
    if (find_job(spank, &job) && !node_keep(&arguments, &job))
        node_forget(&arguments, &job);
    return 0;
}

/* End the task with a message in the job's output, as a job with a wrong configuration ends. The node stays up, and the
 * exit status reaches dependencies, also where plugstack.conf says "optional". */
static int refuse(spank_t spank, const struct arguments *arguments, const char *message)
{
    int task = 0;
    if (spank_get_item(spank, S_TASK_ID, &task) != ESPANK_SUCCESS || task == 0)
        dprintf(STDERR_FILENO, "direct-access: --%s: %s\n", arguments->option, message);
    _exit(EX_CONFIG);
}

static bool differs(const char *asked, const char *granted)
{
    return asked != NULL && strcmp(asked, granted) != 0;
}

static bool set_limits(spank_t spank, const struct grant *grant)
{
    char name[NAME_SIZE + 32];
    if (grant->timeout[0] == '\0')
        return true;
    if (spank_setenv(spank, "DIRECT_ACCESS_TIMEOUT_SECS", grant->timeout, 1) != ESPANK_SUCCESS)
        return false;
    for (const char *p = grant->names; *p != '\0'; p += *p == ',') {
        int length = (int)strcspn(p, ",");
        snprintf(name, sizeof name, "%.*s_QRMI_JOB_TIMEOUT_SECONDS", length < NAME_SIZE ? length : NAME_SIZE, p);
        if (spank_setenv(spank, name, grant->timeout, 1) != ESPANK_SUCCESS)
            return false;
        p += length;
    }
    return true;
}

/* Processes of the batch step alone register: Slurm itself sends TERM to the tasks of the other steps. */
static bool set_registry(spank_t spank, const struct arguments *arguments, const struct job *job)
{
    char path[PATH_SIZE + NODE_NAME_SIZE + ENTRY_SIZE];
    if (job->step != BATCH_STEP) {
        spank_unsetenv(spank, "DIRECT_ACCESS_REGISTRY");
        return true;
    }
    int directory = directory_open(arguments->run, job->node, false);
    if (directory >= 0) {
        registry_require(directory, job->id, job->uid, job->gid);
        close(directory);
    }
    snprintf(path, sizeof path, "%s/%s/%lu.runs", arguments->run, job->node, (unsigned long)job->id);
    return spank_setenv(spank, "DIRECT_ACCESS_REGISTRY", path, 1) == ESPANK_SUCCESS;
}

static bool set_environment(spank_t spank, const struct arguments *arguments, const struct job *job,
                            const struct grant *grant)
{
    bool good = set_limits(spank, grant) && set_registry(spank, arguments, job);
    if (!good || grant->names[0] == '\0')
        return good;
    spank_unsetenv(spank, "DIRECT_ACCESS_QPU"); /* of slurm/task_prolog.sh, and --qpu counts */
    return spank_setenv(spank, "QRMI_JOB_QPU_RESOURCES", grant->names, 1) == ESPANK_SUCCESS &&
           spank_setenv(spank, "QRMI_JOB_QPU_TYPES", grant->types, 1) == ESPANK_SUCCESS;
}

int slurm_spank_task_init_privileged(spank_t spank, int count, char *values[])
{
    struct arguments arguments;
    struct job job;
    struct grant grant;
    arguments_read(&arguments, count, values);
    if (!find_job(spank, &job) || spank_get_item(spank, S_JOB_STEPID, &job.step) != ESPANK_SUCCESS)
        return 0;
    const char *names = options_names(spank, &arguments);
    const char *timeout = options_timeout(spank, &arguments);
    enum found found = node_find(&arguments, &job, &grant);
    /* a directory that cannot be used must not end the jobs that never asked for anything */
    if ((found == NO_RECORD || found == NO_DIRECTORY) && names == NULL && timeout == NULL)
        return 0;
    if (found == NOT_USABLE || found == NO_DIRECTORY)
        return refuse(spank, &arguments, "the record of this job on this node cannot be used");
    if (found == NO_RECORD)
        return refuse(spank, &arguments, "not granted when the job began: give it to sbatch or salloc, not to a step");
    if (grant.refusal[0] != '\0')
        return refuse(spank, &arguments, grant.refusal);
    if (differs(names, grant.names) || differs(timeout, grant.timeout))
        return refuse(spank, &arguments, "differs from what the job was granted: give it to sbatch or salloc");
    if (!set_environment(spank, &arguments, &job, &grant))
        return refuse(spank, &arguments, "the environment of the job cannot be set");
    return 0;
}

int slurm_spank_task_exit(spank_t spank, int count, char *values[])
{
    struct arguments arguments;
    struct job job;
    struct process runs[RUNS_OF_A_JOB];
    if (!find_job(spank, &job) || spank_get_item(spank, S_JOB_STEPID, &job.step) != ESPANK_SUCCESS ||
        job.step != BATCH_STEP)
        return 0;
    arguments_read(&arguments, count, values);
    int directory = directory_open(arguments.run, job.node, false);
    if (directory < 0)
        return 0;
    size_t found = registry_list(directory, job.id, job.uid, runs);
    close(directory);
    deliver_term(runs, found, job.uid, job.gid, arguments.grace_secs);
    return 0;
}
