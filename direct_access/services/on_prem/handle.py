"""What is written down to find a job and its objects again: names and choices, no secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from direct_access.config.settings import StorageSettings, System
from direct_access.errors import InputError, NotFoundError
from direct_access.model.storage import ROLES
from direct_access.services.on_prem.object_names import DETACHED, chosen_name, default_name, mark_name
from direct_access.services.on_prem.storage_choice import choose, refinements
from direct_access.services.protocol import Handle, NewJob
from direct_access.storage.address import check_name


@dataclass(frozen=True)
class Placement:
    """Where one object of a job lies."""

    name: str
    storage: StorageSettings


def make_handle(system: System, job: NewJob) -> Handle:
    """Decide where the objects of a job go; see :meth:`direct_access.services.protocol.JobService.plan`."""
    objects = {}
    for role in ROLES:
        refined = refinements(job.storage, role)
        chosen = choose(system, refined, role)
        given = refined.pop("object_name", None)
        if role == "input" and job.external_input:
            name = _external_name(given, job.id)
        elif given:
            name = _own_name(given, role, job.id)
        else:
            name = default_name(chosen.prefix, job.owner, role, job.id)
        check_name(name)
        objects[role] = {"name": name, **({"storage": refined} if refined else {})}
    handle = {"id": job.id, "external_input": job.external_input, "objects": objects}
    _check_distinct(system, handle)
    return {**handle, "given_id": True} if job.given_id else handle


def placement(system: System, handle: Handle, role: str) -> Placement:
    """Return where an object of a job lies by the configuration of today.

    :raises NotFoundError: if the handle does not know it
    """
    entry = handle["objects"].get(role)
    if entry is None:
        raise NotFoundError(
            f"it is not known where the {role} of job {handle['id']} lie",
            subject=handle["id"],
            advice="the job was sent without them, or to a store that is not configured for this system",
        )
    return Placement(entry["name"], choose(system, entry.get("storage") or {}, role))


def mark_placement(system: System, handle: Handle) -> Placement:
    """Return where the mark of a detached job lies: beside its results, in the same bucket.

    :raises NotFoundError: if it is not known where those are
    """
    results = placement(system, handle, "results")
    return Placement(mark_name(results.name, handle["id"]), results.storage)


def renamed(handle: Handle, job_id: str) -> Handle:
    """Return the handle of another job with the same choices; an input that is not ours keeps its name."""

    def entry(role: str, old: Mapping[str, Any]) -> dict[str, Any]:
        kept = role == "input" and handle["external_input"]
        return {**old, "name": old["name"] if kept else old["name"].replace(handle["id"], job_id)}

    objects = {role: entry(role, old) for role, old in handle["objects"].items()}
    kept = {name: value for name, value in handle.items() if name != "given_id"}
    return {**kept, "id": job_id, "objects": objects}


def _external_name(given: str | None, job_id: str) -> str:
    if given is None:
        raise InputError(
            "neither pubs nor params are given, nor the object that holds the params already",
            subject="storage.input.object_name",
            advice="add pubs or params, or name the object in storage.input.object_name",
        )
    return chosen_name(given, job_id)


def _own_name(given: str, role: str, job_id: str) -> str:
    name = chosen_name(given, job_id)
    if job_id not in name:
        raise InputError(
            f"storage.{role}.object_name: {given!r} would be the same object for every job",
            subject=f"storage.{role}.object_name",
            advice="put {id} into it",
        )
    return name


def _check_distinct(system: System, handle: Handle) -> None:
    places = [placement(system, handle, role) for role in ROLES]
    if len(set(places)) < len(places):
        raise InputError("two of the job's objects have the same name in the same bucket", subject="storage")
    if mark_placement(system, handle) in places:
        raise InputError(f"storage: {DETACHED}:{handle['id']} is the name of an object of ours", "storage")
