"""From a configuration to a service. What is heavy is imported here, when a service is needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from direct_access.clock import Clock
from direct_access.config.settings import Settings, System
from direct_access.errors import ConfigurationError
from direct_access.services.protocol import JobService

if TYPE_CHECKING:
    from direct_access.transport.retry import Deadline, WaitNotice


def open_service(
    settings: Settings,
    system_name: str | None,
    *,
    clock: Clock,
    stop: threading.Event,
    notify: Callable[[WaitNotice], None],
    deadline: Deadline | None = None,
) -> JobService:
    """Return the service of a system. No request is made and no credential is read before one is needed.

    :param system_name: the default system, or the only one, if None
    :param stop: set it to end every wait at once
    :param notify: told about every wait
    :param deadline: no request is repeated after it; None without bound
    :raises ConfigurationError: if there is no such system
    """
    from direct_access.quantum_system.client import QuantumSystemClient
    from direct_access.services.lazy_authorizer import LazyAuthorizer
    from direct_access.services.on_prem import OnPremService
    from direct_access.services.stores import Stores
    from direct_access.transport.http import HttpClient
    from direct_access.transport.retry import Patience, no_deadline

    system = choose_system(settings, system_name)
    http = HttpClient(system.network, clock)
    patience = Patience(clock, stop, deadline or no_deadline, notify)
    authorizer = LazyAuthorizer(http, system.iam_url, system.api_key, clock)
    client = QuantumSystemClient(
        http,
        authorizer,
        url=system.url,
        service_crn=system.service_crn,
        api_version=system.api_version,
        patience=patience,
    )
    return OnPremService(system, client, Stores(http, authorizer, patience), http, patience)


def choose_system(settings: Settings, name: str | None) -> System:
    """Return a system by name, the default system, or the only one.

    :raises ConfigurationError: if that leaves none
    """
    names = sorted(settings.systems)
    wanted = name or settings.default_system or (names[0] if len(names) == 1 else None)
    if wanted is not None and wanted in settings.systems:
        return settings.systems[wanted]
    found = f"no system {wanted!r} is configured" if wanted else "no system is chosen"
    raise ConfigurationError(
        f"{found}; configured are: {', '.join(names) or 'none'}",
        subject=wanted or "default_system",
        advice="name one with --system, or as default_system in the configuration",
    )
