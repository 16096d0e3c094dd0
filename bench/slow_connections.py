"""Large results where a store limits each connection, and where it does not: one connection or several."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from bench.large_results import fetch, presigned
from bench.measuring import Cost, alternate
from bench.report import COST_COLUMNS, MB, Section, Target, cost_row, megabytes
from bench.trials import Trials

CAP_BYTES_A_SECOND = 60 * MB
AT_LEAST_TIMES = 2.5
AT_MOST_SHARE = 1.05
MOST_RSS_BYTES = 90 * MB
TEXT = """What a run does with its results, without the run: {size} by a presigned URL, verified by MD5 and
fsynced. "As measured" is what a run does: it measures the first connection over 64 MB, and goes on with four
where it is slow. The proxy passes on at most 60 MB a second on each connection; it stands between on
loopback, in a process of its own."""
PROXY = Path(__file__).with_name("capped_proxy.py")
DOWNLOAD = Path(__file__).with_name("download_in_parts.py")
WAYS = {"one connection": "one", "as measured": "measured"}


def compare(trials: Trials, size: int, rounds: int) -> Section:
    """Return what one connection and several cost, with a cap and without."""
    trials.system.make_ready(size)
    store_url = trials.system.access["store_url"]
    free = _costs(trials, size, store_url, rounds)
    with _capped(store_url) as proxy_url:
        capped = _costs(trials, size, proxy_url, rounds)
    rows = [
        cost_row(f"{where}: {way}", costs)
        for where, by_way in (("no limit", free), ("60 MB/s a connection", capped))
        for way, costs in by_way.items()
    ]
    targets = [_gain(capped), _loss(free), _memory(free, capped)]
    return Section("Slow connections", TEXT.format(size=megabytes(size)), COST_COLUMNS, rows, targets)


def _costs(trials: Trials, size: int, store_url: str, rounds: int) -> dict[str, list[Cost]]:
    url = presigned(trials, size, store_url)

    def by(way: str) -> Callable[[], Cost]:
        return lambda: fetch(trials, size, lambda path: [sys.executable, str(DOWNLOAD), url, path, way])

    return alternate({name: by(way) for name, way in WAYS.items()}, rounds)


@contextmanager
def _capped(store_url: str) -> Iterator[str]:
    """Yield the URL at which the store can be reached through the proxy."""
    address = urlsplit(store_url)
    command = [sys.executable, str(PROXY), str(address.hostname), str(address.port), str(CAP_BYTES_A_SECOND)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as proxy:
        assert proxy.stdout
        yield f"http://127.0.0.1:{int(proxy.stdout.readline())}"
        proxy.communicate()


def _share(by_way: dict[str, list[Cost]]) -> tuple[float, str]:
    one, measured = (statistics.median(cost.wall_secs for cost in by_way[way]) for way in WAYS)
    return measured / one, f"{measured:.2f} s against {one:.2f} s"


def _gain(capped: dict[str, list[Cost]]) -> Target:
    share, found = _share(capped)
    aim = f"four connections of 60 MB/s at least {AT_LEAST_TIMES:g} times as fast as one"
    return Target(aim, f"{found}: {1 / share:.2f} times", share * AT_LEAST_TIMES <= 1)


def _loss(free: dict[str, list[Cost]]) -> Target:
    share, found = _share(free)
    aim = "without a limit at most 5 % slower than one connection"
    return Target(aim, f"{found}: {share:.2f}", share <= AT_MOST_SHARE)


def _memory(*found: dict[str, list[Cost]]) -> Target:
    most = max(cost.rss_bytes for by_way in found for costs in by_way.values() for cost in costs)
    aim = f"less than {MOST_RSS_BYTES // MB} MB of memory"
    return Target(aim, f"at most {most / MB:.0f} MB", most < MOST_RSS_BYTES)
