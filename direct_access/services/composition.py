"""From a configuration to the service that runs jobs: the one place that knows which services there are.

What is heavy is imported when it is needed. Nothing here makes a request or reads a credential.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from direct_access.clock import Clock
from direct_access.config.choose_system import choose_system
from direct_access.config.settings import CLOUD, Settings
from direct_access.services.connection import Connection, connect
from direct_access.services.protocol import JobService

if TYPE_CHECKING:
    from direct_access.retry.deadline import Deadline
    from direct_access.retry.notice import WaitNotice


def open_service(
    settings: Settings,
    system_name: str | None,
    *,
    clock: Clock,
    stop: threading.Event,
    notify: Callable[[WaitNotice], None],
    deadline: Deadline | None = None,
) -> JobService:
    """Return the service of a system; parameters as of :func:`.connect`.

    :param system_name: the default system, or the only one, if None
    :raises ConfigurationError: if there is no such system
    """
    system = choose_system(settings, system_name)
    return job_service(connect(system, clock=clock, stop=stop, notify=notify, deadline=deadline))


def job_service(connection: Connection) -> JobService:
    """Return the service that runs the jobs of a system; each has a folder beside this file."""
    if connection.system.service == CLOUD:
        from direct_access.services.cloud.build import cloud_service

        return cloud_service(connection)
    from direct_access.services.on_prem.build import on_prem_service

    return on_prem_service(connection)
