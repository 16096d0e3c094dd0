"""Run commands at the same time and print what each of them cost: a script for a bare interpreter.

The peak memory of a process begins with that of the process that started it, as Linux hands it on at
execve(2); so whoever measures must be small. This one has about 9 MB.

Standard input: ``[[argv, output file], …]``. Standard output: for each its wall time and its CPU time in
seconds, its peak memory in bytes, its exit status. Wall time is from before the first posix_spawn(3) to the
return of wait4(2); CPU time is user and system, children included.
"""

import json
import os
import sys
import time


def main() -> None:
    commands = json.load(sys.stdin)
    numbers: dict[int, int] = {}
    costs = [[0.0, 0.0, 0, 0] for _ in commands]
    begun = time.perf_counter()
    for number, (argv, output) in enumerate(commands):
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        numbers[os.posix_spawn(argv[0], argv, os.environ, file_actions=actions)] = number
    while numbers:
        pid, status, usage = os.wait4(-1, 0)
        now = time.perf_counter()
        cpu = usage.ru_utime + usage.ru_stime
        costs[numbers.pop(pid)] = [
            now - begun,
            cpu,
            usage.ru_maxrss * 1024,
            os.waitstatus_to_exitcode(status),
        ]
    json.dump(costs, sys.stdout)


main()
