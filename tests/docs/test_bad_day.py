"""The commands of docs/bad-day.md do what the page says that they do."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs/bad-day.md").read_text(encoding="utf-8")
STATUSES = (0, 75, 75, 0, 77, 0, 74, 0, 76, 4, 3, 74)
"""Exit statuses in the order of the page, so that no day gets lost."""


NO_ANSWER = 0
"""Status of a connection that was reset, in the record of requests."""

Bash = Callable[[str], "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Day:
    """A chapter of the page.

    :param commands: its blocks of shell commands
    :param statuses: with which the last command of the block ends
    :param afterwards: commands after which all is well
    """

    title: str
    commands: list[str]
    statuses: list[str]
    afterwards: list[str]


def days() -> list[Day]:
    """Return the days of the page in their order."""
    return [
        Day(
            chapter.partition("\n")[0],
            re.findall(r"^```sh\n(.*?)^```$", chapter, re.DOTALL | re.MULTILINE),
            re.findall(r"^Exit status: (\d+)$", chapter, re.MULTILINE),
            re.findall(r"^Afterwards: `(.+)`$", chapter, re.MULTILINE),
        )
        for chapter in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    ]


def day_about(words: str) -> Day:
    """Return the only day whose title has these words."""
    (found,) = [day for day in days() if words in day.title]
    return found


def test_every_day_has_commands_an_exit_status_and_an_afterwards() -> None:
    counts = [(len(day.commands), len(day.statuses), len(day.afterwards)) for day in days()]
    assert counts == [(1, 1, 1)] * len(STATUSES)


def test_the_days_are_those_that_we_know() -> None:
    assert [int(status) for day in days() for status in day.statuses] == list(STATUSES)


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    """A simulator that invents results at once instead of executing circuits."""
    with Simulator(tmp_path / "simulator", SimulatorSettings(execute=False)) as simulator:
        yield simulator


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory with the example that the page runs."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    for name in ("bell.yaml", "bell.qasm"):
        shutil.copy(REPOSITORY / "examples" / name, home)
    return home


@pytest.fixture
def environment(simulator: Simulator, home: Path, tmp_path: Path) -> dict[str, str]:
    """Nothing of the machine's but where its programs are."""
    return {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "LANG": "C.UTF-8",
        "PYTHONWARNINGS": "error",
        "XDG_RUNTIME_DIR": str(home),
        "DIRECT_ACCESS_CONFIG": str(simulator.write_client_configuration(tmp_path / "client")),
    }


@pytest.fixture
def bash(home: Path, environment: dict[str, str]) -> Bash:
    """Runs shell commands as a user of the page would."""

    def run(commands: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", "-c", commands],
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.parametrize("day", days(), ids=lambda day: day.title)
def test_a_day_goes_as_the_page_says_and_ends_well(
    day: Day, simulator: Simulator, home: Path, bash: Bash
) -> None:
    (commands,), (status,), (afterwards,) = day.commands, day.statuses, day.afterwards
    done = bash(commands)
    assert done.returncode == int(status), done.stderr
    end = bash(afterwards)
    assert end.returncode == 0, end.stderr
    assert list(home.glob("bell-local*/results.json"))
    assert simulator.faults.pending() == []
    assert simulator.outcomes.pending() == []


def test_a_job_whose_reply_was_lost_is_there_once(simulator: Simulator, bash: Bash) -> None:
    bash(day_about("reply is lost").commands[0])
    assert simulator.requests.entries("api", "POST", "/v1/jobs")[0].status == NO_ANSWER
    assert len(simulator.jobs.jobs()) == 1


def test_a_revoked_token_is_replaced(simulator: Simulator, bash: Bash) -> None:
    bash(day_about("token is revoked").commands[0])
    assert simulator.requests.count("iam") == 2
    assert [entry for entry in simulator.requests.entries("api") if entry.status == 401]
