"""What an on-premises system is served with, made of a connection to it."""

from __future__ import annotations

from direct_access.quantum_system.client import QuantumSystemClient
from direct_access.services.connection import Connection
from direct_access.services.on_prem.service import OnPremService
from direct_access.services.on_prem.stores import Stores


def quantum_system_client(connection: Connection) -> QuantumSystemClient:
    """Return the client of the system's REST API."""
    system = connection.system
    return QuantumSystemClient(
        connection.http,
        connection.authorizer,
        url=system.url,
        service_crn=system.service_crn,
        api_version=system.api_version,
        patience=connection.patience,
    )


def stores(connection: Connection) -> Stores:
    """Return the object stores that jobs of the system may use."""
    return Stores(connection.http, connection.authorizer, connection.patience)


def on_prem_service(connection: Connection) -> OnPremService:
    """Return the service."""
    return OnPremService(connection, quantum_system_client(connection), stores(connection))
