#define _GNU_SOURCE /* setenv, environ */
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grant.h"
#include "text.h"

/* Slurm calls back without a handle: the arguments of the registration are kept here. */
static struct arguments known;

/* What Slurm puts before <plugin>_<option>, spank(8), before it submits a job. */
#define OPTION_VARIABLE "_SLURM_SPANK_OPTION_"
#define TASK_VARIABLE "SLURM_SPANK_" OPTION_VARIABLE "direct_access_"

/* What the user gave, as Slurm calls back. spank_option_getopt finds an option by its name alone, that of another plugin too,
 * which has it where it stands before us in plugstack.conf. */
static struct asked {
    bool is_given;
    char text[LIST_SIZE]; /* "", which is never granted, for what is too long */
} asked_names, asked_timeout;

static void remember(struct asked *asked, const char *text)
{
    asked->is_given = true;
    copy_text(asked->text, sizeof asked->text, text != NULL ? text : "");
}

static const char *text_of(const struct asked *asked)
{
    return asked->is_given ? asked->text : NULL;
}

static int refuse(const char *option, const char *message)
{
    slurm_error("--%s: %s", option, message);
    return -1;
}

/* slurmd gives each option to a batch job by this variable, also where it has no such plugin, but not to the tasks of an srun.
 * They would run on any quantum system there. srun passes on SLURM_*, whatever --export says. */
static void tell_tasks(const char *option, const char *value)
{
    char variable[sizeof TASK_VARIABLE + OPTION_SIZE];
    if (spank_context() != S_CTX_LOCAL)
        return;
    snprintf(variable, sizeof variable, TASK_VARIABLE "%s", option);
    for (char *p = variable; *p != '\0'; p++)
        if (*p == '-')
            *p = '_';
    setenv(variable, value, 1);
}

/* Refused here, in sbatch, srun or salloc, nothing else happens. In slurmstepd a refusal would be ignored or
 * drain the node, so there the record decides. */
static int check_names(int value, const char *text, int remote)
{
    struct grant grant;
    (void)value;
    remember(&asked_names, text);
    if (remote)
        return 0;
    if (known.error[0] != '\0')
        return refuse(known.option, known.error);
    grant_decide(&grant, known.names, text != NULL ? text : "", NULL);
    if (grant.refusal[0] != '\0')
        return refuse(known.option, grant.refusal);
    tell_tasks(known.option, grant.names);
    return 0;
}

static int check_timeout(int value, const char *text, int remote)
{
    (void)value;
    remember(&asked_timeout, text);
    if (remote)
        return 0;
    if (text == NULL || !grant_is_timeout(text))
        return refuse(known.timeout_option, "wants a number of whole seconds");
    tell_tasks(known.timeout_option, text);
    return 0;
}

static struct spank_option names_option(const struct arguments *arguments)
{
    return (struct spank_option){
        .name = (char *)arguments->option,
        .arginfo = (char *)"NAME[,NAME]",
        .usage = (char *)"quantum systems that the job uses",
        .has_arg = 1,
        .val = 0,
        .cb = check_names,
    };
}

static struct spank_option timeout_option(const struct arguments *arguments)
{
    return (struct spank_option){
        .name = (char *)arguments->timeout_option,
        .arginfo = (char *)"SECONDS",
        .usage = (char *)"longest execution time of each of its quantum jobs",
        .has_arg = 1,
        .val = 0,
        .cb = check_timeout,
    };
}

void options_register(spank_t spank, const struct arguments *arguments)
{
    known = *arguments;
    struct spank_option names = names_option(&known);
    struct spank_option timeout = timeout_option(&known);
    if (spank_option_register(spank, &names) != ESPANK_SUCCESS ||
        spank_option_register(spank, &timeout) != ESPANK_SUCCESS)
        slurm_error("direct_access: --%s cannot be offered", known.option);
}

/* In a prolog nothing is registered; there Slurm looks for the option of this plugin. */
static const char *found(spank_t spank, struct spank_option option)
{
    char *text = NULL;
    return spank_option_getopt(spank, &option, &text) == ESPANK_SUCCESS ? text : NULL;
}

const char *options_names(spank_t spank, const struct arguments *arguments)
{
    return spank_context() == S_CTX_JOB_SCRIPT ? found(spank, names_option(arguments)) : text_of(&asked_names);
}

const char *options_timeout(spank_t spank, const struct arguments *arguments)
{
    return spank_context() == S_CTX_JOB_SCRIPT ? found(spank, timeout_option(arguments)) : text_of(&asked_timeout);
}

/* "-" of an option is "_" in a variable, spank(8). */
static bool ends_with(const char *variable, size_t length, const char *option)
{
    size_t option_length = strlen(option);
    if (length <= option_length || variable[length - option_length - 1] != '_')
        return false;
    for (size_t i = 0; i < option_length; i++)
        if (variable[length - option_length + i] != (option[i] == '-' ? '_' : option[i]))
            return false;
    return true;
}

void options_tell_anothers(void)
{
    if ((spank_context() != S_CTX_LOCAL && spank_context() != S_CTX_ALLOCATOR) || asked_names.is_given)
        return;
    for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
        size_t length = strcspn(*variable, "=");
        if (strncmp(*variable, OPTION_VARIABLE, strlen(OPTION_VARIABLE)) == 0 &&
            ends_with(*variable, length, known.option))
            slurm_error("direct_access: another plugin has --%s, %.*s; in plugstack.conf give ours another name: option=NAME",
                        known.option, (int)length, *variable);
    }
}
