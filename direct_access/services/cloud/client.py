"""The client of a system in the cloud."""

from __future__ import annotations

from direct_access.config.settings import System
from direct_access.qiskit_runtime.client import QiskitRuntimeClient
from direct_access.qiskit_runtime.region import base_url
from direct_access.qiskit_runtime.submission_rate import submission_rate
from direct_access.retry.repeat import Patience
from direct_access.transport.http import Authorizer, HttpClient


def cloud_client(
    system: System, http: HttpClient, authorizer: Authorizer, patience: Patience
) -> QiskitRuntimeClient:
    """Return the client of a system, with the count of submissions that all processes here share.

    :raises ConfigurationError: if the CRN names another service, or the URL another region
    """
    url = base_url(system.service_crn, system.url)
    return QiskitRuntimeClient(
        http,
        authorizer,
        service_crn=system.service_crn,
        patience=patience,
        url=url,
        api_version=system.api_version,
        rate=submission_rate(url, patience.clock),
    )
