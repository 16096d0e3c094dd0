"""Resource Controller, for instances: https://cloud.ibm.com/apidocs/resource-controller/resource-controller

The parameters of an instance are text where the extensions that it answers with are numbers.
"""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode

from direct_access.clock import Clock, rfc3339
from direct_access.simulator.http import Request, Response
from direct_access.simulator.ibm_cloud.application import PlatformError, read_object
from direct_access.simulator.ibm_cloud.parameters import apply_parameters
from direct_access.simulator.qiskit_runtime.instances import PLANS, SERVICE, Instance, Instances, Plan
from direct_access.simulator.replies import json_response

PATH = "/v2/resource_instances"
RESOURCE_ID = "b6049020-80f4-11eb-a0f7-e35ec9b4054f"
"""The id of the quantum service in Global Catalog."""
TARGET_CRN = "crn:v1:bluemix:public:globalcatalog::::deployment"
REGIONS = ("us-east", "eu-de")
MAX_NAME_CHARS = 180
MAX_LIMIT = 100


class ResourceController:
    """Creates, changes and lists instances of the quantum service.

    :param account_id: the account that they belong to
    """

    def __init__(self, instances: Instances, account_id: str, clock: Clock) -> None:
        self._instances = instances
        self._account_id = account_id
        self._clock = clock

    def answer(self, request: Request, path: str) -> Response:
        """Answer a request.

        :raises PlatformError: if it is refused
        """
        if path == PATH:
            match request.method:
                case "POST":
                    return json_response(201, _document(self._create(read_object(request))))
                case "GET":
                    return json_response(200, self._list(request))
        elif path.startswith(f"{PATH}/"):
            match request.method:
                case "GET":
                    return json_response(200, _document(self._find(path)))
                case "PATCH":
                    return json_response(200, _document(self._change(path, read_object(request))))
        raise PlatformError(404, f"{request.method} {path}: not found.")

    def _create(self, asked: dict[str, Any]) -> Instance:
        for name in ("name", "target", "resource_group", "resource_plan_id"):
            if not isinstance(asked.get(name), str) or not asked[name]:
                raise PlatformError(400, f"{name} is missing.")
        if asked["target"] not in REGIONS:
            raise PlatformError(400, f"target {asked['target']!r}; allowed: {', '.join(REGIONS)}.")
        plan = _plan(asked["resource_plan_id"])
        crn = f"crn:v1:bluemix:public:{SERVICE}:{asked['target']}:a/{self._account_id}:{uuid.uuid4()}::"
        instance = Instance(
            crn=crn,
            name=_name(asked["name"]),
            plan=plan,
            created=self._clock.wall(),
            limit_seconds=plan.default_limit_seconds,
            tags=[str(tag) for tag in asked.get("tags") or ()],
            resource_group=asked["resource_group"],
        )
        apply_parameters(instance, asked.get("parameters") or {})
        self._instances.add(instance)
        return instance

    def _change(self, path: str, asked: dict[str, Any]) -> Instance:
        instance = self._find(path)
        name = _name(asked["name"]) if "name" in asked else instance.name
        plan = _plan(asked["resource_plan_id"]) if "resource_plan_id" in asked else instance.plan
        apply_parameters(instance, asked.get("parameters") or {}, plan)
        instance.name, instance.plan, instance.updated = name, plan, self._clock.wall()
        return instance

    def _list(self, request: Request) -> dict[str, Any]:
        query = {name: values[-1] for name, values in parse_qs(request.query).items()}
        wanted = {name: query.get(name) for name in ("guid", "name", "resource_group_id", "resource_plan_id")}
        found = []
        if query.get("resource_id") in (None, RESOURCE_ID):
            found = [_document(instance) for instance in self._instances.all()]
        for name, value in wanted.items():
            found = [each for each in found if value in (None, each[name])]
        limit = min(max(_number(query.get("limit"), MAX_LIMIT), 1), MAX_LIMIT)
        start = _number(query.get("start"), 0)
        page = found[start : start + limit]
        more = start + limit < len(found)
        following = f"{PATH}?{urlencode({**query, 'start': start + limit})}" if more else None
        return {"rows_count": len(page), "next_url": following, "resources": page}

    def _find(self, path: str) -> Instance:
        instance = self._instances.find(unquote(path.removeprefix(f"{PATH}/")))
        if instance is None:
            raise PlatformError(404, "The resource instance was not found.")
        return instance


def _document(instance: Instance) -> dict[str, Any]:
    return {
        "id": instance.crn,
        "guid": instance.guid,
        "crn": instance.crn,
        "url": f"{PATH}/{instance.guid}",
        "name": instance.name,
        "account_id": instance.account_id,
        "resource_group_id": instance.resource_group,
        "resource_plan_id": instance.plan.id,
        "resource_id": RESOURCE_ID,
        "region_id": instance.region,
        "target_crn": f"{TARGET_CRN}:{instance.plan.id}:{instance.region}",
        "type": "service_instance",
        "state": "active",
        "allow_cleanup": False,
        "locked": False,
        "parameters": instance.parameters(),
        "extensions": instance.extensions(),
        "last_operation": {
            "type": "create",
            "state": "succeeded",
            "async": False,
            "description": "Completed",
        },
        "created_at": rfc3339(instance.created),
        "updated_at": rfc3339(instance.updated or instance.created),
    }


def _plan(plan_id: Any) -> Plan:
    plan = PLANS.get(plan_id) if isinstance(plan_id, str) else None
    if plan is None:
        raise PlatformError(400, f"resource_plan_id {plan_id!r} is not a plan of {SERVICE}.")
    return plan


def _name(name: Any) -> str:
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME_CHARS:
        raise PlatformError(400, f"name must have 1 to {MAX_NAME_CHARS} characters.")
    return name


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else default
