"""``task_runner`` of QRMI: https://github.com/qiskit-community/qrmi"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bench.clients import BACKEND, Peer
from direct_access.simulator.embedded import Simulator
from tests.contract.foreign_clients import programs

pytest.importorskip("qrmi", reason="QRMI needs Python 3.11")
from qiskit_ibm_runtime import RuntimeDecoder

COMMAND = Path(sys.executable).with_name("task_runner")


@pytest.fixture
def task_runner(access: Mapping[str, Any], tmp_path: Path) -> Any:
    """Run the command on a program; it leaves the results in a file."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **Peer(access, COMMAND).environment()}

    def run(program_id: str, parameters: Mapping[str, Any]) -> Any:
        task, results = tmp_path / "task.json", tmp_path / "results.json"
        task.write_text(json.dumps({"program_id": program_id, "parameters": parameters}))
        done = subprocess.run(
            [COMMAND, BACKEND, task, results], env=environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return results

    return run


def test_it_runs_a_sampler_job(task_runner: Any) -> None:
    results = json.loads(task_runner("sampler", programs.sampler(support_qiskit=False)).read_text())
    assert programs.is_of_a_bell_state(results["results"][0]["data"]["c"]["samples"])


def test_it_runs_an_estimator_job(task_runner: Any) -> None:
    results = json.loads(task_runner("estimator", programs.estimator(support_qiskit=False)).read_text())
    correlated, single = results["results"][0]["data"]["evs"]
    assert correlated > 0.8
    assert abs(single) < 0.2


def test_its_sampler_results_are_read_by_qiskit(task_runner: Any) -> None:
    text = task_runner("sampler", programs.sampler(support_qiskit=True)).read_text()
    result = json.loads(text, cls=RuntimeDecoder)
    counts = result[0].data.c.get_counts()
    assert sum(counts.values()) == programs.SHOTS
    assert counts["00"] + counts["11"] > 0.85 * programs.SHOTS


def test_its_estimator_results_are_read_by_qiskit(task_runner: Any) -> None:
    text = task_runner("estimator", programs.estimator(support_qiskit=True)).read_text()
    result = json.loads(text, cls=RuntimeDecoder)
    assert result[0].data.evs.shape == result[0].data.stds.shape == (2,)
    assert result[0].data.evs[0] > 0.8


def test_it_leaves_no_job_behind(task_runner: Any, simulator: Simulator) -> None:
    task_runner("sampler", programs.sampler(support_qiskit=False))
    assert not simulator.jobs.jobs("IBMid-SIMULATOR")
