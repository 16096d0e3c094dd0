"""The OpenAPI description, the one source of the wire's shapes; its schemas are compiled once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator

from direct_access.simulator.api.errors import Problem

FILE = Path(__file__).parent.parent / "openapi.json"


@cache
def description() -> dict[str, Any]:
    """Return the description."""
    document: dict[str, Any] = json.loads(FILE.read_bytes())
    return document


@cache
def validator(name: str) -> Validator:
    """Return the validator of a schema under ``components/schemas``, its references resolved."""
    return Draft202012Validator(_resolved(description()["components"]["schemas"][name]))


def problems(name: str, document: Any, accept_url: Callable[[str], None]) -> list[Problem]:
    """Return everything that is wrong with a document, each with its place.

    :param accept_url: raises ValueError for a presigned URL that the server would not ask
    """
    found = _one_per_target(_problem(error) for error in _leaves(validator(name).iter_errors(document)))
    return found or list(_url_problems(document, accept_url))


def _resolved(schema: Any) -> Any:
    """Return the schema with what its ``$ref`` name in their place; none of ours is recursive."""
    if isinstance(schema, list):
        return [_resolved(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    if reference := schema.get("$ref"):
        return _resolved(description()["components"]["schemas"][reference.rpartition("/")[2]])
    return {key: _resolved(value) for key, value in schema.items()}


def _one_per_target(found: Iterable[Problem]) -> list[Problem]:
    problems: dict[Any, Problem] = {}
    for problem in found:
        problems.setdefault(problem.target, problem)
    return list(problems.values())


def _leaves(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """Yield the errors that tell what to do: of alternatives, those of the one whose ``type`` was given."""
    for error in errors:
        context = list(error.context or ()) if isinstance(error.instance, dict) else []
        unlike = {cause.schema_path[0] for cause in context if _is_about_type(cause)}
        meant = [cause for cause in context if cause.schema_path[0] not in unlike]
        yield from _leaves(meant) if meant else [error]


def _is_about_type(error: ValidationError) -> bool:
    missing = error.validator == "required" and _missing(error) == "type"
    return missing or list(error.path) == ["type"]


def _missing(error: ValidationError) -> str:
    return error.message.split("'")[1]


def _problem(error: ValidationError) -> Problem:
    path = [str(part) for part in error.absolute_path]
    if error.validator == "oneOf" and isinstance(error.instance, dict):
        target = ".".join([*path, "type"])
        return Problem("type: s3_compatible or ibmcloud_cos is expected", target=(target, "field"))
    if error.validator == "required":
        path.append(_missing(error))
    message = error.message if len(error.message) <= 300 else f"{error.message[:300]}…"
    return Problem(message, target=(".".join(path) or "body", "field"))


def _url_problems(document: Any, accept_url: Callable[[str], None]) -> Iterator[Problem]:
    for name, option in document.get("storage", {}).items():
        if isinstance(option, dict) and option.get("type") == "s3_compatible":
            try:
                accept_url(option["presigned_url"])
            except ValueError as error:
                yield Problem(f"the URL {error}", target=(f"storage.{name}.presigned_url", "field"))
