"""Schemathesis asks what the served description allows, and what not, and holds the answers against it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings
from tests.contract.simulator_api.client import client_of
from tests.contract.simulator_api.runtime_api import RuntimeClient

COMMAND = Path(sys.executable).with_name("schemathesis")
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A simulator that invents results; refused URLs and full lanes are among its answers."""
    directory = tmp_path_factory.mktemp("openapi")
    with Simulator(directory, SimulatorSettings(execute=False, bucket="my-bucket")) as simulator:
        yield simulator


def ask(base_url: str, directory: Path, headers: Mapping[str, str], *options: str) -> int:
    """Let Schemathesis judge what is described below a URL; return how many requests it made."""
    done = subprocess.run(
        [
            *(COMMAND, "--config-file", CONFIGURATION, "run", f"{base_url}/openapi.json"),
            *(word for name, value in headers.items() for word in ("--header", f"{name}: {value}")),
            *("--no-color", *options),
        ],
        cwd=directory,
        env={"PATH": os.defpath, "HOME": str(directory)},
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    generated = re.search(r"(\d+) generated", done.stdout)
    assert generated, done.stdout
    return int(generated[1])


def test_no_answer_is_outside_the_description(simulator: Simulator, tmp_path: Path) -> None:
    headers = client_of(simulator).headers
    del headers["IBM-API-Version"]
    assert ask(simulator.api_url, tmp_path, headers) > 500
    statuses = {entry.status for entry in simulator.requests.entries() if entry.app == "api"}
    assert {200, 204, 400, 401, 404, 405, 422} <= statuses


def test_no_answer_is_outside_the_description_without_a_token(simulator: Simulator, tmp_path: Path) -> None:
    simulator.requests.clear()
    assert ask(simulator.api_url, tmp_path, {}, "--phases", "coverage,fuzzing") > 100
    entries = [entry for entry in simulator.requests.entries() if entry.path.startswith("/v1/")]
    assert {entry.status for entry in entries} == {401}


def test_no_answer_of_the_cloud_is_outside_its_description(simulator: Simulator, tmp_path: Path) -> None:
    headers = RuntimeClient(simulator, version=None).headers
    assert ask(simulator.cloud_url, tmp_path, headers, "--phases", "coverage") > 1000
    statuses = {entry.status for entry in simulator.requests.entries() if entry.app == "cloud"}
    assert {200, 400, 404, 405} <= statuses
