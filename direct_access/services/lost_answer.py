"""Whether a request to start a job may have reached the server, although the API did not answer it."""

from __future__ import annotations

from direct_access.errors import ConfigurationError, DirectAccessError, ProtocolError, UnavailableError

API_CODE_DIGITS = 4


def may_have_arrived(error: DirectAccessError) -> bool:
    """Return False where nothing was sent, and where the API itself refused the request.

    :param error: as :meth:`direct_access.transport.http.HttpClient.request` raises it, or as an answer was
        read
    """
    if isinstance(error, UnavailableError):
        return not error.not_sent
    return is_not_the_api(error)


def is_not_the_api(error: DirectAccessError) -> bool:
    """Return whether somebody else answered: a redirect, a web page, no HTTP, a 404 without a code."""
    if isinstance(error, ConfigurationError):
        return error.retryable
    return isinstance(error, ProtocolError)


def says_that_it_failed(error: DirectAccessError) -> bool:
    """Return whether the API itself answered: its codes have four digits, those of gateways are HTTP's.

    A request id proves nothing: an ingress puts one into the headers of its own answers too.
    """
    return error.code is not None and len(error.code) == API_CODE_DIGITS and error.code.isdecimal()
