"""Analytics of an account."""

from __future__ import annotations

from typing import Any

from direct_access.clock import Clock, rfc3339
from direct_access.simulator.http import Response
from direct_access.simulator.qiskit_runtime.analytics import GROUPS, Fact, Facts, grouped, sums
from direct_access.simulator.qiskit_runtime.call import Call, Route, Routes
from direct_access.simulator.qiskit_runtime.errors import INVALID_BODY, ApiError
from direct_access.simulator.qiskit_runtime.instance_endpoints import SUBSCRIPTION_NAME
from direct_access.simulator.replies import json_response

DAY_SECS = 86_400.0


class AnalyticsEndpoints:
    """Answers requests for sums."""

    def __init__(self, facts: Facts, clock: Clock) -> None:
        self._facts = facts
        self._clock = clock

    def routes(self) -> Routes:
        """Return who answers what."""
        action = "account-analytics-usage.read"
        return {
            ("GET", "/v1/analytics/filters"): Route(
                self._filters, "account-analytics-filters.read", numeric_errors=True
            ),
            ("GET", "/v1/analytics/usage"): Route(self._usage, action, numeric_errors=True),
            ("GET", "/v1/analytics/usage_grouped"): Route(self._grouped, action, numeric_errors=True),
            ("GET", "/v1/analytics/usage_grouped_by_date"): Route(self._by_date, action, numeric_errors=True),
        }

    def _filters(self, call: Call) -> Response:
        facts = self._chosen(call)
        subscriptions = {fact.subscription_id for fact in facts}
        document = {
            "backends": [{"name": name} for name in _values(facts, "backend")],
            "instances": [{"id": crn, "deleted": False} for crn in _values(facts, "instance")],
            "users": [{"id": user} for user in _values(facts, "user_id")],
            "plans": [{"name": plan} for plan in _values(facts, "plan")],
            "subscriptions": [{"id": each, "name": SUBSCRIPTION_NAME} for each in subscriptions],
        }
        return json_response(200, document)

    def _usage(self, call: Call) -> Response:
        return json_response(200, sums(self._chosen(call)))

    def _grouped(self, call: Call) -> Response:
        group = _required(call.query.one_of("group_by", GROUPS))
        return json_response(200, {"data": grouped(self._chosen(call), group)})

    def _by_date(self, call: Call) -> Response:
        """Answer with the sums of each day (UTC) on which something happened."""
        group = _required(call.query.one_of("group_by", ("instance",)))
        facts = self._chosen(call)
        data: list[dict[str, Any]] = []
        for day in sorted({fact.start // DAY_SECS for fact in facts}):
            interval = _interval(day * DAY_SECS, (day + 1) * DAY_SECS)
            members = [fact for fact in facts if fact.start // DAY_SECS == day]
            data += [{**entry, **interval} for entry in grouped(members, group)]
        start, end = self._bounds(call)
        first = min((fact.start for fact in facts), default=end)
        return json_response(200, {**_interval(first if start is None else start, end), "data": data})

    def _chosen(self, call: Call) -> list[Fact]:
        """Return what the query's filters leave of the account."""
        query = call.query
        query.flag("simulators")
        start, end = self._bounds(call)
        names = ("instance", "backend", "user_id", "plan", "subscription_id")
        wanted = {name: set(query.all(name)) for name in names}
        return [
            fact
            for fact in self._facts.of_account(call.caller.instance.account_id)
            if all(not values or getattr(fact, name) in values for name, values in wanted.items())
            and (start is None or fact.start >= start)
            and fact.start <= end
        ]

    def _bounds(self, call: Call) -> tuple[float | None, float]:
        end = call.query.time("interval_end")
        return call.query.time("interval_start"), self._clock.wall() if end is None else end


def _values(facts: list[Fact], name: str) -> list[Any]:
    return sorted({value for fact in facts if (value := getattr(fact, name)) is not None})


def _interval(start: float, end: float) -> dict[str, str]:
    return {"interval_start": rfc3339(start), "interval_end": rfc3339(end)}


def _required(group: str | None) -> str:
    if group is None:
        raise ApiError(400, INVALID_BODY, "group_by is missing.", f"Group by one of {', '.join(GROUPS)}.")
    return group
