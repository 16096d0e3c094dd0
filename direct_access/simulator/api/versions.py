"""``IBM-API-Version``: a date; without one the latest version is meant."""

from __future__ import annotations

import re

from direct_access.simulator.api.errors import ApiError, Problem
from direct_access.simulator.conflicts import Conflicts

VERSIONS = ("2025-08-01", "2025-08-15", "2026-02-15")
LATEST = VERSIONS[-1]
HEADER = "IBM-API-Version"


def check_version(header: str | None, conflicts: Conflicts) -> str:
    """Return the version that a request asks for. ``YYYYMMDD`` is deprecated but understood.

    :raises ApiError: 400 for a version that this server does not have
    """
    if header is None:
        if conflicts.version_header_required:
            raise ApiError(400, [Problem("The version is missing.", target=(HEADER, "header"))])
        return LATEST
    version = header.strip()
    if not conflicts.only_dashed_version:
        version = re.sub(r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3", version)
    if version not in VERSIONS:
        message = f"Version {header[:32]!r} is not supported; supported: {', '.join(VERSIONS)}."
        raise ApiError(400, [Problem(message, target=(HEADER, "header"))])
    return version
