"""The endpoints of the IBM Quantum System REST API, as data.

https://quantum.cloud.ibm.com/docs/en/api/quantum-system-rest/tags/jobs and the tags ``backends`` and
``versions`` beside it. The IAM actions of reading, deleting and cancelling jobs are not printed there; they
follow the names of the others.
"""

from __future__ import annotations

from direct_access.rest.endpoint import Endpoint

_ACTION = "quantum-computing.direct-access-"

VERSION = Endpoint("GET", "/version")
VERSIONS = Endpoint("GET", "/versions")

BACKENDS = Endpoint("GET", "/v1/backends", _ACTION + "backend.list")
BACKEND = Endpoint("GET", "/v1/backends/{}", _ACTION + "backend.read", "backend")
CONFIGURATION = Endpoint("GET", "/v1/backends/{}/configuration", _ACTION + "backend.read", "backend")
PROPERTIES = Endpoint("GET", "/v1/backends/{}/properties", _ACTION + "backend.read", "backend")
LANES = Endpoint("GET", "/v1/backends/{}/lanes", _ACTION + "backend.read", "backend")
DEFAULTS = Endpoint("GET", "/v1/backends/{}/defaults", _ACTION + "backend.read", "backend")

SUBMIT_JOB = Endpoint("POST", "/v1/jobs", _ACTION + "job.create", starts_job=True)
JOBS = Endpoint("GET", "/v1/jobs", _ACTION + "job.read")
JOB = Endpoint("GET", "/v1/jobs/{}", _ACTION + "job.read", "job")
DELETE_JOB = Endpoint("DELETE", "/v1/jobs/{}", _ACTION + "job.delete", "job")
CANCEL_JOB = Endpoint("POST", "/v1/jobs/{}/cancel", _ACTION + "job.cancel", "job")
