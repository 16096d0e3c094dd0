"""Answers, and the XML documents in them."""

from __future__ import annotations

import uuid
from datetime import datetime, timezone
from email.utils import formatdate
from xml.etree import ElementTree

from direct_access.simulator.http import Response
from direct_access.simulator.store.errors import StoreError

_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def element(name: str, *content: str | ElementTree.Element) -> ElementTree.Element:
    """Return an element that holds text and other elements."""
    made = ElementTree.Element(name)
    for part in content:
        if isinstance(part, str):
            made.text = (made.text or "") + part
        else:
            made.append(part)
    return made


def xml_response(root: ElementTree.Element, status: int = 200) -> Response:
    """Return an answer that is an S3 document."""
    root.set("xmlns", _NAMESPACE)
    return Response(status, _document(root), [("Content-Type", "application/xml")])


def error_response(error: StoreError, resource: str, request_id: str) -> Response:
    """Return an error document; without one where HTTP allows no body."""
    details = [element(name, text) for name, text in error.details.items()]
    root = element("Error", element("Code", error.code), element("Message", error.message), *details)
    root.extend([element("Resource", resource), element("RequestId", request_id)])
    if error.status == 304:
        return Response(304, headers=[*error.headers])
    return Response(error.status, _document(root), [("Content-Type", "application/xml"), *error.headers])


def _document(root: ElementTree.Element) -> bytes:
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def new_request_id() -> str:
    """Return an identification for one answer."""
    return uuid.uuid4().hex[:16].upper()


def quoted(etag: str) -> str:
    """Return an ETag as headers and documents write it."""
    return f'"{etag}"'


def http_date(wall: float) -> str:
    """Return a time as HTTP headers write it (RFC 9110, 5.6.7)."""
    return formatdate(wall, usegmt=True)


def xml_date(wall: float) -> str:
    """Return a time as S3's documents write it."""
    moment = datetime.fromtimestamp(wall, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
