"""Applies faults to an application's answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from direct_access.clock import Clock
from direct_access.simulator.faults.rules import REPLIES, Fault, FaultRules
from direct_access.simulator.http import BLOCK_BYTES, Application, Request, Response

ErrorBody = Callable[[int, str | None], Response]
"""Makes an application's own error answer of a status and perhaps a code."""


class FaultyApplication:
    """An application whose answers go wrong as the rules say.

    :param name: ``iam``, ``api``, ``store`` or ``cloud``
    :param error_body: the application's own error answer, for faults that give a status only
    """

    def __init__(
        self, name: str, application: Application, rules: FaultRules, clock: Clock, error_body: ErrorBody
    ) -> None:
        self._name = name
        self._application = application
        self._rules = rules
        self._clock = clock
        self._error_body = error_body

    def handle(self, request: Request) -> Response:
        """Answer one request, or spoil the answer."""
        fault = self._rules.take(self._name, request.method, request.path)
        if fault is None:
            return self._application.handle(request)
        if fault.delay_secs:
            self._clock.wait(threading.Event(), fault.delay_secs)
        if fault.replaces_answer:
            if fault.after_work:
                self._application.handle(request).close()
            else:
                while request.body.read(BLOCK_BYTES):
                    pass
            response = self._spoilt(fault)
        else:
            response = self._application.handle(request)
        return _with_headers(replace(response, cut_after=fault.cut_after, pause_secs=fault.pause_secs), fault)

    def _spoilt(self, fault: Fault) -> Response:
        if fault.reset:
            return Response(reset=True)
        if fault.reply is not None:
            content_type, text = REPLIES[fault.reply]
            return Response(fault.status or 200, text.encode(), [("Content-Type", content_type)])
        if fault.body is not None:
            return Response(fault.status or 200, fault.body.encode(), [("Content-Type", "text/plain")])
        return self._error_body(fault.status or 500, fault.code)


def _with_headers(response: Response, fault: Fault) -> Response:
    names = {name.lower() for name in fault.headers}
    kept = [(name, value) for name, value in response.headers if name.lower() not in names]
    return replace(response, headers=[*kept, *fault.headers.items()])
