"""What the commands for the cloud begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from direct_access.cli.invocation import invocation_of
from direct_access.services.cloud.administration import CloudAccess, open_cloud


@contextmanager
def cloud_of(system: str | None) -> Iterator[CloudAccess]:
    """Yield access to the system of that name, or to the only one in the cloud."""
    invocation = invocation_of({"system": system} if system else {"service": "cloud"})
    settings = invocation.settings()
    cloud = open_cloud(
        settings,
        None,
        clock=invocation.clock,
        stop=invocation.control.stop,
        notify=invocation.notify,
        deadline=invocation.deadline(settings),
    )
    try:
        yield cloud
    finally:
        cloud.close()
