"""The API's error bodies and codes: https://quantum.cloud.ibm.com/docs/errors"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from direct_access.simulator.http import Response
from direct_access.simulator.replies import json_response

NOT_AUTHORISED = "1200"
INVALID_CREDENTIALS = "1201"
BACKEND_NOT_FOUND = "1216"

STATUS_OF_CODE = {
    "1004": 503,
    NOT_AUTHORISED: 401,
    INVALID_CREDENTIALS: 401,
    BACKEND_NOT_FOUND: 404,
    "1231": 409,
    "1232": 429,
    "1233": 423,
    "1291": 404,
    "1306": 409,
    "1337": 409,
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a request.

    :param target: what is wrong: its dotted name, and ``field``, ``parameter`` or ``header``
    """

    message: str
    code: str = ""
    target: tuple[str, str] | None = None
    solution: str | None = None

    def document(self) -> dict[str, Any]:
        """Return an entry of ``errors``."""
        more_info = "https://quantum.cloud.ibm.com/docs/errors" + (f"#{self.code}" if self.code else "")
        document: dict[str, Any] = {"message": self.message, "more_info": more_info}
        if self.code:
            document["code"] = self.code
        if self.target:
            document["target"] = {"name": self.target[0], "type": self.target[1]}
        if self.solution:
            document["solution"] = self.solution
        return document


class ApiError(Exception):
    """The request is answered with an error."""

    def __init__(
        self, status: int, problems: Sequence[Problem], headers: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.status = status
        self.problems = problems
        self.headers = headers

    @classmethod
    def of_code(cls, code: str, message: str, solution: str | None = None) -> ApiError:
        """Return the error that a code stands for."""
        return cls(STATUS_OF_CODE[code], [Problem(message, code, solution=solution or None)])

    def response(self) -> Response:
        """Return the answer."""
        document = {
            "status_code": self.status,
            "title": _title(self.status),
            "trace": str(uuid.uuid4()),
            "correlation_id": uuid.uuid4().hex,
            "errors": [problem.document() for problem in self.problems],
        }
        response = json_response(self.status, document)
        response.headers += self.headers
        return response


def error_of_status(status: int, code: str | None = None) -> Response:
    """Return an error answer that says nothing but its status and perhaps a code."""
    codes = [known for known, its_status in STATUS_OF_CODE.items() if its_status == status]
    if code is None:  # any gateway answers 503; 1004 is said of a backend that is not online
        code = codes[0] if len(codes) == 1 and status != 503 else ""
    return ApiError(status, [Problem("Simulated fault.", code)]).response()


def _title(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
