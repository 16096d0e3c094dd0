"""Exit status, each with its meaning: the one table behind the command, its tests and the documentation.

The numbers follow sysexits(3), timeout(1) (124) and the shell (128+n).
"""

from __future__ import annotations

from direct_access.errors import DirectAccessError, SignalError
from direct_access.light_dataclass import dataclass


@dataclass(frozen=True)
class ExitStatus:
    """One row of the table.

    :param kinds: kinds of :class:`direct_access.errors.DirectAccessError` that end so
    """

    status: int
    meaning: str
    kinds: tuple[str, ...] = ()


OK = 0
USAGE = 2
INTERNAL = 70
SIGNAL_BASE = 128

TABLE = (
    ExitStatus(OK, "Completed, results and logs verified on disk; other commands: could answer"),
    ExitStatus(
        1, "ours from `health --format nagios` or `nhc` alone; else something died around us (srun, a prolog)"
    ),
    ExitStatus(USAGE, "wrong usage of the command", ("usage",)),
    ExitStatus(
        3, "the quantum job was Cancelled, also because it ran too long; reason printed", ("job_cancelled",)
    ),
    ExitStatus(
        4, "the quantum job Failed; reason code, message and solution printed, logs saved", ("job_failed",)
    ),
    ExitStatus(
        65,
        "job file, params or circuit missing, unreadable or refused, by us or by the server",
        ("input", "not_found", "conflict"),
    ),
    ExitStatus(
        69, "service not reachable within the deadline, and no job of ours exists there", ("unavailable",)
    ),
    ExitStatus(INTERNAL, "a bug of ours, or an incomplete installation", ("internal",)),
    ExitStatus(73, "cannot create or own the run directory", ("output",)),
    ExitStatus(74, "reading or writing a file, or the object store, failed", ("store", "local_storage")),
    ExitStatus(
        75, "try again later, no job exists: lanes full, backend reserved, paused or offline", ("try_again",)
    ),
    ExitStatus(
        76, "the server answered outside its contract, or our job vanished", ("protocol", "job_vanished")
    ),
    ExitStatus(77, "not authenticated or not permitted, by IAM, API or store", ("access",)),
    ExitStatus(
        78, "configuration; also a certificate that is not trusted, or a wrong clock", ("configuration",)
    ),
    ExitStatus(
        124,
        "our waiting ended while the job keeps running; the command that picks it up is printed",
        ("wait_ended",),
    ),
    ExitStatus(
        SIGNAL_BASE, "128+n: ended by signal n, whatever was decided about the quantum job", ("signal",)
    ),
)

_BY_KIND = {kind: row.status for row in TABLE for kind in row.kinds}


def exit_status(error: DirectAccessError) -> int:
    """Return the exit status that an error stands for."""
    if isinstance(error, SignalError):
        return SIGNAL_BASE + error.signal_number
    return _BY_KIND.get(error.kind, INTERNAL)
