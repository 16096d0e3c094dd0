"""The cloud for its administrators: instances, sessions, usage. A run does not use this."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from direct_access.clock import Clock
from direct_access.config.choose_system import choose_system
from direct_access.config.settings import CLOUD, Settings
from direct_access.errors import ConfigurationError
from direct_access.light_dataclass import dataclass
from direct_access.services.connection import Connection, connect

if TYPE_CHECKING:
    from direct_access.qiskit_runtime.client import QiskitRuntimeClient
    from direct_access.resource_controller.instances import Instances
    from direct_access.retry.deadline import Deadline
    from direct_access.retry.notice import WaitNotice


@dataclass(frozen=True)
class CloudAccess:
    """One system in the cloud, and the instances that its API key may see.

    :ivar client: of the Qiskit Runtime REST API
    """

    connection: Connection
    client: QiskitRuntimeClient
    instances: Instances

    @property
    def service_crn(self) -> str:
        """CRN of the instance."""
        return self.connection.system.service_crn

    def close(self) -> None:
        """Close connections."""
        self.connection.close()


def open_cloud(
    settings: Settings,
    system_name: str | None,
    *,
    clock: Clock,
    stop: threading.Event,
    notify: Callable[[WaitNotice], None],
    deadline: Deadline | None = None,
) -> CloudAccess:
    """Return access to a system in the cloud; parameters as of :func:`.connect`.

    :raises ConfigurationError: if there is no such system, or it is on the premises
    """
    from direct_access.services.cloud.build import instances, runtime_client

    system = choose_system(settings, system_name)
    if system.service != CLOUD:
        raise ConfigurationError(
            f"the system {system.name!r} is on the premises; this is known of systems in the cloud only",
            subject=system.name,
            advice="name a system with service: cloud by --system",
        )
    connection = connect(system, clock=clock, stop=stop, notify=notify, deadline=deadline)
    return CloudAccess(connection, runtime_client(connection), instances(connection))
