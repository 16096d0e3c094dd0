"""The query of a request."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from urllib.parse import parse_qs

from direct_access.simulator.qiskit_runtime.errors import INVALID_BODY, ApiError


class Query:
    """Parameters by name.

    :param text: as sent, percent-encoded
    """

    def __init__(self, text: str) -> None:
        self._values = parse_qs(text, keep_blank_values=True)

    def text(self, name: str) -> str | None:
        """Return the last value, None where there is none."""
        return self._values[name][-1] if name in self._values else None

    def all(self, name: str) -> list[str]:
        """Return all values of a parameter that may be repeated."""
        return self._values.get(name, []) + self._values.get(f"{name}[]", [])

    def flag(self, name: str) -> bool | None:
        """Return a boolean, None where there is none.

        :raises ApiError: 400 for another word
        """
        text = self.one_of(name, ("true", "false"))
        return None if text is None else text == "true"

    def number(self, name: str, least: int, most: int, default: int) -> int:
        """Return a number; what is none, or out of its range, silently becomes the default."""
        text = self.text(name) or ""
        number = int(text) if re.fullmatch("[0-9]{1,18}", text) else -1
        return number if least <= number <= most else default

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str | None:
        """Return one of some words, None where there is none.

        :raises ApiError: 400 for another word
        """
        text = self.text(name)
        if text is not None and text not in allowed:
            raise refused(name, text, ", ".join(allowed))
        return text

    def time(self, name: str) -> float | None:
        """Return a date-time (RFC 3339) in seconds since the epoch, in UTC where it names no zone.

        :raises ApiError: 400 for what is none
        """
        text = self.text(name)
        if text is None:
            return None
        try:
            moment = datetime.fromisoformat(text.replace("Z", "+00:00").replace(" ", "+"))
        except ValueError as error:
            raise refused(name, text, "a date-time of RFC 3339") from error
        return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def refused(name: str, value: str, allowed: str) -> ApiError:
    """Return the error of a parameter's value."""
    return ApiError(400, INVALID_BODY, f"{name} {value[:60]!r}; allowed: {allowed}.", f"Correct {name}.")
