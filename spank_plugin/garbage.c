#define _GNU_SOURCE /* O_CLOEXEC, fdopendir */
#include "garbage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory.h"

#define PREFIX "garbage." /* no name of a job's entry begins with a letter */
#define MOST_NAMES 1000000U
#define MOST_REMOVED 100000UL /* in one call: a process in there may make directories as fast as they are removed */

/* Move an entry to root's directory under a new name. rename(2) replaces an empty directory at most. */
static bool move_here(int parent, const char *entry, int directory)
{
    static unsigned number;
    char name[ENTRY_SIZE];
    for (unsigned tries = 0; tries < MOST_NAMES; tries++) {
        snprintf(name, sizeof name, PREFIX "%ld.%u", (long)getpid(), number++);
        if (renameat(parent, entry, directory, name) == 0)
            return true;
        if (errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
            return false;
    }
    return false;
}

bool garbage_take(int directory, const char *entry)
{
    return move_here(directory, entry, directory) || errno == ENOENT;
}

/* Open a directory that its user can no longer add to. */
static DIR *open_closed(int parent, const char *name)
{
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0)
        return NULL;
    bool is_closed = fchown(directory, geteuid(), getegid()) == 0 && fchmod(directory, 0700) == 0;
    DIR *list = is_closed ? fdopendir(directory) : NULL;
    if (list == NULL)
        close(directory);
    return list;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Remove one entry of root's directory. Directories in it are moved up beside it instead of entered, so that depth costs
 * neither stack nor descriptors. */
static bool remove_one(int directory, const char *name)
{
    if (unlinkat(directory, name, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR && errno != EPERM)
        return false;
    DIR *list = open_closed(directory, name);
    if (list == NULL)
        return errno == ENOENT;
    struct dirent *entry;
    while ((entry = readdir(list)) != NULL)
        if (!is_dots(entry->d_name) && unlinkat(dirfd(list), entry->d_name, 0) != 0)
            move_here(dirfd(list), entry->d_name, directory);
    closedir(list);
    return unlinkat(directory, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

/* Remove what is there now. Return how many entries went, and whether some stay. */
static unsigned long remove_those(int directory, bool *some_stay)
{
    unsigned long removed = 0;
    struct dirent *entry;
    *some_stay = false;
    int again = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* a place of its own in the list */
    DIR *list = again >= 0 ? fdopendir(again) : NULL;
    if (list == NULL) {
        if (again >= 0)
            close(again);
        *some_stay = true;
        return 0;
    }
    while (removed < MOST_REMOVED && (entry = readdir(list)) != NULL) {
        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0)
            continue;
        if (remove_one(directory, entry->d_name))
            removed++;
        else
            *some_stay = true;
    }
    closedir(list);
    return removed;
}

bool garbage_remove(int directory)
{
    bool some_stay;
    unsigned long removed, all_removed = 0;
    do { /* after a directory those that were in it */
        removed = remove_those(directory, &some_stay);
        all_removed += removed;
    } while (removed > 0 && all_removed < MOST_REMOVED);
    return !some_stay && removed == 0;
}
