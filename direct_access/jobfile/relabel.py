"""Observables and parameter values that follow a circuit through the transpiler."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from direct_access.errors import InputError


def on_physical_qubits(observables: Any, physical: Sequence[int], width: int) -> Any:
    """Return observables with each letter moved to the physical qubit of its virtual one.

    The rightmost letter belongs to qubit 0 (Qiskit's order).

    :param physical: the physical qubit of each virtual qubit
    :param width: number of physical qubits
    """
    if isinstance(observables, str):
        return _moved(observables, physical, width)
    if isinstance(observables, list):
        return [on_physical_qubits(item, physical, width) for item in observables]
    return {_moved(text, physical, width): weight for text, weight in observables.items()}


def _moved(text: str, physical: Sequence[int], width: int) -> str:
    if len(text) != len(physical):
        raise InputError(
            f"the observable {text} has {len(text)} letters, its circuit has {len(physical)} qubits"
        )
    letters = ["I"] * width
    for letter, qubit in zip(reversed(text), physical, strict=True):
        letters[width - 1 - qubit] = letter
    return "".join(letters)


def without_parameters(values: Any, names: Sequence[str], kept: Collection[str]) -> Any:
    """Return parameter values without those of parameters that the transpiler found to have no effect.

    :param values: by name, or nested lists whose last axis is in the order of ``names``
    """
    if len(kept) == len(names) or values == []:
        return values
    if isinstance(values, dict):
        if "__type__" in values:
            gone = ", ".join(name for name in names if name not in kept)
            raise InputError(f"parameters without effect ({gone}) cannot be taken out of encoded values")
        return {name: value for name, value in values.items() if name in kept}
    return _columns(values, [name in kept for name in names])


def _columns(values: list[Any], keep: Sequence[bool]) -> list[Any]:
    if any(isinstance(item, list) for item in values):
        return [_columns(item, keep) for item in values]
    if len(values) == len(keep):
        return [value for value, kept in zip(values, keep, strict=True) if kept]
    return [[] for _ in values]  # one parameter whose axis was left out
