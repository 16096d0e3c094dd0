"""Error answers of an S3 store that are asked for by their status alone."""

from __future__ import annotations

from direct_access.simulator.http import Response

_CODES = {
    400: "InvalidRequest",
    403: "AccessDenied",
    404: "NoSuchKey",
    412: "PreconditionFailed",
    429: "TooManyRequests",
    500: "InternalError",
    503: "SlowDown",
    507: "QuotaExceeded",
}


def store_error_of_status(status: int, code: str | None = None) -> Response:
    """Return an error document of S3: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""
    code = code or _CODES.get(status, "InternalError")
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<Error><Code>{code}</Code><Message>Simulated fault</Message><RequestId>fault</RequestId></Error>"
    )
    return Response(status, text.encode(), [("Content-Type", "application/xml")])
