"""From an answer of the API to data, or to the error that it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from direct_access.clock import Clock
from direct_access.errors import DirectAccessError, ProtocolError
from direct_access.model.json_fields import text
from direct_access.model.server_json import read_json
from direct_access.model.server_text import is_web_page, one_line, page_title
from direct_access.refusals.error_body import parse_error_body, request_id
from direct_access.rest.endpoint import Endpoint
from direct_access.rest.error_table import ApiRules
from direct_access.transport.http import HttpResponse, unexpected_redirect


def is_success(response: HttpResponse) -> bool:
    """Return whether the server did what it was asked to."""
    return 200 <= response.status < 300


def refusal(
    response: HttpResponse, endpoint: Endpoint, rules: ApiRules, subject: str | None, clock: Clock
) -> DirectAccessError:
    """Return the error that an answer means.

    :param rules: what the refusals of this API mean
    :param subject: the job or the backend that the request was about
    """
    if response.status // 100 == 3:
        return unexpected_redirect(response)
    body = parse_error_body(response.data)
    rule = rules.rule_for(response.status, body.code, endpoint, web_page=body.is_web_page)
    message, advice = rule.message, body.solution or rule.advice
    if response.status == 403 and endpoint.iam_action and not body.is_web_page:
        message += f": the IAM action {endpoint.iam_action} is missing"
        advice = advice or "ask the administrator of the instance for a role that has it"
    return rule.error_for(
        response.status, response.headers, body, clock, subject=subject, message=message, advice=advice
    )


def json_object(response: HttpResponse) -> Mapping[str, Any]:
    """Return the JSON object of an answer. ``/version`` wraps its object into a JSON text: it is read twice.

    :raises ProtocolError: if the answer is anything else
    """
    try:
        document = read_json(response.data)
        if isinstance(document, str):
            document = read_json(document)
    except ValueError as error:
        raise outside_contract(response) from error
    if not isinstance(document, dict):
        raise _outside(response, "JSON that is not an object")
    return document


def answer_about(job_id: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the answer about a job, which a cache on the way may have mixed up with another's.

    :raises ProtocolError: if it is about another job; retryable
    """
    found = document.get("id")
    if isinstance(found, str) and found != job_id:
        raise ProtocolError(
            f"the server was asked for job {job_id} and answered with job {one_line(found)}",
            subject=job_id,
            retryable=True,
            advice="check any proxy or cache on the way",
        )
    return document


def list_of(document: Mapping[str, Any], name: str) -> Sequence[Any]:
    """Return a list of an answer; the APIs write null for an empty one.

    :raises ProtocolError: if it is anything else
    """
    entries = document.get(name) or []
    if not isinstance(entries, list):
        raise ProtocolError(f"the server answered with {name} that are not a list")
    return entries


def objects_of(document: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    """Return a list of JSON objects of an answer.

    :raises ProtocolError: if it is anything else
    """
    entries = list_of(document, name)
    if not all(isinstance(entry, dict) for entry in entries):
        raise ProtocolError(f"the server answered with {name} that are not objects")
    return entries


def cursor_in(address: object, name: str) -> str | None:
    """Return the cursor in the query of a page's address, None if the address has no cursor."""
    try:
        return next(iter(parse_qs(urlsplit(text(address) or "").query).get(name, [])), None)
    except ValueError:  # not an address, or a query with more parameters than anybody writes
        return None


def outside_contract(response: HttpResponse) -> ProtocolError:
    """Return the error that says what came instead of JSON, which is read for that."""
    return _outside(response, _what_came(response))


def _what_came(response: HttpResponse) -> str:
    content = response.data.decode("utf-8", "replace").strip()
    if not content:
        return "nothing"
    if is_web_page(content):
        return f"a web page ({page_title(content) or 'without a title'})"
    return "what is not valid JSON"


def _outside(response: HttpResponse, what: str) -> ProtocolError:
    return ProtocolError(
        f"the server answered {response.url_without_query} with {what}",
        http_status=response.status,
        request_id=request_id(response.headers),
        advice="check the url of the system in the configuration, and any proxy on the way",
    )
