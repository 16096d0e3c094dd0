/* Calls one hook of the plugin: call_hook HOOK [ARGUMENT of plugstack.conf]... ; "call_back OPTION VALUE REMOTE" stands before a
 * "--". The job is in the environment: JOB, STEP, JOB_UID, JOB_GID, TASK, FAILS_AT. Prints what Slurm would get. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_slurm.h"

static unsigned number(const char *name, unsigned otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? (unsigned)strtoul(text, NULL, 0) : otherwise;
}

static int call_back(spank_t spank, int count, char **words)
{
    if (count < 4)
        return 2;
    slurm_spank_init(spank, count - 3, words + 3);
    return fake_call_back(words[0], words[1], atoi(words[2]));
}

int main(int count, char **words)
{
    static const struct {
        const char *name;
        spank_f *hook;
    } hooks[] = {
        {"init", slurm_spank_init},
        {"job_prolog", slurm_spank_job_prolog},
        {"job_epilog", slurm_spank_job_epilog},
        {"task_init_privileged", slurm_spank_task_init_privileged},
        {"task_exit", slurm_spank_task_exit},
    };
    struct spank_handle spank = {number("JOB", 1),      number("STEP", 0xfffffffbU), number("JOB_UID", 65534),
                                 number("JOB_GID", 65534), number("TASK", 0),        (int)number("FAILS_AT", 0)};
    setvbuf(stdout, NULL, _IONBF, 0); /* a hook may leave by _exit */
    if (count < 2)
        return 2;
    if (strcmp(words[1], "call_back") == 0)
        printf("returns %d\n", call_back(&spank, count - 2, words + 2));
    for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++)
        if (strcmp(words[1], hooks[i].name) == 0)
            printf("returns %d\n", hooks[i].hook(&spank, count - 2, words + 2));
    return 0;
}
