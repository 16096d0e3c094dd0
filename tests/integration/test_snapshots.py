"""A simulator whose backends are IBM's snapshots of real ones, taken from qiskit-ibm-runtime."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import qiskit.qpy
import qiskit_ibm_runtime.fake_provider.backends
from qiskit import QuantumCircuit
from qiskit_ibm_runtime.circuit import MidCircuitMeasure, MidCircuitReset

from .conftest import Site

SNAPSHOTS = Path(qiskit_ibm_runtime.fake_provider.backends.__file__).parent
NEWEST_HERONS = ("aachen", "boston", "pittsburgh")
JOB = """\
program_id: sampler
timeout_secs: 60
pubs:
  - circuit: |
      OPENQASM 3.0;
      include "stdgates.inc";
      bit[2] c;
      rz(pi/2) $0; sx $0; rz(pi/2) $0;
      rz(pi/2) $1; sx $1; rz(pi/2) $1;
      cz $0, $1;
      rz(pi/2) $1; sx $1; rz(pi/2) $1;
      c[0] = measure $0;
      c[1] = measure $1;
    shots: 1000
"""


@pytest.fixture
def configuration(site: Site) -> Iterator[str]:
    """The client configuration of ``simulator --backends`` with the three."""
    backends = [
        {
            part: json.loads((SNAPSHOTS / name / f"{prefix}_{name}.json").read_text())
            for part, prefix in (("configuration", "conf"), ("properties", "props"))
        }
        for name in NEWEST_HERONS
    ]
    process = site.start("simulator", "--backends", site.job_file(json.dumps(backends), "backends.json"))
    try:
        assert process.stdout
        yield shlex.split(process.stdout.readline())[1].partition("=")[2]
    finally:
        process.terminate()
        process.communicate(timeout=20)


def test_a_job_runs_on_each_of_the_newest_herons(site: Site, configuration: str) -> None:
    job = site.job_file(JOB)
    for name in NEWEST_HERONS:
        backend = f"ibm_{name}"
        done = site.run("run", "-o", name, "--backend", backend, job, DIRECT_ACCESS_CONFIG=configuration)
        assert done.returncode == 0, done.stderr
        done = site.run("results", "--format", "json", name)
        counts = json.loads(done.stdout)["pubs"][0]["registers"]["c"]["counts"][0]
        assert counts["00"] + counts["11"] > 850


@pytest.fixture
def variants_job(site: Site) -> Path:
    """A job whose circuit measures and resets in its middle as boston can; its outcome is 101."""
    circuit = QuantumCircuit(2, 3)
    circuit.x(0)
    circuit.append(MidCircuitMeasure(), [0], [0])
    circuit.append(MidCircuitReset(), [0])
    circuit.measure(0, 1)
    with circuit.if_test((0, 1)):
        circuit.x(1)
        circuit.append(MidCircuitMeasure(), [1], [2])
    with (site.home / "variants.qpy").open("wb") as file:
        qiskit.qpy.dump(circuit, file, version=17)
    job = {"program_id": "sampler", "timeout_secs": 60, "pubs": [{"circuit": "variants.qpy", "shots": 500}]}
    return site.job_file(json.dumps(job))


@pytest.mark.parametrize("transpile", [False, True])
def test_variants_of_measurement_and_reset_run_where_the_backend_has_them(
    site: Site, configuration: str, variants_job: Path, transpile: bool
) -> None:
    if transpile:
        job = json.loads(variants_job.read_text())
        variants_job.write_text(json.dumps({**job, "transpile": {"optimization_level": 1}}))
    here = {"DIRECT_ACCESS_CONFIG": configuration}
    valid = site.run("validate", "--backend", "ibm_boston", variants_job, **here)
    assert valid.returncode == 0, valid.stderr
    done = site.run("run", "-o", "out", "--backend", "ibm_boston", variants_job, **here)
    assert done.returncode == 0, done.stderr
    done = site.run("results", "--format", "json", "out")
    (register,) = json.loads(done.stdout)["pubs"][0]["registers"].values()
    assert register["counts"][0]["101"] > 425


def test_a_variant_that_a_backend_has_not_is_named_by_validate_and_by_the_simulator(
    site: Site, configuration: str, variants_job: Path
) -> None:
    here = {"DIRECT_ACCESS_CONFIG": configuration}
    refused = site.run("validate", "--backend", "ibm_pittsburgh", variants_job, **here)
    assert refused.returncode == 65
    assert "reset_2 on qubit 0: ibm_pittsburgh has no such instruction" in refused.stderr
    failed = site.run("run", "-o", "out", "--backend", "ibm_pittsburgh", variants_job, **here)
    assert failed.returncode == 4, failed.stderr
    assert "the instruction reset_2 on qubits (0,) is not supported by the backend" in failed.stderr
