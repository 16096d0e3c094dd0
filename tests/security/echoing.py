"""IAM, API, store and proxy in one server, which gives back all it was sent wherever there is room for it."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, quote, quote_plus, unquote, unquote_plus, urlsplit

from direct_access.simulator.http import Response
from tests.support.scripted_server import Seen

Spelling = Callable[[str], str]

SPELLINGS: dict[str, Spelling] = {
    "plain": str,
    "url": lambda text: quote(text, safe=""),
    "form": quote_plus,
    "json": lambda text: json.dumps(text)[1:-1],
    "xml": html.escape,
    "repr": lambda text: repr(text)[1:-1],
}


@dataclass
class Echoing:
    """Answers well until a request at one stage comes, which is refused with everything in the refusal.

    :param stage: ``iam``, ``submit``, ``poll``, ``cancel``, ``backends``, ``upload``, ``download``, or none
    :param form: shape of the refusal: ``json``, ``old json``, ``html``, ``text``, ``xml``, ``redirect``
    :ivar signatures: of all URLs that were seen
    """

    token: str
    stage: str
    form: str
    status: int
    spelling: str
    damaged_headers: bool = False
    signatures: set[str] = field(default_factory=set)
    _job: dict[str, object] = field(default_factory=dict)

    def __call__(self, seen: Seen) -> Response:
        target = urlsplit(seen.target)
        self._note_signatures(seen)
        stage = _stage(seen.method, target.path)
        if stage == self.stage:
            return self._refusal(seen)
        return getattr(self, f"_{stage}")(seen)  # type: ignore[no-any-return]

    def _note_signatures(self, seen: Seen) -> None:
        text = unquote(seen.target) + seen.body.decode("utf-8", "replace")
        self.signatures |= {part[:64] for part in text.split("X-Amz-Signature=")[1:]}

    def _iam(self, _seen: Seen) -> Response:
        return _json(200, {"access_token": self.token, "expires_in": 3600})

    def _submit(self, seen: Seen) -> Response:
        self._job = json.loads(seen.body)
        return Response(204)

    def _poll(self, seen: Seen) -> Response:
        told = self._told(seen)
        more = {"status": "Completed", "reason_message": told, "reason_solution": told, "created_by": told}
        return _json(200, {**self._job, **more, "notes": [told, {"deep": told}]})

    def _cancel(self, _seen: Seen) -> Response:
        return Response(204)

    def _backends(self, _seen: Seen) -> Response:
        return _json(200, {"backends": [], "backend_version": "1"})

    def _upload(self, _seen: Seen) -> Response:
        return Response(200)

    def _download(self, _seen: Seen) -> Response:
        return Response(200, b'{"metadata": {}}')

    def _refusal(self, seen: Seen) -> Response:
        told = self._told(seen)
        body = self._body(told).encode()
        headers = [(name, told) for name in ("X-Request-Id", "x-amz-request-id", "Location", "Retry-After")]
        if self.damaged_headers:
            headers = [("Content-Length", str(len(body))), (f"{told} is not a header", "x"), *headers]
        kind = {"html": "text/html", "xml": "application/xml"}.get(self.form, "application/json")
        status = 302 if self.form == "redirect" else self.status
        return Response(status, body, [("Content-Type", kind), *headers])

    def _body(self, told: str) -> str:
        if self.form == "html":
            return f"<html><title>{told}</title><body>{told}</body></html>"
        if self.form == "xml":
            names = ("Code", "Message", "RequestId", "Region", "ServerTime", "StringToSign")
            return "<Error>" + "".join(f"<{name}>{told}</{name}>" for name in names) + "</Error>"
        if self.form == "json":
            error = {"code": told, "message": told, "solution": told, "more_info": told, "location": told}
            return json.dumps({"errors": [error], "trace": told, "status_code": self.status})
        if self.form == "old json":
            context = {"requestId": told}
            return json.dumps({"errorCode": told, "errorMessage": told, "detail": told, "context": context})
        return told

    def _told(self, seen: Seen) -> str:
        """Return what came with a request, as it came and in one more spelling."""
        query = urlsplit(seen.target).query
        sent = [value for name, value in seen.headers.items() if name.lower().endswith("authorization")]
        sent += [f"http://{seen.headers['Host']}{seen.target}", seen.target, *query.split("&")]
        sent += [unquote(query), unquote_plus(seen.body.decode("utf-8", "replace"))]
        sent += [
            value for values in parse_qs(seen.body.decode("utf-8", "replace")).values() for value in values
        ]
        spell = SPELLINGS[self.spelling]
        return " | ".join(spell(text) for text in sent if text).replace("\r", " ").replace("\n", " ")


def _stage(method: str, path: str) -> str:
    if path.endswith("/identity/token"):
        return "iam"
    if "/v1/backends" in path or path.endswith("/version"):
        return "backends"
    if "/v1/jobs" in path:
        return {"POST": "submit", "GET": "poll"}.get(method, "cancel") if "cancel" not in path else "cancel"
    return {"PUT": "upload", "DELETE": "cancel"}.get(method, "download")


def _json(status: int, document: object) -> Response:
    return Response(status, json.dumps(document).encode(), [("Content-Type", "application/json")])
