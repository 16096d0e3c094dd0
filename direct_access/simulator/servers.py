"""The servers of IAM, API, store and cloud, each with its record of requests and its faults."""

from __future__ import annotations

import ssl
from collections.abc import Callable

from direct_access.clock import Clock
from direct_access.simulator.faults.application import ErrorBody, FaultyApplication
from direct_access.simulator.faults.rules import FaultRules
from direct_access.simulator.http import Application, Server
from direct_access.simulator.request_log import RecordingApplication, RequestLog
from direct_access.simulator.settings import SimulatorSettings


class Servers:
    """Servers by name: ``iam``, ``api``, ``store``, ``cloud``."""

    def __init__(
        self, settings: SimulatorSettings, clock: Clock, faults: FaultRules, requests: RequestLog
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._faults = faults
        self._requests = requests
        self._tls = _server_context(settings)
        self._ports = {
            "iam": settings.iam_port,
            "api": settings.api_port,
            "store": settings.store_port,
            "cloud": settings.cloud_port,
        }
        self._servers: dict[str, Server] = {}

    def start(
        self,
        name: str,
        application: Application,
        error_body: ErrorBody,
        beside: Callable[[Application], Application] | None = None,
    ) -> None:
        """Serve an application.

        :param beside: adds what is served beside it, and neither recorded nor hit by faults
        :raises OSError: if the port is taken
        """
        faulty = FaultyApplication(name, application, self._faults, self._clock, error_body)
        recording = RecordingApplication(name, faulty, self._requests, self._clock)
        server = Server(
            beside(recording) if beside else recording,
            self._settings.host,
            self._ports[name],
            self._tls,
            self._clock,
            self._settings.idle_timeout_secs,
            self._settings.allowed_hosts,
        )
        server.start()
        self._servers[name] = server

    def url(self, name: str) -> str:
        """Return the base URL of a server that was started."""
        return self._servers[name].url

    def urls(self) -> dict[str, str]:
        """Return the base URLs by name."""
        return {name: server.url for name, server in self._servers.items()}

    def stop(self) -> None:
        """Stop all servers and hang up on every client."""
        for server in self._servers.values():
            server.stop()


def _server_context(settings: SimulatorSettings) -> ssl.SSLContext | None:
    if settings.tls is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings.tls.certificate, settings.tls.key)
    if settings.tls.client_authority:
        context.load_verify_locations(settings.tls.client_authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context
