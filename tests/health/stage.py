"""Where a bad day is played: a configuration, a home, and a simulator that many days share."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from direct_access.cli import main
from direct_access.simulator.embedded import Simulator
from direct_access.simulator.faults.rules import Fault
from tests.integration.conftest import clean_environment

BACKEND = "ibm_examplesite"
PATIENCE_SECS = 60.0


@dataclass(frozen=True)
class Told:
    """What a command printed, and how it ended."""

    exit_status: int
    out: str
    err: str

    def holds(self, secret: str) -> bool:
        """Whether it showed a secret."""
        return secret in self.out + self.err

    @property
    def document(self) -> dict[str, Any]:
        """Standard output as JSON."""
        document: dict[str, Any] = json.loads(self.out)
        return document

    def finding(self, check: str) -> dict[str, Any]:
        """The worst finding of a check."""
        order = ("OK", "UNKNOWN", "WARNING", "CRITICAL")
        found = [each for each in self.document["findings"] if each["check"] == check]
        return max(found, key=lambda each: order.index(each["level"]))


@dataclass
class Stage:
    """A user of this process, with the moves that days are made of.

    :ivar end: undone at the end of the day, last first
    """

    simulator: Simulator
    home: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    end: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.configuration = self.simulator.write_client_configuration(self.home / "client")
        environment = clean_environment(self.home, self.configuration)
        environment["PATH"] = str(self.home)  # no Slurm of the machine's
        for name in list(os.environ):
            self.monkeypatch.delenv(name)
        for name, value in environment.items():
            self.monkeypatch.setenv(name, value)
        self.monkeypatch.chdir(self.home)
        self.site_file = self.home / "site.yaml"
        self.monkeypatch.setattr("direct_access.config.load.SITE_FILE", self.site_file)
        self.monkeypatch.setattr("direct_access.cli.commands.doctor.CHECKS_SECS", PATIENCE_SECS)
        self.site()

    def site(self, **bounds: Any) -> None:
        """Choose about the checks what a site may; a machine under load shall have time enough."""
        self.site_file.write_text(json.dumps({"health": {"deadline_secs": PATIENCE_SECS, **bounds}}))

    def configure(self, storage: dict[str, Any] | None = None, **changes: Any) -> None:
        """Change settings of the system, and of its storage."""
        document = yaml.safe_load(self.configuration.read_text())
        document["systems"]["simulator"].update(changes)
        document["systems"]["simulator"]["storage"].update(storage or {})
        self.configuration.write_text(yaml.safe_dump(document))

    def fault(self, app: str, **what: Any) -> None:
        """Let something go wrong each time."""
        self.simulator.faults.add(Fault(app, times=None, **what))

    def command(self, *arguments: str | Path) -> Told:
        """Run the command in this process."""
        self.capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        out, err = self.capsys.readouterr()
        return Told(status, out, err)

    def health(self, *options: str | Path) -> Told:
        """Run ``health`` with its findings as JSON."""
        return self.command("health", "--format", "json", *options)

    def doctor(self, *options: str | Path) -> Told:
        """Run ``doctor`` with its findings as JSON."""
        return self.command("doctor", "--format", "json", *options)

    def occupy_all_lanes(self, *how: str) -> None:
        """Have a job of the same account hold the only lane.

        :param how: command and options that start it; default ``submit``
        """
        from direct_access.simulator.jobs.scenario import OutcomeRule

        backend = self.simulator.backends.get(BACKEND)
        self.end.callback(setattr, backend, "lanes", backend.lanes)
        backend.lanes = 1
        self.simulator.outcomes.add(OutcomeRule(manual=True))
        job_file = self.home / "neighbour.json"
        pub = {"circuit": 'OPENQASM 3.0;\ninclude "stdgates.inc";\nbit c;\nc = measure $0;\n', "shots": 1}
        job = {"program_id": "sampler", "backend": BACKEND, "timeout_secs": 60, "pubs": [pub]}
        job_file.write_text(json.dumps(job))
        begun = self.command(*(how or ("submit",)), "-o", self.home / "neighbour", job_file)
        assert begun.exit_status in (0, 124), begun.err
        (accepted,) = [job for job in self.simulator.jobs.jobs() if job.status == "Running"]
        self.end.callback(self.simulator.wait_for, accepted.id)
        self.end.callback(self.simulator.jobs.release, accepted.id)

    def shown(self, told: Told) -> list[str]:
        """Return the secrets that a command showed."""
        known = [self.simulator.api_key, self.simulator.secret_access_key, "X-Amz-Signature=", "eyJ"]
        for name in ("api_key", "secret_access_key"):
            with suppress(PermissionError):
                known.append((self.home / "client" / name).read_text().strip())
        return [secret for secret in known if told.holds(secret)]

    def close(self) -> None:
        """Undo the day."""
        self.simulator.faults.clear()
        self.end.close()
