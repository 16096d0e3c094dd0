"""Which handler answers which method and path."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import unquote

from direct_access.simulator.http import Request, Response

Handler = Callable[["Call"], Response]
SomeHandler = TypeVar("SomeHandler")


@dataclass(frozen=True)
class Call:
    """A request that found its handler.

    :param parameters: path parameters, decoded
    :param caller: the identity behind the token, "" where none is asked for
    """

    request: Request
    parameters: Mapping[str, str]
    caller: str = ""


class NoRoute(Exception):
    """Nothing answers here.

    :ivar allowed: methods that the path has; none where there is no such path
    """

    def __init__(self, allowed: list[str]) -> None:
        super().__init__("method not allowed" if allowed else "not found")
        self.allowed = allowed


class Router(Generic[SomeHandler]):
    """Handlers by method and path template, as in ``("GET", "/v1/jobs/{job_id}")``."""

    def __init__(self, routes: Mapping[tuple[str, str], SomeHandler]) -> None:
        self._routes = [(method, path.split("/"), handler) for (method, path), handler in routes.items()]

    def find(self, method: str, path: str) -> tuple[SomeHandler, dict[str, str]]:
        """Return the handler and the path's parameters.

        :param path: percent-encoded, as sent
        :raises NoRoute: if there is none
        """
        segments = path.split("/")
        allowed = []
        for its_method, template, handler in self._routes:
            parameters = _parameters(template, segments)
            if parameters is None:
                continue
            if its_method == method:
                return handler, parameters
            allowed.append(its_method)
        raise NoRoute(sorted(allowed))


def _parameters(template: list[str], segments: list[str]) -> dict[str, str] | None:
    if len(template) != len(segments):
        return None
    parameters = {}
    for expected, found in zip(template, segments, strict=True):
        if expected.startswith("{") and found:
            parameters[expected[1:-1]] = unquote(found)
        elif expected != found:
            return None
    return parameters
