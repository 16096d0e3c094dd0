"""Which Slurm job a quantum job belongs to, written into the names of its objects and read from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from direct_access.light_dataclass import dataclass

if TYPE_CHECKING:
    from direct_access.model.jobs import JobState

LOCAL = "local"
"""Stands for the cluster and the Slurm job of a run outside Slurm."""

_OWNER = (
    r"(?:^|/)(?P<cluster>[^/]+)/(?P<uid>\d{1,10})/"
    r"(?:(?P<job>\d{1,18})(?:_(?P<task>\d{1,18}))?|local)\.(?P<restart>\d{1,18})(?:\.(?P<step>\d{1,10}))?/"
    r"(?:params|results|logs):(?P<id>[^/]+)$"
)


@dataclass(frozen=True)
class Owner:
    """The Slurm job of a quantum job, ``<cluster>/<uid>/<slurm job>[_<task>].<restart>[.<step>]``.

    :param job_id: of the array where there is a ``task_id``; None for a run outside Slurm
    :param restart: how often the Slurm job had been requeued when the quantum job was made
    :param step: that made it, None for a batch script
    """

    cluster: str
    uid: int
    job_id: int | None
    task_id: int | None
    restart: int
    step: int | None = None

    @property
    def step_name(self) -> str:
        """The step as Slurm calls it, ``<slurm job>[_<task>].<step>``."""
        task = "" if self.task_id is None else f"_{self.task_id}"
        return f"{self.job_id}{task}.{self.step}"

    def __str__(self) -> str:
        job = LOCAL if self.job_id is None else str(self.job_id)
        task = "" if self.task_id is None else f"_{self.task_id}"
        step = "" if self.step is None else f".{self.step}"
        return f"{self.cluster}/{self.uid}/{job}{task}.{self.restart}{step}"


def owner_of(state: JobState) -> Owner | None:
    """Return whom a job belongs to; None if its objects do not say, or do not agree."""
    owners = {owner for name in _names(state) if (owner := _owner_in(name, state.id))}
    return owners.pop() if len(owners) == 1 else None


def owner_of_params(name: str) -> Owner | None:
    """Return whom the params object of this name belongs to; None if the name does not say."""
    match = re.search(_OWNER, name, re.ASCII)
    return _owner(match) if match and f"/params:{match['id']}" in name else None


def _names(state: JobState) -> Iterator[str]:
    from urllib.parse import unquote, urlsplit

    for reference in state.storage.values():
        if reference.object_name:
            yield reference.object_name
        elif reference.location:
            yield unquote(urlsplit(reference.location).path)


def _owner_in(name: str, job_id: str) -> Owner | None:
    match = re.search(_OWNER, name, re.ASCII)
    return _owner(match) if match and match["id"] == job_id else None


def _owner(match: re.Match[str]) -> Owner:
    job, task = match["job"], match["task"]
    return Owner(
        match["cluster"],
        int(match["uid"]),
        int(job) if job else None,
        int(task) if task else None,
        int(match["restart"]),
        int(match["step"]) if match["step"] else None,
    )
