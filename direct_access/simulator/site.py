"""Whether a browser was led here by somebody else's web page.

A page may send requests to any address that its reader reaches. Where a name of the page's own leads to this
server (DNS rebinding), ``Host`` is that name; where the page asks us across origins, ``Origin`` is the page's
(RFC 6454, section 7; https://fetch.spec.whatwg.org/#origin-header). Programs send no ``Origin``.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection

from direct_access.simulator.request_head import BadRequest, Head

_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")


class Site:
    """What a server is called: by an address, as ``localhost``, by the name of its machine or one of its own.

    :param scheme: ``http`` or ``https``
    :param names: further names
    """

    def __init__(self, scheme: str, names: Collection[str] = ()) -> None:
        self._scheme = scheme
        self._names = frozenset(name.lower() for name in (*names, "localhost", socket.gethostname()))

    def check(self, head: Head) -> None:
        """Look at whom a request is for and where it comes from.

        :raises BadRequest: 400 if ``Host`` is malformed, 421 if it is a name of somebody else, 403 if a web
            page of another origin sends it
        """
        if head.authority:
            match = _AUTHORITY.fullmatch(head.authority)
            if not match:
                raise BadRequest(400, "Host is malformed")
            if not self._is_ours(match["host"].lower().rstrip(".")):
                raise BadRequest(421, f"{match['host'][:255]} is not a name of this server")
        origin = head.headers.get("Origin")
        if origin is not None and origin.lower() != f"{self._scheme}://{head.authority}".lower():
            raise BadRequest(403, "requests of web pages of another origin are refused")

    def _is_ours(self, host: str) -> bool:
        if host in self._names or host.endswith(".localhost"):
            return True
        try:
            ipaddress.ip_address(host.strip("[]"))
        except ValueError:
            return False
        return True
