"""``@dataclass`` whose methods all classes share, instead of being generated for each.

:func:`dataclasses.dataclass` writes and compiles up to six functions for each class: with Python 3.11 half of
the time that the import of our modules takes, since a run imports seventy such classes. Here the fields
come from the standard library and the methods from below; ``fields``, ``replace`` and ``asdict`` of
:mod:`dataclasses` work as ever. An object takes some microseconds more to be made.
"""

from __future__ import annotations

import dataclasses
from functools import cache
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(cls: type | None = None, /, *, frozen: bool = False) -> Any:
        """Return a class with fields, as :func:`dataclasses.dataclass` does.

        What the class defines itself stays, and ``__post_init__`` is called. ``InitVar``, keyword-only fields
        and slots are not supported.
        """
        return _with_methods(cls, frozen) if cls else lambda cls: _with_methods(cls, frozen)


def _with_methods(cls: type, frozen: bool) -> type:
    made: type = dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
    methods: dict[str, Any] = {"__init__": _init, "__repr__": _repr, "__eq__": _eq, "__hash__": None}
    if frozen:
        methods |= {"__hash__": _hash, "__setattr__": _refuse, "__delattr__": _refuse}
    for name, method in methods.items():
        if name not in cls.__dict__:
            setattr(made, name, method)
    return made


@cache
def _fields(cls: type) -> dict[str, dataclasses.Field[Any]]:
    return {field.name: field for field in dataclasses.fields(cls)}


def _init(self: Any, /, *positional: Any, **named: Any) -> None:
    fields = _fields(self.__class__)
    taken = [name for name, field in fields.items() if field.init]
    if len(positional) > len(taken):
        raise TypeError(f"{_name(self)}() takes {len(taken)} arguments, {len(positional)} were given")
    given = dict(zip(taken, positional, strict=False))
    if wrong := [name for name in named if name in given or name not in taken]:
        raise TypeError(f"{_name(self)}() got an unexpected or repeated argument {wrong[0]!r}")
    given |= named
    for name, field in fields.items():
        if name not in given and field.default is not dataclasses.MISSING:
            given[name] = field.default
        elif name not in given and field.default_factory is not dataclasses.MISSING:
            given[name] = field.default_factory()
        elif name not in given and field.init:
            raise TypeError(f"{_name(self)}() lacks the argument {name!r}")
    vars(self).update(given)
    if hasattr(self, "__post_init__"):
        self.__post_init__()


@recursive_repr()
def _repr(self: Any) -> str:
    shown = [name for name, field in _fields(self.__class__).items() if field.repr]
    return f"{_name(self)}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"


def _eq(self: Any, other: object) -> bool:
    return _compared(self) == _compared(other) if type(self) is type(other) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_compared(self))


def _compared(self: Any) -> tuple[Any, ...]:
    return tuple(getattr(self, name) for name, field in _fields(self.__class__).items() if field.compare)


def _refuse(self: Any, name: str, _value: object = None) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot change field {name!r}")


def _name(self: object) -> str:
    return type(self).__qualname__
