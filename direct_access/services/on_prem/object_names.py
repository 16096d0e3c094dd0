"""The names of a job's objects.

They are spelt as in the API's own example (``params:<id>``, ``results:<id>``, ``logs:<id>``), below the owner
of the job: the API repeats the names, so that every job can be traced from the server's side.
"""

from __future__ import annotations

PLACEHOLDER = "{id}"

DETACHED = "detached"
"""Kind of the object that says: this job was left on purpose."""

_KINDS = {"input": "params", "results": "results", "logs": "logs"}


def default_name(prefix: str, owner: str, role: str, job_id: str) -> str:
    """Return the name of an object of ours.

    :param prefix: of all names, ``""`` for none
    :param owner: ``<cluster>/<uid>/<slurm job>[_<task>].<restart>[.<step>]``
    :param role: ``input``, ``results`` or ``logs``
    """
    return "/".join(part for part in (prefix.strip("/"), owner, _own_part(role, job_id)) if part)


def mark_name(results_name: str, job_id: str) -> str:
    """Return the name of the mark of a detached job: beside its results, also if the user named them.

    So it follows from what the API says of a job.
    """
    directory, slash, _ = results_name.rpartition("/")
    return f"{directory}{slash}{DETACHED}:{job_id}"


def is_default_name(name: str, role: str, job_id: str, owner: str | None = None) -> bool:
    """Return whether a name is one of ours: only such an object may be taken for ours to delete.

    :param owner: whose it must be; None: anybody's
    """
    own_part = _own_part(role, job_id)
    if owner is None:
        return name.endswith("/" + own_part)
    return f"/{name}".endswith(f"/{owner}/{own_part}")


def chosen_name(name: str, job_id: str) -> str:
    """Return the name that a job file gives, its ``{id}`` replaced."""
    return name.replace(PLACEHOLDER, job_id)


def _own_part(role: str, job_id: str) -> str:
    return f"{_KINDS[role]}:{job_id}"
