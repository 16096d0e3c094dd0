"""Answers in JSON."""

from __future__ import annotations

import json
from typing import Any

from direct_access.simulator.http import Request, Response

JSON = "application/json"


def json_response(status: int, document: Any) -> Response:
    """Return an answer with this document as its body."""
    body = json.dumps(document, separators=(",", ":")).encode()
    return Response(status, body, [("Content-Type", JSON)])


def no_content() -> Response:
    """Return 204 without a body."""
    return Response(204)


def read_json(request: Request, limit_bytes: int) -> Any:
    """Return the request's body.

    :raises BadBody: as :meth:`RequestBody.read_all` does
    :raises ValueError: if it is no JSON text
    """
    return json.loads(request.body.read_all(limit_bytes), parse_constant=_refuse_constant)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON (RFC 8259)")
