#define _GNU_SOURCE /* O_CLOEXEC, memrchr */
#include "process.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

#define STATE_FIELD 3
#define START_FIELD 22

bool process_parse_stat(const char *text, size_t length, unsigned long long *start_ticks)
{
    /* the name of the command, in brackets, may hold brackets and spaces */
    const char *bracket = memrchr(text, ')', length);
    if (bracket == NULL)
        return false;
    const char *at = bracket + 1;
    const char *end = text + length;
    for (int field = STATE_FIELD; at < end && *at == ' '; field++) {
        const char *start = ++at;
        while (at < end && *at != ' ' && *at != '\n')
            at++;
        if (field == STATE_FIELD && (at == start || *start == 'Z' || *start == 'X'))
            return false;
        if (field == START_FIELD)
            return read_number(start, (size_t)(at - start), ~0ULL, start_ticks);
    }
    return false;
}

bool process_runs(const struct process *process, uid_t uid)
{
    char path[64];
    char text[2048];
    struct stat status;
    unsigned long long start_ticks;
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)process->pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    bool same_user = fstat(file, &status) == 0 && status.st_uid == uid;
    ssize_t length = read(file, text, sizeof text);
    close(file);
    return same_user && length > 0 && process_parse_stat(text, (size_t)length, &start_ticks) &&
           start_ticks == process->start_ticks;
}
