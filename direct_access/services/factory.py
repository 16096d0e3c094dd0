"""From a configuration to a service. What is heavy is imported here, when a service is needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from direct_access.clock import Clock
from direct_access.config.kinds import is_loopback
from direct_access.config.settings import CLOUD, Settings, System
from direct_access.errors import ConfigurationError
from direct_access.services.protocol import JobService

if TYPE_CHECKING:
    from direct_access.retry.deadline import Deadline
    from direct_access.retry.notice import WaitNotice
    from direct_access.retry.repeat import Patience
    from direct_access.transport.http import Authorizer, HttpClient


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
    :param deadline: no request is repeated after it, or goes on; None without bound
    :raises ConfigurationError: if there is no such system
    """
    from direct_access.retry.deadline import no_deadline
    from direct_access.retry.repeat import Patience
    from direct_access.services.api_key_authorizer import ApiKeyAuthorizer
    from direct_access.transport.http import HttpClient

    system = choose_system(settings, system_name)
    deadline = deadline or no_deadline
    http = HttpClient(system.network, clock, deadline=deadline)
    patience = Patience(clock, stop, deadline, notify)
    authorizer = ApiKeyAuthorizer(http, system.iam_url, system.api_key, clock, deadline)
    build = _cloud if system.service == CLOUD else _on_prem
    return build(system, http, authorizer, patience)


def _on_prem(system: System, http: HttpClient, authorizer: Authorizer, patience: Patience) -> JobService:
    from direct_access.quantum_system.client import QuantumSystemClient
    from direct_access.services.on_prem.service import OnPremService
    from direct_access.services.on_prem.stores import Stores

    client = QuantumSystemClient(
        http,
        authorizer,
        url=system.url,
        service_crn=system.service_crn,
        api_version=system.api_version,
        patience=patience,
    )
    return OnPremService(system, client, Stores(http, authorizer, patience), http, patience)


def _cloud(system: System, http: HttpClient, authorizer: Authorizer, patience: Patience) -> JobService:
    from direct_access.services.cloud.client import cloud_client
    from direct_access.services.cloud.named_sessions import NamedSessions
    from direct_access.services.cloud.service import CloudService
    from direct_access.services.cloud.session_names import session_names

    client = cloud_client(system, http, authorizer, patience)
    sessions = NamedSessions(client, session_names(system.service_crn), patience)
    return CloudService(system, client, sessions, http, patience)


def choose_system(settings: Settings, name: str | None) -> System:
    """Return a system by name, the default system, or the only one, of the service that is asked for.

    :raises ConfigurationError: if that leaves none, or one that this site does not allow
    """
    fitting = {
        name: system
        for name, system in settings.systems.items()
        if settings.service in (None, system.service)
    }
    wanted = name or settings.default_system
    if wanted not in fitting and wanted in settings.systems and not _is_asked_for(settings, name):
        wanted = None  # a default in a file gives way to the service that is asked for
    if wanted is None and len(fitting) == 1:
        (wanted,) = fitting
    if wanted is None or wanted not in fitting:
        raise _no_system(settings, wanted, sorted(fitting))
    return _allowed(settings, fitting[wanted])


def _is_asked_for(settings: Settings, name: str | None) -> bool:
    """Return whether the system was named for this very use: by an option, a variable or the job file."""
    origin = settings.origins.get("default_system", "")
    return name is not None or origin in ("option", "job file") or origin.startswith("$")


def _no_system(settings: Settings, wanted: str | None, fitting: Sequence[str]) -> ConfigurationError:
    of_service = f" with service: {settings.service}" if settings.service else ""
    if wanted in settings.systems:
        found = f"the system {wanted!r} has not service: {settings.service}"
    else:
        found = f"no system {wanted!r} is configured" if wanted else "no system is chosen"
    return ConfigurationError(
        f"{found}; configured{of_service} are: {', '.join(fitting) or 'none'}",
        subject=wanted or "default_system",
        advice="name one with --system, or as default_system in the configuration",
    )


def _allowed(settings: Settings, system: System) -> System:
    simulated = is_loopback(urlsplit(system.url).hostname or "")  # what does not leave this host stays here
    if system.service == CLOUD and not simulated and not settings.limits.allow_cloud:
        raise ConfigurationError(
            f"the system {system.name!r} stands in the cloud, and this site does not allow that data leaves "
            "the premises",
            subject=system.name,
            advice="an administrator decides: limits.allow_cloud in /etc/direct-access/config.yaml",
        )
    return system
