"""Which proxy a request takes, from the configuration alone."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from direct_access.config.settings import NetworkSettings
from direct_access.transport.no_proxy import bypasses

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Proxy:
    """A forward proxy.

    :param url: without user and password, fit for messages
    :param headers: ``Proxy-Authorization`` where the configured URL has a user
    """

    url: str
    headers: dict[str, str] = field(default_factory=dict, repr=False)


def proxy_for(url: str, network: NetworkSettings) -> Proxy | None:
    """Return the proxy that a request to this URL takes, None if it goes directly."""
    target = urlsplit(url)
    configured = network.https_proxy if target.scheme == "https" else network.http_proxy
    port = target.port or DEFAULT_PORTS.get(target.scheme, 0)
    if not configured or bypasses(target.hostname or "", port, network.no_proxy):
        return None
    return _proxy(configured)


def _proxy(configured: str) -> Proxy:
    parts = urlsplit(configured)
    userinfo, _, location = parts.netloc.rpartition("@")
    return Proxy(f"{parts.scheme}://{location}", _credentials(userinfo))


def _credentials(userinfo: str) -> dict[str, str]:
    """Return the header of RFC 7617; user and password are percent-encoded in a URL (RFC 3986, 3.2.1)."""
    if not userinfo:
        return {}
    user, _, password = userinfo.partition(":")
    credentials = f"{unquote(user)}:{unquote(password)}".encode()
    return {"Proxy-Authorization": f"Basic {base64.b64encode(credentials).decode('ascii')}"}
