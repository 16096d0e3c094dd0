"""Sums over what was executed: https://quantum.cloud.ibm.com/docs/en/api/qiskit-runtime-rest/tags/analytics"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from direct_access.clock import Clock
from direct_access.simulator.qiskit_runtime.instance_endpoints import SUBSCRIPTION_ID
from direct_access.simulator.qiskit_runtime.instances import Instances
from direct_access.simulator.qiskit_runtime.jobs import RuntimeJobs
from direct_access.simulator.qiskit_runtime.sessions import Sessions
from direct_access.simulator.qiskit_runtime.usage import Usage

MS_PER_SEC = 1000
INDIVIDUAL_JOBS, BATCH_SESSIONS, DEDICATED_SESSIONS = (
    "individual_jobs",
    "batch_sessions",
    "dedicated_sessions",
)
GROUPS = ("instance", "backend", "user_id", "plan", "subscription_id")


@dataclass(frozen=True)
class Fact:
    """A job, a session or a batch, as analytics counts it.

    :param kind: ``individual_jobs``, ``batch_sessions``, ``dedicated_sessions``, or ``session_jobs`` for a
        job that is counted, and whose usage is its session's
    :param start: time of day in seconds since the epoch
    :param queue_secs: time between acceptance and beginning of a job
    """

    kind: str
    instance: str
    backend: str | None
    user_id: str
    plan: str
    start: float
    usage_secs: float = 0.0
    queue_secs: float | None = None
    subscription_id: str = SUBSCRIPTION_ID


class Facts:
    """Everything that can be counted."""

    def __init__(
        self, instances: Instances, jobs: RuntimeJobs, sessions: Sessions, usage: Usage, clock: Clock
    ) -> None:
        self._instances = instances
        self._jobs = jobs
        self._sessions = sessions
        self._usage = usage
        self._clock = clock

    def of_account(self, account_id: str) -> list[Fact]:
        """Return what happened in the instances of an account."""
        plans = {
            each.crn: each.plan.display_name
            for each in self._instances.all()
            if each.account_id == account_id
        }
        return [fact for fact in self._all(plans) if fact.instance in plans]

    def _all(self, plans: dict[str, str]) -> Iterable[Fact]:
        for found in self._jobs.ever():
            asked, job = found.submission, found.job
            alone = self._sessions.of_job(asked.id) is None
            yield Fact(
                kind=INDIVIDUAL_JOBS if alone else "session_jobs",
                instance=asked.instance,
                backend=asked.backend,
                user_id=asked.user,
                plan=plans.get(asked.instance, ""),
                start=job.created,
                usage_secs=found.usage_secs if alone else 0.0,
                queue_secs=None if job.running_since is None else job.running_since - job.created,
            )
        for session in self._sessions.all():
            yield Fact(
                kind=DEDICATED_SESSIONS if session.is_dedicated else BATCH_SESSIONS,
                instance=session.instance,
                backend=session.backend,
                user_id=session.user,
                plan=plans.get(session.instance, ""),
                start=session.created,
                usage_secs=self._usage.of_session(session),
            )


def sums(facts: Iterable[Fact]) -> dict[str, float]:
    """Return the numbers of a set of facts; times are in milliseconds."""
    facts = list(facts)
    of_kind = {
        kind: [fact.usage_secs for fact in facts if fact.kind == kind]
        for kind in (INDIVIDUAL_JOBS, BATCH_SESSIONS, DEDICATED_SESSIONS)
    }
    of_kind["sessions"] = of_kind[BATCH_SESSIONS] + of_kind[DEDICATED_SESSIONS]
    waits = [fact.queue_secs for fact in facts if fact.queue_secs is not None]
    numbers: dict[str, float] = {
        "usage": _ms(sum(fact.usage_secs for fact in facts)),
        "jobs": sum(fact.kind in (INDIVIDUAL_JOBS, "session_jobs") for fact in facts),
        **_statistics("queue_time", waits),
    }
    for kind, usages in of_kind.items():
        numbers[kind] = len(usages)
        numbers.update(_statistics(f"{kind}_usage", usages))
    return numbers


def grouped(facts: Iterable[Fact], group: str) -> list[dict[str, Any]]:
    """Return the numbers for each value of a field, with the value as ``key``."""
    by_key: dict[str | None, list[Fact]] = {}
    for fact in facts:
        by_key.setdefault(getattr(fact, group), []).append(fact)
    return [{"key": key, **sums(members)} for key, members in by_key.items()]


def _statistics(name: str, seconds: list[float]) -> dict[str, float]:
    return {
        name: _ms(sum(seconds)),
        f"avg_{name}": _ms(fmean(seconds)) if seconds else 0,
        f"max_{name}": _ms(max(seconds, default=0.0)),
    }


def _ms(seconds: float) -> int:
    return round(seconds * MS_PER_SEC)
