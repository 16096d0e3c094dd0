"""What the rows of results are called: by the parameter values and observables of the params document."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any

from direct_access.errors import StoreError
from direct_access.jobfile import openqasm
from direct_access.light_dataclass import dataclass
from direct_access.results.allowance import Allowance
from direct_access.results.labels import number_texts, observable_label
from direct_access.results.lazy_json import LongText
from direct_access.results.model import PubResult, indices
from direct_access.results.spread import Spread, as_array, nested, split
from direct_access.results.typed import decoded


@dataclass(frozen=True)
class RowNames:
    """Names of the rows of one PUB.

    :param shape: of the PUB
    :param parameters: values by name, each fit for the shape
    :param observables: labels; None where there are none, or unknown ones
    """

    shape: tuple[int, ...]
    parameters: Mapping[str, Spread] = field(default_factory=dict)
    observables: Spread | None = None

    def indices(self) -> Iterator[tuple[int, ...]]:
        """Yield the index of each row."""
        return indices(self.shape)

    @cached_property
    def _texts(self) -> dict[str, Spread]:
        return {
            name: Spread(spread.shape, number_texts(spread.flat)) for name, spread in self.parameters.items()
        }

    @cached_property
    def varying(self) -> list[str]:
        """The parameters that have more than one value."""
        return [name for name, texts in self._texts.items() if len(set(texts.flat)) > 1]

    @property
    def constant(self) -> str:
        """The parameters of one value, as ``theta=2.356``."""
        texts = self._texts
        return " ".join(f"{name}={texts[name].flat[0]}" for name in texts if name not in self.varying)

    def point(self, index: tuple[int, ...]) -> str:
        """Return what the parameters are at an index, as ``theta=2.356``; those of one value are left out."""
        return " ".join(f"{name}={self._texts[name].at(index)}" for name in self.varying)

    @cached_property
    def observable(self) -> str:
        """The observable of all rows, where several rows have the same one."""
        labels = set(self.observables.flat) if self.observables and math.prod(self.shape) > 1 else set()
        return str(*labels) if len(labels) == 1 else ""

    def row(self, index: tuple[int, ...]) -> str:
        """Return what a row is called, as ``theta=2.356 ZZ``; without names its index, ``[3]``."""
        label = [str(self.observables.at(index))] if self.observables and not self.observable else []
        text = " ".join(filter(None, [self.point(index), *label]))
        return text or at(index)

    @property
    def sweep_axis(self) -> int | None:
        """The one axis along which nothing but parameters can vary; None if there are several, or none."""
        long = {axis for axis, length in enumerate(self.shape) if length > 1}
        known = self.observables.varies_along(self.shape) if self.observables else set()
        swept = {
            axis for name in self.varying for axis in self.parameters[name].varies_along(self.shape)
        } & long
        if not self.parameters and not self.observables and len(long) == 1:
            return long.pop()
        return swept.pop() if len(swept) == 1 and not swept & known and swept | known == long else None

    def along(self, axis: int) -> RowNames:
        """Return the names along one axis, the first of every other."""
        steps = [(0,) * axis + (step,) for step in range(self.shape[axis])]
        full = [(*step, *(0,) * (len(self.shape) - axis - 1)) for step in steps]
        shape = (len(full),)
        parameters = {
            name: Spread(shape, [spread.at(index) for index in full])
            for name, spread in self.parameters.items()
        }
        return RowNames(shape, parameters)

    def sweep_ends(self) -> str:
        """Return over what the sweep goes: ``theta from 0 to 6.283``, or the indices."""
        axis = self.sweep_axis
        if axis is None:
            return ""
        last = [0] * len(self.shape)
        last[axis] = self.shape[axis] - 1
        if len(self.varying) != 1:
            return f"rows 0 to {last[axis]}"
        texts = self._texts[self.varying[0]]
        return f"{self.varying[0]} from {texts.at((0,) * len(last))} to {texts.at(tuple(last))}"


def at(index: tuple[int, ...]) -> str:
    """Return an index in brackets, nothing for the one of a single set."""
    return f"[{', '.join(map(str, index))}]" if index else ""


def row_names(pub: PubResult, given: Any, allowance: Allowance) -> RowNames:
    """Return the names of a PUB's rows.

    :param given: the PUB in the params document: ``[circuit, parameter_values, shots]``, or with observables
        ``[circuit, observables, parameter_values, precision]`` (API, inputs of the primitives), or None
    :param allowance: how much may come of the params document
    """
    shape = pub_shape(pub)
    if not isinstance(given, list) or not given:
        return RowNames(shape)
    estimated = "evs" in pub.values
    values = given[2 if estimated else 1 :][:1]
    try:
        parameters = _parameters(shape, decoded(values[0], allowance) if values else [], given[0])
        labels = _observables(decoded(given[1], allowance)) if estimated and len(given) > 1 else None
    except StoreError:
        return RowNames(shape)  # what was sent is shown as far as it can be read; the results stand without
    if parameters is None or (labels is not None and not labels.fits(shape)):
        return RowNames(shape)
    return RowNames(shape, parameters, labels)


def pub_shape(pub: PubResult) -> tuple[int, ...]:
    """Return the shape of a PUB's rows, () where the document does not say it."""
    for register in pub.registers.values():
        return register.shape
    if "evs" in pub.values:
        return pub.values["evs"].shape
    return pub.shape or ()


def _parameters(shape: tuple[int, ...], values: Any, circuit: Any) -> dict[str, Spread] | None:
    """Return parameter values by name; None if they do not fit the shape."""
    named: dict[str, Spread] = {}
    if isinstance(values, Mapping):
        for name, value in values.items():
            named |= _of_parameter(str(name), as_array(value), shape) or {}
        return named if len(named) >= len(values) else None
    spread = as_array(values)
    if spread is None or not spread.flat:
        return {} if spread is not None else None
    names = _names_in(circuit)
    if names is not None and len(names) == 1 and spread.fits(shape):
        return {names[0]: spread}
    parts = split(spread)
    if names is None or len(names) != len(parts):
        names = [f"p{number}" for number in range(len(parts))]
    return dict(zip(names, parts, strict=True)) if all(part.fits(shape) for part in parts) else None


def _of_parameter(name: str, spread: Spread | None, shape: tuple[int, ...]) -> dict[str, Spread] | None:
    """Return the values of a parameter, or of each element of a vector of parameters."""
    if spread is None:
        return None
    if spread.fits(shape):
        return {name: spread}
    parts = split(spread)
    if not parts or not all(part.fits(shape) for part in parts):
        return None
    names = name.split(",") if name.count(",") == len(parts) - 1 else None
    return {names[n] if names else f"{name}[{n}]": part for n, part in enumerate(parts)}


def _names_in(circuit: Any) -> list[str] | None:
    """Return the parameters of a circuit in the order of their values: Qiskit's, which is by name."""
    if not isinstance(circuit, (str, LongText)):
        return None
    names = openqasm.inputs(openqasm.without_comments(str(circuit)))
    return sorted(names) if names else None


def _observables(value: Any) -> Spread | None:
    spread = nested(value, (str, dict))
    if spread is None or any(not _is_weighted(item) for item in spread.flat if isinstance(item, dict)):
        return None
    return Spread(spread.shape, [observable_label(item) for item in spread.flat])


def _is_weighted(observable: Mapping[str, Any]) -> bool:
    return all(isinstance(weight, (int, float)) for weight in observable.values())
