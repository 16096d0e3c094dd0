/* A process, told apart from a later one of the same number. */
#ifndef DIRECT_ACCESS_PROCESS_H
#define DIRECT_ACCESS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct process {
    pid_t pid;
    unsigned long long start_ticks; /* field 22 of /proc/<pid>/stat, proc(5) */
};

/* Read state and start time from the text of /proc/<pid>/stat; false for a zombie or any other text. */
bool process_parse_stat(const char *text, size_t length, unsigned long long *start_ticks);

/* Whether it still runs, as this user. */
bool process_runs(const struct process *process, uid_t uid);

#endif
