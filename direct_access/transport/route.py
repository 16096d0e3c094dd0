"""The server of a request and the proxy before it, as messages name them."""

from __future__ import annotations

from urllib.parse import urlsplit

from direct_access.light_dataclass import dataclass
from direct_access.transport.proxy import Proxy


@dataclass(frozen=True)
class Route:
    """A server, and the proxy through which it is reached.

    :param host: name or address, with the port where the URL has one
    :param proxy: URL of the proxy, without user and password
    """

    host: str
    proxy: str | None = None

    def __str__(self) -> str:
        return f"{self.host} through the proxy {self.proxy}" if self.proxy else self.host


def route_to(url: str, proxy: Proxy | None) -> Route:
    """Return the server and proxy of a request to this URL."""
    return Route(urlsplit(url).netloc.rpartition("@")[2], proxy.url if proxy else None)


def without_query(url: str) -> str:
    """Return a URL without user, password, query and fragment: what is left is fit for messages."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
