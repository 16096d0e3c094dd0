/* Calls one hook of the plugin: call_hook HOOK [ARGUMENT of plugstack.conf]... ; "call_back OPTION VALUE REMOTE" stands before a
 * "--". The job is in the environment: JOB, STEP, JOB_UID, JOB_GID, TASK, FAILS_AT. Prints what Slurm would get. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake_slurm.h"

static unsigned number(const char *name, unsigned otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? (unsigned)strtoul(text, NULL, 0) : otherwise;
}

static int call_back(spank_t spank, int count, char **words)
{
    const char *context = getenv("CONTEXT");
    if (count < 4)
        return 2;
    fake_context = context != NULL && strcmp(context, "srun") == 0 ? S_CTX_LOCAL : S_CTX_ALLOCATOR;
    slurm_spank_init(spank, count - 3, words + 3);
    int answer = fake_call_back(words[0], words[1], atoi(words[2]));
    slurm_spank_init_post_opt(spank, count - 3, words + 3);
    for (char **variable = environ; *variable != NULL; variable++)
        if (strncmp(*variable, "SLURM_SPANK_", strlen("SLURM_SPANK_")) == 0)
            printf("%s\n", *variable);
    return answer;
}

static int in_slurmstepd(spank_f *hook, spank_t spank, int count, char **words)
{
    fake_context = S_CTX_REMOTE;
    slurm_spank_init(spank, count, words);
    fake_call_back_given();
    slurm_spank_init_post_opt(spank, count, words);
    return hook(spank, count, words);
}

static int task_init_privileged(spank_t spank, int count, char **words)
{
    return in_slurmstepd(slurm_spank_task_init_privileged, spank, count, words);
}

static int task_exit(spank_t spank, int count, char **words)
{
    return in_slurmstepd(slurm_spank_task_exit, spank, count, words);
}

/* Nothing is registered there. */
static int job_prolog(spank_t spank, int count, char **words)
{
    fake_context = S_CTX_JOB_SCRIPT;
    return slurm_spank_job_prolog(spank, count, words);
}

static int job_epilog(spank_t spank, int count, char **words)
{
    fake_context = S_CTX_JOB_SCRIPT;
    return slurm_spank_job_epilog(spank, count, words);
}

static int submission(spank_t spank, int count, char **words)
{
    slurm_spank_init(spank, count, words);
    return slurm_spank_init_post_opt(spank, count, words);
}

int main(int count, char **words)
{
    static const struct {
        const char *name;
        spank_f *hook;
    } hooks[] = {
        {"init", submission},
        {"job_prolog", job_prolog},
        {"job_epilog", job_epilog},
        {"task_init_privileged", task_init_privileged},
        {"task_exit", task_exit},
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
