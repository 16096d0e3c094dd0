"""Requests to one REST API: its headers, its refusals, and what is repeated."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from direct_access.errors import InputError
from direct_access.rest.answers import is_success, json_object, refusal
from direct_access.rest.endpoint import Endpoint
from direct_access.rest.error_table import ApiRules
from direct_access.retry import policies
from direct_access.retry.repeat import Patience, repeat
from direct_access.transport.http import Authorizer, HttpClient, HttpResponse

Query = Sequence[tuple[str, str]]
"""The parameters of a query in their order; a name may occur again."""


class RestApi:
    """One server. Every call raises :class:`direct_access.errors.DirectAccessError`."""

    def __init__(
        self,
        http: HttpClient,
        authorizer: Authorizer,
        *,
        url: str,
        service_crn: str,
        api_version: str,
        rules: ApiRules,
        patience: Patience,
    ) -> None:
        """:param url: base URL, above ``/v1``
        :param service_crn: CRN of the service instance
        :param api_version: ``IBM-API-Version``, YYYY-MM-DD
        :param rules: what the server's refusals mean
        :param patience: how long a call may be repeated
        """
        self._http = http
        self._authorizer = authorizer
        self._url = url.rstrip("/")
        self._rules = rules
        self.patience = patience
        self._headers = {
            "Accept": "application/json",
            "Service-CRN": service_crn,
            "IBM-API-Version": api_version,
        }

    def authorize(self) -> None:
        """Get an access token now, so that the next request cannot fail because of IAM."""
        self._authorizer.authorization()

    def read(self, endpoint: Endpoint, name: str | None = None, query: Query = ()) -> Mapping[str, Any]:
        """Return the JSON object of an answer, asked for again while the server is in trouble."""
        return json_object(self.repeated(endpoint, name, query))

    def repeated(
        self, endpoint: Endpoint, name: str | None = None, query: Query = (), document: object = None
    ) -> HttpResponse:
        """Return the answer to a request that may be sent again while the server is in trouble."""
        return repeat(
            policies.REQUEST,
            self.patience,
            lambda: self.once(endpoint, name, query=query, document=document),
        )

    def once(
        self,
        endpoint: Endpoint,
        name: str | None = None,
        *,
        subject: str | None = None,
        query: Query = (),
        document: object = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
        read_timeout_secs: float | None = None,
    ) -> HttpResponse:
        """Return the answer to one request, any 2xx.

        :param name: what the path names
        :param subject: what an error is about, where the path does not name it
        :param document: JSON data to send, or the bytes of a JSON document
        :param headers: instead of or beside those of every request
        :param stream: leave the body of an answer on the connection
        :param read_timeout_secs: longest time without a byte of the answer, instead of the configured one
        """
        sent = {**self._headers, **(headers or {})}
        body = None
        if document is not None:
            body = document if isinstance(document, bytes) else json.dumps(document).encode()
            sent["Content-Type"] = "application/json"
        response = self._http.request(
            endpoint.method,
            self._url + endpoint.path.format(_segment(name)) + (f"?{urlencode(query)}" if query else ""),
            headers=sent,
            body=body,
            authorizer=self._authorizer,
            stream=stream,
            read_timeout_secs=read_timeout_secs,
        )
        if not is_success(response):
            raise refusal(response, endpoint, self._rules, name or subject, self.patience.clock)
        return response


def _segment(name: str | None) -> str:
    """Return a name as one segment of a path; dots alone would be taken for directories (RFC 3986, 5.2.4)."""
    if name in ("", ".", ".."):
        raise InputError(f"{name!r} is not a valid name", subject=name)
    return quote(name or "", safe="")
