"""TLS failures, as errors that name the cure."""

from __future__ import annotations

import ssl

from direct_access.errors import ConfigurationError, DirectAccessError, UnavailableError
from direct_access.transport.route import Route

# X509_STORE_CTX_get_error(3)
NOT_YET_VALID = 9
HAS_EXPIRED = 10
HOSTNAME_MISMATCH = 62
IP_ADDRESS_MISMATCH = 64

_CLIENT_CERTIFICATE_ALERTS = (
    "CERTIFICATE_REQUIRED",
    "BAD_CERTIFICATE",
    "UNKNOWN_CA",
    "CERTIFICATE_UNKNOWN",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_REVOKED",
    "UNSUPPORTED_CERTIFICATE",
)
_NO_COMMON_VERSION = (
    "PROTOCOL_VERSION",
    "UNSUPPORTED_PROTOCOL",
    "WRONG_SSL_VERSION",
    "NO_PROTOCOLS_AVAILABLE",
)
_NO_COMMON_CIPHER = ("HANDSHAKE_FAILURE", "INSUFFICIENT_SECURITY", "NO_SHARED_CIPHER", "DH_KEY_TOO_SMALL")
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL", "RECORD_LAYER_FAILURE")


def is_about_dates(error: BaseException) -> bool:
    """Return whether a certificate was refused as expired or not yet valid; our clock may be wrong."""
    return isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in (
        NOT_YET_VALID,
        HAS_EXPIRED,
    )


def tls_failure(error: BaseException, route: Route) -> DirectAccessError:
    """Return what a failed handshake means.

    :returns: ConfigurationError where somebody must change something, else a retryable UnavailableError
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return _refused_by_us(error, route)
    reason = getattr(error, "reason", None) or ""
    if "ALERT" in reason and reason.endswith(_CLIENT_CERTIFICATE_ALERTS):
        return ConfigurationError(
            f"{route} refused our side of TLS: {reason}",
            subject=route.host,
            advice="set client_certificate (and client_key) to a certificate that this server accepts",
        )
    if reason.endswith(_NO_COMMON_VERSION):
        return ConfigurationError(
            f"{route} speaks no version of TLS that we do, 1.2 or later: {reason}",
            subject=route.host,
            advice="have TLS 1.2 or 1.3 switched on there",
        )
    if reason.endswith(_NO_COMMON_CIPHER):
        return ConfigurationError(
            f"{route} and we agree on no cipher, or it wants a client's certificate: {reason}",
            subject=route.host,
            advice="have current ciphers enabled there; where it wants a certificate, set client_certificate",
        )
    if reason in _NO_TLS:
        return ConfigurationError(
            f"{route} does not speak TLS on this port",
            subject=route.host,
            advice="check scheme and port of the URL",
        )
    return UnavailableError(
        f"the TLS connection to {route} failed: {reason or 'closed by the server'}",
        subject=route.host,
        retryable=True,
    )


def _refused_by_us(error: ssl.SSLCertVerificationError, route: Route) -> ConfigurationError:
    if error.verify_code in (HOSTNAME_MISMATCH, IP_ADDRESS_MISMATCH):
        return ConfigurationError(
            f"the certificate of {route} is for another name: {error.verify_message}",
            subject=route.host,
            advice="use the name in the URL that stands in the certificate",
        )
    return ConfigurationError(
        f"the certificate of {route} is not trusted: {error.verify_message}",
        subject=route.host,
        advice="set ca_bundle to the PEM file of the authority that signed it",
    )


def time_failure(
    error: ssl.SSLCertVerificationError, route: Route, wrong_clock: str | None, now: str
) -> ConfigurationError:
    """Return the error for a certificate that has expired or is not yet valid.

    :param wrong_clock: what is wrong with our clock, where the server's could be asked and differs
    :param now: our time of day
    """
    if wrong_clock:
        return ConfigurationError(
            f"the clock is wrong: {wrong_clock}, so that the certificate of {route} does not verify",
            subject=route.host,
            advice="set this node's clock (chronyc tracking, timedatectl)",
        )
    return ConfigurationError(
        f"the certificate of {route} is not valid at this time: {error.verify_message}; our clock says {now}",
        subject=route.host,
        advice="check the clock; if it is right, the server needs a new certificate",
    )
