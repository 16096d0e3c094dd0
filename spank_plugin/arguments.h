/* The plugin's arguments in plugstack.conf. */
#ifndef DIRECT_ACCESS_ARGUMENTS_H
#define DIRECT_ACCESS_ARGUMENTS_H

#include "limits.h"

struct arguments {
    char option[OPTION_SIZE];         /* "qpu", or what option= says */
    char timeout_option[OPTION_SIZE]; /* the same with "-timeout" */
    char names[PATH_SIZE];            /* names=: file of the quantum systems that may be asked for */
    char run[PATH_SIZE];              /* run=: directory of the records, made by root on each node */
    unsigned grace_secs;              /* grace=: longest wait for runs that got TERM, 0 to 20 */
    char error[MESSAGE_SIZE];         /* what is wrong with the arguments, or "" */
};

/* Read the arguments. Never fails: whoever uses the option is told the error, and nobody else is disturbed. */
void arguments_read(struct arguments *arguments, int count, char *const values[]);

#endif
