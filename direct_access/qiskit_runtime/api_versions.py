"""The versions of the API, ``IBM-API-Version``.

A request without one is answered by the oldest. They are dates, so that they compare as texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from direct_access.config.settings import CLOUD_API_VERSION
from direct_access.light_dataclass import dataclass
from direct_access.model.json_fields import text
from direct_access.rest.answers import list_of

DEFAULT = CLOUD_API_VERSION
WITHOUT_TRANSPILED_CIRCUITS = "2026-02-01"
"""The first version that does not give out transpiled circuits."""


@dataclass(frozen=True)
class ApiVersion:
    """One version of the API.

    :param status: ``live`` or ``deprecated``; None from older servers, which tell names only
    :param sunset_date: when it ends, YYYY-MM-DD
    """

    version: str
    status: str | None = None
    sunset_date: str | None = None


def parse_versions(document: Mapping[str, Any]) -> Sequence[ApiVersion]:
    """Read the answer of ``GET /v1/versions``: objects, or texts from older servers."""
    versions = []
    for entry in list_of(document, "versions"):
        if isinstance(entry, str):
            versions.append(ApiVersion(entry))
        elif isinstance(entry, Mapping) and (name := text(entry.get("version"))):
            versions.append(ApiVersion(name, text(entry.get("status")), text(entry.get("sunset_date"))))
    return versions
