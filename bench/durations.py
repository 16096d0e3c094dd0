"""Jobs that take their time: how long after its end does a user have the results?"""

from __future__ import annotations

import random
import statistics

from bench.clients import Client, Ours, Peer
from bench.jobs import SEED, Job
from bench.report import Section, Target, seconds, seconds_with_spread
from bench.trials import Trials

TEXT = """Wall time beyond the job's own duration, over {number} durations drawn evenly from {lowest:g} to
{highest:g} s (seed {seed}): start, upload, submission, collection, and the time between the job's end and
the poll that sees it. `task_runner` polls every second; `direct-access` after 0.25 s or 5 % of the time
waited, whichever is longer."""
LOWEST_SECS = 0.2
COLUMNS = ("", "mean beyond", "median (lowest to highest)", "CPU, mean", "requests, mean")


def compare(
    trials: Trials,
    ours: Ours,
    peer: Peer,
    job: Job,
    number: int,
    highest_secs: float,
    lowest_secs: float = 0.2,
) -> Section:
    """Return what jobs of random durations take beyond them."""
    numbers = random.Random(SEED)
    clients: list[Client] = [ours, peer]
    beyond: dict[str, list[float]] = {client.name: [] for client in clients}
    cpu: dict[str, list[float]] = {client.name: [] for client in clients}
    requests: dict[str, list[float]] = {client.name: [] for client in clients}
    for _ in range(number):
        duration = numbers.uniform(LOWEST_SECS, highest_secs)
        trials.system.behave(execution_secs=duration, ended_when_answered=False)
        for client in clients:
            cost = trials.run(client, job)
            beyond[client.name].append(cost.wall_secs - duration)
            cpu[client.name].append(cost.cpu_secs)
            requests[client.name].append(cost.requests or 0)
        clients.reverse()
    means = {name: statistics.fmean(values) for name, values in beyond.items()}
    rows = [
        [
            name,
            seconds(means[name]),
            seconds_with_spread(values),
            seconds(statistics.fmean(cpu[name])),
            f"{statistics.fmean(requests[name]):.1f}",
        ]
        for name, values in beyond.items()
    ]
    target = Target(
        "mean wall time beyond the job's own duration below the peer's",
        f"{seconds(means[ours.name])} against {seconds(means[peer.name])}",
        means[ours.name] < means[peer.name],
    )
    text = TEXT.format(number=number, lowest=LOWEST_SECS, highest=highest_secs, seed=SEED)
    return Section("Jobs that take their time", text, COLUMNS, rows, [target])
