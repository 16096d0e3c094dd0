"""What a process costs, and many of them side by side."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class Cost:
    """What one run of a command took.

    :param cpu_secs: user and system time, children included
    :param rss_bytes: peak resident memory
    :param requests: HTTP requests that it made, None where they were not counted
    """

    wall_secs: float
    cpu_secs: float
    rss_bytes: int
    requests: int | None = None


class CommandFailed(Exception):
    """A command that was to be measured did not do its work."""


def measure(commands: Sequence[Sequence[str]], environment: Mapping[str, str], directory: Path) -> list[Cost]:
    """Run commands at the same time and return what each cost.

    :raises CommandFailed: if one exits other than with 0
    """
    outputs = [directory / f"output-{number}.txt" for number in range(len(commands))]
    specification = [[list(argv), str(output)] for argv, output in zip(commands, outputs, strict=True)]
    launched = subprocess.run(
        [sys.executable, "-I", "-S", str(LAUNCHER)],
        input=json.dumps(specification),
        env=dict(environment),
        capture_output=True,
        text=True,
        check=True,
    )
    costs = []
    for argv, output, cost in zip(commands, outputs, json.loads(launched.stdout), strict=True):
        wall, cpu, rss, status = cost
        if status != 0:
            raise CommandFailed(f"{' '.join(argv)} exited with {status}:\n{output.read_text()[-2000:]}")
        costs.append(Cost(wall, cpu, rss))
    return costs


def alternate(
    contenders: Mapping[str, Callable[[], Cost]], rounds: int, warm_up: int = 1
) -> dict[str, list[Cost]]:
    """Measure contenders in turn, every second round in the opposite order, after some that do not count."""
    costs: dict[str, list[Cost]] = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(warm_up + rounds):
        for name in names if number % 2 == 0 else reversed(names):
            cost = contenders[name]()
            if number >= warm_up:
                costs[name].append(cost)
    return costs
