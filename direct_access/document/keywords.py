"""The keywords of JSON Schema that judge one value alone (JSON Schema 2020-12, Validation, section 6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from direct_access.units import parse_duration_secs


def has_type(value: Any, name: str) -> bool:
    """Whether a value has a JSON type; ``1.0`` is an integer there, ``true`` is none."""
    if name == "integer":
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return whole and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    python_type = {"null": type(None), "boolean": bool, "string": str, "array": list, "object": dict}[name]
    return isinstance(value, python_type)


def same(left: Any, right: Any) -> bool:
    """Whether two values are equal in JSON: ``1`` and ``1.0`` are, ``1`` and ``true`` are not."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[name], right[name]) for name in left)
    return bool(left == right)


def bound_broken(schema: Mapping[str, Any], value: Any) -> bool:
    """Whether a number, text or container is outside the bounds of a schema."""
    if has_type(value, "number"):
        return _number_broken(schema, value)
    if isinstance(value, str):
        return _text_broken(schema, value)
    if isinstance(value, list):
        return not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value))
    return isinstance(value, dict) and len(value) < schema.get("minProperties", 0)


def _number_broken(schema: Mapping[str, Any], value: float) -> bool:
    return (
        ("minimum" in schema and value < schema["minimum"])
        or ("maximum" in schema and value > schema["maximum"])
        or ("exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"])
        or ("exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"])
        or (schema.get("format") == "duration" and not _is_duration(value))
    )


def _text_broken(schema: Mapping[str, Any], text: str) -> bool:
    if not schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text)):
        return True
    if "pattern" in schema and not _compiled(schema["pattern"]).search(text):
        return True
    return schema.get("format") == "duration" and not _is_duration(text)


@lru_cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # In Python ``$`` also matches before a final newline; in ECMA-262, whose patterns these are, it does not.
    return re.compile(pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern)


def _is_duration(value: str | float) -> bool:
    try:
        parse_duration_secs(value)
    except ValueError:
        return False
    return True
