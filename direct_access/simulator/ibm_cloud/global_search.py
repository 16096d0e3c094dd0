"""Global Search, for the instances of the account: https://cloud.ibm.com/apidocs/search"""

from __future__ import annotations

from typing import Any

from direct_access.simulator.http import Request, Response
from direct_access.simulator.ibm_cloud.application import PlatformError, read_object
from direct_access.simulator.qiskit_runtime.instances import SERVICE, Instance, Instances
from direct_access.simulator.replies import json_response

EVERYTHING = ("*", f"service_name:{SERVICE}")


class GlobalSearch:
    """Finds instances.

    :param instances: all that there are
    """

    def __init__(self, instances: Instances) -> None:
        self._instances = instances

    def answer(self, request: Request, path: str) -> Response:
        """Answer ``POST /v3/resources/search``: all instances in one page.

        :raises PlatformError: for anything else
        """
        if (request.method, path) != ("POST", "/v3/resources/search"):
            raise PlatformError(404, f"{request.method} {path}: not found.")
        query = read_object(request).get("query", "*")
        found = self._instances.all() if query in EVERYTHING else []
        return json_response(200, {"items": [_item(instance) for instance in found], "limit": 100})


def _item(instance: Instance) -> dict[str, Any]:
    return {
        "crn": instance.crn,
        "name": instance.name,
        "service_name": SERVICE,
        "service_plan_unique_id": instance.plan.id,
        "region": instance.region,
        "tags": instance.tags,
        "doc": {"extensions": instance.extensions()},
    }
