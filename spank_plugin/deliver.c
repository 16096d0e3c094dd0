#define _GNU_SOURCE /* setresuid */
#include "deliver.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define POLL_NANOSECS (20 * 1000 * 1000L)

static bool become(uid_t uid, gid_t gid)
{
    if (geteuid() != 0)
        return geteuid() == uid; /* a slurmd that is no root runs jobs of its own user only */
    return setgroups(0, NULL) == 0 && setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0;
}

/* slurmstepd has threads, and a uid is of the whole process: a child gives up root, not we. */
static void send_term(const struct process *processes, size_t count, uid_t uid, gid_t gid)
{
    pid_t child = fork();
    if (child == 0) {
        if (!become(uid, gid))
            _exit(1);
        for (size_t i = 0; i < count; i++)
            if (process_runs(&processes[i], uid))
                kill(processes[i].pid, SIGTERM);
        _exit(0);
    }
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
}

static bool any_runs(const struct process *processes, size_t count, uid_t uid)
{
    for (size_t i = 0; i < count; i++)
        if (process_runs(&processes[i], uid))
            return true;
    return false;
}

void deliver_term(const struct process *processes, size_t count, uid_t uid, gid_t gid, unsigned grace_secs)
{
    struct timespec now, start;
    const struct timespec pause = {0, POLL_NANOSECS};
    if (count == 0 || uid == 0)
        return;
    send_term(processes, count, uid, gid);
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (now = start; now.tv_sec - start.tv_sec < (time_t)grace_secs; clock_gettime(CLOCK_MONOTONIC, &now)) {
        if (!any_runs(processes, count, uid))
            return;
        nanosleep(&pause, NULL);
    }
}
