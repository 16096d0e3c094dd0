"""The parameters of an instance."""

from __future__ import annotations

from typing import Any

from direct_access.simulator.ibm_cloud.application import PlatformError
from direct_access.simulator.qiskit_runtime.instances import Instance, Plan

LIMIT = "instance_limit_seconds"
ALLOCATION = "usage_allocation_seconds"
BACKENDS = "backends"


def apply_parameters(instance: Instance, parameters: dict[str, Any], plan: Plan | None = None) -> None:
    """Change an instance as its new parameters say; those that are not named stay.

    :param plan: the plan that it shall have; None for the one that it has
    :raises PlatformError: 400, with nothing changed
    """
    if not isinstance(parameters, dict):
        raise PlatformError(400, "parameters is not an object.")
    if unknown := parameters.keys() - {LIMIT, ALLOCATION, BACKENDS}:
        raise PlatformError(400, f"parameters: unknown: {', '.join(sorted(unknown))}.")
    limit = _seconds(parameters, LIMIT, instance.limit_seconds)
    allocation = _seconds(parameters, ALLOCATION, instance.allocation_seconds)
    backends = parameters.get(BACKENDS, instance.backends)
    if not isinstance(backends, list) or not all(isinstance(name, str) for name in backends):
        raise PlatformError(400, f"parameters.{BACKENDS} is not a list of names.")
    plan = plan or instance.plan
    if allocation is not None and not plan.allocates:
        raise PlatformError(400, f"parameters.{ALLOCATION} does not apply to the plan {plan.display_name}.")
    instance.limit_seconds, instance.allocation_seconds, instance.backends = limit, allocation, backends


def _seconds(parameters: dict[str, Any], name: str, present: int | None) -> int | None:
    """Return a number that is given as text; null takes it away."""
    if name not in parameters:
        return present
    value = parameters[name]
    if value is None:
        return None
    if not isinstance(value, str) or not (value.isascii() and value.isdecimal()):
        raise PlatformError(400, f"parameters.{name} must be text of digits, or null; found {value!r}.")
    return int(value)
