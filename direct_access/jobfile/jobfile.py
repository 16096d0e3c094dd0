"""One job file, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from direct_access import document
from direct_access.errors import Finding
from direct_access.jobfile import cloud, params_source
from direct_access.jobfile.params import Params
from direct_access.jobfile.report import JobFileReport
from direct_access.jobfile.schema import check
from direct_access.light_dataclass import dataclass
from direct_access.model.cloud_options import NAMES, CloudOptions
from direct_access.units import parse_duration_secs

_SETTINGS = (
    "backend",
    "timeout_secs",
    "keep",
    "on_busy",
    "on_time_limit",
    "collect_by",
    "wait_deadline_secs",
    "system",
    "service",
)
_DURATIONS = ("wait_deadline_secs", "collect_by")


@dataclass(frozen=True)
class JobFile:
    """What a job file asks for.

    :param id: id of the job, only where the file gives one
    :param storage: as written, inheritance not yet applied
    :param output_dir: pattern, not yet expanded
    :param settings: what takes part in the precedence of the configuration, durations in seconds
    :param transpile: as written: ``optimization_level``
    :param cloud: what the cloud service alone takes
    :param warnings: what will work but may not be meant
    """

    path: Path
    program_id: str
    log_level: str | None
    id: str | None
    storage: Mapping[str, Any] | None
    output_dir: str | None
    settings: Mapping[str, Any]
    params: Params
    transpile: Mapping[str, Any] | None
    cloud: CloudOptions
    warnings: tuple[Finding, ...]


def load(path: Path, *, thorough: bool = False) -> JobFile:
    """Read a job file, with the circuits and params that it names, and check all of it.

    :param thorough: parse OpenQASM 3 in full where Qiskit is installed, which takes a second to load
    :raises InputError: with all findings
    """
    source = document.read(path)
    report = JobFileReport(source, check(source))
    if not isinstance(source.value, dict):
        raise document.refusal(source.name, report.findings)
    _check_times(report)
    _check_output_dir(report)
    cloud.check(report)
    params = params_source.find(report, path.parent, thorough=thorough)
    _check_storage(report, external_input=params is not None and params.kind == "external")
    _warn(report)
    if report.errors or params is None:
        raise document.refusal(source.name, report.findings)
    return _job_file(path, source.value, params, report)


def _job_file(path: Path, value: Mapping[str, Any], params: Params, report: JobFileReport) -> JobFile:
    settings = {name: value[name] for name in _SETTINGS if name in value}
    if "timeout_secs" in settings:
        settings["timeout_secs"] = int(parse_duration_secs(settings["timeout_secs"]))
    for name in _DURATIONS:
        if name in settings:
            settings[name] = parse_duration_secs(settings[name])
    return JobFile(
        path=path,
        program_id=value["program_id"],
        log_level=value.get("log_level"),
        id=value.get("id"),
        storage=value.get("storage"),
        output_dir=value.get("output_dir"),
        settings=settings,
        params=params,
        transpile=value.get("transpile"),
        cloud=cloud.options(value),
        warnings=tuple(report.warnings),
    )


def _check_times(report: JobFileReport) -> None:
    if (timeout := report.clean("timeout_secs")) is not None:
        seconds = parse_duration_secs(timeout)
        if seconds < 1 or seconds % 1:
            report.error(("timeout_secs",), document.show(timeout), "whole seconds, 1 or more")
    for name in _DURATIONS:
        duration = report.clean(name)
        if duration is not None and parse_duration_secs(duration) <= 0:
            report.error((name,), document.show(duration), "more than 0")


def _check_output_dir(report: JobFileReport) -> None:
    if (pattern := report.clean("output_dir")) is not None:
        from direct_access.jobfile import output_pattern

        output_pattern.check(report, pattern)


def _check_storage(report: JobFileReport, *, external_input: bool) -> None:
    if (block := report.clean("storage")) is not None:
        from direct_access.jobfile import storage

        storage.check(report, block, report.clean("id"), external_input=external_input)


def _warn(report: JobFileReport) -> None:
    if report.document.value.get("service") != "cloud":
        for name in NAMES:
            if name in report.document.value:
                report.warning((name,), "ignored: used by the cloud service only", at_key=True)
    if report.clean("id") is not None:
        report.warning(("id",), "used as it is; without it every job gets an id of its own", at_key=True)
