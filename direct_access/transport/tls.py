"""TLS settings: the authorities that we trust, and our own certificate.

Nothing comes from the environment: OpenSSL's default paths follow ``SSL_CERT_FILE`` and Python's default
context writes session keys where ``SSLKEYLOGFILE`` says; so neither is used.
"""

from __future__ import annotations

import os
import re
import ssl
from pathlib import Path

from direct_access.config.settings import NetworkSettings
from direct_access.errors import ConfigurationError
from direct_access.transport.sockets import TimedTlsSocket

NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME, X509_VERIFY_PARAM_set_flags(3)

SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # RHEL and its kin
    "/etc/ssl/ca-bundle.pem",  # SUSE
)
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")


def client_context(network: NetworkSettings, *, check_time: bool = True) -> ssl.SSLContext:
    """Return the TLS context of our connections: TLS 1.2 or later, certificate and host name verified.

    :param check_time: False accepts certificates out of their time; only ever to ask a server for its clock
    :raises ConfigurationError: if a certificate or key file cannot be used
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class = TimedTlsSocket
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # A server's own certificate, or an intermediate authority's, may stand in the bundle by itself.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if not check_time:
        context.verify_flags |= NO_CHECK_TIME
    if network.ca_bundle:
        _trust(context, network.ca_bundle)
    else:
        _trust_system(context)
    if network.client_certificate:
        _identify(context, network.client_certificate, network.client_key)
    return context


def _trust(context: ssl.SSLContext, bundle: Path) -> None:
    try:
        if bundle.is_dir():
            context.load_verify_locations(capath=bundle)
        else:
            context.load_verify_locations(cafile=bundle)
    except OSError as error:
        raise _unusable("ca_bundle", bundle, error) from error


def _trust_system(context: ssl.SSLContext) -> None:
    """Trust the system's authorities; a directory of hashed names is read on demand, a bundle costs 20 ms."""
    paths = ssl.get_default_verify_paths()
    if _is_hashed(paths.openssl_capath):
        context.load_verify_locations(capath=paths.openssl_capath)
        return
    for bundle in (paths.openssl_cafile, *SYSTEM_BUNDLES):
        if Path(bundle).is_file():
            context.load_verify_locations(cafile=bundle)
            return


def _is_hashed(directory: str) -> bool:
    try:
        with os.scandir(directory) as entries:
            return any(_HASHED.fullmatch(entry.name) for entry in entries)
    except OSError:
        return False


def _identify(context: ssl.SSLContext, certificate: Path, key: Path | None) -> None:
    def refuse_encrypted_key() -> str:
        raise ConfigurationError(
            f"the client's key {key or certificate} is encrypted",
            subject=str(key or certificate),
            advice="store it without a pass phrase, readable by its owner alone",
        )

    try:
        context.load_cert_chain(certificate, key, password=refuse_encrypted_key)
    except OSError as error:
        raise _unusable("client_certificate", certificate, error) from error


def _unusable(setting: str, path: Path, error: OSError) -> ConfigurationError:
    if isinstance(error, ssl.SSLError):
        reason = (
            "it is not a PEM file of certificates" if error.reason is None else f"OpenSSL: {error.reason}"
        )
    else:
        reason = error.strerror or "unreadable"
    return ConfigurationError(
        f"{setting} {path} cannot be used: {reason}",
        subject=str(path),
        advice=f"set {setting} to a PEM file that this user can read; "
        "direct-access config show --origin tells who sets it",
    )
