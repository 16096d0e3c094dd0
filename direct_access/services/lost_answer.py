"""Whether a request whose answer never came may have reached the server all the same."""

from __future__ import annotations

from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

from direct_access.errors import UnavailableError


def may_have_arrived(error: UnavailableError) -> bool:
    """Return False only where no connection was made: then nothing was sent.

    :param error: as :meth:`direct_access.transport.http.HttpClient.request` raises it, from urllib3's own
    """
    cause = error.__cause__
    while isinstance(cause, ProxyError):
        cause = cause.original_error
    return not isinstance(cause, (NewConnectionError, ConnectTimeoutError))
