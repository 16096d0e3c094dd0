#include "options.h"

#include <string.h>

#include "grant.h"
#include "text.h"

/* Slurm calls back without a handle: the arguments of the registration are kept here. */
static struct arguments known;

static int refuse(const char *option, const char *message)
{
    slurm_error("--%s: %s", option, message);
    return -1;
}

/* Refused here, in sbatch, srun or salloc, nothing else happens. In slurmstepd a refusal would be ignored or
 * drain the node, so there the record decides. */
static int check_names(int value, const char *text, int remote)
{
    struct grant grant;
    (void)value;
    if (remote)
        return 0;
    if (known.error[0] != '\0')
        return refuse(known.option, known.error);
    grant_decide(&grant, known.names, text != NULL ? text : "", NULL);
    return grant.refusal[0] == '\0' ? 0 : refuse(known.option, grant.refusal);
}

static int check_timeout(int value, const char *text, int remote)
{
    (void)value;
    if (remote || (text != NULL && grant_is_timeout(text)))
        return 0;
    return refuse(known.timeout_option, "wants a number of whole seconds");
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

static const char *given(spank_t spank, struct spank_option option)
{
    char *text = NULL;
    return spank_option_getopt(spank, &option, &text) == ESPANK_SUCCESS ? text : NULL;
}

const char *options_names(spank_t spank, const struct arguments *arguments)
{
    return given(spank, names_option(arguments));
}

const char *options_timeout(spank_t spank, const struct arguments *arguments)
{
    return given(spank, timeout_option(arguments));
}
