"""A Prometheus of our own on loopback, quick enough for a test."""

from __future__ import annotations

import json
import random
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3

BOUND_SECS = 120.0
LOOK_SECS = 0.05
ATTEMPTS = 5
CONFIGURATION = """\
global: {{scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms}}
rule_files: [{rules}]
{scrape_configs}
"""


def eventually(condition: Callable[[], bool], what: Callable[[], str]) -> None:
    """Wait until a condition holds.

    :raises AssertionError: with what is the case instead, if it never does
    """
    end = time.monotonic() + BOUND_SECS
    while not condition():
        assert time.monotonic() < end, what()
        time.sleep(LOOK_SECS)


@dataclass
class Prometheus:
    """A running one."""

    url: str
    process: subprocess.Popen[bytes]

    def query(self, expression: str) -> list[Mapping[str, Any]]:
        """Return the series of an instant query."""
        result: list[Mapping[str, Any]] = self._get("query", query=expression)["result"]
        return result

    def becomes_ready(self, log: Path) -> bool:
        """Wait until it answers queries; return False if it ends instead."""
        eventually(lambda: self.is_ready() or self.process.poll() is not None, log.read_text)
        return self.process.poll() is None

    def is_ready(self) -> bool:
        """Whether it answers queries."""
        try:
            return urllib3.request("GET", f"{self.url}/-/ready", retries=False, timeout=5).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def _get(self, what: str, **parameters: str) -> Any:
        target = f"{self.url}/api/v1/{what}?{urlencode(parameters)}"
        answer = urllib3.request("GET", target, retries=False, timeout=BOUND_SECS)
        document = json.loads(answer.data)
        assert document["status"] == "success", document
        return document["data"]


@contextmanager
def running(directory: Path, rules: Path, scrape_configs: Path, target: str) -> Iterator[Prometheus]:
    """Run Prometheus with rules that fire without delay, and the site's scrape configuration.

    :param target: address and port of the exporter, instead of those in the configuration
    """
    hasty = directory / "rules.yml"
    hasty.write_text(re.sub(r"(?m)^( +for:) .*$", r"\1 0s", rules.read_text()).replace("[15m]", "[3s]"))
    configs = re.sub(r"(targets:) .*", rf"\1 [{target!r}]", scrape_configs.read_text())
    (directory / "prometheus.yml").write_text(CONFIGURATION.format(rules=hasty, scrape_configs=configs))
    with _started(directory) as server:
        yield server


@contextmanager
def _started(directory: Path) -> Iterator[Prometheus]:
    """Start it on a port that is free; another may take it meanwhile, then on a second one."""
    program = shutil.which("prometheus")
    assert program is not None
    log = directory / "prometheus.log"
    for _ in range(ATTEMPTS):
        address = f"127.0.0.1:{free_port()}"
        command = [
            *("setpriv", "--pdeathsig", "KILL"),  # with the test run, also with one that is killed
            program,
            f"--config.file={directory / 'prometheus.yml'}",
            f"--storage.tsdb.path={directory / 'data'}",
            f"--web.listen-address={address}",
        ]
        with log.open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, cwd=directory)
        try:
            server = Prometheus(f"http://{address}", process)
            if server.becomes_ready(log):
                yield server
                return
        finally:
            process.kill()
            process.wait()
    raise AssertionError(log.read_text())


def free_port() -> int:
    """Return a port of which the kernel gives none to those who ask for any (ip(7), ip_local_port_range)."""
    while True:
        port = random.randrange(20000, 32000)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
