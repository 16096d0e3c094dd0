"""What is written down to find a job and its objects again: names and choices, no secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace

from direct_access.config.settings import StorageSettings, System
from direct_access.errors import ConfigurationError, InputError, NotFoundError
from direct_access.light_dataclass import dataclass
from direct_access.model.storage import ROLES
from direct_access.services.on_prem.object_names import DETACHED, chosen_name, default_name, mark_name
from direct_access.services.on_prem.storage_choice import choose, refinements
from direct_access.services.protocol import Handle, NewJob
from direct_access.storage.address import check_name
from direct_access.storage.parts_record import PartsRecord


@dataclass(frozen=True)
class ObjectChoice:
    """One object of a job: its name, and what the job file says of its storage beside the configuration."""

    name: str
    storage: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OnPremHandle:
    """A :data:`direct_access.services.protocol.Handle` of this service.

    :param external_input: the input object is not ours to delete
    :param objects: by role, as far as they are known
    :param given_id: the id stands in the job file
    :param upload: the upload in parts that is under way
    """

    id: str
    external_input: bool
    objects: Mapping[str, ObjectChoice]
    given_id: bool = False
    upload: PartsRecord | None = None

    def to_json(self) -> Handle:
        """Return the handle as the journal keeps it; :meth:`of` is the way back."""
        objects = {
            role: {"name": each.name, **({"storage": dict(each.storage)} if each.storage else {})}
            for role, each in self.objects.items()
        }
        document = {"id": self.id, "external_input": self.external_input, "objects": objects}
        if self.given_id:
            document["given_id"] = True
        if self.upload:
            document["upload"] = self.upload.to_json()
        return document

    @classmethod
    def of(cls, handle: Handle) -> OnPremHandle:
        """Read a handle.

        :raises ConfigurationError: if it is one of another service
        """
        job_id = handle["id"]
        if "objects" not in handle:
            raise ConfigurationError(
                "this run was not sent to a system on the premises",
                subject=str(job_id),
                advice="its system had another service then: check the configuration of the system",
            )
        objects = {
            role: ObjectChoice(each["name"], each.get("storage") or {})
            for role, each in handle["objects"].items()
        }
        return cls(
            job_id,
            handle["external_input"],
            objects,
            bool(handle.get("given_id")),
            PartsRecord.from_json(handle.get("upload")),
        )


@dataclass(frozen=True)
class Placement:
    """Where one object of a job lies."""

    name: str
    storage: StorageSettings


def make_handle(system: System, job: NewJob) -> OnPremHandle:
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
        objects[role] = ObjectChoice(name, refined)
    handle = OnPremHandle(job.id, job.external_input, objects, job.given_id)
    _check_distinct(system, handle)
    return handle


def placement(system: System, handle: OnPremHandle, role: str) -> Placement:
    """Return where an object of a job lies by the configuration of today.

    :raises NotFoundError: if the handle does not know it
    """
    known = handle.objects.get(role)
    if known is None:
        raise NotFoundError(
            f"it is not known where the {role} of job {handle.id} lie",
            subject=handle.id,
            advice="the job was sent without them, or to a store that is not configured for this system",
        )
    return Placement(known.name, choose(system, known.storage, role))


def mark_placement(system: System, handle: OnPremHandle) -> Placement:
    """Return where the mark of a detached job lies: beside its results, in the same bucket.

    :raises NotFoundError: if it is not known where those are
    """
    results = placement(system, handle, "results")
    return Placement(mark_name(results.name, handle.id), results.storage)


def renamed(handle: OnPremHandle, job_id: str) -> OnPremHandle:
    """Return the handle of another job with the same choices; an input that is not ours keeps its name."""

    objects = {
        role: each
        if role == "input" and handle.external_input
        else replace(each, name=each.name.replace(handle.id, job_id))
        for role, each in handle.objects.items()
    }
    return OnPremHandle(job_id, handle.external_input, objects)


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


def _check_distinct(system: System, handle: OnPremHandle) -> None:
    places = [placement(system, handle, role) for role in ROLES]
    if len(set(places)) < len(places):
        raise InputError("two of the job's objects have the same name in the same bucket", subject="storage")
    if mark_placement(system, handle) in places:
        raise InputError(f"storage: {DETACHED}:{handle.id} is the name of an object of ours", "storage")
