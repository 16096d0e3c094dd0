"""What the body of a refusal says, written by an API, by IAM, by a framework, or by a proxy before them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from direct_access.light_dataclass import dataclass
from direct_access.model.json_fields import text
from direct_access.model.server_json import read_json
from direct_access.model.server_text import is_web_page, one_line, page_text
from direct_access.transport.request_id import request_id_header


@dataclass(frozen=True)
class ErrorBody:
    """What is known of a refusal beside its status.

    :param message: one line, without URLs' queries; None where the body says nothing
    :param code: the server's code as text; API 1 writes text, API 2 writes numbers
    :param request_id: what the body names the request; answers without one may have it in a header
    :param solution: what the server advises
    :param is_web_page: it is HTML, so that not the server itself wrote it
    """

    message: str | None = None
    code: str | None = None
    request_id: str | None = None
    solution: str | None = None
    is_web_page: bool = False


def parse_error_body(data: bytes) -> ErrorBody:
    """Read the body of an answer that is not a success; every body is readable, none raises."""
    content = data.decode("utf-8", "replace").strip()
    if is_web_page(content):
        return ErrorBody(page_text(content), is_web_page=True)
    try:
        return _from_json(read_json(content))
    except ValueError:
        return ErrorBody(one_line(content))


def request_id(headers: Mapping[str, str]) -> str | None:
    """Return the id that the headers give a request, fit for a message."""
    return one_line(request_id_header(headers) or "")


def _from_json(document: object) -> ErrorBody:
    if isinstance(document, str):
        return ErrorBody(message=one_line(document))
    if not isinstance(document, Mapping):
        return ErrorBody()
    entries = list(_entries(document))
    first: Mapping[str, Any] = entries[0] if entries else {}
    messages = [message for entry in entries if (message := _message(entry))]
    return ErrorBody(
        message=one_line("; ".join(messages) or _alternative(document)),
        code=_code(first.get("code")) or _code(document.get("errorCode")),
        request_id=one_line(_request_id(document)),
        solution=one_line(text(first.get("solution")) or ""),
    )


def _entries(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the errors of a document: IBM's ``errors``, or the ``detail`` list of a framework's validator."""
    for name in ("errors", "detail"):
        entries = document.get(name)
        if isinstance(entries, list):
            yield from (entry for entry in entries if isinstance(entry, Mapping))


def _message(entry: Mapping[str, Any]) -> str | None:
    message = text(entry.get("message")) or text(entry.get("msg"))
    place = _place(entry)
    return f"{place}: {message}" if place and message and place not in message else message


def _place(entry: Mapping[str, Any]) -> str | None:
    """Return what the error is about: ``target.name``, the older ``location``, or a validator's ``loc``."""
    target, location = entry.get("target"), entry.get("loc")
    if isinstance(target, Mapping):
        return text(target.get("name"))
    if isinstance(location, list):
        return ".".join(str(part) for part in location)
    return text(entry.get("location"))


def _alternative(document: Mapping[str, Any]) -> str:
    """Return the text of a body that lists no errors, as IAM, frameworks and gateways write them."""
    names = ("errorMessage", "detail", "message", "error", "error_description", "title")
    return next((value for name in names if (value := text(document.get(name)))), "")


def _request_id(document: Mapping[str, Any]) -> str:
    """Return ``trace`` or the older ``correlation_id`` of the APIs, or IAM's ``context.requestId``."""
    context = document.get("context")
    named = [document.get("trace"), document.get("correlation_id")]
    if isinstance(context, Mapping):
        named.append(context.get("requestId"))
    return next((value for name in named if (value := text(name))), "")


def _code(value: object) -> str | None:
    return one_line(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
