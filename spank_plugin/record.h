/* The grant of a job in a file that only root writes: neither --export=NONE loses it nor a user forges it. */
#ifndef DIRECT_ACCESS_RECORD_H
#define DIRECT_ACCESS_RECORD_H

#include <stdint.h>

#include "grant.h"

/* Write the record of a job, replacing one that an earlier life left. False with errno. */
bool record_write(int directory, uint32_t job, const struct grant *grant);

/* Read it: 1, 0 where there is none, -1 where it cannot be trusted or read. */
int record_read(int directory, uint32_t job, struct grant *grant);

/* Remove it, if there is one. False with errno. */
bool record_remove(int directory, uint32_t job);

#endif
