"""IBM's client of the Qiskit Runtime service, unchanged and in a process of its own."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.foreign_clients import FOREIGN_CLIENTS

CLIENT = "tests.contract.foreign_clients.runtime_client"
ROOT = Path(__file__).parents[3]
LIMIT_SECS = 240
BACKEND = "ibm_small"
SHOTS = 400


def environment_of(simulator: Simulator, directory: Path) -> dict[str, str]:
    """Return the variables that a shell would have after the line that the simulator prints."""
    lines = FOREIGN_CLIENTS["qiskit-ibm-runtime"](simulator.access, directory)
    printed = subprocess.run(["/bin/sh", "-c", f"{lines}\nenv -0"], env={}, capture_output=True, check=True)
    pairs = [entry.partition("=") for entry in printed.stdout.decode().split("\0") if entry]
    return {name: value for name, _, value in pairs}


def run_client(simulator: Simulator, directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with nothing of ours in reach but what the simulator printed."""
    variables = environment_of(simulator, directory)
    return subprocess.run(
        [sys.executable, "-W", "ignore", *arguments],
        cwd=ROOT,
        env={"PATH": os.defpath, "HOME": str(directory), **variables},
        capture_output=True,
        text=True,
        timeout=LIMIT_SECS,
    )


@pytest.fixture(scope="module")
def seen(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What the client saw."""
    done = run_client(simulator, tmp_path_factory.mktemp("client"), "-m", CLIENT, BACKEND, str(SHOTS))
    assert done.returncode == 0, done.stderr
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found


def test_the_variables_hold_no_secret_on_the_printed_line(simulator: Simulator, tmp_path: Path) -> None:
    line = FOREIGN_CLIENTS["qiskit-ibm-runtime"](simulator.access, tmp_path)
    assert simulator.api_key not in line
    assert shlex.split(line)[0] == "."


def test_it_lists_all_backends(simulator: Simulator, seen: Mapping[str, Any]) -> None:
    names = [backend.model.name for backend in simulator.backends.all()]
    assert sorted(seen["backends"]["names"]) == sorted(names)


def test_all_backends_have_dynamic_circuits_and_one_has_fractional_gates(seen: Mapping[str, Any]) -> None:
    assert sorted(seen["backends"]["dynamic"]) == sorted(seen["backends"]["names"])
    assert {"rx", "rzz"} <= set(seen["backends"]["fractional"])
    assert not {"rx", "rzz"} & set(seen["backends"]["instructions"])


def test_it_sees_an_earlier_calibration_of_a_backend(seen: Mapping[str, Any]) -> None:
    assert seen["backends"]["calibrated"] == "2025-12-24"


def test_it_sees_the_calibration_of_a_backend(simulator: Simulator, seen: Mapping[str, Any]) -> None:
    found, model = seen["backends"], simulator.backends.get(BACKEND).model
    t1 = next(each["value"] for each in model.properties["qubits"][0] if each["name"] == "T1")
    assert found["t1"] == pytest.approx(t1 * 1e-6)
    assert 0 < found["cz_error"] < 0.1
    assert (found["operational"], found["qubits"]) == (True, 7)
    assert {"cz", "rz", "sx", "x", "measure", "delay", "if_else"} <= set(found["instructions"])


def test_a_sampler_job_gives_the_counts_of_its_state(seen: Mapping[str, Any]) -> None:
    counts = seen["sampler"]["counts"]
    assert sum(counts.values()) == SHOTS
    assert counts["000"] + counts["111"] > 0.8 * SHOTS
    assert min(counts["000"], counts["111"]) > 0.3 * SHOTS


def test_a_sampler_job_tells_its_usage(seen: Mapping[str, Any]) -> None:
    metrics = seen["sampler"]["metrics"]
    assert seen["sampler"]["status"] == "DONE"
    assert seen["sampler"]["usage"] == metrics["usage"]["qpu_charge_time_seconds"] > 0
    assert metrics["circuits_execution_time_ns"] / 1e9 == pytest.approx(seen["sampler"]["usage"], abs=1e-3)
    assert "qiskit_ibm_runtime" in metrics["caller"]


def test_a_kerneled_job_gives_complex_numbers_for_each_shot_or_their_mean(seen: Mapping[str, Any]) -> None:
    kerneled, averaged = seen["kerneled"]["kerneled"], seen["kerneled"]["avg_kerneled"]
    assert (kerneled["shape"], averaged["shape"]) == ([2, SHOTS, 2], [2, 2])
    for points in (kerneled, averaged):
        assert points["dtype"] == "complex128"
        read_0_and_1 = [points["means"][0], points["means"][1]]
        assert read_0_and_1 == [pytest.approx([-1, -1], abs=0.2), pytest.approx([-1, 1], abs=0.2)]


def test_an_estimator_job_gives_the_expectation_values_of_its_state(seen: Mapping[str, Any]) -> None:
    assert seen["estimator"]["evs"] == pytest.approx(seen["estimator"]["expected"], abs=0.15)
    assert all(0 < std < 0.1 for std in seen["estimator"]["stds"])


def test_a_session_is_open_for_its_jobs_and_closed_after_them(seen: Mapping[str, Any]) -> None:
    session = seen["session"]
    assert (session["before"], session["after"]) == ("In progress, accepting new jobs", "Closed")
    assert (session["mode"], session["max_time"], session["is_of_job"]) == ("dedicated", 600, True)
    assert session["usage"] > 0


def test_a_batch_runs_all_its_jobs(seen: Mapping[str, Any]) -> None:
    assert seen["batch"] == {"shots": [10, 10], "status": "Closed", "mode": "batch"}


def test_a_job_that_waits_for_a_session_is_queued_and_can_be_cancelled(seen: Mapping[str, Any]) -> None:
    assert seen["cancelled"] == {"before": "QUEUED", "after": "CANCELLED"}


def test_a_job_is_found_by_its_id_and_its_tags_until_it_is_deleted(seen: Mapping[str, Any]) -> None:
    found = seen["by_id"]
    assert (found["status"], found["shots"], found["tags"]) == ("DONE", 10, ["kept"])
    assert {"pubs", "version"} <= set(found["inputs"])
    assert (found["of_tag"], found["listed"], found["left"]) == ([True], 3, 0)


def test_the_instance_has_used_what_its_jobs_did(seen: Mapping[str, Any]) -> None:
    assert seen["usage"]["usage_consumed_seconds"] >= seen["sampler"]["usage"]


def test_the_program_executor_is_refused_with_what_to_use_instead(
    simulator: Simulator, tmp_path: Path
) -> None:
    script = (
        "import os, sys\n"
        "from qiskit_ibm_runtime import QiskitRuntimeService\n"
        "url, token = sys.argv[1], os.environ['QISKIT_IBM_TOKEN']\n"
        "place = {'url': url, 'url_resolver': lambda *_: url}\n"
        "service = QiskitRuntimeService(token=token, instance='simulator', **place)\n"
        "backend = service.backend('ibm_small')\n"
        "service._run('executor', {'schema_version': 'v0.1'}, options={'backend': backend})\n"
    )
    done = run_client(simulator, tmp_path, "-c", script, f"{simulator.cloud_url}/v1")
    assert done.returncode != 0
    assert "does not serve the program executor" in done.stderr
    assert "SamplerV2" in done.stderr
