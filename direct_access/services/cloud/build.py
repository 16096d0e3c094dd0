"""What a system in the cloud is served with, made of a connection to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from direct_access.qiskit_runtime.client import QiskitRuntimeClient
from direct_access.qiskit_runtime.region import base_url
from direct_access.qiskit_runtime.submission_rate import submission_rate
from direct_access.services.cloud.named_sessions import NamedSessions
from direct_access.services.cloud.service import CloudService
from direct_access.services.cloud.session_names import session_names
from direct_access.services.connection import Connection

if TYPE_CHECKING:
    from direct_access.resource_controller.instances import Instances


def runtime_client(connection: Connection) -> QiskitRuntimeClient:
    """Return the client of the REST API, with the count of submissions that all processes share.

    :raises ConfigurationError: if the CRN names another service, or the URL another region
    """
    system = connection.system
    url = base_url(system.service_crn, system.url)
    return QiskitRuntimeClient(
        connection.http,
        connection.authorizer,
        service_crn=system.service_crn,
        patience=connection.patience,
        url=url,
        api_version=system.api_version,
        rate=submission_rate(url, connection.patience.clock),
    )


def instances(connection: Connection) -> Instances:
    """Return the instances that the API key may see."""
    from direct_access.resource_controller.instances import Instances

    url = connection.system.resource_controller_url
    return Instances(connection.http, connection.authorizer, url=url, patience=connection.patience)


def cloud_service(connection: Connection) -> CloudService:
    """Return the service.

    :raises ConfigurationError: as :func:`runtime_client`
    """
    client = runtime_client(connection)
    names = session_names(connection.system.service_crn)
    return CloudService(connection, client, NamedSessions(client, names, connection.patience))
