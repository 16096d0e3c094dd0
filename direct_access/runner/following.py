"""Follow a run that another task of the same Slurm job owns, and end as it ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from direct_access import journal as journals
from direct_access.clock import Clock
from direct_access.journal import Journal
from direct_access.runner import owner as owners
from direct_access.runner.control import Control
from direct_access.runner.owner import OwnerRecord
from direct_access.runner.run_directory import other_params
from direct_access.slurm_env import SlurmEnv

LOOK_SECS = 0.5


def follow(
    directory: Path,
    owner: OwnerRecord,
    is_same: Callable[[Journal], bool],
    slurm: SlurmEnv,
    clock: Clock,
    control: Control,
) -> Journal | None:
    """Wait until the run is finished; return its journal, or None if its owner gave up or died before.

    :raises OutputError: if it turns out to be a run of something else
    """
    while True:
        control.check()
        journal = journals.load(directory)
        if journal is not None and not is_same(journal):
            raise other_params(directory, journal)
        if journal is not None and journal.finished:
            return journal
        if not owners.is_alive(owner, slurm) or not owners.still_mine(directory, owner):
            return None
        clock.wait(control.stop, LOOK_SECS)
