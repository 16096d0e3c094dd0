/* What a job was granted, and how that is written down. */
#ifndef DIRECT_ACCESS_GRANT_H
#define DIRECT_ACCESS_GRANT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "limits.h"

struct grant {
    uid_t uid;
    gid_t gid;
    unsigned restarts;          /* how often the job had been requeued by then */
    char names[LIST_SIZE];      /* separated by commas; "" if only a timeout was asked for */
    char types[LIST_SIZE];      /* as many, in the same order */
    char timeout[SECONDS_SIZE]; /* whole seconds, or "" */
    char refusal[MESSAGE_SIZE]; /* why nothing is granted, or "" */
};

/* Whether a text is a number of whole seconds that --qpu-timeout takes. */
bool grant_is_timeout(const char *text);

/* Fill in what a user asked for, either may be NULL: the grant, or the refusal in it. */
void grant_decide(struct grant *grant, const char *names_file, const char *names, const char *timeout);

/* Write a grant as lines "key value". False if it does not fit. */
bool grant_format(const struct grant *grant, char text[RECORD_SIZE]);

/* Read what grant_format wrote. False if it is anything else. */
bool grant_parse(struct grant *grant, const char *text, size_t length);

#endif
