"""What the status page shows, as tables of text; nothing here is a secret."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import datetime, timezone
from itertools import islice

from direct_access.simulator.backends.state import Backend, Backends
from direct_access.simulator.faults.rules import Fault, FaultRules
from direct_access.simulator.jobs.job import Job
from direct_access.simulator.jobs.scenario import OutcomeRule, OutcomeRules
from direct_access.simulator.jobs.scheduler import Scheduler
from direct_access.simulator.request_log import RequestLog

SHOWN_JOBS = 100
SHOWN_REQUESTS = 50
NS_PER_SEC = 1e9
FREE_TEXT = ("body", "headers")
"""Fields of a fault that are named only: whoever made the fault may have put anything there."""


@dataclass(frozen=True)
class Table:
    """A table of the page.

    :param empty: what is said when there are no rows
    :param note: said beside the title
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: list[list[str]]
    empty: str = ""
    note: str = ""


def status_tables(
    backends: Backends,
    scheduler: Scheduler,
    faults: FaultRules,
    outcomes: OutcomeRules,
    requests: RequestLog,
    urls: Mapping[str, str],
) -> list[Table]:
    """Return all tables as of this moment.

    :param urls: base URLs of the servers by name
    """
    return [
        _backends(backends, scheduler),
        _jobs(scheduler),
        _disturbances(faults, outcomes),
        _requests(requests),
        _addresses(urls),
    ]


def _addresses(urls: Mapping[str, str]) -> Table:
    return Table("addresses", "Addresses", ("Server", "URL"), [[name, url] for name, url in urls.items()])


def _backends(found: Backends, scheduler: Scheduler) -> Table:
    columns = ("Backend", "Qubits", "Status", "Lanes used", "Reservation", "Message")
    return Table(
        "backends", "Backends", columns, [_backend_row(backend, scheduler) for backend in found.all()]
    )


def _backend_row(backend: Backend, scheduler: Scheduler) -> list[str]:
    name = backend.model.name
    return [
        name,
        str(backend.model.configuration["n_qubits"]),
        backend.status,
        f"{scheduler.lanes_used(name)} of {backend.lanes}",
        "reserved" if backend.reserved else "",
        backend.message,
    ]


def _jobs(scheduler: Scheduler) -> Table:
    found = scheduler.jobs()
    columns = ("Job", "Backend", "Program", "Status", "Created", "Ended", "Quantum time", "Reason")
    rows = [_job_row(job) for job in islice(reversed(found), SHOWN_JOBS)]
    empty = "None. Deleted jobs are not shown."
    return Table("jobs", "Jobs", columns, rows, empty, _note(len(rows), len(found)))


def _job_row(job: Job) -> list[str]:
    ending, nanoseconds = job.ending, job.quantum_nanoseconds
    reasons = (ending.reason_code, ending.reason_message) if ending else ()
    return [
        job.id,
        job.request.backend,
        job.request.program_id,
        job.status,
        date_and_time(job.created),
        _clock_time(job.end_time) if job.end_time is not None else "",
        "" if nanoseconds is None else f"{nanoseconds / NS_PER_SEC:.3f} s",
        " ".join(str(reason) for reason in reasons if reason is not None),
    ]


def _disturbances(faults: FaultRules, outcomes: OutcomeRules) -> Table:
    rows = [_fault_row(fault) for fault in faults.pending()]
    rows += [_outcome_row(rule) for rule in outcomes.pending()]
    empty = "None: every request and every job is treated well."
    return Table("faults", "Faults to come", ("What is hit", "How", "Times left"), rows, empty)


def _fault_row(fault: Fault) -> list[str]:
    hit = f"{fault.app} {fault.method} {fault.path}"
    return [hit, _choices(fault, ("app", "method", "path", "times")), _times(fault.times)]


def _outcome_row(rule: OutcomeRule) -> list[str]:
    hit = "next job" if rule.job_id is None else f"job {rule.job_id}"
    return [hit, _choices(rule, ("job_id", "times")), _times(rule.times)]


def _choices(rule: Fault | OutcomeRule, left_out: Iterable[str]) -> str:
    """Return the fields that were chosen, in words."""
    words = []
    for field in fields(rule):
        value = getattr(rule, field.name)
        default = field.default if field.default_factory is MISSING else field.default_factory()
        if field.name in left_out or value == default:
            continue
        plain = value is True or field.name in FREE_TEXT
        words.append(field.name if plain else f"{field.name} {value}")
    return ", ".join(words)


def _times(times: int | None) -> str:
    return "always" if times is None else str(times)


def _requests(log: RequestLog) -> Table:
    rows = [
        [_clock_time(entry.time), entry.app, entry.method, entry.path, str(entry.status or "reset")]
        for entry in islice(reversed(log.entries()), SHOWN_REQUESTS)
    ]
    columns = ("Time", "Server", "Method", "Path", "Status")
    return Table("requests", "Last requests", columns, rows, "None yet.", _note(len(rows), log.total))


def _note(shown: int, total: int) -> str:
    return f"the last {shown} of {total}" if shown < total else ""


def date_and_time(wall: float) -> str:
    """Return a time of day in UTC, for people."""
    return f"{datetime.fromtimestamp(wall, timezone.utc):%Y-%m-%d %H:%M:%S}"


def _clock_time(wall: float) -> str:
    return f"{datetime.fromtimestamp(wall, timezone.utc):%H:%M:%S}"
