"""``python -m bench.load``: many clients at once, and large results; writes docs/load.md."""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench import machine
from bench.load_client import LoadClient
from bench.load_system import LoadedSystem
from bench.report import MB, Section, Target, page, seconds
from direct_access import __version__

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "load.md"
CACHE = ROOT / ".cache"
LARGEST_LATENCY_SECS = 1.0
LARGEST_EXTRA_MB = 64


@dataclass(frozen=True)
class Wave:
    """What many jobs at once took.

    :param statuses: how often jobs ended so
    :param took: seconds of each request, by what it was for
    :param memory_bytes: highest resident memory of the server so far, and of its workers
    """

    wall_secs: float
    statuses: dict[str, int]
    took: dict[str, list[float]]
    memory_bytes: tuple[int, int]

    @property
    def all_took(self) -> list[float]:
        return [secs for each in self.took.values() for secs in each]


def small_params() -> bytes:
    """Return the params of the Bell example."""
    circuit = (ROOT / "examples" / "bell.qasm").read_text()
    return json.dumps({"pubs": [[circuit, None, 1024]], "version": 2}).encode()


def wave(loaded: LoadedSystem, clients: int, jobs_each: int) -> Wave:
    """Let clients, all at once, submit their jobs, poll them until they are done and fetch the results."""
    params, ready = small_params(), threading.Barrier(clients)

    def use(client: LoadClient) -> None:
        ready.wait()
        client.log_in()
        submitted = [client.submit(params) for _ in range(jobs_each)]
        client.wait(submitted)
        for job_id in submitted:
            client.fetch(job_id)

    users = [LoadClient(loaded) for _ in range(clients)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(use, users))
    wall_secs = time.perf_counter() - begun
    ended = [status for user in users for status in user.statuses.values()]
    took: dict[str, list[float]] = {}
    for user in users:
        for purpose, each in user.took.items():
            took.setdefault(purpose, []).extend(each)
    memory = (loaded.peak_memory_bytes(), loaded.workers_memory_bytes())
    return Wave(wall_secs, {status: ended.count(status) for status in set(ended)}, took, memory)


def pass_large_results(loaded: LoadedSystem, size_bytes: int) -> tuple[int, int]:
    """Run a job with results of this size; return what arrived, and the memory that the server took more."""
    client = LoadClient(loaded)
    client.log_in()
    before = loaded.peak_memory_bytes()
    loaded.decide(results_bytes=size_bytes)
    job_id = client.submit(small_params())
    client.wait([job_id])
    arrived = client.fetch(job_id)
    return arrived, loaded.peak_memory_bytes() - before


def percentile(values: Sequence[float], part: float) -> float:
    """Return the smallest value that so large a part of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def many_jobs(loaded: LoadedSystem, clients: int, jobs_each: int, waves: int) -> Section:
    """Return what waves of jobs cost."""
    jobs = clients * jobs_each
    found = [wave(loaded, clients, jobs_each) for _ in range(waves)]
    rows = [_wave_row(f"wave {number}", each) for number, each in enumerate(found, 1)]
    slowest = max(percentile(each.all_took, 0.99) for each in found)
    completed = min(each.statuses.get("Completed", 0) for each in found)
    growth = (found[-1].memory_bytes[0] - found[0].memory_bytes[0]) / MB
    text = f"""{clients} clients, all at once, each get a token, upload the params of {jobs_each} Bell jobs of
1,024 shots, submit them, poll them, fetch the results and delete the jobs. The circuits are executed for
real, one job at a time. Clients poll as `direct-access` does: after 0.25 s, then after 5 % of the time
waited. Server, its worker and all clients share the machine. Latencies are those of all requests together."""
    return Section(
        f"{jobs} jobs at once",
        text,
        ("", "wall", "requests", "median", "99th percentile", "slowest", "server's peak memory", "worker's"),
        rows,
        (
            Target(f"all {jobs} jobs of a wave end Completed", str(completed), completed == jobs),
            Target("99th percentile of requests below 1 s", seconds(slowest), slowest < LARGEST_LATENCY_SECS),
            Target("the waves after the first take less than 16 MB more", f"{growth:.0f} MB", growth < 16),
        ),
    )


def _wave_row(name: str, found: Wave) -> list[str]:
    server, worker = found.memory_bytes
    took = found.all_took
    return [
        name,
        seconds(found.wall_secs),
        str(len(took)),
        seconds(statistics.median(took)),
        seconds(percentile(took, 0.99)),
        seconds(max(took)),
        f"{server / MB:.0f} MB",
        f"{worker / MB:.0f} MB",
    ]


def large_results(loaded: LoadedSystem, size_bytes: int) -> Section:
    """Return what results of this size cost."""
    begun = time.perf_counter()
    arrived, extra = pass_large_results(loaded, size_bytes)
    wall_secs = time.perf_counter() - begun
    text = """The simulator invents the results, puts them into the store by HTTP as it does with any results,
and a client reads them from there."""
    row = [f"{size_bytes / MB:.0f} MB", seconds(wall_secs), f"{arrived / MB:.0f} MB", f"{extra / MB:.0f} MB"]
    target = f"{size_bytes / MB:.0f} MB of results in less than {LARGEST_EXTRA_MB} MB of extra memory"
    met = arrived == size_bytes and extra < LARGEST_EXTRA_MB * MB
    return Section(
        "Large results",
        text,
        ("results", "wall", "arrived", "extra memory of the server"),
        [row],
        (Target(target, row[-1], met),),
    )


def main() -> int:
    """Measure, and write the page."""
    CACHE.mkdir(exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="load-", dir=CACHE))
    try:
        facts = machine.description(place)
        with LoadedSystem(place / "many", lanes=200) as loaded:
            sections = [many_jobs(loaded, clients=50, jobs_each=4, waves=3)]
        with LoadedSystem(place / "large", lanes=5) as loaded:
            sections.append(large_results(loaded, 1000 * MB))
    finally:
        shutil.rmtree(place)
    PAGE.write_text(page(_introduction(facts), sections), encoding="utf-8")
    return 0 if all(target.met for section in sections for target in section.targets) else 1


def _introduction(facts: list[tuple[str, str]]) -> str:
    rows = "\n".join(f"| {name} | {value} |" for name, value in facts)
    return f"""<!-- Written by `python -m bench.load`; do not edit. -->
# The simulator under load

`python -m bench.load` ran the simulator of `direct-access` {__version__} on {date.today().isoformat()}, in a
process of its own, on loopback. Memory is the peak resident set (`VmHWM` of proc_pid_status(5)).

| machine | |
|---|---|
{rows}"""


if __name__ == "__main__":
    sys.exit(main())
