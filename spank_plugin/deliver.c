#define _GNU_SOURCE /* setresuid */
#include "deliver.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NANOSECS 1000000000LL
#define POLL_NANOSECS (20 * 1000 * 1000L)

static bool become(uid_t uid, gid_t gid)
{
    if (geteuid() != 0)
        return geteuid() == uid; /* a slurmd that is not root runs jobs of its own user only */
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

static long long now_nanosecs(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NANOSECS + now.tv_nsec;
}

void deliver_term(const struct process *processes, size_t count, uid_t uid, gid_t gid, unsigned grace_secs)
{
    const struct timespec pause = {0, POLL_NANOSECS};
    if (count == 0 || uid == 0)
        return;
    long long until = now_nanosecs() + grace_secs * NANOSECS;
    send_term(processes, count, uid, gid);
    while (any_runs(processes, count, uid) && now_nanosecs() < until)
        nanosleep(&pause, NULL);
}
