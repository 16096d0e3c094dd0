"""Large results: what reaches the disk how fast, and with how much memory."""

from __future__ import annotations

import shutil
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import boto3
from botocore.config import Config

from bench.clients import Ours, Peer
from bench.jobs import Job
from bench.measuring import CommandFailed, Cost, alternate
from bench.report import COST_COLUMNS, MB, Section, Target, cost_row, megabytes
from bench.trials import Trials

SHARE_OF_PEER = 0.6
MOST_RSS_BYTES = 80 * MB
TEXT = """A whole job each; its results lie ready in the store when it ends. `direct-access` compares
their MD5 with the store's ETag and has them on the disk (fsync) before it says so; `task_runner` does
neither. The other rows are not jobs: they only fetch the same object by a presigned URL, curl and Python's
`http.client` (blocks of 1 MiB, `readinto`)."""
BARE = Path(__file__).with_name("bare_download.py")


def compare(trials: Trials, ours: Ours, peer: Peer, job: Job, sizes: Sequence[tuple[int, int]]) -> Section:
    """Return what results of some sizes cost.

    :param sizes: sizes in bytes, each with its number of rounds
    """
    found = {size: _one_size(trials, ours, peer, job, size, rounds) for size, rounds in sizes}
    rows = [
        cost_row(f"{megabytes(size)}: {name}", costs)
        for size, by_name in found.items()
        for name, costs in by_name.items()
    ]
    largest = max(found)
    targets = [_time_target(largest, found[largest], ours, peer), _memory_target(found, ours)]
    return Section("Large results", TEXT, COST_COLUMNS, rows, targets)


def _one_size(
    trials: Trials, ours: Ours, peer: Peer, job: Job, size: int, rounds: int
) -> dict[str, list[Cost]]:
    trials.system.make_ready(size)
    trials.system.behave(ready_results=size)
    url = presigned(trials, size, trials.system.access["store_url"])
    bare = [sys.executable, "-I", "-S", str(BARE), url]
    contenders: dict[str, Callable[[], Cost]] = {
        ours.name: lambda: trials.run(ours, job, size),
        peer.name: lambda: trials.run(peer, job, size),
        "http.client": lambda: fetch(trials, size, lambda path: [*bare, path]),
        "http.client, fsync": lambda: fetch(trials, size, lambda path: [*bare, path, "fsync"]),
    }
    if curl := shutil.which("curl"):
        contenders["curl"] = lambda: fetch(trials, size, lambda path: [curl, "-sfo", path, url])
    return alternate(contenders, rounds)


def fetch(trials: Trials, size: int, command: Callable[[str], list[str]]) -> Cost:
    """Return what a command costs that fetches so many bytes into the file that it is given."""
    path = trials.directory / "fetched"
    try:
        cost = trials.measure([command(str(path))])[0]
        if path.stat().st_size != size:
            raise CommandFailed(f"{path.stat().st_size} bytes were fetched instead of {size}")
    finally:
        path.unlink(missing_ok=True)
    return cost


def presigned(trials: Trials, size: int, store_url: str) -> str:
    """Return a URL of the results that lie ready in the store, which is reached at another URL perhaps."""
    access = trials.system.access
    client = boto3.client(
        "s3",
        endpoint_url=store_url,
        aws_access_key_id=access["access_key_id"],
        aws_secret_access_key=access["secret_access_key"],
        region_name=access["region"],
        config=Config(signature_version="s3v4"),
    )
    parameters = {"Bucket": access["bucket"], "Key": f"ready-{size}"}
    return str(client.generate_presigned_url("get_object", parameters, ExpiresIn=3600))


def _time_target(size: int, found: dict[str, list[Cost]], ours: Ours, peer: Peer) -> Target:
    wall = {name: statistics.median(cost.wall_secs for cost in costs) for name, costs in found.items()}
    share = wall[ours.name] / wall[peer.name]
    return Target(
        f"results of {megabytes(size)} in at most {SHARE_OF_PEER:g} of the peer's wall time",
        f"{wall[ours.name]:.2f} s against {wall[peer.name]:.2f} s: {share:.2f}",
        share <= SHARE_OF_PEER,
    )


def _memory_target(found: dict[int, dict[str, list[Cost]]], ours: Ours) -> Target:
    most = max(cost.rss_bytes for by_name in found.values() for cost in by_name[ours.name])
    return Target(
        f"less than {MOST_RSS_BYTES // MB} MB of memory whatever the size of the results",
        f"at most {most / MB:.0f} MB",
        most < MOST_RSS_BYTES,
    )
