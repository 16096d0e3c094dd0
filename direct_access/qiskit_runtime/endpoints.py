"""The endpoints of the Qiskit Runtime REST API, as data, with the IAM action that each needs.

https://quantum.cloud.ibm.com/docs/en/api/qiskit-runtime-rest, one page a tag. ``interim_results``,
``transpiled_circuits`` and ``logout`` stand in the guide "Migrate to the new Qiskit Runtime REST API" alone.
"""

from __future__ import annotations

from direct_access.rest.endpoint import Endpoint

_ACTION = "quantum-computing."

VERSIONS = Endpoint("GET", "/v1/versions")

RUN_JOB = Endpoint("POST", "/v1/jobs", _ACTION + "job.create", starts_job=True)
JOBS = Endpoint("GET", "/v1/jobs", _ACTION + "job.read")
JOB = Endpoint("GET", "/v1/jobs/{}", _ACTION + "job.read", "job")
DELETE_JOB = Endpoint("DELETE", "/v1/jobs/{}", _ACTION + "job.delete", "job")
CANCEL_JOB = Endpoint("POST", "/v1/jobs/{}/cancel", _ACTION + "job.cancel", "job")
LOGS = Endpoint("GET", "/v1/jobs/{}/logs", _ACTION + "job.read", "job")
METRICS = Endpoint("GET", "/v1/jobs/{}/metrics", _ACTION + "job.read", "job")
RESULTS = Endpoint("GET", "/v1/jobs/{}/results", _ACTION + "job.read", "job")
REPLACE_TAGS = Endpoint("PUT", "/v1/jobs/{}/tags", _ACTION + "job.update", "job")
INTERIM_RESULTS = Endpoint("GET", "/v1/jobs/{}/interim_results", _ACTION + "job.read")
TRANSPILED_CIRCUITS = Endpoint("GET", "/v1/jobs/{}/transpiled_circuits", _ACTION + "job.read")
TAGS = Endpoint("GET", "/v1/tags", _ACTION + "job.read")

CREATE_SESSION = Endpoint("POST", "/v1/sessions", _ACTION + "session.create")
SESSION = Endpoint("GET", "/v1/sessions/{}", _ACTION + "session.read", "session")
UPDATE_SESSION = Endpoint("PATCH", "/v1/sessions/{}", _ACTION + "session.update", "session")
CLOSE_SESSION = Endpoint("DELETE", "/v1/sessions/{}/close", _ACTION + "session.update", "session")

BACKENDS = Endpoint("GET", "/v1/backends", _ACTION + "device.read")
CONFIGURATION = Endpoint("GET", "/v1/backends/{}/configuration", _ACTION + "device.read", "backend")
PROPERTIES = Endpoint("GET", "/v1/backends/{}/properties", _ACTION + "device.read", "backend")
STATUS = Endpoint("GET", "/v1/backends/{}/status", _ACTION + "device.read", "backend")
DEFAULTS = Endpoint("GET", "/v1/backends/{}/defaults", _ACTION + "device.read", "backend")

ACCOUNT = Endpoint("GET", "/v1/accounts/{}", _ACTION + "account-configuration.read", "account")
INSTANCE = Endpoint("GET", "/v1/instance", _ACTION + "instance.read")
INSTANCE_CONFIGURATION = Endpoint(
    "GET", "/v1/instances/configuration", _ACTION + "instance.configuration.read"
)
CONFIGURE_INSTANCE = Endpoint("PUT", "/v1/instances/configuration", _ACTION + "instance.configuration.update")
INSTANCE_USAGE = Endpoint("GET", "/v1/instances/usage", _ACTION + "instance-usage.read")

WORKLOADS = Endpoint("GET", "/v1/workloads", _ACTION + "workload.list")

ANALYTICS_FILTERS = Endpoint("GET", "/v1/analytics/filters", _ACTION + "account-analytics-filters.read")
USAGE = Endpoint("GET", "/v1/analytics/usage", _ACTION + "account-analytics-usage.read")
USAGE_GROUPED = Endpoint("GET", "/v1/analytics/usage_grouped", _ACTION + "account-analytics-usage.read")
USAGE_GROUPED_BY_DATE = Endpoint(
    "GET", "/v1/analytics/usage_grouped_by_date", _ACTION + "account-analytics-usage.read"
)

ALL = tuple(value for value in list(globals().values()) if isinstance(value, Endpoint))
"""Every endpoint there is."""
