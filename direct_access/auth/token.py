"""An access token and its life, measured on a clock that cannot be set back."""

from __future__ import annotations

from direct_access.light_dataclass import dataclass
from direct_access.redact import Secret

EARLY_PART = 0.8
"""The part of its life after which a token is renewed, as IBM's SDK core does."""
MARGIN_PART = 0.05
LONGEST_MARGIN_SECS = 60.0
LONGEST_LIFE_SECS = 86_400.0


@dataclass(frozen=True)
class Token:
    """What IAM grants: a bearer token for so many seconds from when it was asked for."""

    value: Secret
    lifetime_secs: float


@dataclass(frozen=True)
class HeldToken:
    """A token and the boot time at which it was asked for (:meth:`direct_access.clock.Clock.boottime`)."""

    token: Token
    asked_at: float

    @property
    def header(self) -> str:
        """The value of the ``Authorization`` header."""
        return f"Bearer {self.token.value.reveal()}"

    def is_fresh(self, now: float) -> bool:
        """Return whether it is too early to renew it."""
        return self._is_younger(now, EARLY_PART * self.token.lifetime_secs)

    def is_good(self, now: float) -> bool:
        """Return whether it can still be sent: it is valid long enough for the request to arrive."""
        life = self.token.lifetime_secs
        return self._is_younger(now, life - min(LONGEST_MARGIN_SECS, MARGIN_PART * life))

    def _is_younger(self, now: float, secs: float) -> bool:
        return 0 <= now - self.asked_at < secs
