"""What a run reports while it runs."""

from __future__ import annotations

from typing import Protocol

from direct_access.clock import rfc3339
from direct_access.retry.notice import WaitNotice
from direct_access.units import format_duration


class Reporter(Protocol):
    """Whoever shows the run to a person or writes it to a log."""

    def stage(self, name: str, text: str) -> None:
        """A stage of the run begins or ends: one line each."""

    def note(self, text: str) -> None:
        """Something worth a line that changes nothing."""

    def warning(self, text: str) -> None:
        """Something that the user should change."""

    def progress(self, text: str) -> None:
        """The same stage goes on; for terminals only."""


class SilentReporter:
    """A reporter for programs: says nothing."""

    def stage(self, name: str, text: str) -> None:
        pass

    def note(self, text: str) -> None:
        pass

    def warning(self, text: str) -> None:
        pass

    def progress(self, text: str) -> None:
        pass


def describe_wait(notice: WaitNotice) -> str:
    """Return in a line why nothing happens for a while, since when, and until when; or that it is over."""
    if notice.next_try_secs is None:
        return f"over: {notice.error.message}; since {rfc3339(notice.since)[:19]}Z"
    until = "" if notice.until is None else f", giving up at {rfc3339(notice.until)[:19]}Z"
    return (
        f"{notice.error.message}; since {rfc3339(notice.since)[:19]}Z, "
        f"next attempt in {format_duration(notice.next_try_secs)}{until}"
    )
