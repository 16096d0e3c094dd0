"""JSON objects as keyword arguments of dataclasses."""

from __future__ import annotations

from dataclasses import MISSING, fields
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Kind = TypeVar("Kind")
Path = tuple[str | int, ...]

LARGEST = 10**11
"""Of any number in a document: 3,000 years, or 93 GiB."""


class Misplaced(ValueError):
    """A part of a document means nothing.

    :ivar path: keys and indices from the top of the document to the part
    """

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(message)
        self.path = path


def placed(cls: type[Kind], document: Any, path: Path = ()) -> Kind:
    """Return the dataclass that a JSON object describes.

    :param path: where the object stands in its document
    :raises Misplaced: as :func:`keyword_arguments`, or if the class refuses a value
    """
    try:
        return cls(**keyword_arguments(cls, document))
    except ValueError as error:
        raise Misplaced(path, str(error)) from error


def keyword_arguments(cls: type, document: Any) -> dict[str, Any]:
    """Return the JSON object as keyword arguments of a dataclass whose fields have JSON's types.

    :raises ValueError: if it is not an object, has a key that the class lacks, lacks one that it needs,
        a value is of another type, or a number is beyond :data:`LARGEST`
    """
    if not isinstance(document, dict):
        raise ValueError("a JSON object is expected")
    types = get_type_hints(cls)
    if unknown := document.keys() - types.keys():
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}; allowed: {', '.join(sorted(types))}")
    needed = {field.name for field in fields(cls) if field.default is field.default_factory is MISSING}
    if missing := needed - document.keys():
        raise ValueError(f"missing: {', '.join(sorted(missing))}")
    for name, value in document.items():
        if not _is_of(types[name], value):
            raise ValueError(f"{name} {value!r} is of a wrong type")
        if isinstance(value, (int, float)) and not abs(value) <= LARGEST:
            raise ValueError(f"{name} is beyond {LARGEST}")
    return document


def _is_of(hint: Any, value: Any) -> bool:
    allowed = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    plain = tuple(get_origin(kind) or kind for kind in allowed)
    if isinstance(value, bool):
        return bool in plain
    return isinstance(value, plain) or (float in plain and isinstance(value, int))
