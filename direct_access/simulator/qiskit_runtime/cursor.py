"""Where a page of a list begins, as a text that only this server reads, and only for some time."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from direct_access.simulator.qiskit_runtime.errors import INVALID_BODY, ApiError

LIFETIME_SECS = 600.0


@dataclass(frozen=True)
class Cursor:
    """A place between two entries.

    :param key: creation time and id of the entry beside it
    """

    key: tuple[float, str]

    def to_text(self, now: float) -> str:
        """Return the cursor as it travels."""
        document = json.dumps([*self.key, now + LIFETIME_SECS])
        return base64.urlsafe_b64encode(document.encode()).decode("ascii").rstrip("=")

    @classmethod
    def from_text(cls, text: str, now: float) -> Cursor:
        """Return the cursor that a client sent back.

        :raises ApiError: 400, if it is none of ours, or has expired
        """
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            created, id_, expires = json.loads(base64.urlsafe_b64decode(padded))
            cursor, expired = cls((float(created), str(id_))), now > float(expires)
        except (ValueError, TypeError) as error:
            raise ApiError(400, INVALID_BODY, "The cursor is none of this list.", _ADVICE) from error
        if expired:
            raise ApiError(400, INVALID_BODY, "The cursor has expired.", _ADVICE)
        return cursor


_ADVICE = "Ask for the first page again, without a cursor."
