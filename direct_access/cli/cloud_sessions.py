"""What ``session`` does."""

from __future__ import annotations

from dataclasses import asdict

from direct_access.cli.cloud import cloud_of
from direct_access.cli.records import put_record
from direct_access.cli.streams import put
from direct_access.cli.values import whole_secs
from direct_access.qiskit_runtime.sessions import RuntimeSession


def create(
    mode: str, backend: str | None, max_ttl: str | None, system: str | None, output_format: str
) -> None:
    """Create a session."""
    secs = None if max_ttl is None else whole_secs("max-ttl", max_ttl)
    with cloud_of(system) as cloud:
        made = cloud.client.sessions.create(mode, backend=backend, max_ttl=secs)
    _put(made, output_format)


def show(session_id: str, system: str | None, output_format: str) -> None:
    """Show a session."""
    with cloud_of(system) as cloud:
        _put(cloud.client.sessions.session(session_id), output_format)


def close(session_id: str, *, now: bool, system: str | None) -> None:
    """Let a session take no more jobs, or close it at once."""
    with cloud_of(system) as cloud:
        if now:
            cloud.client.sessions.close(session_id)
        else:
            cloud.client.sessions.accept_jobs(session_id, False)
    put(f"{session_id}: {'closed' if now else 'closes when its queue is empty'}")


def _put(session: RuntimeSession, output_format: str) -> None:
    record = asdict(session)
    document = record.pop("document")
    record.pop("timestamps")
    put_record("session", record | ({"document": document} if output_format == "json" else {}), output_format)
