#define _GNU_SOURCE /* O_CLOEXEC, fdopendir */
#include "registry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory.h"
#include "text.h"

#define MOST_DEPTH 8 /* of directories that a user makes in there; runs make none */

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

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool remove_tree(int parent, const char *name, int depth)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR && errno != EPERM)
        return false;
    DIR *list = depth > 0 ? open_list(parent, name) : NULL;
    if (list == NULL)
        return false;
    struct dirent *entry;
    while ((entry = readdir(list)) != NULL)
        if (!is_dots(entry->d_name))
            remove_tree(dirfd(list), entry->d_name, depth - 1);
    closedir(list);
    return unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

bool registry_make(int directory, uint32_t job, uid_t uid, gid_t gid)
{
    return registry_remove(directory, job) && registry_require(directory, job, uid, gid);
}

bool registry_require(int directory, uint32_t job, uid_t uid, gid_t gid)
{
    char entry[ENTRY_SIZE];
    directory_entry(entry, job, "runs");
    if (mkdirat(directory, entry, 0700) != 0)
        return errno == EEXIST;
    return fchownat(directory, entry, uid, gid, AT_SYMLINK_NOFOLLOW) == 0;
}

bool registry_remove(int directory, uint32_t job)
{
    char entry[ENTRY_SIZE];
    directory_entry(entry, job, "runs");
    return remove_tree(directory, entry, MOST_DEPTH);
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
