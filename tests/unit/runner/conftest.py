from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest

from direct_access import jobfile
from direct_access import journal as journals
from direct_access.clock import ManualClock
from direct_access.config.secret_source import SecretSource
from direct_access.config.settings import Settings, System
from direct_access.journal import Journal, Step
from direct_access.retry.deadline import fixed_deadline
from direct_access.runner import plan as plans
from direct_access.runner import run as runs
from direct_access.runner.context import RunContext
from direct_access.runner.control import Control
from direct_access.runner.plan import Plan
from direct_access.runner.run import Run

from .memory_service import MemoryService

JOB = """\
program_id: sampler
backend: ibm_lab
timeout_secs: 60
params: params.json
"""

SETTINGS = {field.name for field in fields(Settings)}


def system(**changes: Any) -> System:
    """Return the configuration of the service in memory."""
    values: dict[str, Any] = {
        "name": "memory",
        "url": "",
        "service_crn": "",
        "api_key": SecretSource("", None, ()),
    }
    return System(**{**values, **changes})


@dataclass
class Told:
    """A reporter that remembers."""

    lines: list[str] = field(default_factory=list)

    def stage(self, name: str, text: str) -> None:
        self.lines.append(f"{name}: {text}")

    def note(self, text: str) -> None:
        self.lines.append(text)

    def warning(self, text: str) -> None:
        self.lines.append(f"warning: {text}")

    def progress(self, text: str) -> None: ...


@dataclass
class Site:
    """A directory with a job file, a service in memory, a clock."""

    home: Path
    clock: ManualClock
    service: MemoryService
    environment: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    told: Told = field(default_factory=Told)
    control: Control = field(default_factory=Control)
    deadline: float | None = None

    def plan(self, job: str = JOB, params: object = None, **environment: str) -> Plan:
        """Return the plan of a job file; keywords are variables of the environment."""
        (self.home / "job.yaml").write_text(job)
        (self.home / "params.json").write_text(json.dumps(params or {"pubs": []}))
        job = jobfile.load(self.home / "job.yaml")
        return plans.make(
            job,
            self.chosen(**{**job.settings, **self.settings}),
            {**self.environment, **environment},
            system=system(),
        )

    def chosen(self, **changes: Any) -> Settings:
        """Return the settings, some of them changed."""
        return Settings(systems={}, scratch=self.home, **{**self.settings, **changes})

    def context(self, **changes: Any) -> RunContext:
        """Return a context with a control of its own, as each process has one.

        :param changes: of its fields, or of the settings
        """
        settings = {name: changes.pop(name) for name in SETTINGS & changes.keys()}
        self.control = Control()
        values: dict[str, Any] = {
            "service": self.service,
            "settings": self.chosen(**settings),
            "clock": self.clock,
            "control": self.control,
            "reporter": self.told,
            "deadline": fixed_deadline(self.deadline),
        }
        return RunContext(**{**values, **changes})

    def run(
        self, plan: Plan | None = None, *, new: bool = False, until: Step = Step.FINISHED, **changes: Any
    ) -> Run:
        """Run a plan, as one process does."""
        return runs.run(plan or self.plan(), self.context(**changes), new=new, until=until)

    @property
    def directory(self) -> Path:
        """The run directory of the first run outside Slurm."""
        return self.home / "job-local"

    def journal(self, directory: Path | None = None) -> Journal:
        journal = journals.load(directory or self.directory)
        assert journal is not None
        return journal

    def names(self, directory: Path | None = None) -> list[str]:
        """Return the names of the files in a run directory."""
        return sorted(entry.name for entry in (directory or self.directory).iterdir())


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def site(tmp_path: Path, clock: ManualClock) -> Site:
    return Site(tmp_path, clock, MemoryService(clock))


Raised = Callable[..., Any]
