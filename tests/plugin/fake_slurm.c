#define _GNU_SOURCE
#include "fake_slurm.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

spank_context_t fake_context = S_CTX_ALLOCATOR;
static struct spank_option registered[2];
static int registered_count;

spank_context_t spank_context(void)
{
    return fake_context;
}

spank_err_t spank_option_register(spank_t spank, struct spank_option *option)
{
    (void)spank;
    if (registered_count == 2)
        return ESPANK_BAD_ARG;
    registered[registered_count++] = *option;
    if (fake_context != S_CTX_REMOTE)
        printf("option --%s=%s: %s\n", option->name, option->arginfo, option->usage);
    return ESPANK_SUCCESS;
}

int fake_call_back(const char *option, const char *value, int remote)
{
    for (int i = 0; i < registered_count; i++)
        if (strcmp(registered[i].name, option) == 0)
            return registered[i].cb(registered[i].val, value, remote);
    return -2;
}

static char *given(const char *option)
{
    char name[128];
    snprintf(name, sizeof name, "OPTION_%s", option);
    return getenv(name);
}

void fake_call_back_given(void)
{
    const char *taken = getenv("TAKEN");
    for (int i = 0; i < registered_count; i++) {
        const char *value = given(registered[i].name);
        if (value == NULL || (taken != NULL && strcmp(taken, registered[i].name) == 0))
            continue;
        char *copy = strdup(value); /* Slurm frees its own, too */
        registered[i].cb(registered[i].val, copy, 1);
        free(copy);
    }
}

spank_err_t spank_option_getopt(spank_t spank, struct spank_option *option, char **value)
{
    (void)spank;
    *value = given(option->name);
    return *value != NULL ? ESPANK_SUCCESS : ESPANK_ERROR;
}

spank_err_t spank_get_item(spank_t spank, spank_item_t item, ...)
{
    va_list targets;
    va_start(targets, item);
    unsigned *target = va_arg(targets, unsigned *);
    va_end(targets);
    switch ((int)item) {
    case S_JOB_ID:
        *target = spank->job;
        return spank->job == 0 ? ESPANK_NOT_AVAIL : ESPANK_SUCCESS;
    case S_JOB_STEPID:
        *target = spank->step;
        return ESPANK_SUCCESS;
    case S_JOB_UID:
        *target = spank->uid;
        return ESPANK_SUCCESS;
    case S_JOB_GID:
        *target = spank->gid;
        return ESPANK_SUCCESS;
    case S_TASK_ID:
        *target = spank->task;
        return ESPANK_SUCCESS;
    default:
        return ESPANK_NOT_AVAIL;
    }
}

spank_err_t spank_getenv(spank_t spank, const char *name, char *buffer, int size)
{
    const char *value = getenv(strcmp(name, "SLURMD_NODENAME") == 0 ? "JOB_NODENAME" : name);
    (void)spank;
    if (value == NULL)
        return ESPANK_ENV_NOEXIST;
    return snprintf(buffer, (size_t)size, "%s", value) < size ? ESPANK_SUCCESS : ESPANK_NOSPACE;
}

spank_err_t spank_setenv(spank_t spank, const char *name, const char *value, int overwrite)
{
    if (spank->fails_at > 0 && --spank->fails_at == 0)
        return ESPANK_BAD_ARG;
    printf("set %s=%s%s\n", name, value, overwrite ? "" : " unless set");
    return ESPANK_SUCCESS;
}

spank_err_t spank_unsetenv(spank_t spank, const char *name)
{
    (void)spank;
    printf("unset %s\n", name);
    return ESPANK_SUCCESS;
}

void slurm_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("error: ", stdout);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
}
