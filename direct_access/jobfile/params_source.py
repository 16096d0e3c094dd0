"""Which params a job file means: its PUBs, a file, a mapping, or an object that exists already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from direct_access.document import show
from direct_access.errors import Finding
from direct_access.jobfile import pubs
from direct_access.jobfile.circuits import CircuitReader
from direct_access.jobfile.params import DocumentParams, ExternalParams, FileParams, Params
from direct_access.jobfile.report import JobFileReport
from direct_access.jobfile.schema import likely_program


def find(report: JobFileReport, directory: Path, *, thorough: bool) -> Params | None:
    """Return the params of a job file; None if they have errors, which are then in the report.

    :param directory: where relative file names start
    :param thorough: as in :func:`direct_access.jobfile.load`
    """
    fields = report.document.value
    _check_combination(report, fields)
    reader = CircuitReader(report, directory, thorough=thorough)
    if "pubs" in fields:
        return _from_pubs(report, fields, reader)
    if "params" not in fields:
        return _external(report, fields)
    params = report.clean("params")
    if isinstance(params, str):
        return _from_file(report, params, directory)
    return _from_mapping(report, fields, reader)


def _check_combination(report: JobFileReport, fields: dict[str, Any]) -> None:
    if "pubs" in fields and "params" in fields:
        report.error(("params",), "stands beside pubs", "one of the two")
    for name in ("options", "resilience_level"):
        if name in fields and "pubs" not in fields:
            where = "inside params" if "params" in fields else "pubs beside it"
            report.error((name,), "has no effect without pubs", where)
    if "transpile" in fields and not ("pubs" in fields or isinstance(fields.get("params"), dict)):
        report.error(("transpile",), "needs circuits to work on", "pubs, or a params mapping, beside it")


def _from_pubs(report: JobFileReport, fields: dict[str, Any], reader: CircuitReader) -> Params | None:
    if not isinstance(fields["pubs"], list):
        return None
    content: dict[str, Any] = {"pubs": pubs.build(report, ("pubs",), likely_program(fields), reader)}
    content |= {name: fields[name] for name in ("options", "resilience_level") if name in fields}
    content |= {"version": 2, "support_qiskit": True}
    return None if report.errors else DocumentParams(content)


def _from_mapping(report: JobFileReport, fields: dict[str, Any], reader: CircuitReader) -> Params | None:
    """Return a mapping as it is, but with PUBs in full for transpiling; building them checks them."""
    params = fields["params"]
    built: list[Any] = []
    if isinstance(params, dict) and isinstance(params.get("pubs"), list):
        built = pubs.build(report, ("params", "pubs"), likely_program(fields), reader, files=False)
    if report.errors:
        return None
    return DocumentParams({**params, "pubs": built} if "transpile" in fields else params)


def _from_file(report: JobFileReport, name: str, directory: Path) -> Params | None:
    from direct_access.jobfile import params_file

    path = directory / name
    faults = params_file.faults(path)
    for fault in faults:
        report.add(_of_the_job_file(report, fault, name) if fault.line is None else fault)
    return None if faults else FileParams(path)


def _of_the_job_file(report: JobFileReport, fault: Finding, name: str) -> Finding:
    return report.document.finding(("params",), f"the file {show(name)} {fault.found}", fault.allowed)


def _external(report: JobFileReport, fields: dict[str, Any]) -> Params | None:
    storage = fields.get("storage")
    block = storage.get("input") if isinstance(storage, dict) else None
    named = isinstance(block, dict) and "object_name" in block
    if "id" in fields or named:
        return ExternalParams()
    report.error(
        (),
        "has neither pubs nor params",
        "pubs, params, or the id or storage.input.object_name of params in the store",
    )
    return None
