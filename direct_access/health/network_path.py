"""The checks of the way to a server: the same for IAM, the API and the store, and without credentials."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from direct_access.health.check import Check, Look, Observation
from direct_access.health.check_context import CheckContext
from direct_access.health.checks import network

SERVER_NAMES = {"iam": "IAM", "api": "the API", "store": "the object store"}

_LAYERS: tuple[tuple[str, Callable[[CheckContext, str], Iterator[Observation]], str, str, str], ...] = (
    (
        "dns",
        network.dns,
        "resolve the name of {}",
        "check the URL of {} in the configuration, and the name servers of this node",
        "getent hosts {}",
    ),
    (
        "tcp",
        network.tcp,
        "connect to {}",
        "check that {} is up, and whether a firewall or a missing route stands between; try another node",
        "direct-access doctor --from-node",
    ),
    (
        "proxy",
        network.proxy,
        "have the proxy pass a request to {}",
        "check http_proxy, https_proxy and no_proxy for {}",
        "direct-access config show --origin",
    ),
    (
        "tls",
        network.tls,
        "verify the certificate of {}",
        "check what stands between this node and {}",
        "direct-access config show --origin",
    ),
)
NETWORK_LAYERS = tuple(layer for layer, *_ in _LAYERS)
"""The layers by name, each of which needs the one before."""


def _looking(look: Callable[[CheckContext, str], Iterator[Observation]], endpoint: str) -> Look:
    return lambda context: look(context, endpoint)


def host(endpoint: str) -> Callable[[CheckContext], str]:
    """Return what names a server: its host and port."""
    return lambda context: network.host_of(context, endpoint)


def network_checks(endpoint: str) -> Iterator[Check]:
    """Return the checks of the way to a server, in their order."""
    before, server = "configuration", SERVER_NAMES[endpoint]
    for layer, look, tried, advice, command in _LAYERS:
        yield Check(
            f"{layer}.{endpoint}",
            _looking(look, endpoint),
            tried.format(server),
            advice.format(server),
            after=(before,),
            subject=host(endpoint),
            command=command,
        )
        before = f"{layer}.{endpoint}"
