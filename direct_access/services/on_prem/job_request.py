"""The body of ``POST /v1/jobs``, for the server and for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from direct_access.config.settings import System
from direct_access.model.jobs import JobSpec
from direct_access.redact import HIDDEN
from direct_access.services.on_prem.handle import OnPremHandle, Placement, placement
from direct_access.services.on_prem.storage_choice import bucket_address
from direct_access.services.on_prem.stores import Stores

METHODS = {"input": "GET", "results": "PUT", "logs": "PUT"}
"""How the quantum system uses the objects of a job."""

Presign = Callable[[str, Placement], str]


def job_request(system: System, handle: OnPremHandle, spec: JobSpec, presign: Presign) -> dict[str, Any]:
    """Return the body; each object's storage is written out in full, nothing is left to be inherited.

    :param presign: returns the URL by which the quantum system uses an object in this way
    """
    request: dict[str, Any] = {
        "id": handle.id,
        "backend": spec.backend,
        "program_id": spec.program_id,
        "timeout_secs": spec.timeout_secs,
    }
    if spec.log_level:
        request["log_level"] = spec.log_level
    request["storage"] = {
        role: _block(placement(system, handle, role), method, presign)
        for role, method in METHODS.items()
        if role in handle.objects
    }
    return request


def presigner(stores: Stores) -> Presign:
    """Return what makes the URLs that are sent."""

    def presign(method: str, place: Placement) -> str:
        return stores[place.storage].presign(method, place.name, place.storage.url_expiry_secs)

    return presign


def shown(_method: str, place: Placement) -> str:
    """Return a URL for people: what it names, without what makes it a secret."""
    return f"{bucket_address(place.storage).service_url(place.name)}?{HIDDEN}"


def _block(place: Placement, method: str, presign: Presign) -> dict[str, Any]:
    storage = place.storage
    if storage.type == "s3_compatible":
        return {"type": storage.type, "presigned_url": presign(method, place)}
    return {
        "type": storage.type,
        "region": storage.region,
        "region_type": storage.region_type,
        "bucket_crn": storage.bucket_crn,
        "object_name": place.name,
    }
