"""Which part of an object a request wants (RFC 9110, 14.2), and whether it wants it at all (13.1)."""

from __future__ import annotations

import re

from direct_access.simulator.store.errors import StoreError

_RANGE = re.compile(r"bytes\s*=\s*(?P<first>[0-9]{0,18})\s*-\s*(?P<last>[0-9]{0,18})")


def requested_range(header: str, length: int) -> tuple[int, int] | None:
    """Return offset and length of the part asked for, None for all.

    What is not a single range of bytes is ignored, as S3 does and the RFC allows.

    :param length: bytes of the object
    :raises StoreError: InvalidRange if no byte of the object is in it
    """
    match = _RANGE.fullmatch(header.strip())
    if not match or not (match["first"] or match["last"]):
        return None
    if not match["first"]:
        suffix = min(int(match["last"]), length)
        first, last = length - suffix, length - 1
    else:
        first = int(match["first"])
        last = min(int(match["last"] or length), length - 1)
        if match["last"] and int(match["last"]) < first:
            return None
    if first >= length:
        details = {"RangeRequested": header, "ActualObjectSize": str(length)}
        raise StoreError("InvalidRange", details=details, headers=[("Content-Range", f"bytes */{length}")])
    return first, last - first + 1


def check_conditions(if_match: str, if_none_match: str, etag: str) -> None:
    """Compare the conditions of a read with an ETag.

    :raises StoreError: PreconditionFailed, NotModified
    """
    if if_match and not _matches(if_match, etag):
        raise StoreError("PreconditionFailed", details={"Condition": "If-Match"})
    if if_none_match and _matches(if_none_match, etag):
        raise StoreError("NotModified", headers=[("ETag", f'"{etag}"')])


def _matches(header: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in header.split(",")}
    return "*" in tags or etag in tags
