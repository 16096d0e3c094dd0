"""A certificate authority of our own, for real TLS on loopback."""

from __future__ import annotations

import ssl
from datetime import datetime, timedelta, timezone
from pathlib import Path

import trustme


class Authority:
    """Issues certificates for servers and clients.

    :param directory: where its PEM files are written
    """

    def __init__(self, directory: Path) -> None:
        self._ca = trustme.CA()
        self._directory = directory

    @property
    def bundle(self) -> Path:
        """A PEM file with this authority's certificate."""
        path = self._directory / f"authority-{id(self):x}.pem"
        self._ca.cert_pem.write_to_path(path)
        return path

    def server(
        self,
        *names: str,
        valid_days: tuple[float, float] = (-1, 30),
        clients: Authority | None = None,
    ) -> ssl.SSLContext:
        """Return the TLS context of a server.

        :param names: default ``localhost``
        :param valid_days: first and last day of its certificate, from now
        :param clients: demand a client certificate of this authority
        """
        leaf = self._ca.issue_cert(
            *(names or ("localhost",)),
            not_before=_days_from_now(valid_days[0]),
            not_after=_days_from_now(valid_days[1]),
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        leaf.configure_cert(context)
        if clients:
            clients._ca.configure_trust(context)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def client(self) -> Path:
        """Return a PEM file with a client's key and certificate."""
        path = self._directory / "client.pem"
        self._ca.issue_cert("client@example.org").private_key_and_cert_chain_pem.write_to_path(path)
        return path


def _days_from_now(days: float) -> datetime:
    return datetime.now(timezone.utc) + timedelta(days=days)
