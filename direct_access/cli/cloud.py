"""What the commands for the cloud begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from direct_access.cli.invocation import session_of
from direct_access.services.cloud_access import CloudAccess, open_cloud


@contextmanager
def cloud_of(system: str | None) -> Iterator[CloudAccess]:
    """Yield access to the system of that name, or to the only one in the cloud."""
    session = session_of({"system": system} if system else {"service": "cloud"})
    settings = session.settings()
    cloud = open_cloud(
        settings,
        None,
        clock=session.clock,
        stop=session.control.stop,
        notify=session.notify,
        deadline=session.deadline(settings),
    )
    try:
        yield cloud
    finally:
        cloud.close()
