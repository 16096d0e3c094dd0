"""Pools of connections that are kept alive, one per origin and proxy."""

from __future__ import annotations

import ssl
import threading
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool, PoolManager, ProxyManager
from urllib3.util import Timeout

from direct_access.config.settings import NetworkSettings
from direct_access.transport.connections import Expiries, pool_classes
from direct_access.transport.proxy import DEFAULT_PORTS, Proxy, proxy_for
from direct_access.transport.third_party_logs import watch
from direct_access.transport.tls import client_context

CONNECTIONS_PER_ORIGIN = 8
ORIGINS = 16
SEND_BLOCK_BYTES = 1 << 18

watch("urllib3")


class ConnectionPools:
    """All connections of one client; safe to use from several threads."""

    def __init__(self, network: NetworkSettings) -> None:
        self._network = network
        self._managers: dict[tuple[str | None, bool], PoolManager] = {}
        self._context: ssl.SSLContext | None = None
        self._expiries: Expiries = {}
        self._lock = threading.Lock()

    def pool_for(self, url: str) -> HTTPConnectionPool:
        """Return the connections to the origin of a URL, directly or through the proxy of the configuration.

        :raises ConfigurationError: if a certificate or key file cannot be used
        """
        proxy = proxy_for(url, self._network)
        by_tls = "https" in {urlsplit(each).scheme for each in (url, proxy.url if proxy else "")}
        key = (proxy.url if proxy else None, by_tls)
        with self._lock:
            if key not in self._managers:
                if by_tls and self._context is None:
                    self._context = client_context(self._network)
                context = self._context if by_tls else None
                self._managers[key] = pool_manager(self._network, proxy, context, self._expiries)
            return self._managers[key].connection_from_url(url)

    def certificate_expiry(self, url: str) -> float | None:
        """Return when the certificate of a server expires, seconds since the epoch.

        :returns: None where no TLS connection to it has been made
        """
        parts = urlsplit(url)
        return self._expiries.get((parts.hostname or "", parts.port or DEFAULT_PORTS.get(parts.scheme, 0)))

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for manager in self._managers.values():
                manager.clear()
            self._managers.clear()


def pool_manager(
    network: NetworkSettings,
    proxy: Proxy | None,
    context: ssl.SSLContext | None,
    expiries: Expiries | None = None,
) -> PoolManager:
    """Return pools that reach their origins directly or through one proxy.

    :param expiries: where each TLS connection that is made notes its server's certificate
    """
    options = {
        "num_pools": ORIGINS,
        "maxsize": CONNECTIONS_PER_ORIGIN,
        "retries": False,
        "timeout": Timeout(connect=network.connect_timeout_secs, read=network.read_timeout_secs),
        "blocksize": SEND_BLOCK_BYTES,
        "ssl_context": context,
    }
    if proxy is None:
        manager = PoolManager(**options)  # type: ignore[arg-type]
    else:
        manager = ProxyManager(
            proxy.url,
            proxy_headers=proxy.headers,
            proxy_ssl_context=context,
            **options,  # type: ignore[arg-type]
        )
    manager.pool_classes_by_scheme = pool_classes(
        network.read_timeout_secs, {} if expiries is None else expiries
    )
    return manager
