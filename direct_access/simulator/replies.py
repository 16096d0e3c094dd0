"""Answers in JSON."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from direct_access.simulator.http import Request, Response

JSON = "application/json"
MAX_DEPTH = 100
_TOO_DEEP = f"it is nested deeper than {MAX_DEPTH}"


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
    :raises ValueError: if it is not JSON text in UTF-8, has a string that is not Unicode (RFC 7493, 2.1), an
        infinite number, or is nested deeper than :data:`MAX_DEPTH`
    """
    body = request.body.read_all(limit_bytes)
    try:
        document = json.loads(body.decode(), parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    _check_depth(document)
    if b"\\u" in body:  # only an escape can write half of a surrogate pair
        json.dumps(document, ensure_ascii=False).encode()
    return document


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON (RFC 8259)")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError("a number is too large")
    return number


def _check_depth(document: Any) -> None:
    level, depth = [document], 0
    while level:
        containers = [part for part in level if isinstance(part, (dict, list))]
        level = [
            child for part in containers for child in (part.values() if isinstance(part, dict) else part)
        ]
        depth += 1
        if depth > MAX_DEPTH:
            raise ValueError(_TOO_DEEP)
