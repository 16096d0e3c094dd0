"""Where the objects of a job lie, as a job object of the API says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from direct_access.light_dataclass import dataclass
from direct_access.model.json_fields import text

ROLES = ("input", "results", "logs")
"""The objects of a job, by their names in the API's ``storage``."""


@dataclass(frozen=True)
class StorageReference:
    """Where one object lies. The query of a presigned URL, which is a secret, is dropped when it is read.

    :param type: ``ibmcloud_cos`` or ``s3_compatible``
    :param location: the URL of the object without its query, where the server echoes one
    """

    type: str
    object_name: str | None = None
    bucket_crn: str | None = None
    region: str | None = None
    region_type: str | None = None
    location: str | None = None


def parse_storage(document: object) -> dict[str, StorageReference]:
    """Read the ``storage`` of a job object by role; what is missing, null or of another shape is left out."""
    if not isinstance(document, Mapping):
        return {}
    entries = {role: document.get(role) for role in ROLES}
    return {role: _reference(entry) for role, entry in entries.items() if isinstance(entry, Mapping)}


def _reference(entry: Mapping[str, Any]) -> StorageReference:
    url = text(entry.get("presigned_url"))
    return StorageReference(
        type=text(entry.get("type")) or "",
        object_name=text(entry.get("object_name")),
        bucket_crn=text(entry.get("bucket_crn")),
        region=text(entry.get("region")),
        region_type=text(entry.get("region_type")),
        location=_without_query(url) if url else None,
    )


def _without_query(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        location = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        urlsplit(location)  # whoever reads it later shall not have to think of that
    except ValueError:
        return None
    return location
