"""Follow a run that another task of the same Slurm job owns, and end with the same result."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Callable
from pathlib import Path

from direct_access import journal as journals
from direct_access.clock import Clock
from direct_access.errors import OutputError, WaitEndedError
from direct_access.journal import Journal
from direct_access.retry.deadline import Deadline, no_deadline
from direct_access.runner import owner as owners
from direct_access.runner.control import Control
from direct_access.runner.liveness import Liveness
from direct_access.runner.owner import OwnerRecord
from direct_access.runner.owner_ping import OwnerWatch
from direct_access.runner.run_directory import other_params_under_way

LOOK_SECS = 0.5
PATIENCE_SECS = 60.0
OWNER_SECS = 10.0
"""How much later than an owner with the same deadline a follower ends: the owner then reports the end."""


def follow(
    directory: Path,
    owner: OwnerRecord,
    is_same: Callable[[Journal], bool],
    liveness: Liveness,
    clock: Clock,
    control: Control,
    deadline: Deadline = no_deadline,
) -> Journal | None:
    """Wait until the run is finished; return its journal, or None if its owner gave up or died before.

    An owner on another node is asked after each minute of silence: Slurm knows whether the job runs, not
    whether one process of it does.

    :raises OutputError: if it turns out to be a run of something else
    :raises WaitEndedError: if our waiting ends before the run does
    """
    watch: OwnerWatch | None = None
    while True:
        control.check()
        journal = journals.load(directory)
        if journal is not None and not is_same(journal):
            raise other_params_under_way(directory, journal)
        if journal is not None and journal.finished:
            return journal
        until = deadline()
        if until is not None and clock.boottime() >= until + OWNER_SECS:
            raise WaitEndedError(
                f"waiting ended; {owner.place} continues the run in {directory}",
                subject=str(directory),
                stage="follow",
                advice=f"direct-access collect {shlex.quote(str(directory))}",
            )
        if liveness.is_known_dead(owner) or not owners.is_owner(directory, owner):
            return None
        if not liveness.is_visible(owner):
            with contextlib.suppress(
                OSError, OutputError
            ):  # the directory was given up, or cannot be written
                watch = watch or OwnerWatch(directory, liveness.silent_secs, PATIENCE_SECS)
                watch.check(LOOK_SECS)
            if watch is not None and watch.is_dead:
                liveness.mark_dead(owner)
                return None
        clock.wait(control.stop, LOOK_SECS)
