#define _GNU_SOURCE /* O_CLOEXEC */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory.h"

static bool write_whole(int file, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, text, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text += written;
        length -= (size_t)written;
    }
    return true;
}

bool record_write(int directory, uint32_t job, const struct grant *grant)
{
    char text[RECORD_SIZE];
    char entry[ENTRY_SIZE];
    if (!grant_format(grant, text)) {
        errno = EOVERFLOW;
        return false;
    }
    if (!record_remove(directory, job))
        return false;
    directory_entry(entry, job, "record");
    int file = openat(directory, entry, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0)
        return false;
    bool good = write_whole(file, text, strlen(text));
    int reason = errno;
    close(file);
    if (!good)
        unlinkat(directory, entry, 0);
    errno = reason;
    return good;
}

int record_read(int directory, uint32_t job, struct grant *grant)
{
    char text[RECORD_SIZE];
    char entry[ENTRY_SIZE];
    struct stat status;
    directory_entry(entry, job, "record");
    int file = openat(directory, entry, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return errno == ENOENT ? 0 : -1;
    bool trusted = fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
                   (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
    ssize_t length = trusted ? read(file, text, sizeof text) : -1;
    close(file);
    if (length < 0 || (size_t)length == sizeof text)
        return -1;
    return grant_parse(grant, text, (size_t)length) ? 1 : -1;
}

bool record_remove(int directory, uint32_t job)
{
    char entry[ENTRY_SIZE];
    directory_entry(entry, job, "record");
    return unlinkat(directory, entry, 0) == 0 || errno == ENOENT;
}
