"""What the body of a refusal says, whoever wrote it: the API, a framework below it, or a proxy before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from direct_access.model.json_fields import text
from direct_access.model.server_json import read_json
from direct_access.model.server_text import is_web_page, one_line, page_text

REQUEST_ID_HEADERS = ("X-Request-Id", "X-Correlation-Id", "X-Global-Transaction-Id", "Transaction-Id")


@dataclass(frozen=True)
class ErrorBody:
    """What is known of a refusal beside its status.

    :param message: one line, without URLs' queries; None where the body says nothing
    :param code: the server's code as text; API 1 writes text, API 2 writes numbers
    :param solution: what the server advises
    :param is_web_page: it is HTML, so that not the API wrote it
    """

    message: str | None = None
    code: str | None = None
    request_id: str | None = None
    solution: str | None = None
    is_web_page: bool = False


def parse_error_body(data: bytes, headers: Mapping[str, str]) -> ErrorBody:
    """Read the body of an answer that is no success; every body is readable, none raises.

    :param headers: case-insensitive; they name the request where the body does not
    """
    content = data.decode("utf-8", "replace").strip()
    if is_web_page(content):
        body = ErrorBody(page_text(content), is_web_page=True)
    else:
        try:
            body = _from_json(read_json(content))
        except ValueError:
            body = ErrorBody(one_line(content))
    return replace(body, request_id=body.request_id or request_id(headers))


def request_id(headers: Mapping[str, str]) -> str | None:
    """Return what the server's operators need to find the request."""
    return one_line(next((headers[name] for name in REQUEST_ID_HEADERS if name in headers), ""))


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
        code=_code(first.get("code")),
        request_id=one_line(text(document.get("trace")) or text(document.get("correlation_id")) or ""),
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
    """Return the text of a body that lists no errors, as frameworks and gateways write them."""
    names = ("detail", "message", "error", "error_description", "title")
    return next((value for name in names if (value := text(document.get(name)))), "")


def _code(value: object) -> str | None:
    return one_line(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
