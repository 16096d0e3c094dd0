"""The same job file, sent to the cloud: the command as a process of its own."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest

from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.scenario import OutcomeRule

from .conftest import BELL, Site
from .test_signals import until


def cloud_jobs(site: Site) -> list[Any]:
    """Return the jobs that the service knows."""
    return site.simulator.cloud.jobs.all()


def sessions(site: Site) -> list[Any]:
    return site.simulator.cloud.sessions.all()


def test_a_job_file_runs_in_the_cloud_as_it_does_on_the_premises(site: Site) -> None:
    ended = site.run("run", site.job_file(), "--service", "cloud")
    assert ended.returncode == 0, ended.stderr
    assert site.journal["system"] == "simulated-cloud"
    assert json.loads((site.run_directory / "results.json").read_bytes())
    assert (site.run_directory / "logs.txt").exists()
    assert cloud_jobs(site) == []
    assert site.objects() == []
