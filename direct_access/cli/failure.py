"""Errors as text or JSON; with :mod:`direct_access.cli.exit_status` the only place that makes either."""

from __future__ import annotations

import json
import os
import traceback
from typing import Any

from direct_access.cli.exit_status import exit_status
from direct_access.cli.streams import put, say
from direct_access.errors import DirectAccessError, InternalError
from direct_access.events import Event, Text, tell
from direct_access.printable import LONGEST_LINE, plain, shortened
from direct_access.redact import redact_text, without_urls

SCHEMA = "direct-access/error/v1"


def report(error: DirectAccessError, output_format: str) -> int:
    """Tell an error on standard error and return the exit status it stands for."""
    status = exit_status(error)
    _tell(error)
    if isinstance(error, InternalError) and os.environ.get("DIRECT_ACCESS_DEBUG"):
        say(redact_text("".join(traceback.format_exception(error))))
    if output_format == "nagios":
        return _unknown(error)
    if output_format == "json":
        say(json.dumps(as_json(error, status)))
    else:
        say(as_text(error))
    return status


def _unknown(error: DirectAccessError) -> int:
    """Tell an error as a Nagios plugin tells that it could not look: on standard output, status 3."""
    from direct_access.health.finding import CheckLevel
    from direct_access.health.nagios import one_line

    put(one_line(CheckLevel.UNKNOWN.name, redact_text(error.message)))
    return CheckLevel.UNKNOWN


def _tell(error: DirectAccessError) -> None:
    tell(
        Event.ERROR,
        kind=Text(error.kind),
        stage=_text(error.stage),
        status=error.http_status,
        code=_text(error.code),
        request_id=_text(error.request_id),
        subject=_text(error.subject),
        message=Text(error.message),
    )


def _text(value: str | None) -> Text | None:
    return Text(value) if value else None


def as_json(error: DirectAccessError, status: int) -> dict[str, Any]:
    """Return the documented object: kind, stage, HTTP status, code, request id, retryable, advice."""
    document: dict[str, Any] = without_urls({"schema": SCHEMA, "exit_status": status, **error.to_json()})
    return document


def as_text(error: DirectAccessError) -> str:
    """Return the lines for people: what failed, each finding, what the server calls it, what to do next."""
    lines = [f"direct-access: {_shown(error.message)}"]
    lines += [f"  {_shown(str(finding))}" for finding in error.findings]
    server = [
        f"{name} {value}"
        for name, value in (
            ("HTTP", error.http_status),
            ("code", _shown(error.code or "") or None),
            ("request id", _shown(error.request_id or "") or None),
        )
        if value is not None
    ]
    if server:
        lines.append(f"  server: {', '.join(server)}")
    if error.advice:
        lines.append(f"  next: {_shown(error.advice)}")
    return "\n".join(lines)


def _shown(text: str) -> str:
    """Return a text without secrets, bounded; of several lines all but the first stand further in."""
    first, *more = shortened(redact_text(text), LONGEST_LINE).split("\n")
    return plain("\n      ".join([first, *more]))
