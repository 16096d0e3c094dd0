"""One page of a listing.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Page:
    """Keys and common prefixes, together in the order of their UTF-8 bytes.

    :param last: the last key or prefix of a page that is not the last one
    """

    keys: list[str] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    last: str | None = None


def list_page(keys: Iterable[str], prefix: str, delimiter: str, after: str, limit: int) -> Page:
    """Return the page that follows a key or a common prefix.

    :param delimiter: keys that share all up to it, behind the prefix, are one common prefix
    :param after: where the page before ended, or a key given by the client; empty for the first page
    :param limit: of keys and common prefixes together
    """
    page = Page()
    entries = {_entry(key, prefix, delimiter) for key in keys if key.startswith(prefix) and key > after}
    rest = sorted(entry for entry in entries if entry[0] > after)
    for name, is_prefix in rest[:limit]:
        (page.prefixes if is_prefix else page.keys).append(name)
    if len(rest) > limit > 0:
        page.last = rest[limit - 1][0]
    return page


def _entry(key: str, prefix: str, delimiter: str) -> tuple[str, bool]:
    end = key.find(delimiter, len(prefix)) if delimiter else -1
    return (key, False) if end < 0 else (key[: end + len(delimiter)], True)
