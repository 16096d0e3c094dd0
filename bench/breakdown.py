"""What our own trivial job consists of, stage by stage."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from bench.clients import Ours
from bench.jobs import Job
from bench.measuring import CommandFailed
from bench.report import Section
from bench.stages import BESIDE
from bench.trials import Trials

DRIVER = Path(__file__).with_name("stages.py")
COLUMNS = ("stage", "median", "share", "times")
END = "interpreter: end"
TEXT = """`direct-access run` of the trivial job with a clock around its stages (`bench/stages.py`),
medians of {rounds} runs, the token being asked for. A stage that calls another one pauses meanwhile:
`fsync` is all of them, wherever they are needed, and a request's time is the server's too. The clocks
themselves cost some 10 ms."""


def compare(trials: Trials, ours: Ours, job: Job, rounds: int) -> Section:
    """Return the stages of a trivial job."""
    trials.system.behave()
    secs: dict[str, list[float]] = defaultdict(list)
    times: dict[str, int] = {END: 1, "interpreter: start": 1}
    for number in range(1 + rounds):
        ours.forget_token()
        found, counted = _run(trials, ours, job)
        if number:
            times.update(counted)
            for name, value in found.items():
                secs[name].append(value)
    medians = {name: statistics.median(values) for name, values in secs.items() if name != BESIDE}
    whole = sum(medians.values())
    rows = [
        [name, f"{value * 1000:.1f} ms", f"{value / whole:.0%}", str(times[name])]
        for name, value in sorted(medians.items(), key=lambda item: -item[1])
        if value >= 0.00005
    ]
    rows.append(["all", f"{whole * 1000:.1f} ms", "100%", ""])
    return Section("What our trivial job consists of", TEXT.format(rounds=rounds), COLUMNS, rows)


def _run(trials: Trials, ours: Ours, job: Job) -> tuple[dict[str, float], dict[str, int]]:
    output, written = trials.directory / "staged", trials.directory / "stages.json"
    arguments = list(ours.run_command(job, output))[1:]
    environment = {"PATH": os.defpath, "HOME": str(trials.directory), **ours.environment()}
    origin = time.perf_counter()
    driven = subprocess.run(
        [sys.executable, str(DRIVER), str(origin), str(written), *arguments],
        env=environment,
        capture_output=True,
        text=True,
    )
    ended = time.perf_counter()
    shutil.rmtree(output, ignore_errors=True)
    if driven.returncode:
        raise CommandFailed(driven.stderr)
    document = json.loads(written.read_text())
    return {**document["secs"], END: ended - document["ended"]}, document["number"]
