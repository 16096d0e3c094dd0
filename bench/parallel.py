"""Many jobs of one user at the same time on one node, as a job array or a workflow starts them."""

from __future__ import annotations

from bench.clients import Client, Ours, Peer
from bench.jobs import Job
from bench.measuring import Cost, alternate
from bench.report import COST_COLUMNS, Section, cost_row
from bench.trials import Trials

TEXT = """{number} commands started together, each with a trivial job. Wall time is until the last has
ended, CPU and requests are of all, memory is that of the largest. No token is cached: `direct-access`
asks for one, `task_runner` for {number}."""


def compare(trials: Trials, ours: Ours, peer: Peer, job: Job, number: int, rounds: int) -> Section:
    """Return what many jobs at once cost."""
    trials.system.behave()

    def by_us() -> Cost:
        ours.forget_token()
        return _together(trials, ours, job, number)

    costs = alternate({ours.name: by_us, peer.name: lambda: _together(trials, peer, job, number)}, rounds)
    rows = [cost_row(name, found) for name, found in costs.items()]
    return Section(f"{number} jobs at once", TEXT.format(number=number), COST_COLUMNS, rows)


def _together(trials: Trials, client: Client, job: Job, number: int) -> Cost:
    costs = trials.run_many(client, job, number)
    return Cost(
        wall_secs=max(cost.wall_secs for cost in costs),
        cpu_secs=sum(cost.cpu_secs for cost in costs),
        rss_bytes=max(cost.rss_bytes for cost in costs),
        requests=costs[0].requests,
    )
