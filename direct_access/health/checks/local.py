"""This node: the file system where run directories are made, and runs that nobody finished."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path

from direct_access import journal as journals
from direct_access.config.health_settings import MIB
from direct_access.errors import LocalStorageError, OutputError, WaitEndedError
from direct_access.health.check import Observation, failed_with
from direct_access.health.check_context import CheckContext
from direct_access.health.finding import CheckLevel
from direct_access.light_dataclass import dataclass
from direct_access.runner.local_runs import LocalRun, find_runs
from direct_access.runner.output_dir import scratch_directory, user_name
from direct_access.slurm import environment as slurm_env
from direct_access.units import format_size

PROBE_BYTES = 1 << 16


def scratch(context: CheckContext) -> Path:
    """Return the directory in which run directories are made, or will be."""
    environment, settings = context.environment, context.known_settings
    slurm = slurm_env.read(environment)
    return scratch_directory(settings.scratch, slurm, environment, "health", user_name(environment))


def disk(context: CheckContext) -> Iterator[Observation]:
    """Write a nameless file there and bring it to disk: a quota and a dying file system show only so."""
    wanted = scratch(context)
    place = next(path for path in (wanted, *wanted.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(bytes(PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
        found = os.statvfs(place)
    except OSError as fault:
        unwritable = LocalStorageError(
            f"cannot write to {place}: {fault.strerror}",
            subject=str(place),
            advice="free space, ask for quota, or set scratch to a directory that you may write to",
        )
        yield failed_with(unwritable, CheckLevel.CRITICAL)
        return
    free, bounds = found.f_bavail * found.f_frsize, context.bounds
    if free >= bounds.disk_warning_mib * MIB:
        yield Observation(f"{format_size(free)} free", subject=str(place))
        return
    error = LocalStorageError(
        f"{place} has {format_size(free)} left",
        subject=str(place),
        advice="free space, or set scratch to another directory",
    )
    yield failed_with(
        error, CheckLevel.CRITICAL if free < bounds.disk_critical_mib * MIB else CheckLevel.WARNING
    )


@dataclass
class _Count:
    """What was found below a directory."""

    runs: int = 0
    old: list[Path] = field(default_factory=list)
    left_behind: list[Path] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    is_whole: bool = True


def runs(context: CheckContext) -> Iterator[Observation]:
    """Look for runs that nobody finished, and for those that left something on the server."""
    root = scratch(context)
    if not root.is_dir():
        yield Observation("there is no run directory yet", subject=str(root))
        return
    count = _count(root, context)
    if count.old:
        error = WaitEndedError(
            f"{len(count.old)} runs have not been finished for long, first {count.old[0]}",
            subject=str(root),
            advice="bring their results, or delete them",
        )
        yield failed_with(error, CheckLevel.WARNING)
    if count.left_behind:
        error = WaitEndedError(
            f"{len(count.left_behind)} runs left jobs or objects on the server, first {count.left_behind[0]}",
            subject=str(root),
            advice=f"direct-access delete {count.left_behind[0]}, and so on",
        )
        yield failed_with(error, CheckLevel.WARNING)
    if not count.old and not count.left_behind:
        whole = "" if count.is_whole else " in the time there was"
        number = len(count.unreadable)
        unreadable = f"; {number} cannot be read, first: {count.unreadable[0]}" if number else ""
        yield Observation(
            f"{count.runs} runs looked at{whole}, none left behind{unreadable}", subject=str(root)
        )


def _count(root: Path, context: CheckContext) -> _Count:
    count = _Count()
    oldest = context.clock.wall() - context.bounds.run_warning_secs
    half = context.secs_left / 2
    for found in find_runs(root):
        if context.secs_left < half:
            count.is_whole = False
            break
        if isinstance(found, OutputError):
            count.unreadable.append(found.message)
        else:
            _add(count, found, oldest)
    return count


def _add(count: _Count, run: LocalRun, oldest: float) -> None:
    count.runs += 1
    if run.journal.left_behind:
        count.left_behind.append(run.directory)
    if not run.journal.finished and _written_at(run.directory) < oldest:
        count.old.append(run.directory)


def _written_at(directory: Path) -> float:
    try:
        return (directory / journals.FILE_NAME).stat().st_mtime
    except OSError:
        return float("inf")
