"""Which directory a run takes: a new one, one to resume, one to follow, or one that is done.

The rules are those of the user guide, "What `run` does with a run directory that exists".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum, auto
from pathlib import Path

from direct_access import journal as journals
from direct_access import run_files
from direct_access.clock import parse_rfc3339
from direct_access.errors import OutputError
from direct_access.journal import Journal, Step
from direct_access.light_dataclass import dataclass
from direct_access.runner import owner as owners
from direct_access.runner.liveness import Liveness, OwnerStatus, owned_by_another
from direct_access.runner.owner import OwnerRecord
from direct_access.slurm.environment import SlurmEnv

MOST_RUNS = 10_000
_OUR_FILES = ("params.json", "results.json", "logs.txt")


class RunAction(Enum):
    """What to do with the directory found."""

    START = auto()
    RESUME = auto()
    FOLLOW = auto()
    REPORT = auto()


@dataclass(frozen=True)
class DirectoryChoice:
    """A directory and what to do with it.

    :param owner: the dead owner to supersede, or the living one to follow
    """

    action: RunAction
    directory: Path
    journal: Journal | None = None
    owner: OwnerRecord | None = None


def choose_directory(
    base: Path, is_same: Callable[[Journal], bool], liveness: Liveness, *, new: bool
) -> DirectoryChoice:
    """Return the first of ``base``, ``base.2``, ``base.3``, … that this run can take.

    :param is_same: whether an unfinished run has the same params, program and backend
    :param new: never resume
    :raises OutputError: if an unfinished run holds other params, or its owner lives elsewhere
    """
    for directory in _candidates(base):
        found = journals.load(directory)
        previous = owners.current(directory)
        if new:
            if found is None and previous is None and _is_free(directory):
                return DirectoryChoice(RunAction.START, directory)
        elif found is not None and found.finished:
            if is_same(found) and _is_to_be_reported(found, directory, previous, liveness):
                return DirectoryChoice(RunAction.REPORT, directory, found)
        elif previous is not None and (status := liveness.status_of(directory, previous)).is_alive:
            return _followed_or_refused(directory, found, previous, status, liveness.slurm)
        elif found is not None:
            return _unfinished(directory, found, previous, is_same)
        elif previous is not None or _is_free(directory):
            return DirectoryChoice(RunAction.START, directory, owner=previous)
    raise OutputError(f"{base}: {MOST_RUNS} runs already", subject=str(base))


def _candidates(base: Path) -> Iterator[Path]:
    yield base
    for number in range(2, MOST_RUNS):
        yield base.with_name(f"{base.name}.{number}")


def _is_free(directory: Path) -> bool:
    """Whether a directory that nobody ever owned can be ours: absent, or free of our file names."""
    try:
        names = run_files.names(directory)
    except FileNotFoundError:
        return True
    except OSError as error:
        raise OutputError(
            f"cannot use the output directory {directory}: {error.strerror}", subject=str(directory)
        ) from error
    return not any(name in names for name in _OUR_FILES)


def _is_to_be_reported(found: Journal, directory: Path, left: OwnerRecord | None, liveness: Liveness) -> bool:
    """Whether a finished run is what this call is about, and nobody was told yet how it ended.

    It is if it ran, or was reported last, in an earlier life of our Slurm job: each life is told once, so
    that a script that runs one job file twice gets run after run. It is for the other tasks of the step that
    ran it or was told, and for whatever in this life began before it had finished, on another node too: who
    comes in time to follow it and who comes a moment too late get the same answer. And it is if its owner
    died before it could tell.
    """
    slurm = liveness.slurm
    reported = found.reported or found.slurm
    if slurm.in_job and (reported.get("cluster"), reported.get("job_id")) == (slurm.cluster, slurm.job_id):
        if slurm.restart_count > reported.get("restart_count", 0):
            return True
        if slurm.step_id is not None and reported.get("step_id") == slurm.step_id:
            return bool(reported.get("proc_id") != slurm.proc_id)
        if slurm.restart_count == reported.get("restart_count", 0) and _finished_after(found, liveness.began):
            return True
    return left is not None and not liveness.status_of(directory, left).is_alive


def _finished_after(found: Journal, moment: float) -> bool:
    try:
        return parse_rfc3339(found.times[Step.FINISHED.value]) > moment
    except (KeyError, ValueError):
        return False


def _followed_or_refused(
    directory: Path, found: Journal | None, owner: OwnerRecord, status: OwnerStatus, slurm: SlurmEnv
) -> DirectoryChoice:
    if owner.is_of(slurm):
        return DirectoryChoice(RunAction.FOLLOW, directory, found, owner)
    raise owned_by_another(directory, owner, status)


def _unfinished(
    directory: Path, found: Journal, previous: OwnerRecord | None, is_same: Callable[[Journal], bool]
) -> DirectoryChoice:
    if not is_same(found):
        raise other_params(directory, found)
    return DirectoryChoice(RunAction.RESUME, directory, found, previous)


def other_params_under_way(directory: Path, found: Journal) -> OutputError:
    """Return the error that says: a run of something else goes on in this directory, in our own Slurm job."""
    return OutputError(
        f"{directory}: a run of other params, backend or system is under way there (job {found.job_id})",
        subject=str(directory),
        advice="give each job file a directory of its own (output_dir, --output-dir), or add --new",
    )


def other_params(directory: Path, found: Journal) -> OutputError:
    """Return the error that says: this directory is taken by an unfinished run of something else."""
    return OutputError(
        f"{directory} holds an unfinished run of other params, backend or system (job {found.job_id})",
        subject=str(directory),
        advice=f"finish it with 'direct-access collect {directory}', or add --new for a run of its own",
    )
