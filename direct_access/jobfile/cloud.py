"""What the job file says for the cloud service alone: its schema has the limits, this is the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from direct_access import document
from direct_access.jobfile.report import JobFileReport
from direct_access.model.cloud_options import NAMES, CloudOptions, SessionOptions
from direct_access.units import parse_duration_secs


def check(report: JobFileReport) -> None:
    """Report a session that is named twice, and a time to live that is not a whole number of seconds."""
    if "session" in report.document.value and "session_id" in report.document.value:
        report.error(("session_id",), "stands beside session", "one of the two")
    session = report.clean("session")
    if isinstance(session, dict) and "max_ttl" in session:
        seconds = parse_duration_secs(session["max_ttl"])
        if seconds < 1 or seconds % 1:
            report.error(
                ("session", "max_ttl"), document.show(session["max_ttl"]), "whole seconds, 1 or more"
            )


def options(fields: Mapping[str, Any]) -> CloudOptions:
    """Return the options of a job file without errors; a session that is a text is its name."""
    given = {name: fields[name] for name in NAMES if name in fields}
    if "session" in given:
        given["session"] = _session(given["session"])
    return cast(CloudOptions, given)


def _session(written: str | Mapping[str, Any]) -> SessionOptions:
    session: dict[str, Any] = {"name": written} if isinstance(written, str) else dict(written)
    if "max_ttl" in session:
        session["max_ttl"] = int(parse_duration_secs(session["max_ttl"]))
    return cast(SessionOptions, session)
