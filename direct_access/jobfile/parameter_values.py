"""Parameter values: one number, nested lists in the order of the circuit's parameters, or lists by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from direct_access.document import Path, nearest_name
from direct_access.jobfile.circuits import Circuit
from direct_access.jobfile.report import JobFileReport

_ENCODED = "__type__"


def check(report: JobFileReport, value: Any, path: Path, circuit: Circuit) -> None:
    """Report ragged lists, and values that do not fit the circuit's parameters where these are known."""
    if isinstance(value, Mapping):
        if _ENCODED not in value:
            _check_names(report, value, path, circuit.parameters)
        return
    shape = _shape(report, on_the_wire(value), path)
    names = circuit.parameters
    if not shape or names is None or shape == (0,):
        return
    # For a circuit with one parameter the axis of the parameters may be left out, as in Qiskit.
    if shape[-1] != len(names) and len(names) != 1:
        report.error(path, f"{shape[-1]} values for each execution", _expected(names))


def on_the_wire(value: Any) -> Any:
    """Return parameter values as the API takes them: a list, or a mapping by name."""
    if value is None:
        return []
    return value if isinstance(value, (list, dict)) else [value]


def _check_names(
    report: JobFileReport, values: Mapping[str, Any], path: Path, names: list[str] | None
) -> None:
    for name, value in values.items():
        if isinstance(value, list):
            _shape(report, value, (*path, name))
    if names is None:
        return
    for name in values:
        if name not in names:
            nearest = nearest_name(name, names)
            report.error((*path, name), "not a parameter of the circuit", _expected(names), nearest)
    if missing := [name for name in names if name not in values]:
        report.error(path, f"no value for {', '.join(missing)}", _expected(names))


def _expected(names: list[str]) -> str:
    return f"one for each of {', '.join(names)}" if names else "none: the circuit has no parameters"


def _shape(report: JobFileReport, value: list[Any], path: Path) -> tuple[int, ...] | None:
    """Return the lengths of a nested list along its axes; if it is ragged, report it and return None."""
    if not any(isinstance(item, list) for item in value):
        return (len(value),)
    shapes = []
    for index, item in enumerate(value):
        shape = _shape(report, item, (*path, index)) if isinstance(item, list) else ()
        if shape is None:
            return None
        shapes.append(shape)
        if shape != shapes[0]:
            report.error((*path, index), f"{_words(shape)} beside {_words(shapes[0])}", "lists of one shape")
            return None
    return (len(value), *shapes[0])


def _words(shape: tuple[int, ...]) -> str:
    return f"a list of {' by '.join(map(str, shape))}" if shape else "a number"
