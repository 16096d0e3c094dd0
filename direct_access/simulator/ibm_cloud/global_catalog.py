"""Global Catalog, for the plans of instances: https://cloud.ibm.com/apidocs/resource-catalog/global-catalog"""

from __future__ import annotations

from direct_access.simulator.http import Request, Response
from direct_access.simulator.ibm_cloud.application import PlatformError
from direct_access.simulator.qiskit_runtime.instances import PLANS
from direct_access.simulator.replies import json_response

BASE_PATH = "/api/v1/"


def answer(request: Request, path: str) -> Response:
    """Answer ``GET /api/v1/{plan id}``.

    :raises PlatformError: for anything else
    """
    plan = PLANS.get(path.removeprefix(BASE_PATH))
    if request.method != "GET" or plan is None:
        raise PlatformError(404, f"{request.method} {path}: not found.")
    document = {
        "id": plan.id,
        "name": plan.display_name.lower(),
        "kind": "plan",
        "overview_ui": {"en": {"display_name": plan.display_name, "description": "", "long_description": ""}},
        "metadata": {"pricing": {"type": plan.pricing}},
    }
    return json_response(200, document)
