"""Usage over time, of an account. All times that the service tells here are milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from direct_access.light_dataclass import dataclass
from direct_access.model.json_fields import text
from direct_access.model.open_document import OpenDocument
from direct_access.qiskit_runtime import endpoints
from direct_access.qiskit_runtime.query import Value, one_of, query
from direct_access.rest.answers import objects_of
from direct_access.rest.api import Query, RestApi

GROUPS = ("instance", "backend", "user_id", "plan", "subscription_id")


@dataclass(frozen=True)
class AnalyticsFilter:
    """What to count; empty stands for everything.

    :param interval_start: RFC 3339, as ``interval_end``
    :param simulators: whether to count simulators too; the server's default is yes
    :param subscription_id: UUIDs
    """

    instance: Sequence[str] = ()
    interval_start: str | None = None
    interval_end: str | None = None
    backend: Sequence[str] = ()
    user_id: Sequence[str] = ()
    simulators: bool | None = None
    plan: Sequence[str] = ()
    subscription_id: Sequence[str] = ()

    def query(self, group_by: str | None = None) -> Query:
        """Return the parameters."""
        values: dict[str, Value] = {
            "instance": self.instance,
            "interval_start": self.interval_start,
            "interval_end": self.interval_end,
            "backend": self.backend,
            "user_id": self.user_id,
            "simulators": self.simulators,
            "plan": self.plan,
            "subscription_id": self.subscription_id,
            "group_by": group_by,
        }
        return query(values)


class UsageCounts(OpenDocument):
    """``usage``, ``jobs``, ``sessions``, ``queue_time`` and more, by the service's names; times in ms.

    :ivar key: what they are grouped by, None for what belongs to nothing
    :ivar interval_start: RFC 3339, as ``interval_end``; only where they are grouped by date
    """

    @property
    def key(self) -> str | None:
        return text(self.get("key"))

    @property
    def interval_start(self) -> str | None:
        return text(self.get("interval_start"))

    @property
    def interval_end(self) -> str | None:
        return text(self.get("interval_end"))


@dataclass(frozen=True)
class AnalyticsChoices:
    """What there is to filter by."""

    backends: Sequence[str]
    instances: Sequence[Mapping[str, Any]]
    users: Sequence[str]
    plans: Sequence[str]
    subscriptions: Sequence[Mapping[str, Any]]


EVERYTHING = AnalyticsFilter()


class AnalyticsCalls:
    """Analytics of the account."""

    def __init__(self, api: RestApi) -> None:
        self._api = api

    def choices(self, which: AnalyticsFilter = EVERYTHING) -> AnalyticsChoices:
        """Return the backends, instances, users, plans and subscriptions that have usage."""
        document = self._api.read(endpoints.ANALYTICS_FILTERS, query=which.query())

        def names(list_name: str, field: str) -> Sequence[str]:
            entries = objects_of(document, list_name)
            return [name for entry in entries if (name := text(entry.get(field)))]

        return AnalyticsChoices(
            backends=names("backends", "name"),
            instances=objects_of(document, "instances"),
            users=names("users", "id"),
            plans=names("plans", "name"),
            subscriptions=objects_of(document, "subscriptions"),
        )

    def usage(self, which: AnalyticsFilter = EVERYTHING) -> UsageCounts:
        """Return the sums."""
        return UsageCounts(self._api.read(endpoints.USAGE, query=which.query()))

    def usage_grouped(self, group_by: str, which: AnalyticsFilter = EVERYTHING) -> Sequence[UsageCounts]:
        """Return the sums of each group.

        :param group_by: instance, backend, user_id, plan or subscription_id
        :raises InputError: if it is another one
        """
        parameters = which.query(one_of("group_by", group_by, GROUPS))
        document = self._api.read(endpoints.USAGE_GROUPED, query=parameters)
        return [UsageCounts(entry) for entry in objects_of(document, "data")]

    def usage_by_date(self, which: AnalyticsFilter = EVERYTHING) -> Sequence[UsageCounts]:
        """Return the sums of each instance and interval."""
        document = self._api.read(endpoints.USAGE_GROUPED_BY_DATE, query=which.query("instance"))
        return [UsageCounts(entry) for entry in objects_of(document, "data")]
