"""Errors as text or JSON; with :mod:`direct_access.cli.exit_status` the only place that makes either."""

from __future__ import annotations

import json
from typing import Any

from direct_access.cli.exit_status import exit_status
from direct_access.cli.streams import plain, say
from direct_access.errors import DirectAccessError
from direct_access.redact import redact_text, without_urls

SCHEMA = "direct-access/error/v1"


def report(error: DirectAccessError, output_format: str) -> int:
    """Tell an error on standard error and return the exit status it stands for."""
    status = exit_status(error)
    if output_format == "json":
        say(json.dumps(as_json(error, status)))
    else:
        say(as_text(error))
    return status


def as_json(error: DirectAccessError, status: int) -> dict[str, Any]:
    """Return the documented object: kind, stage, HTTP status, code, request id, retryable, advice."""
    document: dict[str, Any] = without_urls({"schema": SCHEMA, "exit_status": status, **error.to_json()})
    return document


def as_text(error: DirectAccessError) -> str:
    """Return the lines for people: what failed, each finding, what the server calls it, what to do next."""
    lines = [f"direct-access: {redact_text(error.message)}"]
    lines += [f"  {redact_text(str(finding))}" for finding in error.findings]
    server = [
        f"{name} {value}"
        for name, value in (
            ("HTTP", error.http_status),
            ("code", error.code),
            ("request id", error.request_id),
        )
        if value is not None
    ]
    if server:
        lines.append(f"  server: {', '.join(server)}")
    if error.advice:
        lines.append(f"  next: {redact_text(error.advice)}")
    return plain("\n".join(lines))
