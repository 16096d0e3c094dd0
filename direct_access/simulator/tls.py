"""Whom the simulator trusts where it is a client itself."""

from __future__ import annotations

import ssl

from direct_access.simulator.settings import TlsFiles


def trust(tls: TlsFiles | None) -> ssl.SSLContext | None:
    """Return what verifies stores by https, None for the system's authorities."""
    if tls is None:
        return None
    context = ssl.create_default_context(cafile=tls.authority)
    if tls.client_authority:
        context.load_cert_chain(tls.certificate, tls.key)
    return context
