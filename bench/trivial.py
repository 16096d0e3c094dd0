"""A job that ends at once: everything that it takes is the client's own."""

from __future__ import annotations

from bench.clients import Ours, Peer
from bench.jobs import Job
from bench.measuring import Cost, alternate
from bench.report import COST_COLUMNS, Section, cost_row
from bench.trials import Trials

TEXT = """One Bell circuit; the server answers the submission when the job has ended, so that nobody waits
for a poll. `direct-access` also brings the log, verifies what it brings, keeps a journal that survives a
power cut, asks for the backend's calibration where that delays nothing, and deletes its objects;
`task_runner` does none of these."""


def compare(trials: Trials, ours: Ours, peer: Peer, job: Job, rounds: int) -> Section:
    """Return what a trivial job costs."""
    trials.system.behave()

    def without_token() -> Cost:
        ours.forget_token()
        return trials.run(ours, job)

    costs = alternate(
        {
            f"{ours.name}, token asked for": without_token,
            f"{ours.name}, token of an earlier run": lambda: trials.run(ours, job),
            peer.name: lambda: trials.run(peer, job),
        },
        rounds,
    )
    rows = [cost_row(name, found) for name, found in costs.items()]
    return Section(f"A trivial job, {rounds} times", TEXT, COST_COLUMNS, rows)
