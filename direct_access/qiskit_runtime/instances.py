"""The account, and the instance to which the CRN belongs: plans, limits, usage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from direct_access.light_dataclass import dataclass
from direct_access.model.json_fields import boolean, integer, number, text, texts
from direct_access.qiskit_runtime import endpoints
from direct_access.qiskit_runtime.query import bounded, query, short
from direct_access.rest.answers import objects_of
from direct_access.rest.api import RestApi


@dataclass(frozen=True)
class PlanConfiguration:
    """What one plan of an account allows; times in seconds, None where there is no bound.

    :param document: the object as the server sent it: functions, periods
    """

    plan_id: str | None
    subscription_id: str | None
    subscription_name: str | None
    backends: tuple[str, ...]
    usage_allocation_seconds: float | None
    usage_limit_seconds: float | None
    unallocated_usage_seconds: float | None
    max_ttl: int | None
    active_ttl: int | None
    interactive_ttl: int | None
    document: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class InstanceAnswer:
    """The answer of ``GET /v1/instance``. The server writes its seconds as texts; here they are numbers.

    :param instance_limit_seconds: None without a limit
    """

    backends: tuple[str, ...]
    plan_id: str | None
    instance_limit_seconds: float | None
    usage_allocation_seconds: float | None


@dataclass(frozen=True)
class InstanceUsage:
    """The answer of ``GET /v1/instances/usage``, in seconds.

    :param usage_limit_reached: None where there is no limit
    :param period_start: RFC 3339, as ``period_end``
    """

    instance_id: str | None
    plan_id: str | None
    usage_consumed_seconds: float
    usage_limit_seconds: float | None
    usage_allocation_seconds: float | None
    usage_limit_reached: bool | None
    period_start: str | None
    period_end: str | None


def parse_plan(document: Mapping[str, Any]) -> PlanConfiguration:
    """Read an entry of ``plans``."""
    return PlanConfiguration(
        plan_id=text(document.get("plan_id")),
        subscription_id=text(document.get("subscription_id")),
        subscription_name=text(document.get("subscription_name")),
        backends=texts(document.get("backends")),
        usage_allocation_seconds=number(document.get("usage_allocation_seconds")),
        usage_limit_seconds=number(document.get("usage_limit_seconds")),
        unallocated_usage_seconds=number(document.get("unallocated_usage_seconds")),
        max_ttl=integer(document.get("max_ttl")),
        active_ttl=integer(document.get("active_ttl")),
        interactive_ttl=integer(document.get("interactive_ttl")),
        document=dict(document),
    )


class InstanceCalls:
    """One instance and its account."""

    def __init__(self, api: RestApi, account_id: str | None) -> None:
        self._api = api
        self._account_id = account_id

    def account(
        self, account_id: str | None = None, plan_id: str | None = None
    ) -> Sequence[PlanConfiguration]:
        """Return the plans of an account.

        :param account_id: with or without ``a/`` before it; the account of the instance if None
        :raises InputError: if it is not a valid id
        """
        wanted = (account_id or self._account_id or "").removeprefix("a/")
        short("account", wanted, 64)
        document = self._api.read(endpoints.ACCOUNT, wanted, query({"plan_id": plan_id}))
        return [parse_plan(entry) for entry in objects_of(document, "plans")]

    def instance(self) -> InstanceAnswer:
        """Return what the instance may use."""
        document = self._api.read(endpoints.INSTANCE)
        limit = document.get("instance_limit_seconds")
        return InstanceAnswer(
            backends=texts(document.get("backends")),
            plan_id=text(document.get("plan_id")),
            instance_limit_seconds=number(document.get("instance_limit") if limit is None else limit),
            usage_allocation_seconds=number(document.get("usage_allocation_seconds")),
        )

    def limit(self) -> float | None:
        """Return the limit of the instance's usage in seconds, None without one."""
        return number(self._api.read(endpoints.INSTANCE_CONFIGURATION).get("instance_limit"))

    def set_limit(self, secs: int | None) -> None:
        """Set the limit of the instance's usage, or remove it by None.

        :raises InputError: if it is less than 1
        :raises ConflictError: if more is used already
        """
        if secs is not None:
            bounded("instance_limit", secs, 1)
        self._api.repeated(endpoints.CONFIGURE_INSTANCE, document={"instance_limit": secs})

    def usage(self) -> InstanceUsage:
        """Return what the instance has used in the present period."""
        document = self._api.read(endpoints.INSTANCE_USAGE)
        period = document.get("usage_period")
        times: Mapping[str, Any] = period if isinstance(period, Mapping) else {}
        return InstanceUsage(
            instance_id=text(document.get("instance_id")),
            plan_id=text(document.get("plan_id")),
            usage_consumed_seconds=number(document.get("usage_consumed_seconds")) or 0.0,
            usage_limit_seconds=number(document.get("usage_limit_seconds")),
            usage_allocation_seconds=number(document.get("usage_allocation_seconds")),
            usage_limit_reached=boolean(document.get("usage_limit_reached")),
            period_start=text(times.get("start_time")),
            period_end=text(times.get("end_time")),
        )
