"""Redacts what libraries log: it holds whole URLs with signatures otherwise.

urllib3 warns of damaged headers with the URL of the request, which without any logging set up appears on
standard error; at level DEBUG it logs every URL, and the SDKs what they sign and the signature itself.
"""

from __future__ import annotations

import logging

from direct_access.redact import HIDDEN, redact_text


def hide_secrets(record: logging.LogRecord) -> bool:
    """Redact a record, and hide all lines but its first (a :class:`logging.Filter`)."""
    first, more, _ = redact_text(record.getMessage()).partition("\n")
    record.msg, record.args = (f"{first}\n{HIDDEN}" if more else first), ()
    if record.exc_info:
        error = record.exc_info[1]
        record.msg += f" ({type(error).__name__})"
        record.exc_info = record.exc_text = None
    return True


def watch(package: str) -> None:
    """Redact what the loggers of a package log from now on: all that exist, so import it first."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == package]
    for name in names:
        logger = logging.getLogger(name)
        if hide_secrets not in logger.filters:
            logger.addFilter(hide_secrets)
