"""The error bodies of the API, which has two: https://quantum.cloud.ibm.com/docs/errors

Jobs, sessions, backends, accounts and instances answer with codes that are text. Workloads, analytics and
usage answer with codes that are numbers, and always with a solution.
"""

from __future__ import annotations

import uuid
from typing import Any

from direct_access.simulator.http import Response
from direct_access.simulator.replies import json_response

INTERNAL = 1000
BACKEND_UNAVAILABLE = 1004
NOT_AUTHORISED = 1200
INVALID_CREDENTIALS = 1201
TOO_MANY_REQUESTS = 1202
INVALID_BODY = 1208
BACKEND_NOT_FOUND = 1216
JOB_NOT_FOUND = 1291
PROGRAM_NOT_FOUND = 1300
NOT_CANCELLABLE = 1306
NOT_TERMINAL = 1337
SESSION_CLOSED = 4001
LIMIT_REACHED = 4317


class ApiError(Exception):
    """The request is answered with an error.

    :ivar code: of IBM's registry where its meaning fits
    """

    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        solution: str = "",
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.solution = solution
        self.headers = headers

    def response(self, numeric: bool) -> Response:
        """Return the answer.

        :param numeric: in the form of workloads, analytics and usage
        """
        error: dict[str, Any] = {
            "code": self.code if numeric else str(self.code),
            "message": str(self),
            "more_info": f"https://quantum.cloud.ibm.com/docs/errors#{self.code}",
        }
        if numeric or self.solution:
            error["solution"] = self.solution
        response = json_response(self.status, {"trace": str(uuid.uuid4()), "errors": [error]})
        response.headers += self.headers
        return response


_CODE_OF_STATUS = {
    400: INVALID_BODY,
    401: NOT_AUTHORISED,
    403: NOT_AUTHORISED,
    404: JOB_NOT_FOUND,
    409: NOT_CANCELLABLE,
    429: TOO_MANY_REQUESTS,
}


def error_of_status(status: int, code: str | None = None) -> Response:
    """Return an error answer that says nothing but its status and perhaps a code."""
    number = int(code) if code and code.isdecimal() else _CODE_OF_STATUS.get(status, INTERNAL)
    return ApiError(status, number, "Simulated fault.").response(numeric=False)
