"""Tokens of an API key, which is read when the first request needs a token.

An API key may be replaced while a run waits for days: one that IAM refuses is read once more.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from direct_access.auth.iam import iam_authorizer
from direct_access.clock import Clock
from direct_access.config.secret_source import SecretSource
from direct_access.errors import AccessError, ConfigurationError
from direct_access.redact import Secret
from direct_access.retry.deadline import Deadline, no_deadline
from direct_access.transport.http import Authorizer, HttpClient

T = TypeVar("T")


class ApiKeyAuthorizer:
    """Reads the API key when the first request needs a token; safe to use from several threads."""

    def __init__(
        self,
        http: HttpClient,
        iam_url: str,
        api_key: SecretSource,
        clock: Clock,
        deadline: Deadline = no_deadline,
    ) -> None:
        self._http = http
        self._iam_url = iam_url
        self._api_key = api_key
        self._clock = clock
        self._deadline = deadline
        self._authorizer: Authorizer | None = None
        self._key = Secret("")
        self._lock = threading.Lock()

    def authorization(self) -> str:
        """Return the header value.

        :raises ConfigurationError: if the API key cannot be read
        :raises DirectAccessError: as IAM refuses
        """
        return self._by_current_key(lambda iam: iam.authorization())

    def renew(self, rejected: str) -> bool:
        """React to a 401; return whether there is another token."""
        return self._by_current_key(lambda iam: iam.renew(rejected))

    def _by_current_key(self, ask: Callable[[Authorizer], T]) -> T:
        iam = self._iam()
        try:
            return ask(iam)
        except AccessError as refused:
            replaced = self._replaced(iam, refused)
        return ask(replaced)

    def _iam(self) -> Authorizer:
        with self._lock:
            return self._authorizer or self._take(self._api_key.read())

    def _replaced(self, refused_with: Authorizer, refused: AccessError) -> Authorizer:
        """Return the authorizer of another key, if there is another one by now; raise the refusal if not."""
        with self._lock:
            if self._authorizer is not None and self._authorizer is not refused_with:
                return self._authorizer
            try:
                key = self._api_key.read()
            except ConfigurationError:
                raise refused from None
            if key.reveal() == self._key.reveal():
                raise refused
            return self._take(key)

    def _take(self, key: Secret) -> Authorizer:
        self._key = key
        self._authorizer = iam_authorizer(
            self._http, self._iam_url, key, self._clock, deadline=self._deadline
        )
        return self._authorizer
