"""Requests to the controls of a running simulator: see :mod:`direct_access.simulator.admin`."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import quote

from direct_access.config.settings import NetworkSettings
from direct_access.errors import ConflictError, InputError, NotFoundError, ProtocolError
from direct_access.transport.http import HttpClient
from direct_access.transport.response import HttpResponse

_ERRORS = {400: InputError, 404: NotFoundError, 409: ConflictError}


class SimulatorAdmin:
    """The controls at a base URL.

    :param url: of the simulator's API; None: of the chosen system in the configuration
    """

    def __init__(self, url: str | None) -> None:
        configured, network = (url, NetworkSettings()) if url else _of_configuration()
        self._base = f"{str(configured).rstrip('/')}/admin"
        self._http = HttpClient(network)

    def get(self, *path: str) -> Any:
        """Return a document.

        :raises DirectAccessError: as :meth:`change`
        """
        answer = self._send("GET", path)
        try:
            return json.loads(answer.data)
        except ValueError as error:
            raise _no_simulator(self._base) from error

    def change(self, method: str, *path: str, document: Any = None) -> None:
        """Add, change or clear something.

        :raises InputError: the simulator refuses what is asked for
        :raises NotFoundError: there is no such job or backend
        :raises ConflictError: the job is in a state that forbids it
        :raises UnavailableError: nothing answers
        :raises ProtocolError: what answers is not a simulator
        """
        self._send(method, path, document)

    def _send(self, method: str, path: tuple[str, ...], document: Any = None) -> HttpResponse:
        url = "/".join([self._base, *(quote(part, safe="") for part in path)])
        body = None if document is None else json.dumps(document).encode()
        try:
            answer = self._http.request(method, url, body=body)
        except ValueError as error:
            raise InputError(str(error), subject=self._base, advice="--url http://HOST:PORT") from error
        if answer.status not in (200, 204):
            raise _refusal(answer, self._base)
        return answer


def _of_configuration() -> tuple[str, NetworkSettings]:
    from direct_access.config.choose_system import choose_system
    from direct_access.config.load import load

    system = choose_system(load(environment=os.environ), None)
    return system.url, system.network


def _refusal(answer: HttpResponse, base: str) -> Exception:
    kind = _ERRORS.get(answer.status)
    try:
        message = json.loads(answer.data)["message"]
    except (ValueError, KeyError, TypeError):
        return _no_simulator(base, answer.status)
    if kind is None:
        return _no_simulator(base, answer.status)
    return kind(str(message), subject=base, http_status=answer.status)


def _no_simulator(base: str, status: int | None = None) -> ProtocolError:
    return ProtocolError(
        f"what answers at {base} is not a simulator",
        subject=base,
        http_status=status,
        advice="name the API of a running simulator with --url, or by DIRECT_ACCESS_CONFIG",
    )
