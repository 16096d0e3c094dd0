"""From when on a download uses several connections."""

from __future__ import annotations

from direct_access.light_dataclass import dataclass


@dataclass(frozen=True)
class DownloadBounds:
    """From when on an object is fetched by several connections, and how.

    :param connections: how many; 1: always a single one
    :param measured_bytes: the first connection is measured over so many bytes
    :param slow_bytes_a_second: below this it is slow, and the rest is fetched in parts. A connection on this
        machine or in this room is faster; one that a store limits, or that crosses a country, is not
    :param part_bytes: the longest part; as often, what has arrived is noted for whoever resumes the download
    """

    connections: int = 4
    measured_bytes: int = 64 << 20
    slow_bytes_a_second: float = 100e6
    part_bytes: int = 32 << 20


class Speed:
    """How fast bytes come from the server, by the time that we wait for them."""

    def __init__(self, bounds: DownloadBounds) -> None:
        self._bounds = bounds
        self._bytes = 0
        self._secs = 0.0

    def count(self, bytes_read: int, secs: float) -> None:
        self._bytes += bytes_read
        self._secs += secs

    @property
    def is_slow(self) -> bool:
        """Whether enough has come to know that it is slow."""
        bounds = self._bounds
        return self._bytes >= bounds.measured_bytes and self._bytes < bounds.slow_bytes_a_second * self._secs
