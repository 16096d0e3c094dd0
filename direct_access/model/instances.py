"""An instance of the quantum service on IBM Cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from direct_access.errors import ProtocolError
from direct_access.light_dataclass import dataclass
from direct_access.model.json_fields import integer, text
from direct_access.model.server_text import one_line


@dataclass(frozen=True)
class Instance:
    """One instance, as the Resource Controller shows it.

    :param region: ``us-east``, ``eu-de``, …
    :param plan: id of its plan in IBM Cloud's catalogue
    :param limit_secs: most seconds of QPU time that it may use, None for no limit
    :param allocation_secs: seconds of QPU time for the fair-share scheduler, None where its plan has none
    :param backends: names that it may use; ``ANY`` stands for all of its plan
    """

    guid: str
    crn: str
    name: str
    region: str | None
    plan: str | None
    resource_group: str | None
    state: str | None
    created: str | None
    limit_secs: int | None
    allocation_secs: int | None
    backends: tuple[str, ...]


def instance_of(document: Mapping[str, Any]) -> Instance:
    """Return an instance from the answer of the Resource Controller.

    :raises ProtocolError: if it has neither a GUID nor a CRN
    """
    crn = text(document.get("crn")) or text(document.get("id"))
    guid = text(document.get("guid"))
    if not crn or not guid:
        raise ProtocolError("the Resource Controller answered with an instance that has no GUID or no CRN")
    extensions = document.get("extensions")
    more: Mapping[str, Any] = extensions if isinstance(extensions, Mapping) else {}
    backends = more.get("backends")
    return Instance(
        guid=guid,
        crn=crn,
        name=text(document.get("name")) or guid,
        region=text(document.get("region_id")) or text(document.get("target_crn")),
        plan=text(document.get("resource_plan_id")),
        resource_group=text(document.get("resource_group_id")),
        state=text(document.get("state")),
        created=text(document.get("created_at")),
        limit_secs=_seconds(more.get("instance_limit_seconds")),
        allocation_secs=_seconds(more.get("usage_allocation_seconds")),
        backends=tuple(str(one) for one in backends) if isinstance(backends, list) else (),
    )


def _seconds(value: object) -> int | None:
    """Return a number of seconds; older answers have them as text."""
    seconds = integer(value)
    if seconds is None and value is not None:
        raise ProtocolError(f"the Resource Controller answered with {one_line(repr(value))} seconds")
    return seconds
