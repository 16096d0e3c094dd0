#include "arguments.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

static const char *after(const char *argument, const char *key)
{
    size_t length = strlen(key);
    return strncmp(argument, key, length) == 0 ? argument + length : NULL;
}

static bool is_option_name(const char *text)
{
    if (!is_name(text, strlen(text)))
        return false;
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

static bool read_grace(unsigned *secs, const char *text)
{
    unsigned long long value;
    if (!read_number(text, strlen(text), MOST_GRACE_SECS, &value))
        return false;
    *secs = (unsigned)value;
    return true;
}

static bool read_one(struct arguments *arguments, const char *argument)
{
    const char *value;
    if ((value = after(argument, "option=")) != NULL)
        return is_option_name(value) && strlen(value) + sizeof "-timeout" <= OPTION_SIZE &&
               copy_text(arguments->option, sizeof arguments->option, value);
    if ((value = after(argument, "names=")) != NULL)
        return value[0] == '/' && copy_text(arguments->names, sizeof arguments->names, value);
    if ((value = after(argument, "run=")) != NULL)
        return value[0] == '/' && copy_text(arguments->run, sizeof arguments->run, value);
    if ((value = after(argument, "grace=")) != NULL)
        return read_grace(&arguments->grace_secs, value);
    return false;
}

void arguments_read(struct arguments *arguments, int count, char *const values[])
{
    memset(arguments, 0, sizeof *arguments);
    copy_text(arguments->option, sizeof arguments->option, "qpu");
    copy_text(arguments->names, sizeof arguments->names, "/etc/direct-access/qpu-names");
    copy_text(arguments->run, sizeof arguments->run, "/run/direct-access");
    arguments->grace_secs = MOST_GRACE_SECS;
    for (int i = 0; i < count; i++)
        if (!read_one(arguments, values[i]))
            snprintf(arguments->error, sizeof arguments->error,
                     "wrong argument of the plugin in plugstack.conf: %.200s", values[i]);
    snprintf(arguments->timeout_option, sizeof arguments->timeout_option, "%.*s-timeout",
             (int)(OPTION_SIZE - sizeof "-timeout"), arguments->option);
}
