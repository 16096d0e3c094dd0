"""A simulator whose backends are IBM's snapshots of real ones, taken from qiskit-ibm-runtime."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import qiskit_ibm_runtime.fake_provider.backends

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
