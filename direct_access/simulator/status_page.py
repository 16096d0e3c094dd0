"""The status page at ``/`` of the API's address, for people; ``/admin/status`` has the same as JSON.

A job's id, a path or a message may be any text that a client chose. Each becomes the text of a cell, here by
escaping, in the page's script by ``textContent``; and the Content-Security-Policy allows that script only.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

from direct_access.clock import Clock
from direct_access.simulator.http import Application, Request, Response
from direct_access.simulator.replies import json_response
from direct_access.simulator.status_tables import Table, date_and_time

DATA = "/admin/status"


class StatusPage:
    """Shows tables.

    :param tables: what to show at this moment
    :param clock: says what moment it is
    """

    def __init__(self, tables: Callable[[], list[Table]], clock: Clock) -> None:
        self._tables = tables
        self._clock = clock

    def html(self) -> Response:
        """Return the page, complete without its script."""
        sections = "\n".join(map(_section, self._tables()))
        text = Template(_page()).substitute(time=escape(self._time()), sections=sections)
        body = text.encode(errors="backslashreplace")
        return Response(200, body, [("Content-Type", "text/html; charset=utf-8"), *_headers()])

    def data(self) -> Response:
        """Return what the page's script refreshes it with."""
        response = json_response(
            200, {"time": self._time(), "tables": [asdict(table) for table in self._tables()]}
        )
        response.headers += _headers()
        return response

    def _time(self) -> str:
        return f"{date_and_time(self._clock.wall())} UTC"


class WithStatusPage:
    """An application beside which the status page is served."""

    def __init__(self, application: Application, page: StatusPage) -> None:
        self._application = application
        self._routes = {"/": page.html, DATA: page.data}

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        route = self._routes.get(request.path) if request.method in ("GET", "HEAD") else None
        return route() if route else self._application.handle(request)


def _section(table: Table) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    body = "\n".join(_row(row, table.columns) for row in table.rows)
    return (
        f'<section id="{escape(table.name)}">\n'
        f"<h2>{escape(table.title)} <small>{escape(table.note)}</small></h2>\n"
        f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>\n"
        f'<p class="empty">{escape(table.empty)}</p>\n</section>'
    )


def _row(cells: list[str], columns: tuple[str, ...]) -> str:
    labelled = zip(cells, columns, strict=True)
    return "<tr>" + "".join(_cell(text, label) for text, label in labelled) + "</tr>"


def _cell(text: str, label: str) -> str:
    text = escape(text)
    return f'<td data-value="{text}" data-label="{escape(label)}">{text}</td>'


@cache
def _page() -> str:
    return files(__package__).joinpath("data/status.html").read_text(encoding="utf-8")


@cache
def _headers() -> tuple[tuple[str, str], ...]:
    """Nothing but the page's own style and script is run, and nothing is sent elsewhere (W3C CSP Level 3)."""
    policy = [
        "default-src 'none'",
        f"style-src {_hash('style')}",
        f"script-src {_hash('script')}",
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
    return (
        ("Content-Security-Policy", "; ".join(policy)),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cache-Control", "no-store"),
    )


def _hash(element: str) -> str:
    found = re.search(f"<{element}>(.*?)</{element}>", _page(), re.DOTALL)
    if found is None:
        raise ValueError(f"the page has no {element}")
    digest = hashlib.sha256(found[1].encode()).digest()
    return f"'sha256-{b64encode(digest).decode()}'"
