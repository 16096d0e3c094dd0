"""curl, with the examples of IBM's page word for word but for the host and what is to be filled in.

https://quantum.cloud.ibm.com/docs/en/api/qiskit-runtime-rest
"""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest
from qiskit_ibm_runtime import RuntimeDecoder

from direct_access.simulator.embedded import Simulator

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")

HEADERS = """-H 'accept: application/json' \\
-H 'Authorization: Bearer <YOUR_BEARER_TOKEN>' \\
-H 'Service-CRN: <YOUR_INSTANCE_CRN>' \\
-H 'IBM-API-Version: 2026-03-15'"""
BACKENDS = f"""curl -X 'GET' \\
'https://quantum.cloud.ibm.com/api/v1/backends' \\
{HEADERS}"""
ESTIMATOR = f"""curl -X 'POST' \\
'https://quantum.cloud.ibm.com/api/v1/jobs' \\
{HEADERS} \\
-H 'Content-Type: application/json' \\
--data-raw '{{
"program_id": "estimator",
"backend": "ibm_brisbane",
"params": {{
"pubs": [[
"OPENQASM 3.0; include \\"stdgates.inc\\"; bit[1] c; x $0; c[0] = measure $0;", "Z"
]],
"options": {{"dynamical_decoupling": {{"enable": true}}}},
"version": 2,
"resilience_level": 1
}}
}}'"""
SESSION = f"""curl -X POST \\
'https://quantum.cloud.ibm.com/api/v1/sessions' \\
{HEADERS} \\
-H 'Content-Type: application/json' \\
--data-raw '{{
"mode": "dedicated",
"max_ttl": 28800
}}'"""
SAMPLER_IN_SESSION = f"""curl -X POST \\
'https://quantum.cloud.ibm.com/api/v1/jobs' \\
{HEADERS} \\
-H 'Content-Type: application/json' \\
--data-raw '{{
"program_id": "sampler",
"backend": "ibm_brisbane",
"session_id": "session_id1",
"params": {{
"pubs": [[
"OPENQASM 3.0; include \\"stdgates.inc\\"; bit[1] c; x $0; c[0] = measure $0;"
]],
"options": {{}},
"version": 2
}}
}}'"""


def curl(simulator: Simulator, example: str, session_id: str = "") -> Any:
    """Run an example by a shell and return the document that comes back."""
    for blank, value in {
        "https://quantum.cloud.ibm.com/api": simulator.cloud_url,
        "<YOUR_BEARER_TOKEN>": simulator.tokens.issue(simulator.api_keys[simulator.api_key]).access_token,
        "<YOUR_INSTANCE_CRN>": simulator.cloud_crn,
        "session_id1": session_id,
    }.items():
        example = example.replace(blank, value)
    command = f"{example} -q --silent --show-error --fail-with-body --noproxy '*'"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout, cls=RuntimeDecoder)


def results_of(simulator: Simulator, job_id: str) -> Any:
    assert simulator.wait_for(job_id).status == "Completed"
    return curl(simulator, BACKENDS.replace("/v1/backends", f"/v1/jobs/{job_id}/results"))


def test_the_backends_are_listed(simulator: Simulator) -> None:
    names = [device["name"] for device in curl(simulator, BACKENDS)["devices"]]
    assert "ibm_brisbane" in names


def test_the_estimator_example_runs_as_it_stands(simulator: Simulator) -> None:
    accepted = curl(simulator, ESTIMATOR)
    assert accepted["backend"] == "ibm_brisbane"
    assert results_of(simulator, accepted["id"])[0].data.evs < -0.8


def test_the_session_example_runs_as_it_stands(simulator: Simulator) -> None:
    """Run it; the id of the session is the only thing to be filled in."""
    session_id = curl(simulator, SESSION)["id"]
    accepted = curl(simulator, SAMPLER_IN_SESSION, session_id)
    assert accepted["session_id"] == session_id
    counts = results_of(simulator, accepted["id"])[0].data.c.get_counts()
    assert counts["1"] > 0.9 * sum(counts.values())
    page = BACKENDS.replace("/v1/backends", f"/v1/sessions/{session_id}")
    assert curl(simulator, page)["backend_name"] == "ibm_brisbane"
