"""Digests of objects."""

from __future__ import annotations

from direct_access.light_dataclass import dataclass


@dataclass(frozen=True)
class Checksum:
    """A digest that the store gives for a whole object.

    :param algorithm: ``md5`` or ``crc32``
    :param hex: lower-case hexadecimal digest
    """

    algorithm: str
    hex: str
