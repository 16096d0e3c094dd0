"""Which proxy a request takes, from the configuration alone."""

from __future__ import annotations

import base64
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from direct_access.config.settings import NetworkSettings
from direct_access.light_dataclass import dataclass
from direct_access.redact import Secret
from direct_access.transport.no_proxy import bypasses

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Proxy:
    """A forward proxy.

    :param url: without user and password, fit for messages
    :param credentials: user and password in the form of RFC 7617, where the configured URL has a user; both
        are percent-encoded there (RFC 3986, 3.2.1)
    """

    url: str
    credentials: Secret | None = None
    password: Secret | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The ``Proxy-Authorization`` that the proxy wants to see."""
        return {"Proxy-Authorization": f"Basic {self.credentials.reveal()}"} if self.credentials else {}


def proxy_for(url: str, network: NetworkSettings) -> Proxy | None:
    """Return the proxy that a request to this URL takes, None if it goes directly."""
    target = urlsplit(url)
    configured = network.https_proxy if target.scheme == "https" else network.http_proxy
    port = target.port or DEFAULT_PORTS.get(target.scheme, 0)
    if not configured or bypasses(target.hostname or "", port, network.no_proxy):
        return None
    return _proxy(configured)


@lru_cache(maxsize=8)  # so that its secrets stay known for as long as anybody may echo them
def _proxy(configured: str) -> Proxy:
    parts = urlsplit(configured)
    userinfo, _, location = parts.netloc.rpartition("@")
    url = f"{parts.scheme}://{location}"
    if not userinfo:
        return Proxy(url)
    user, _, password = (unquote(part) for part in userinfo.partition(":"))
    credentials = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
    return Proxy(url, Secret(credentials), Secret(password))
