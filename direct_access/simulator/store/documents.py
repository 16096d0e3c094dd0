"""XML documents that clients send."""

from __future__ import annotations

from xml.etree import ElementTree

from direct_access.simulator.store.errors import StoreError

_MAX_KEYS = 1000
_MAX_PARTS = 10000


def _parse(document: bytes, root_name: str) -> ElementTree.Element:
    if b"<!DOCTYPE" in document or b"<!ENTITY" in document:
        raise StoreError("MalformedXML", "Document types and entities are not allowed.")
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - no entities, and the length is limited
    except (ElementTree.ParseError, LookupError, ValueError) as error:  # the latter two: of its encoding
        raise StoreError("MalformedXML", str(error)) from error
    for each in root.iter():
        each.tag = each.tag.rpartition("}")[2]
    if root.tag != root_name:
        raise StoreError("MalformedXML", f"The document must be a {root_name}.")
    return root


def parse_delete(document: bytes) -> tuple[list[str], bool]:
    """Return the keys to delete, and whether to report only failures.

    :raises StoreError: MalformedXML
    """
    root = _parse(document, "Delete")
    keys = [each.findtext("Key") or "" for each in root.findall("Object")]
    if not keys or len(keys) > _MAX_KEYS or "" in keys:
        raise StoreError(
            "MalformedXML", f"A Delete document names 1 to {_MAX_KEYS} objects, each by its Key."
        )
    return keys, (root.findtext("Quiet") or "").lower() == "true"


def parse_complete(document: bytes) -> list[tuple[int, str, dict[str, str]]]:
    """Return number, ETag and checksums by algorithm of each part of an upload to be completed.

    :raises StoreError: MalformedXML, InvalidPartOrder
    """
    root = _parse(document, "CompleteMultipartUpload")
    try:
        parts = [_part(each) for each in root.findall("Part")]
    except ValueError as error:
        raise StoreError("MalformedXML", "A part needs a PartNumber.") from error
    numbers = [number for number, _, _ in parts]
    if not parts or len(parts) > _MAX_PARTS:
        raise StoreError("MalformedXML", f"An upload has 1 to {_MAX_PARTS} parts.")
    if sorted(set(numbers)) != numbers:
        raise StoreError("InvalidPartOrder")
    return parts


def _part(part: ElementTree.Element) -> tuple[int, str, dict[str, str]]:
    checksums = {
        each.tag.removeprefix("Checksum").lower(): (each.text or "").strip()
        for each in part
        if each.tag.startswith("Checksum")
    }
    return int(part.findtext("PartNumber") or ""), (part.findtext("ETag") or "").strip().strip('"'), checksums
