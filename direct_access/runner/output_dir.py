"""Where a run's directory goes: sbatch's file name patterns, scratch, and never node-local space."""

from __future__ import annotations

import getpass
import os
from collections.abc import Mapping
from pathlib import Path

from direct_access.errors import InputError
from direct_access.slurm.environment import JOB_TMPDIR, SlurmEnv
from direct_access.slurm.filename_pattern import expand

DEFAULT_NAME = "%x-%j"


def base_directory(
    pattern: str | None,
    scratch: Path | None,
    slurm: SlurmEnv,
    environment: Mapping[str, str],
    stem: str,
    user: str,
) -> Path:
    """Return the absolute run directory before numbering.

    :param pattern: the job file's or the command's; relative ones start at the working directory
    :param scratch: the site's or the user's setting, with the same replacements (``/scratch/%u``)
    """
    if pattern is not None:
        return own_directory(expand(pattern, slurm, stem, user))
    root = scratch_directory(scratch, slurm, environment, stem, user)
    return root / expand(DEFAULT_NAME, slurm, stem, user)


def own_directory(name: str) -> Path:
    """Return the absolute directory that a user names for one run.

    :raises InputError: if the name is empty or the root directory
    """
    path = _at_home(Path(name))
    if not name.strip() or (path.anchor and path.parent == path):
        raise InputError(
            f"output_dir: {name!r} cannot be the directory of a run",
            subject=name,
            advice="name a directory of its own with --output-dir, or output_dir in the job file",
        )
    return absolute(path)


def scratch_directory(
    scratch: Path | None, slurm: SlurmEnv, environment: Mapping[str, str], stem: str, user: str
) -> Path:
    """Return the absolute directory in which run directories are made; see :func:`base_directory`."""
    root = environment.get("SCRATCH") or slurm.submit_dir or "."
    if scratch is not None:
        root = expand(str(scratch), slurm, stem, user)
    return absolute(Path(root))


def absolute(path: Path) -> Path:
    """Return a path from the root; the current directory is looked at only where it matters.

    :raises InputError: if it has been deleted
    """
    try:
        return path.absolute()
    except FileNotFoundError as error:
        raise InputError(
            f"{str(path)!r} cannot be resolved: the current directory no longer exists",
            subject=str(path),
            advice="cd to a directory that exists, or give absolute paths",
        ) from error


def user_name(environment: Mapping[str, str]) -> str:
    """Return the user's name, or number where the name is not known."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return environment.get("USER") or str(os.getuid())


def _at_home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise InputError(f"output_dir: {path.parts[0]} has no home directory", subject=str(path)) from error


def node_local_reason(directory: Path, environment: Mapping[str, str]) -> str | None:
    """Return why a directory will not outlive the allocation, None if nothing says so."""
    resolved = os.path.realpath(directory)
    for name in (JOB_TMPDIR, "TMPDIR"):
        root = environment.get(name)
        if root and _below(resolved, os.path.realpath(root)):
            return f"it lies in ${name}, which other nodes do not see and Slurm may clear"
    for root in ("/tmp", "/var/tmp", "/dev/shm"):  # noqa: S108 - named to warn of them
        if _below(resolved, root):
            return f"it lies in {root}, which other nodes do not see"
    return None


def _below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")
