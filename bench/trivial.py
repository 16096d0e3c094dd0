"""A job that takes no time: everything that it costs is the client's own."""

from __future__ import annotations

from bench.clients import Ours, Peer
from bench.jobs import Job
from bench.measuring import Cost, alternate
from bench.report import COST_COLUMNS, Section, cost_row
from bench.trials import Trials

TEXT = """One Bell circuit of which nothing is executed. In the first rows the server answers the
submission when the job has ended already; in the last two it answers at once, as a real one does, and the
job ends some milliseconds later: `direct-access` looks 50 ms after the submission, `task_runner` at once
and then a second later. `direct-access` also brings the log, verifies what it brings, keeps a journal
that survives a power cut, asks for the backend's calibration while it waits, and deletes its objects;
`task_runner` does none of these."""


def compare(trials: Trials, ours: Ours, peer: Peer, job: Job, rounds: int) -> Section:
    """Return what a trivial job costs."""

    def by_us() -> Cost:
        return trials.run(ours, job)

    def by_us_without_token() -> Cost:
        ours.forget_token()
        return trials.run(ours, job)

    def by_peer() -> Cost:
        return trials.run(peer, job)

    trials.system.behave(ended_when_answered=True)
    costs = alternate(
        {
            f"{ours.name}, token asked for": by_us_without_token,
            f"{ours.name}, token of an earlier run": by_us,
            peer.name: by_peer,
        },
        rounds,
    )
    trials.system.behave(ended_when_answered=False)
    costs |= alternate({f"{ours.name}, ends later": by_us, f"{peer.name}, ends later": by_peer}, rounds)
    rows = [cost_row(name, found) for name, found in costs.items()]
    return Section(f"A trivial job, {rounds} times", TEXT, COST_COLUMNS, rows)
