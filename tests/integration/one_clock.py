"""A run and a simulated system in one process and on one clock, which moves when somebody waits."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from direct_access import jobfile
from direct_access.clock import ManualClock
from direct_access.config.secret_source import SecretSource
from direct_access.config.settings import NetworkSettings, Settings, StorageSettings, System
from direct_access.runner import plan as plans
from direct_access.runner import run as runs
from direct_access.runner.context import RunContext
from direct_access.runner.reporter import describe_wait
from direct_access.runner.run import Run
from direct_access.services.composition import open_service
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.scenario import Pace
from direct_access.simulator.settings import SimulatorSettings

NOW = 1_790_000_000.0
OUTAGE_SECS = 600.0

JOB = """\
program_id: sampler
backend: ibm_examplesite
timeout_secs: 3600
params: params.json
"""


class EventfulClock(ManualClock):
    """A clock that moves when somebody waits, and does something when it gets there."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.events: list[tuple[float, Callable[[], None]]] = []

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        due = [event for event in self.events if event[0] <= self.boottime()]
        self.events = [event for event in self.events if event not in due]
        for _, action in due:
            action()


@dataclass
class World:
    """A simulated system, a clock, and a run that is told to lose a server when it reaches a stage."""

    simulator: Simulator
    clock: EventfulClock
    home: Path
    lines: list[str] = field(default_factory=list)
    outages: dict[str, Fault] = field(default_factory=dict)
    url_expiry_secs: int = 604_800
    release_after_secs: list[float] = field(default_factory=list)
    api_url: str | None = None

    def stage(self, name: str, text: str) -> None:
        self.lines.append(f"{name}: {text}")
        if name == "wait" and self.release_after_secs:
            self.clock.events.append((self.clock.boottime() + self.release_after_secs.pop(0), self._release))
        if fault := self.outages.pop(name, None):
            self.simulator.faults.add(fault)
            self.clock.events.append((self.clock.boottime() + OUTAGE_SECS, self.simulator.faults.clear))

    def _release(self) -> None:
        self.simulator.jobs.release(self.simulator.jobs.jobs()[-1].request.id)

    def note(self, text: str) -> None:
        self.lines.append(text)

    warning = note

    def progress(self, text: str) -> None: ...

    def run(self) -> Run:
        system = self._system()
        (self.home / "job.yaml").write_text(JOB)
        (self.home / "params.json").write_text('{"pubs": [], "version": 2}')
        job = jobfile.load(self.home / "job.yaml")
        settings = Settings(systems={"lab": system}, scratch=self.home, **job.settings)
        plan = plans.make(job, settings, {}, system=system)
        service = open_service(
            settings,
            None,
            clock=self.clock,
            stop=threading.Event(),
            notify=lambda notice: self.stage("again", describe_wait(notice)),
        )
        try:
            return runs.run(plan, RunContext(service, settings, self.clock, reporter=self))
        finally:
            service.close()

    def objects(self) -> list[str]:
        """Return the names of all objects in the bucket."""
        return sorted(found.key for found in self.simulator.store.objects(self.simulator.bucket))

    def journal(self) -> Mapping[str, Any]:
        """Return the journal of the only run."""
        (path,) = self.home.glob("*/job.json")
        document: Mapping[str, Any] = json.loads(path.read_bytes())
        return document

    @property
    def told(self) -> list[str]:
        return [line for line in self.lines if line.startswith("again: ")]

    def _system(self) -> System:
        simulator = self.simulator
        storage = StorageSettings(
            type="s3_compatible",
            bucket=simulator.bucket,
            endpoint_url=simulator.store_url,
            access_key_id=simulator.access_key_id,
            url_expiry_secs=self.url_expiry_secs,
            secret_access_key=self._secret("secret", simulator.secret_access_key),
        )
        return System(
            name="lab",
            url=self.api_url or simulator.api_url,
            service_crn=simulator.service_crn,
            api_key=self._secret("api_key", simulator.api_key),
            iam_url=simulator.iam_url,
            storage=storage,
            network=NetworkSettings(connect_timeout_secs=5.0, read_timeout_secs=30.0),
        )

    def _secret(self, name: str, value: str) -> SecretSource:
        file = self.home / name
        file.touch(mode=0o600)
        file.write_text(value)
        return SecretSource(name, file=file)


@contextlib.contextmanager
def world_of(home: Path, monkeypatch: pytest.MonkeyPatch, pace: Pace) -> Iterator[World]:
    """Start a system whose jobs end at this pace without executing anything."""
    runtime = home / "runtime"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    clock = EventfulClock()
    settings = SimulatorSettings(
        execute=False, pace=pace, token_lifetime_secs=200, allowed_stores=("127.0.0.1",)
    )
    with Simulator(home / "simulator", settings, clock=clock) as simulator:
        yield World(simulator, clock, home)
