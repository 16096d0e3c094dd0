"""The OpenAPI description, the one source of the wire's shapes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from direct_access.simulator.qiskit_runtime.errors import INVALID_BODY, ApiError

FILE = Path(__file__).with_name("openapi.json")
SHOWN_CHARS = 300


@cache
def _validator(name: str) -> Validator:
    document = json.loads(FILE.read_bytes())
    registry = Registry().with_resource("urn:api", DRAFT202012.create_resource(document))
    return Draft202012Validator({"$ref": f"urn:api#/components/schemas/{name}"}, registry=registry)


def check(name: str, document: Any) -> None:
    """Hold a request body against a schema under ``components/schemas``.

    :raises ApiError: 400, 1208, naming the place that is most wrong
    """
    if fault := best_match(_validator(name).iter_errors(document)):
        where = ".".join(str(part) for part in fault.absolute_path) or "body"
        message = f"{where}: {fault.message[:SHOWN_CHARS]}"
        raise ApiError(400, INVALID_BODY, message, "Correct the request body.")
