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
    :raises ValueError: if it is no JSON text, or has a string that is no Unicode (RFC 7493, section 2.1)
    """
    body = request.body.read_all(limit_bytes)
    document = json.loads(body, parse_constant=_refuse_constant)
    if b"\\u" in body:  # only an escape can write half of a surrogate pair
        json.dumps(document, ensure_ascii=False).encode()
    return document


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON (RFC 8259)")
