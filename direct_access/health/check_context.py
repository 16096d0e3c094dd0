"""What checks work with: the configuration as far as it could be read, and one connection to each server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from direct_access.auth.iam import fetch_token
from direct_access.auth.token import Token
from direct_access.clock import Clock
from direct_access.config.choose_system import choose_system
from direct_access.config.health_settings import HealthSettings
from direct_access.config.load import SITE_FILE, load
from direct_access.config.settings import CLOUD, Settings, System
from direct_access.errors import DirectAccessError, InternalError
from direct_access.light_dataclass import dataclass
from direct_access.qiskit_runtime.client import QiskitRuntimeClient
from direct_access.qiskit_runtime.region import base_url
from direct_access.redact import Secret
from direct_access.retry.deadline import fixed_deadline
from direct_access.retry.repeat import Patience
from direct_access.services.cloud.build import runtime_client
from direct_access.services.connection import Connection
from direct_access.services.on_prem.build import on_prem_service, quantum_system_client, stores
from direct_access.services.on_prem.storage_choice import bucket_address
from direct_access.storage.bucket_store import BucketStore
from direct_access.transport.http import HttpClient

OpenHttp = Callable[[System, Clock], HttpClient]

ENDPOINTS = ("iam", "api", "store")
ONE_REQUEST_PART = 0.6
"""The part of the time for all checks that one request may take: it shall fail with its own reason."""


def http_of(system: System, clock: Clock) -> HttpClient:
    """Return a client of the servers of a system."""
    return HttpClient(system.network, clock)


class Connections:
    """One system as the checks talk to it: each request once, one token, which no cache sees.

    A cached token would hide that IAM is down or that the key was revoked.
    """

    def __init__(self, system: System, clock: Clock, open_http: OpenHttp) -> None:
        self.http = open_http(system, clock)
        self._system = system
        self._clock = clock
        self._token: Token | None = None
        self._lock = threading.Lock()
        once = Patience(clock, deadline=fixed_deadline(0.0))
        self._connection = Connection(system, self.http, self, once)
        self.client = quantum_system_client(self._connection)
        self._stores = stores(self._connection)
        self.service = on_prem_service(self._connection)

    @cached_property
    def api_key(self) -> Secret:
        """The API key.

        :raises ConfigurationError: if it cannot be read
        """
        return self._system.api_key.read()

    def token(self) -> Token:
        """Return the token of these checks, asked for by the first that needs it."""
        with self._lock:
            if self._token is None:
                self._token = fetch_token(self.http, self._system.iam_url, self.api_key, self._clock)
            return self._token

    def authorization(self) -> str:
        """Return the header value."""
        return f"Bearer {self.token().value.reveal()}"

    def renew(self, rejected: str) -> bool:
        """Return False: a fresh token that is refused says what is to be known."""
        return False

    def cloud(self) -> QiskitRuntimeClient:
        """Return the client of a system in the cloud.

        :raises ConfigurationError: if its CRN names another service, or its URL another region
        """
        return runtime_client(self._connection)

    def store(self) -> BucketStore | None:
        """Return the store of the configuration, None where job files have to name one."""
        return self._stores[self._system.storage] if self._system.storage else None


@dataclass(frozen=True)
class CheckContext:
    """Where the checks are made.

    :param settings: None where the configuration cannot be read; ``fault`` says why
    :param system: the one that is looked at, None where there is none
    :param stop_at: boot time by which all checks have to end
    """

    environment: Mapping[str, str]
    clock: Clock
    stop_at: float
    settings: Settings | None = None
    system: System | None = None
    fault: DirectAccessError | None = None
    site_file: Path = SITE_FILE
    open_http: OpenHttp = http_of

    @cached_property
    def connections(self) -> Connections:
        """The connections, made at :func:`make_context`, before the first thread."""
        return Connections(self.known_system, self.clock, self.open_http)

    @property
    def known_settings(self) -> Settings:
        """The settings, for checks that are skipped where they cannot be read."""
        if self.settings is None:
            raise InternalError("a check that needs the configuration comes after it")
        return self.settings

    @property
    def known_system(self) -> System:
        """The system, for checks that are skipped where there is none."""
        if self.system is None:
            raise InternalError("a check that needs a system comes after the configuration")
        return self.system

    @property
    def bounds(self) -> HealthSettings:
        """What the site chose about the checks."""
        return self.settings.health if self.settings else HealthSettings()

    @property
    def secs_left(self) -> float:
        """Seconds that are left to the checks."""
        return max(0.0, self.stop_at - self.clock.boottime())

    def url(self, endpoint: str) -> str | None:
        """Return the base URL of ``iam``, ``api`` or ``store``; None where there is none.

        :raises DirectAccessError: if the storage of the configuration leads nowhere
        """
        system = self.known_system
        if endpoint == "iam":
            return system.iam_url
        if endpoint == "api":
            return base_url(system.service_crn, system.url) if system.service == CLOUD else system.url
        return bucket_address(system.storage).endpoint_url if system.storage else None

    def close(self) -> None:
        """Close the connections."""
        if self.system is not None:
            self.connections.http.close()


def make_context(
    environment: Mapping[str, str],
    options: Mapping[str, Any],
    clock: Clock,
    deadline_secs: float | None,
    site_file: Path = SITE_FILE,
    open_http: OpenHttp = http_of,
) -> CheckContext:
    """Read the configuration, also a wrong one; no request is made.

    :param options: settings of the command line
    :param deadline_secs: time for all checks; None is the site's choice
    """
    settings, system, fault = None, None, None
    started_at = clock.boottime()
    try:
        settings = load(options=options, environment=environment, site_file=site_file)
        longest = deadline_secs or settings.health.deadline_secs
        settings = settings.hurried(ONE_REQUEST_PART * longest)
        system = choose_system(settings, None)
    except DirectAccessError as error:
        fault = error
        longest = deadline_secs or (settings.health if settings else HealthSettings()).deadline_secs
    found = CheckContext(
        environment, clock, started_at + longest, settings, system, fault, site_file, open_http
    )
    if system is not None:
        found.connections  # noqa: B018  made here, where there is one thread
    return found
