"""Service instances: what a CRN stands for."""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

SERVICE = "quantum-computing"
ANY_BACKEND = "ANY"
CRN_FIELDS = 10


@dataclass(frozen=True)
class Plan:
    """What an instance costs.

    :param id: as Global Catalog knows it
    :param display_name: for people
    :param pricing: ``free``, ``paygo`` or ``subscription``
    :param default_limit_seconds: limit of an instance that names none; None without limit
    :param allocates: whether instances have an allotted time
    """

    id: str
    display_name: str
    pricing: str
    default_limit_seconds: int | None = None
    allocates: bool = True


OPEN = Plan("4c8f6c1e-0f5c-4c6c-9d0a-000000000001", "Open", "free", default_limit_seconds=600)
PAY_AS_YOU_GO = Plan("4c8f6c1e-0f5c-4c6c-9d0a-000000000002", "Pay-as-you-go", "paygo", allocates=False)
FLEX = Plan("4c8f6c1e-0f5c-4c6c-9d0a-000000000003", "Flex", "subscription")
PREMIUM = Plan("4c8f6c1e-0f5c-4c6c-9d0a-000000000004", "Premium", "subscription")
PLANS = {plan.id: plan for plan in (OPEN, PAY_AS_YOU_GO, FLEX, PREMIUM)}


@dataclass
class Instance:
    """One service instance.

    :param limit_seconds: usage from which on jobs are refused, None without
    :param allocation_seconds: allotted time, None without
    :param backends: names of the backends that it may use, or ``ANY``
    :param created: time of day in seconds since the epoch, as ``updated``
    """

    crn: str
    name: str
    plan: Plan
    created: float
    limit_seconds: int | None = None
    allocation_seconds: int | None = None
    backends: list[str] = field(default_factory=lambda: [ANY_BACKEND])
    tags: list[str] = field(default_factory=list)
    resource_group: str = "default"
    updated: float | None = None

    @property
    def guid(self) -> str:
        """Its id: the eighth field of the CRN."""
        return self.crn.split(":")[7]

    @property
    def account_id(self) -> str:
        """The account, without the ``a/`` before it."""
        return self.crn.split(":")[6].partition("/")[2]

    @property
    def region(self) -> str:
        """Where it is: the sixth field of the CRN."""
        return self.crn.split(":")[5]

    def extensions(self) -> dict[str, Any]:
        """Return what Resource Controller and Global Search say of it: seconds are numbers."""
        return {
            "instance_limit_seconds": self.limit_seconds,
            "usage_allocation_seconds": self.allocation_seconds,
            "backends": self.backends,
        }

    def parameters(self) -> dict[str, Any]:
        """Return what Resource Controller is asked for: seconds are text."""
        values = self.extensions()
        return {name: str(value) if isinstance(value, int) else value for name, value in values.items()}

    def may_use(self, backend: str) -> bool:
        """Return whether a backend is open to it."""
        return ANY_BACKEND in self.backends or backend in self.backends


class Instances:
    """All instances by CRN."""

    def __init__(self, instances: Collection[Instance]) -> None:
        self._instances = {instance.crn: instance for instance in instances}
        self._lock = threading.Lock()

    def get(self, crn: str) -> Instance | None:
        """Return an instance, None where there is none."""
        return self._instances.get(crn)

    def find(self, id_or_crn: str) -> Instance | None:
        """Return an instance by its GUID or CRN, None where there is none."""
        return next((each for each in self.all() if id_or_crn in (each.crn, each.guid)), None)

    def all(self) -> list[Instance]:
        """Return every instance, oldest first."""
        with self._lock:
            return list(self._instances.values())

    def add(self, instance: Instance) -> None:
        """Put a new instance there."""
        with self._lock:
            self._instances[instance.crn] = instance


def crn_fields(crn: str) -> list[str] | None:
    """Return the ten fields of a CRN, None for what is none (https://cloud.ibm.com/docs/account?topic=account-crn)."""
    fields = crn.split(":", CRN_FIELDS - 1)
    return fields if len(fields) == CRN_FIELDS and fields[0] == "crn" else None
