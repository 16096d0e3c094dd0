"""An IAM token that nobody asks for costs nothing: neither a secret read nor a request."""

from __future__ import annotations

import threading

from direct_access.auth.iam import iam_authorizer
from direct_access.clock import Clock
from direct_access.config.secret_source import SecretSource
from direct_access.transport.http import Authorizer, HttpClient


class LazyAuthorizer:
    """Reads the API key when the first request needs a token; safe to use from several threads."""

    def __init__(self, http: HttpClient, iam_url: str, api_key: SecretSource, clock: Clock) -> None:
        self._http = http
        self._iam_url = iam_url
        self._api_key = api_key
        self._clock = clock
        self._authorizer: Authorizer | None = None
        self._lock = threading.Lock()

    def authorization(self) -> str:
        """Return the header value.

        :raises ConfigurationError: if the API key cannot be read
        :raises DirectAccessError: as IAM refuses
        """
        return self._iam().authorization()

    def renew(self, rejected: str) -> bool:
        """React to a 401; return whether there is another token."""
        return self._iam().renew(rejected)

    def _iam(self) -> Authorizer:
        with self._lock:
            if self._authorizer is None:
                key = self._api_key.read()
                self._authorizer = iam_authorizer(self._http, self._iam_url, key, self._clock)
            return self._authorizer
