"""The cloud for those who manage it: instances, sessions, usage. A run needs none of this."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from direct_access.clock import Clock
from direct_access.config.settings import CLOUD, Settings
from direct_access.errors import ConfigurationError
from direct_access.services.factory import choose_system

if TYPE_CHECKING:
    from direct_access.qiskit_runtime.client import QiskitRuntimeClient
    from direct_access.resource_controller.instances import Instances
    from direct_access.retry.deadline import Deadline
    from direct_access.retry.notice import WaitNotice
    from direct_access.transport.http import HttpClient


@dataclass(frozen=True)
class CloudAccess:
    """One system in the cloud, and the instances that its API key may see.

    :ivar client: of the Qiskit Runtime REST API
    """

    service_crn: str
    client: QiskitRuntimeClient
    instances: Instances
    http: HttpClient

    def close(self) -> None:
        """Close connections."""
        self.http.close()


def open_cloud(
    settings: Settings,
    system_name: str | None,
    *,
    clock: Clock,
    stop: threading.Event,
    notify: Callable[[WaitNotice], None],
    deadline: Deadline | None = None,
) -> CloudAccess:
    """Return access to a system in the cloud; parameters as of :func:`.factory.open_service`.

    :raises ConfigurationError: if there is no such system, or it is on the premises
    """
    from direct_access.resource_controller.instances import Instances
    from direct_access.retry.deadline import no_deadline
    from direct_access.retry.repeat import Patience
    from direct_access.services.api_key_authorizer import ApiKeyAuthorizer
    from direct_access.services.cloud.client import cloud_client
    from direct_access.transport.http import HttpClient

    system = choose_system(settings, system_name)
    if system.service != CLOUD:
        raise ConfigurationError(
            f"the system {system.name!r} is on the premises; this is known of systems in the cloud only",
            subject=system.name,
            advice="name a system with service: cloud by --system",
        )
    deadline = deadline or no_deadline
    http = HttpClient(system.network, clock, deadline=deadline)
    patience = Patience(clock, stop, deadline, notify)
    authorizer = ApiKeyAuthorizer(http, system.iam_url, system.api_key, clock, deadline)
    client = cloud_client(system, http, authorizer, patience)
    instances = Instances(http, authorizer, url=system.resource_controller_url, patience=patience)
    return CloudAccess(system.service_crn, client, instances, http)
