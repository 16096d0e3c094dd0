"""curl, with the examples of IBM's pages word for word but for the host and what is to be filled in.

https://quantum.cloud.ibm.com/docs/en/api/quantum-system-rest
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from qiskit_ibm_runtime import RuntimeDecoder

from direct_access.simulator.embedded import Simulator

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")

JOB_ID = "6e32f594-189e-4bc5-89a2-3c21e1c7e75a"
PARAMS = {
    "pubs": [['OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;']],
    "options": {},
    "version": 2,
}
TOKEN = """curl -X POST '<IAM>/identity/token' \\
-H 'Content-Type: application/x-www-form-urlencoded' \\
-d 'grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=MY_APIKEY'"""
BACKENDS = """curl -X 'GET' \\
'<SYSTEM>/v1/backends' \\
-H 'accept: application/json' \\
-H 'Authorization: Bearer <YOUR_BEARER_TOKEN>' \\
-H 'Service-CRN: <YOUR_INSTANCE_CRN>' \\
-H 'IBM-API-Version: 2026-02-15'"""
SUBMIT = """curl -X 'POST' \\
'<SYSTEM>/v1/jobs' \\
-H 'accept: application/json' \\
-H 'Authorization: Bearer <YOUR_BEARER_TOKEN>' \\
-H 'Service-CRN: <YOUR_DIRECT_ACCESS_PLAN_INSTANCE_CRN>' \\
-H 'IBM-API-Version: 2026-02-15' \\
-H 'Content-Type: application/json' \\
--data-raw '{
"id": "6e32f594-189e-4bc5-89a2-3c21e1c7e75a",
"program_id": "sampler",
"backend": "ibm_<YOUR_SYSTEM_NAME>",
"timeout_secs": 10000,
"storage": {
"input": {
"type": "ibmcloud_cos",
"region": "us-east",
"region_type": "regional",
"bucket_crn": "crn:v1:bluemix:public:cloud-object-storage:global:a/abc123:abc123:bucket:my-bucket",
"object_name": "params:6e32f594-189e-4bc5-89a2-3c21e1c7e75a"
},
"results": {
"type": "ibmcloud_cos",
"region": "us-east",
"region_type": "regional",
"bucket_crn": "crn:v1:bluemix:public:cloud-object-storage:global:a/abc123:abc123:bucket:my-bucket",
"object_name": "results:6e32f594-189e-4bc5-89a2-3c21e1c7e75a"
},
"logs": {
"type": "ibmcloud_cos",
"region": "us-east",
"region_type": "regional",
"bucket_crn": "crn:v1:bluemix:public:cloud-object-storage:global:a/abc123:abc123:bucket:my-bucket",
"object_name": "logs:6e32f594-189e-4bc5-89a2-3c21e1c7e75a"
}
}
}'"""


def curl(simulator: Simulator, example: str, token: str = "") -> tuple[int, str]:
    """Run an example by a shell; return status and body."""
    for blank, value in {
        "<IAM>": simulator.iam_url,
        "<SYSTEM>": simulator.api_url,
        "MY_APIKEY": simulator.api_key,
        "<YOUR_BEARER_TOKEN>": token,
        "<YOUR_INSTANCE_CRN>": simulator.service_crn,
        "<YOUR_DIRECT_ACCESS_PLAN_INSTANCE_CRN>": simulator.service_crn,
        "ibm_<YOUR_SYSTEM_NAME>": "ibm_examplesite",
    }.items():
        example = example.replace(blank, value)
    command = f"{example} -q --silent --show-error --noproxy '*' --write-out '\\n%{{http_code}}'"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=30, check=True)
    body, _, status = done.stdout.rpartition("\n")
    return int(status), body


@pytest.fixture
def token(simulator: Simulator) -> str:
    status, body = curl(simulator, TOKEN)
    assert status == 200
    return str(json.loads(body)["access_token"])


def test_the_token_request_gets_what_the_page_shows(simulator: Simulator) -> None:
    status, body = curl(simulator, TOKEN)
    document = json.loads(body)
    assert status == 200
    assert {"access_token", "refresh_token", "token_type", "expires_in", "expiration", "scope"} <= set(
        document
    )
    told = (document["refresh_token"], document["token_type"], document["expires_in"])
    assert told == ("not_supported", "Bearer", 3600)


def test_the_backends_are_listed(simulator: Simulator, token: str) -> None:
    status, body = curl(simulator, BACKENDS, token)
    assert status == 200
    assert "ibm_examplesite" in [backend["name"] for backend in json.loads(body)["backends"]]


def test_a_request_with_the_token_left_blank_is_refused(simulator: Simulator) -> None:
    status, body = curl(simulator, BACKENDS)
    assert status == 401
    assert json.loads(body)["errors"][0]["code"] == "1200"


def test_a_job_is_submitted_runs_and_is_deleted(simulator: Simulator, token: str, tmp_path: Path) -> None:
    (tmp_path / "params").write_text(json.dumps(PARAMS))
    simulator.store.write("my-bucket", f"params:{JOB_ID}", tmp_path / "params")
    assert curl(simulator, SUBMIT, token) == (204, "")
    assert simulator.wait_for(JOB_ID).status == "Completed"
    results = simulator.store.read("my-bucket", f"results:{JOB_ID}")
    assert results
    decoded = json.loads(results[0].read_bytes()[: results[1]], cls=RuntimeDecoder)
    counts = decoded[0].data.c.get_counts()
    assert counts["1"] > 0.9 * sum(counts.values())
    job = BACKENDS.replace("/v1/backends", f"/v1/jobs/{JOB_ID}")
    status, body = curl(simulator, job, token)
    assert (status, json.loads(body)["status"]) == (200, "Completed")
    assert curl(simulator, job.replace("'GET'", "'DELETE'"), token) == (204, "")
    assert curl(simulator, job, token)[0] == 404


def test_braces_doubled_as_in_the_printed_example_are_named_as_no_json(
    simulator: Simulator, token: str
) -> None:
    doubled = SUBMIT.replace("--data-raw '{", "--data-raw '{\n{").removesuffix("'") + "\n}'"
    status, body = curl(simulator, doubled, token)
    assert status == 400
    assert "JSON" in json.loads(body)["errors"][0]["message"]
