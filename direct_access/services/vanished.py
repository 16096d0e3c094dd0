"""A job of ours that the server no longer knows."""

from __future__ import annotations

from direct_access.errors import JobVanishedError, NotFoundError


def vanished(error: NotFoundError) -> JobVanishedError:
    """Return what it means that a job which was accepted is not found."""
    return JobVanishedError(
        f"the server no longer knows job {error.subject}",
        subject=error.subject,
        http_status=error.http_status,
        code=error.code,
        request_id=error.request_id,
    )
