#define _GNU_SOURCE /* O_CLOEXEC, fdopendir */
#include "registry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory.h"
#include "garbage.h"
#include "text.h"

static DIR *open_list(int parent, const char *name)
{
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0)
        return NULL;
    DIR *list = fdopendir(directory);
    if (list == NULL)
        close(directory);
    return list;
}

bool registry_make(int directory, uint32_t job, uid_t uid, gid_t gid)
{
    return registry_remove(directory, job) && registry_require(directory, job, uid, gid);
}

static bool is_of(int directory, const char *entry, uid_t uid)
{
    struct stat status;
    return fstatat(directory, entry, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == uid;
}

bool registry_require(int directory, uint32_t job, uid_t uid, gid_t gid)
{
    char entry[ENTRY_SIZE];
    directory_entry(entry, job, "runs");
    if (is_of(directory, entry, uid))
        return true;
    if (!garbage_take(directory, entry) || mkdirat(directory, entry, 0700) != 0)
        return false;
    return fchownat(directory, entry, uid, gid, AT_SYMLINK_NOFOLLOW) == 0;
}

bool registry_remove(int directory, uint32_t job)
{
    char entry[ENTRY_SIZE];
    directory_entry(entry, job, "runs");
    return garbage_take(directory, entry);
}

static bool read_entry(int list, const char *name, uid_t uid, struct process *process)
{
    char text[24];
    struct stat status;
    unsigned long long pid;
    if (!read_number(name, strlen(name), 0x7fffffff, &pid) || pid < 2)
        return false;
    int file = openat(list, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return false;
    bool good = fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == uid;
    ssize_t length = good ? read(file, text, sizeof text) : -1;
    close(file);
    if (length > 0 && text[length - 1] == '\n')
        length--;
    if (length <= 0 || !read_number(text, (size_t)length, ~0ULL, &process->start_ticks))
        return false;
    process->pid = (pid_t)pid;
    return process_runs(process, uid);
}

size_t registry_list(int directory, uint32_t job, uid_t uid, struct process found[RUNS_OF_A_JOB])
{
    char name[ENTRY_SIZE];
    size_t count = 0;
    directory_entry(name, job, "runs");
    DIR *list = open_list(directory, name);
    if (list == NULL)
        return 0;
    struct dirent *entry;
    for (unsigned seen = 0; count < RUNS_OF_A_JOB && seen < 4096 && (entry = readdir(list)) != NULL; seen++)
        if (read_entry(dirfd(list), entry->d_name, uid, &found[count]))
            count++;
    closedir(list);
    return count;
}
