"""``python -m bench``: measure everything and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench import (
    breakdown,
    chaos,
    durations,
    ending,
    jobs,
    large_params,
    large_results,
    machine,
    parallel,
    peer_environment,
    slow_connections,
    startup,
    trivial,
)
from bench.clients import Ours, Peer
from bench.report import MB, Section, page
from bench.system import System
from bench.trials import Trials
from direct_access import __version__

ROOT = Path(__file__).parent.parent
CACHE = ROOT / ".cache"
PAGE = ROOT / "docs" / "benchmarks.md"


@dataclass(frozen=True)
class Extent:
    """How much is measured.

    :param rounds: of what takes less than a second
    :param few: rounds of what takes longer
    :param result_sizes: bytes and rounds
    :param capped_bytes: of results where a store limits each connection
    """

    rounds: int
    few: int
    durations: int
    longest_secs: float
    result_sizes: tuple[tuple[int, int], ...]
    capped_bytes: int
    params_bytes: int
    parallel: int
    seeds: int


_SIZES = ((2 * MB, 5), (10 * MB, 5), (200 * MB, 5), (1000 * MB, 5))
FULL = Extent(10, 3, 20, 10.0, _SIZES, 1000 * MB, 100 * MB, 50, 300)
QUICK = Extent(3, 1, 3, 1.5, ((1 * MB, 2), (50 * MB, 2)), 200 * MB, 5 * MB, 5, 5)


def main() -> int:
    """Measure, and write the page; print it instead unless everything was measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes, few rounds; prints the page")
    parser.add_argument("--only", metavar="NAME", action="append", help="only this part; prints the page")
    options = parser.parse_args()
    CACHE.mkdir(exist_ok=True)
    command = peer_environment.install(CACHE / "bench-peer")
    place = Path(tempfile.mkdtemp(prefix="bench-", dir=CACHE))
    try:
        with System(place / "server") as system:
            introduction = _introduction(place)
            trials, extent = Trials(system, place), QUICK if options.quick else FULL
            sections = list(_sections(trials, command, extent, options.only))
    finally:
        shutil.rmtree(place)
    text = page(introduction, sections)
    if options.quick or options.only:
        print(text)
    else:
        PAGE.write_text(text, encoding="utf-8")
    return 0


def _sections(trials: Trials, command: Path, extent: Extent, only: list[str] | None) -> Iterator[Section]:
    ours, peer = Ours(trials.system.access, trials.directory), Peer(trials.system.access, command)
    job = jobs.bell(trials.directory)
    parts: dict[str, Callable[[], Section]] = {
        "startup": lambda: startup.compare(trials, ours, peer, extent.rounds),
        "trivial": lambda: trivial.compare(trials, ours, peer, job, extent.rounds),
        "breakdown": lambda: breakdown.compare(trials, ours, job, extent.rounds),
        "durations": lambda: durations.compare(
            trials, ours, peer, job, extent.durations, extent.longest_secs
        ),
        "results": lambda: large_results.compare(trials, ours, peer, job, extent.result_sizes),
        "connections": lambda: slow_connections.compare(trials, extent.capped_bytes, extent.few),
        "params": lambda: large_params.compare(trials, ours, peer, extent.params_bytes, extent.few),
        "parallel": lambda: parallel.compare(trials, ours, peer, job, extent.parallel, extent.few),
        "ending": lambda: ending.endings(trials.directory),
        "chaos": lambda: chaos.survive(trials.directory, extent.seeds),
    }
    for name, part in parts.items():
        if not only or name in only:
            print(f"bench: {name}", file=sys.stderr, flush=True)
            yield part()


def _introduction(directory: Path) -> str:
    facts = "\n".join(f"| {name} | {value} |" for name, value in machine.description(directory))
    return f"""<!-- Written by `make bench`; do not edit. -->
# Benchmarks

`make bench` ran `direct-access` {__version__} beside `task_runner` of QRMI {peer_environment.VERSION},
which is installed in an environment of its own, on {date.today().isoformat()}: in turn, in one run, on one
server (the simulator, in a process of its own, on loopback), after a round that does not count. Times are
from the start of the process to its end, CPU is user and system time, memory is the peak resident set
(getrusage(2); what starts the commands has 9 MB itself), requests are those that the server saw from the
client. The simulator under load has a [page of its own](load.md).

| machine | |
|---|---|
{facts}"""


if __name__ == "__main__":
    sys.exit(main())
