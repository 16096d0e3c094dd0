"""Everything at the cloud's address: services with hosts of their own, here by the first part of the path."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from direct_access.simulator.http import Application, BadBody, Request, Response
from direct_access.simulator.replies import json_response, read_json

MAX_BODY_BYTES = 1 << 20

GLOBAL_SEARCH = "/global-search"
GLOBAL_CATALOG = "/global-catalog"
RESOURCE_CONTROLLER = "/resource-controller"


class PlatformError(Exception):
    """The request is answered with an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def platform_error(status: int, message: str) -> Response:
    """Return an error in the platform's form (https://cloud.ibm.com/apidocs/resource-controller)."""
    document = {"status_code": status, "message": message, "transaction_id": uuid.uuid4().hex}
    return json_response(status, document)


def read_object(request: Request) -> dict[str, Any]:
    """Return the JSON object in a request's body.

    :raises PlatformError: 400, or as its reading fails
    """
    try:
        document = read_json(request, MAX_BODY_BYTES)
    except BadBody as error:
        raise PlatformError(error.status, str(error)) from error
    except (ValueError, RecursionError) as error:
        raise PlatformError(400, f"The body is not valid JSON: {error}.") from error
    if not isinstance(document, dict):
        raise PlatformError(400, f"The body is not an object: {json.dumps(document)[:60]}.")
    return document


class PlatformService:
    """One service of the platform.

    :param answer: answers a request by its path below the service's base URL, or raises PlatformError
    :param accepts: tells whether a bearer token is good
    """

    def __init__(self, answer: Callable[[Request, str], Response], accepts: Callable[[str], bool]) -> None:
        self._answer = answer
        self._accepts = accepts

    def handle(self, request: Request, path: str) -> Response:
        """Answer one request."""
        scheme, _, token = (request.headers.get("Authorization") or "").partition(" ")
        if scheme.lower() != "bearer" or not self._accepts(token.strip()):
            return platform_error(401, "A valid IAM bearer token is required.")
        try:
            return self._answer(request, path)
        except PlatformError as error:
            return platform_error(error.status, str(error))


class CloudApplication:
    """Chooses the service by the beginning of the path.

    :param services: by the beginning of their paths
    :param otherwise: answers everything else
    """

    def __init__(self, services: Mapping[str, PlatformService], otherwise: Application) -> None:
        self._services = services
        self._otherwise = otherwise

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        for prefix, service in self._services.items():
            if request.path.startswith(f"{prefix}/"):
                return service.handle(request, request.path.removeprefix(prefix))
        return self._otherwise.handle(request)
