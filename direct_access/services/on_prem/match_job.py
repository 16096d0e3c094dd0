"""Compare a job of the server with ours: is it the same, and where are its objects?

The server repeats the storage of a job in what it says of it.
"""

from __future__ import annotations

from direct_access.config.settings import StorageSettings, System
from direct_access.model.jobs import JobSpec, JobState
from direct_access.model.storage import StorageReference
from direct_access.services.on_prem.handle import ObjectChoice, OnPremHandle, placement
from direct_access.services.on_prem.object_names import is_default_name
from direct_access.services.on_prem.storage_choice import KEYS, bucket_address, choose


def differences(state: JobState, system: System, handle: OnPremHandle, spec: JobSpec) -> list[str]:
    """Return how a job of the server differs from ours, in the fields that the server gives."""
    pairs: dict[str, tuple[object, object]] = {
        "backend": (state.backend, spec.backend),
        "program_id": (state.program_id, spec.program_id),
        "timeout_secs": (state.timeout_secs, spec.timeout_secs),
    }
    for role, reference in state.storage.items():
        if role in handle.objects:
            place = placement(system, handle, role)
            echoed = reference.object_name or _name_at(reference.location, place.storage)
            pairs[f"storage.{role}"] = (echoed, place.name)
    return [
        f"{name} is {found} instead of {meant}"
        for name, (found, meant) in pairs.items()
        if found is not None and found != meant
    ]


def handle_of(state: JobState, system: System, owner: str | None = None) -> OnPremHandle:
    """Return a handle made of the server's description of a job, without objects in stores that are not ours.

    The input is taken for ours only if it is called as we call it: others may have uploaded it and need it.

    :param owner: leave out each object that is not called as this owner's are; None: leave out none
    """
    objects = {
        role: entry
        for role, reference in state.storage.items()
        if (entry := _entry(reference, system, role))
        and (owner is None or is_default_name(entry.name, role, state.id, owner))
    }
    ours = "input" in objects and is_default_name(objects["input"].name, "input", state.id)
    return OnPremHandle(state.id, not ours, objects)


def _entry(reference: StorageReference, system: System, role: str) -> ObjectChoice | None:
    if reference.type == "ibmcloud_cos":
        return _cos_entry(reference, system)
    if reference.location is None or system.storage is None or system.storage.type != reference.type:
        return None
    name = bucket_address(choose(system, {}, role)).name_of(reference.location)
    return ObjectChoice(name) if name else None


def _cos_entry(reference: StorageReference, system: System) -> ObjectChoice | None:
    told = {name: getattr(reference, name) for name in KEYS["ibmcloud_cos"]}
    if reference.object_name is None or None in told.values():
        return None
    if system.storage and all(getattr(system.storage, name) == value for name, value in told.items()):
        return ObjectChoice(reference.object_name)
    return ObjectChoice(reference.object_name, {"type": reference.type, **told})


def _name_at(location: str | None, storage: StorageSettings) -> str | None:
    """Return the name of the object at a location, the location itself if it lies in another storage."""
    return location and (bucket_address(storage).name_of(location) or location)
