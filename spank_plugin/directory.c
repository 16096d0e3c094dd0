#define _GNU_SOURCE /* O_PATH and friends */
#include "directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_ours_alone(int directory)
{
    struct stat status;
    if (fstat(directory, &status) != 0)
        return false;
    return S_ISDIR(status.st_mode) && status.st_uid == geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static int open_one(int parent, const char *name, bool make)
{
    if (make && mkdirat(parent, name, 0755) != 0 && errno != EEXIST)
        return -1;
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0)
        return -1;
    if (!is_ours_alone(directory)) {
        close(directory);
        errno = EPERM;
        return -1;
    }
    if (make && fchmod(directory, 0755) != 0) { /* whatever the umask took */
        close(directory);
        return -1;
    }
    return directory;
}

static bool is_node_name(const char *node)
{
    size_t length = strlen(node);
    return length > 0 && length < NODE_NAME_SIZE && node[0] != '.' && strchr(node, '/') == NULL;
}

int directory_open(const char *run, const char *node, bool make)
{
    if (!is_node_name(node)) {
        errno = EINVAL;
        return -1;
    }
    int parent = open_one(AT_FDCWD, run, make);
    if (parent < 0)
        return -1;
    int directory = open_one(parent, node, make);
    int reason = errno;
    close(parent);
    errno = reason;
    return directory;
}

void directory_entry(char entry[ENTRY_SIZE], uint32_t job, const char *suffix)
{
    snprintf(entry, ENTRY_SIZE, "%lu.%s", (unsigned long)job, suffix);
}
