"""The ``Authorization`` header of requests, from a shared token that is renewed in time."""

from __future__ import annotations

import threading
from collections.abc import Callable

from direct_access.auth.token import HeldToken, Token
from direct_access.auth.token_cache import TokenCache
from direct_access.clock import Clock
from direct_access.errors import DirectAccessError
from direct_access.events import Event, Text, tell
from direct_access.retry.deadline import Deadline, no_deadline

LONGEST_FETCH_SECS = 75.0
"""Whoever holds the lock for longer than a request can take is stopped or hung."""
EARLY_PAUSE_SECS = 60.0
FIRST_LOOK_SECS = 0.01
LONGEST_LOOK_SECS = 0.2

_CACHED, _FETCHED = Text("cache"), Text("IAM")


class IamAuthorizer:
    """An :class:`direct_access.transport.http.Authorizer` for the processes of a user on a node.

    After 80 % of a token's life one process renews it while all others go on with the old one, as this one
    does if that fails. Without a good token, one process fetches and the others wait for what it gets.

    :param fetch: asks IAM, with one request (:func:`direct_access.auth.iam.fetch_token`)
    """

    def __init__(
        self,
        fetch: Callable[[], Token],
        cache: TokenCache,
        clock: Clock,
        deadline: Deadline = no_deadline,
    ) -> None:
        self._fetch = fetch
        self._cache = cache
        self._clock = clock
        self._deadline = deadline
        self._held: HeldToken | None = None
        self._early_not_before = 0.0
        self._never = threading.Event()

    def authorization(self) -> str:
        """Return the header value.

        :raises DirectAccessError: as ``fetch``, where there is no good token
        """
        return self._current().header

    def renew(self, rejected: str) -> bool:
        """Get a token other than the rejected one, with at most one request to IAM.

        :raises DirectAccessError: as ``fetch``
        """
        return self._obtain(unlike=rejected).header != rejected

    def _current(self) -> HeldToken:
        now = self._clock.boottime()
        held = self._held
        if held is None or not held.is_fresh(now):
            held = self._held = self._shared() or held
        if held is None or not held.is_good(now):
            return self._obtain()
        if not held.is_fresh(now) and now >= self._early_not_before:
            return self._renew_early(held)
        return held

    def _shared(self) -> HeldToken | None:
        held = self._cache.read()
        if held is not None:
            age_secs = self._clock.boottime() - held.asked_at
            tell(Event.TOKEN, source=_CACHED, age_secs=age_secs, lifetime_secs=held.token.lifetime_secs)
        return held

    def _renew_early(self, held: HeldToken) -> HeldToken:
        with self._cache.lock() as locked:
            if not locked:
                return held
            newer = self._cache.read()
            if newer and newer.is_fresh(self._clock.boottime()):
                self._held = newer
                return newer
            try:
                return self._fetch_and_share()
            except DirectAccessError:
                self._early_not_before = self._clock.boottime() + EARLY_PAUSE_SECS
                return held

    def _obtain(self, unlike: str | None = None) -> HeldToken:
        """Return a good token other than the given one, from the cache or from IAM."""
        longest = self._clock.boottime() + LONGEST_FETCH_SECS
        until = self._deadline()
        give_up = longest if until is None else min(longest, until)
        look_secs = FIRST_LOOK_SECS
        while True:
            with self._cache.lock() as locked:
                held = self._cache.read()
                now = self._clock.boottime()
                if held and held.is_good(now) and held.header != unlike:
                    self._held = held
                    return held
                if locked or now >= give_up:
                    return self._fetch_and_share()
            self._clock.wait(self._never, look_secs)
            look_secs = min(2 * look_secs, LONGEST_LOOK_SECS)

    def _fetch_and_share(self) -> HeldToken:
        asked_at = self._clock.boottime()
        held = HeldToken(self._fetch(), asked_at)
        tell(Event.TOKEN, source=_FETCHED, lifetime_secs=held.token.lifetime_secs)
        self._held = held
        self._cache.write(held)
        return held
