"""IBM's SDK over our own transport: our authorities, proxies, tokens and errors.

The SDK sends through a session of the requests library. Its own session would read ``.netrc``, proxies and
authorities from the environment and follow redirects; an adapter takes its place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from direct_access.resource_controller.endpoints import RULES, endpoint_of, subject_of
from direct_access.rest.answers import is_success, json_object, refusal
from direct_access.retry import policies
from direct_access.retry.repeat import Patience, repeat
from direct_access.transport.http import Authorizer, HttpClient, HttpResponse

OURS = frozenset({"authorization", "user-agent", "content-length", "cookie", "accept-encoding", "connection"})
"""Headers that our transport writes, or that have no place here."""


def session(http: HttpClient, authorizer: Authorizer, patience: Patience) -> Session:
    """Return a session that sends everything through our transport, and reads nothing by itself."""
    made = Session()
    made.trust_env = False
    made.adapters.clear()
    made.mount("https://", _Adapter(http, authorizer, patience))
    made.mount("http://", _Adapter(http, authorizer, patience))
    return made


class _Adapter(BaseAdapter):
    """Raises our errors; what returns has a status of 2xx."""

    def __init__(self, http: HttpClient, authorizer: Authorizer, patience: Patience) -> None:
        super().__init__()
        self._http = http
        self._authorizer = authorizer
        self._patience = patience

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        """Send a request; one that only reads is repeated while the server is in trouble."""
        if request.method == "GET":
            answer = repeat(policies.REQUEST, self._patience, lambda: self._once(request))
        else:
            answer = self._once(request)
        return _as_requests(answer, request)

    def _once(self, request: PreparedRequest) -> HttpResponse:
        method, url = request.method or "", request.url or ""
        body = request.body
        answer = self._http.request(
            method,
            url,
            headers=_sent(request.headers),
            body=body.encode() if isinstance(body, str) else body,  # type: ignore[arg-type]
            authorizer=self._authorizer,
        )
        if not is_success(answer):
            raise refusal(answer, endpoint_of(method, url), RULES, subject_of(url), self._patience.clock)
        return answer

    def close(self) -> None:
        """Do nothing: the connections belong to our transport."""


def _sent(headers: Mapping[str, str | bytes]) -> dict[str, str]:
    return {
        name: value.decode() if isinstance(value, bytes) else value
        for name, value in headers.items()
        if name.lower() not in OURS
    }


def _as_requests(answer: HttpResponse, request: PreparedRequest) -> Response:
    response = Response()
    response.status_code = answer.status
    response.headers = CaseInsensitiveDict(answer.headers)
    response._content = json.dumps(json_object(answer)).encode()  # as we bound it: the SDK reads everything
    response.encoding = "utf-8"
    response.url = answer.url_without_query
    response.request = request
    return response
