"""How long a run waits for what may never come: answers at its end, and the answer of another owner."""

from __future__ import annotations

from direct_access.light_dataclass import dataclass
from direct_access.slurm.job_query import ANSWER_SECS


@dataclass(frozen=True)
class Bounds:
    """Longest times in seconds.

    A signal ends a run within ``end_secs`` and ``leave_secs``, whatever the network does; whatever else holds
    the process, it is ended ``abandon_secs`` later.

    :param slurm_secs: for Slurm to say why it ends us
    :param end_secs: from a signal on, for all requests that it leads to
    :param requests_secs: for the requests of one service among them
    :param request_secs: for one connection or one answer of that
    :param mark_secs: for the mark of a job that is left on purpose
    :param worker_secs: for the steps to come out of their last request, before what they made is removed
    :param leave_secs: for the steps to stop, before the process leaves without them
    :param ping_secs: until an owner answers who asks whether it lives
    :param silent_secs: for an owner that was asked to be silent, before it counts as dead
    """

    slurm_secs: float = ANSWER_SECS
    end_secs: float = 20.0
    requests_secs: float = 12.0
    request_secs: float = 4.0
    mark_secs: float = 3.0
    worker_secs: float = 2.0
    leave_secs: float = 2.0
    abandon_secs: float = 2.0
    ping_secs: float = 15.0
    silent_secs: float = 60.0
