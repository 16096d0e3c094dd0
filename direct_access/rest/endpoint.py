"""One call of a REST API, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoint:
    """One call of the API.

    :param path: below the base URL; ``{}`` stands for the job id or the name of the backend
    :param iam_action: what IAM must permit the caller
    :param names: what the ``{}`` names, such as ``job`` or ``backend``: a bare 404 means that there is none
    """

    method: str
    path: str
    iam_action: str | None = None
    names: str | None = None
