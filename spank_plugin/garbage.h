/* Directories that users filled, with whatever is in them: out of the way at once, then removed.
 *
 * A user may nest directories to any depth and go on filling them. What is out of the way has a name that belongs to no job; what
 * the removal cannot take now it takes with the next one. */
#ifndef DIRECT_ACCESS_GARBAGE_H
#define DIRECT_ACCESS_GARBAGE_H

#include <stdbool.h>

/* Take an entry of root's directory out of the way, if there is one. False with errno. */
bool garbage_take(int directory, const char *entry);

/* Remove all that was taken. False if something is left. */
bool garbage_remove(int directory);

#endif
