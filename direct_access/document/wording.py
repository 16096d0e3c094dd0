"""What a schema allows, in words for a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from direct_access.document.document import show
from direct_access.units import DURATION_FORMS

TYPE_NAMES = {
    "null": "nothing (null)",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "array": "a list",
    "object": "a mapping",
}

_BOUNDS = (
    ("minimum", "{} or more"),
    ("maximum", "at most {}"),
    ("exclusiveMinimum", "more than {}"),
    ("exclusiveMaximum", "less than {}"),
    ("minLength", "at least {} characters"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {} in it"),
    ("maxItems", "at most {} in it"),
    ("pattern", "matching {}"),
)

_JUDGING = {"type", *(keyword for keyword, _ in _BOUNDS)}


def resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema that a ``$ref`` into the root's ``$defs`` means; any other as it is."""
    while "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def allowed_by(schema: Mapping[str, Any], root: Mapping[str, Any]) -> str:
    """Return what a schema allows: ``sampler or estimator``, ``a whole number, 1 or more``."""
    schema = resolved(schema, root)
    if "x-allowed" in schema:
        return str(schema["x-allowed"])
    if "const" in schema:
        return show(schema["const"])
    if "enum" in schema:
        return either(str(value) if isinstance(value, str) else show(value) for value in schema["enum"])
    if schema.get("format") == "duration":
        return DURATION_FORMS
    if not schema.keys() & _JUDGING:
        branches = schema.get("oneOf", schema.get("anyOf", ()))
        return either(allowed_by(branch, root) for branch in branches)
    bounds = [words.format(schema[keyword]) for keyword, words in _BOUNDS if keyword in schema]
    return ", ".join([either(TYPE_NAMES[name] for name in types_of(schema)), *bounds])


def types_of(schema: Mapping[str, Any]) -> list[str]:
    """Return the types that a schema allows; all of them if it names none."""
    names = schema.get("type", list(TYPE_NAMES))
    return [names] if isinstance(names, str) else list(names)


def either(alternatives: Iterable[str]) -> str:
    """Return alternatives as a sentence has them: ``a, b or c``, each once."""
    once = list(dict.fromkeys(alternative for alternative in alternatives if alternative))
    return " or ".join([", ".join(once[:-1]), once[-1]] if len(once) > 1 else once)


def nearest_name(name: object, names: Iterable[object]) -> str | None:
    """Return the valid name that somebody who wrote this one probably meant."""
    if not isinstance(name, str):
        return None
    import difflib  # only where there is an error to explain

    known = {candidate.lower(): candidate for candidate in names if isinstance(candidate, str)}
    close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.7)
    return known[close[0]] if close else None
