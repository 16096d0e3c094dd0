"""The body of ``POST /v1/jobs``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from direct_access.errors import InputError
from direct_access.light_dataclass import dataclass
from direct_access.qiskit_runtime.query import bounded, one_of, short

MOST_TAGS = 8
LONGEST_TAG = 86
LOG_LEVELS = ("critical", "error", "warning", "info", "debug")


@dataclass(frozen=True)
class JobRequest:
    """A job to run.

    :param params: the input of the program, or the bytes of its JSON document, which are sent as they are
    :param cost: seconds on the quantum computer that it should take; the server caps it at 10800
    :param private: params are not told again, and results can be read once
    :param runtime: name and tag of the image, ``name:tag``; older channels only
    :param remote_storage: where params and results lie, instead of ``params``; Channel Partner plan only
    """

    program_id: str
    backend: str
    params: Mapping[str, Any] | bytes | None = None
    tags: Sequence[str] = ()
    log_level: str | None = None
    cost: int | None = None
    session_id: str | None = None
    calibration_id: str | None = None
    private: bool = False
    runtime: str | None = None
    remote_storage: Mapping[str, Any] | None = None

    def encoded(self) -> bytes:
        """Return the body as JSON.

        :raises InputError: if a field is outside the limits of the API
        """
        self._check()
        given = self.document()
        if not isinstance(self.params, bytes):
            return json.dumps(given).encode()
        return json.dumps(given).removesuffix("}").encode() + b', "params": ' + self.params + b"}"

    def document(self) -> dict[str, Any]:
        """Return the fields that are given, without params that are bytes."""
        body = {field.name: getattr(self, field.name) for field in fields(self)}
        body["tags"] = list(self.tags) or None
        body["private"] = self.private or None
        if isinstance(self.params, bytes):
            del body["params"]
        return {name: value for name, value in body.items() if value is not None}

    def _check(self) -> None:
        short("program_id", self.program_id, 10_000)
        short("backend", self.backend, 10_000)
        short("session_id", self.session_id, 36)
        short("calibration_id", self.calibration_id, 100)
        one_of("log_level", self.log_level, LOG_LEVELS)
        check_tags(self.tags)
        if self.cost is not None:
            bounded("cost", self.cost, 0)


def check_tags(tags: Sequence[str]) -> None:
    """Refuse tags that the service would refuse.

    :raises InputError: if they are more than 8, or one is empty or longer than 86 characters
    """
    if len(tags) > MOST_TAGS:
        raise InputError(f"{len(tags)} tags; allowed: {MOST_TAGS} at most", subject="tags")
    for tag in tags:
        short("a tag", tag, LONGEST_TAG)
