"""The calls of the Resource Controller that we make, and what its refusals mean.

Source: https://cloud.ibm.com/apidocs/resource-controller/resource-controller
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from direct_access import errors
from direct_access.refusals.rules import Rule
from direct_access.rest.endpoint import Endpoint
from direct_access.rest.error_table import ApiRules

PATH = "/v2/resource_instances"
_ACTIONS = {
    "GET": "resource-controller.instance.retrieve",
    "POST": "resource-controller.instance.create",
    "PATCH": "resource-controller.instance.update",
}
_UNKNOWN = Rule(
    errors.NotFoundError,
    "the Resource Controller knows no such instance",
    "direct-access instance list shows those you may see",
)
_CONFLICT = Rule(
    errors.ConflictError,
    "the state of the instance forbids the request",
    "another change may be under way, or its usage exceeds the limit asked for: direct-access instance show",
)
_REFUSED = Rule(
    errors.InputError,
    "the Resource Controller refused the request as wrong",
    "an Open plan has a limit of 10 minutes by default; pay-as-you-go instances have no allocation",
)

RULES = ApiRules(
    by_code={},
    by_name={(404, "instance"): _UNKNOWN, (409, "instance"): _CONFLICT, (400, "instance"): _REFUSED}
    | {(422, "instance"): _REFUSED},
)


def endpoint_of(method: str, url: str) -> Endpoint:
    """Return what a request is, for its refusals."""
    return Endpoint(method, urlsplit(url).path, _ACTIONS.get(method), names="instance")


def subject_of(url: str) -> str | None:
    """Return the id of the instance that a URL names."""
    _, _, instance = urlsplit(url).path.partition(PATH + "/")
    return unquote(instance) or None
