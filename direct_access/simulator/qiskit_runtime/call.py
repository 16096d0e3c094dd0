"""A request that is known to be allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from direct_access.simulator.http import Request, Response
from direct_access.simulator.qiskit_runtime.instances import Instance
from direct_access.simulator.qiskit_runtime.query import Query


@dataclass(frozen=True)
class Caller:
    """Who asks.

    :param user: the identity behind the token
    :param instance: the instance that the request is about
    """

    user: str
    instance: Instance


@dataclass(frozen=True)
class Call:
    """A request that found its route.

    :param parameters: path parameters, decoded
    :param version: the version of the API in whose shapes it is answered
    """

    request: Request
    parameters: Mapping[str, str]
    query: Query
    version: str
    caller: Caller


@dataclass(frozen=True)
class Route:
    """Who answers, and who may ask.

    :param action: IAM action that the caller must have, without ``quantum-computing.``
    :param numeric_errors: errors have the form of workloads, analytics and usage
    """

    handler: Callable[[Call], Response]
    action: str
    numeric_errors: bool = False


Routes = Mapping[tuple[str, str], Route]
