"""PUBs: from the job file's words, or the API's lists, to the lists that the API takes.

A sampler PUB is ``[circuit, parameter_values, shots]``, an estimator PUB ``[circuit, observables,
parameter_values, precision]``. All items are written out, since some readers of the API want them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from direct_access.document import Path
from direct_access.jobfile import observables, parameter_values
from direct_access.jobfile.circuits import Circuit, CircuitReader
from direct_access.jobfile.report import JobFileReport

_ITEMS = {
    "sampler": ("circuit", "parameter_values", "shots"),
    "estimator": ("circuit", "observables", "parameter_values", "precision"),
}


class _Written(NamedTuple):
    """A PUB as it is written, item by item, with the place of each."""

    values: Mapping[str, Any]
    paths: Mapping[str, Path]


def build(
    report: JobFileReport, path: Path, program_id: str, reader: CircuitReader, *, files: bool = True
) -> list[Any]:
    """Return the PUBs of a list in the job file; those with errors are reported and left out.

    :param path: where the list stands; its shape has been checked against the schema
    :param files: whether circuits may be files
    """
    pubs = []
    for index, pub in enumerate(_at(report, path)):
        place = (*path, index)
        written = _written(pub, place, _ITEMS[program_id])
        circuit = _circuit(report, written, reader, files=files)
        if circuit is not None:
            _check_data(report, written, circuit)
            if report.is_clean(place):
                pubs.append(_on_the_wire(written, circuit, program_id))
    return pubs


def _circuit(
    report: JobFileReport, written: _Written, reader: CircuitReader, *, files: bool
) -> Circuit | None:
    value = written.values.get("circuit")
    if value is None or not report.is_clean(written.paths["circuit"]):
        return None
    return reader.read(value, written.paths["circuit"], from_file=files)


def _at(report: JobFileReport, path: Path) -> Any:
    value = report.document.value
    for step in path:
        value = value[step]
    return value


def _written(pub: Any, place: Path, items: tuple[str, ...]) -> _Written:
    if isinstance(pub, str):
        return _Written({"circuit": pub}, {"circuit": place})
    if isinstance(pub, list):
        return _Written(
            dict(zip(items, pub, strict=False)), {item: (*place, index) for index, item in enumerate(items)}
        )
    return _Written(pub if isinstance(pub, dict) else {}, {item: (*place, item) for item in items})


def _check_data(report: JobFileReport, written: _Written, circuit: Circuit) -> None:
    for item, check in (("parameter_values", parameter_values.check), ("observables", observables.check)):
        value = written.values.get(item)
        if value is not None and item in written.paths and report.is_clean(written.paths[item]):
            check(report, value, written.paths[item], circuit)


def _on_the_wire(written: _Written, circuit: Circuit, program_id: str) -> list[Any]:
    values = written.values
    parameters = parameter_values.on_the_wire(values.get("parameter_values"))
    if program_id == "sampler":
        shots = values.get("shots")
        return [circuit.wire, parameters, None if shots is None else int(shots)]
    return [circuit.wire, values["observables"], parameters, values.get("precision")]
