"""A large params document, on its way into the store."""

from __future__ import annotations

from bench import jobs
from bench.clients import Ours, Peer
from bench.measuring import alternate
from bench.report import COST_COLUMNS, Section, cost_row, megabytes
from bench.trials import Trials

TEXT = """A parameter sweep of {size} of JSON; the job ends at once. `direct-access` copies the file into
the run directory, with its SHA-256, and sends it byte for byte; `task_runner` decodes it and encodes it
anew, twice."""


def compare(trials: Trials, ours: Ours, peer: Peer, size: int, rounds: int) -> Section:
    """Return what large params cost."""
    trials.system.behave()
    job = jobs.large_params(trials.directory, size)
    costs = alternate(
        {
            ours.name: lambda: trials.run(ours, job),
            peer.name: lambda: trials.run(peer, job),
        },
        rounds,
    )
    rows = [cost_row(name, found) for name, found in costs.items()]
    return Section("Large params", TEXT.format(size=megabytes(size)), COST_COLUMNS, rows)
