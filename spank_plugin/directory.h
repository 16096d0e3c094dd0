/* <run>/<node name>: root's directory on one node. Several slurmd of one host have one each. */
#ifndef DIRECT_ACCESS_DIRECTORY_H
#define DIRECT_ACCESS_DIRECTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "limits.h"

#define ENTRY_SIZE 32 /* "<job id>.record", "<job id>.runs", "garbage.<pid>.<number>" */

/* Open the directory, making it if asked; -1 with errno. EPERM: somebody else could write there. */
int directory_open(const char *run, const char *node, bool make);

/* Write the name of a job's entry. */
void directory_entry(char entry[ENTRY_SIZE], uint32_t job, const char *suffix);

#endif
