"""Accounts, instances and their usage."""

from __future__ import annotations

from typing import Any

from direct_access.clock import rfc3339
from direct_access.simulator.backends.state import Backends
from direct_access.simulator.http import Response
from direct_access.simulator.qiskit_runtime.call import Call, Route, Routes
from direct_access.simulator.qiskit_runtime.description import check
from direct_access.simulator.qiskit_runtime.errors import LIMIT_REACHED, ApiError
from direct_access.simulator.qiskit_runtime.instances import Instance, Instances, Plan
from direct_access.simulator.qiskit_runtime.session import DEFAULT_MAX_TTL_SECS, INTERACTIVE_TTL_SECS
from direct_access.simulator.qiskit_runtime.submitting import read_body
from direct_access.simulator.qiskit_runtime.usage import Usage
from direct_access.simulator.replies import json_response, no_content

MAX_BODY_BYTES = 1 << 16
PERIOD_SECS = 28 * 86_400
SUBSCRIPTION_ID = "5f0c1a52-7d6a-4d8e-9d0a-0000000000aa"
SUBSCRIPTION_NAME = "simulator"


class InstanceEndpoints:
    """Answers requests about accounts and instances."""

    def __init__(self, instances: Instances, usage: Usage, backends: Backends) -> None:
        self._instances = instances
        self._usage = usage
        self._backends = backends

    def routes(self) -> Routes:
        """Return who answers what."""
        configuration = "/v1/instances/configuration"
        return {
            ("GET", "/v1/accounts/{id}"): Route(self._account, "account-configuration.read"),
            ("GET", "/v1/instance"): Route(self._instance, "instance.read"),
            ("GET", configuration): Route(self._configuration, "instance.configuration.read"),
            ("PUT", configuration): Route(self._configure, "instance.configuration.update"),
            ("GET", "/v1/instances/usage"): Route(self._usage_of, "instance-usage.read", numeric_errors=True),
        }

    def _account(self, call: Call) -> Response:
        """Answer with the plans of the account; one that has no instance has the default configuration."""
        account, plan_id = call.parameters["id"], call.query.text("plan_id")
        found = [each for each in self._instances.all() if each.account_id == account]
        plans = {instance.plan.id: instance.plan for instance in found}
        chosen = [plan for plan in plans.values() if plan_id in (None, plan.id)]
        return json_response(200, {"plans": [self._plan(plan, found) for plan in chosen]})

    def _plan(self, plan: Plan, instances: list[Instance]) -> dict[str, Any]:
        own = [instance for instance in instances if instance.plan == plan]
        return {
            "plan_id": plan.id,
            "subscription_id": SUBSCRIPTION_ID,
            "subscription_name": SUBSCRIPTION_NAME,
            "backends": [backend.model.name for backend in self._backends.all()],
            "usage_allocation_seconds": sum(instance.allocation_seconds or 0 for instance in own),
            "max_ttl": DEFAULT_MAX_TTL_SECS,
            "active_ttl": DEFAULT_MAX_TTL_SECS,
            "interactive_ttl": INTERACTIVE_TTL_SECS,
        }

    def _instance(self, call: Call) -> Response:
        """Answer with limits that are text, as the service does."""
        instance = call.caller.instance
        document: dict[str, Any] = {"backends": instance.backends, "plan_id": instance.plan.id}
        if instance.limit_seconds is not None:
            document["instance_limit"] = instance.limit_seconds
            document["instance_limit_seconds"] = str(instance.limit_seconds)
        if instance.allocation_seconds is not None:
            document["usage_allocation_seconds"] = str(instance.allocation_seconds)
        return json_response(200, document)

    def _configuration(self, call: Call) -> Response:
        limit = call.caller.instance.limit_seconds
        return json_response(200, {} if limit is None else {"instance_limit": limit})

    def _configure(self, call: Call) -> Response:
        body = read_body(call.request, MAX_BODY_BYTES)
        check("InstanceConfiguration", body)
        instance, limit = call.caller.instance, body["instance_limit"]
        consumed = self._usage.of_instance(instance.crn)
        if limit is not None and consumed > limit:
            message = f"The instance has used {consumed:g} s already, more than {limit} s."
            raise ApiError(409, LIMIT_REACHED, message, "Choose a higher limit.")
        instance.limit_seconds = limit
        return no_content()

    def _usage_of(self, call: Call) -> Response:
        instance = call.caller.instance
        consumed = self._usage.of_instance(instance.crn)
        document: dict[str, Any] = {
            "instance_id": instance.crn,
            "plan_id": instance.plan.id,
            "usage_consumed_seconds": consumed,
            "usage_period": {
                "start_time": rfc3339(instance.created),
                "end_time": rfc3339(instance.created + PERIOD_SECS),
            },
        }
        if instance.allocation_seconds is not None:
            document["usage_allocation_seconds"] = instance.allocation_seconds
        if instance.limit_seconds is not None:
            document["usage_limit_seconds"] = instance.limit_seconds
            document["usage_limit_reached"] = consumed >= instance.limit_seconds
        return json_response(200, document)
