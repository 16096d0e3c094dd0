"""IBM's own examples, pasted as YAML, are job files.

The texts are those of https://quantum.cloud.ibm.com/docs/api: Quantum System REST API, "Submit a job" (the
inner object), and Qiskit Runtime REST API, "Submit a job" and "Use sessions".
"""

from __future__ import annotations

from typing import Any

import pytest

QUANTUM_SYSTEM = """{
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
}"""

ESTIMATOR = """{
"program_id": "estimator",
"backend": "ibm_brisbane",
"params": {
"pubs": [[
"OPENQASM 3.0; include \\"stdgates.inc\\"; bit[1] c; x $0; c[0] = measure $0;", "Z"
]],
"options": {"dynamical_decoupling": {"enable": true}},
"version": 2,
"resilience_level": 1
}
}"""

SESSION = """{
"program_id": "sampler",
"backend": "ibm_brisbane",
"session_id": "session_id1",
"params": {
"pubs": [[
"OPENQASM 3.0; include \\"stdgates.inc\\"; bit[1] c; x $0; c[0] = measure $0;"
]],
"options": {},
"version": 2
}
}"""


def test_the_job_of_the_quantum_system_api_uses_params_that_exist_already(jobs: Any) -> None:
    job = jobs.load(QUANTUM_SYSTEM, thorough=True)
    assert job.id == "6e32f594-189e-4bc5-89a2-3c21e1c7e75a"
    assert (job.program_id, job.settings.get("timeout_secs"), job.params.kind) == (
        "sampler",
        10000,
        "external",
    )
    assert job.storage["logs"]["object_name"] == f"logs:{job.id}"
    assert [warning.field for warning in job.warnings] == ["id"]


@pytest.mark.parametrize("true", ["true", "True"])
def test_the_estimator_job_is_sent_as_it_is(jobs: Any, true: str) -> None:
    text = ESTIMATOR.replace("true", true)
    assert jobs.params(text) == {
        "pubs": [['OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;', "Z"]],
        "options": {"dynamical_decoupling": {"enable": True}},
        "version": 2,
        "resilience_level": 1,
    }
    assert jobs.warnings(text, thorough=True) == []


def test_the_job_of_a_session_is_sent_with_a_warning(jobs: Any) -> None:
    assert list(jobs.params(SESSION)) == ["pubs", "options", "version"]
    assert jobs.warnings(SESSION, thorough=True) == [
        "job.yaml:4:1: session_id: ignored: used by the cloud service only"
    ]


def test_the_same_example_in_block_style_means_the_same(jobs: Any) -> None:
    block = """\
program_id: estimator
backend: ibm_brisbane
params:
  pubs:
    - - 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
      - Z
  options:
    dynamical_decoupling:
      enable: true
  version: 2
  resilience_level: 1
"""
    assert jobs.params(block) == jobs.params(ESTIMATOR)
