"""Scalars as the YAML 1.2 core schema reads them (YAML 1.2.2, section 10.3.2).

YAML 1.1, which PyYAML resolves, reads ``1e-2`` as text, ``0600`` as 384, ``1:30:00`` as 5400 and ``ON`` as
true.
"""

from __future__ import annotations

import re

_PREFIX = "tag:yaml.org,2002:"
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"[-+]?\.(?:inf|Inf|INF)")
_NANS = frozenset((".nan", ".NaN", ".NAN"))
_FIRST_CHARACTERS = frozenset("+-.0123456789~nNtTfF")

MAX_INTEGER_DIGITS = 300

Scalar = str | int | float | bool | None


def plain_scalar(text: str) -> Scalar:
    """Return what a plain (unquoted, untagged) scalar means.

    :raises ValueError: for an integer of more than ``MAX_INTEGER_DIGITS`` digits
    """
    if text and text[0] not in _FIRST_CHARACTERS:
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    return text if (number := _number(text)) is None else number


def tagged_scalar(tag: str, text: str) -> Scalar:
    """Return what a scalar with an explicit core tag (``!!int 42``) means.

    :raises ValueError: if the tag is not one of the core schema's, or the text does not fit it
    """
    kind = tag.removeprefix(_PREFIX)
    if tag == "!" or kind == "str":
        return text
    value = plain_scalar(text)
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    python_type = {"int": int, "float": float, "bool": bool, "null": type(None)}.get(kind)
    if python_type is None or not tag.startswith(_PREFIX):
        raise ValueError(f"the tag {readable_tag(tag)} is not read")
    if type(value) is not python_type:
        raise ValueError(f"{text[:40]!r} is not a valid {readable_tag(tag)}")
    return value


def readable_tag(tag: str) -> str:
    """Return a tag as it is written in a file."""
    return f"!!{tag.removeprefix(_PREFIX)}" if tag.startswith(_PREFIX) else tag


def is_collection_tag(tag: str | None, kind: str) -> bool:
    """Whether a tag may stand before a collection of this kind, ``map`` or ``seq``."""
    return tag in (None, "!", _PREFIX + kind)


def _number(text: str) -> int | float | None:
    if _DECIMAL.fullmatch(text):
        return _bounded(text, 10)
    if _BASED.fullmatch(text):
        return _bounded(text[2:], 8 if text[1] == "o" else 16)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _INFINITY.fullmatch(text):
        return float("-inf") if text[0] == "-" else float("inf")
    return float("nan") if text in _NANS else None


def _bounded(digits: str, base: int) -> int:
    if len(digits) > MAX_INTEGER_DIGITS:
        raise ValueError(f"an integer of {len(digits)} digits; allowed: at most {MAX_INTEGER_DIGITS}")
    return int(digits, base)
