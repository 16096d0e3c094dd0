"""What the versions of the API from 2025-05-01 to 2026-04-15 call differently is read alike."""

import pytest

from direct_access.errors import InputError, ProtocolError
from direct_access.model.jobs import JobStatus
from direct_access.qiskit_runtime.backends import parse_backend
from direct_access.qiskit_runtime.jobs import JobMetrics, parse_job
from direct_access.qiskit_runtime.usage import Usage, parse_usage
from direct_access.qiskit_runtime.workloads import parse_workload

JOB = {"id": "j1", "status": "Completed", "state": {"status": "Completed"}, "program": {"id": "sampler"}}


@pytest.mark.parametrize(
    ("told", "usage"),
    [
        ({"seconds": 3}, Usage(3.0)),
        ({"quantum_seconds": 2, "seconds": 3}, Usage(3.0)),
        ({"quantum_seconds": 2}, Usage(2.0)),
        ({"qpu_charge_time_seconds": 1.5, "status": "pending"}, Usage(1.5, "pending")),
        ({"qpu_charge_time_seconds": 0, "status": "complete", "seconds": 9}, Usage(0.0, "complete")),
        ({}, None),
        (None, None),
        ({"seconds": "soon"}, None),
    ],
)
def test_the_charged_time_is_read_by_each_of_its_names(told, usage):
    assert parse_usage(told) == usage
    assert parse_job({**JOB, "usage": told}).usage == usage


@pytest.mark.parametrize(
    ("version", "told", "usage", "execution_ns"),
    [
        ("2026-02-15", {"bss": {"seconds": 3}, "usage": {"quantum_seconds": 2, "seconds": 3}}, 3.0, None),
        ("2026-02-15", {"bss": {"seconds": 4}}, 4.0, None),
        ("2026-03-15", {"usage": {"qpu_charge_time_seconds": 2, "circuits_execution_time_ns": 7}}, 2.0, 7),
        ("2026-04-15", {"usage": {"qpu_charge_time_seconds": 2}, "circuits_execution_time_ns": 8}, 2.0, 8),
    ],
)
def test_metrics_are_read_in_the_shape_of_each_version(version, told, usage, execution_ns):
    metrics = JobMetrics(told)
    assert (metrics.usage.seconds, metrics.circuits_execution_time_ns) == (usage, execution_ns)


def test_metrics_keep_whatever_the_server_tells():
    metrics = JobMetrics(
        {"timestamps": {"running": "a", "finished": "b"}, "num_qubits": [1], "position_in_queue": 4}
    )
    assert (metrics.running, metrics.finished, metrics.position_in_queue) == ("a", "b", 4)
    assert metrics["num_qubits"] == [1]


@pytest.mark.parametrize(
    ("told", "status", "reason", "code"),
    [
        (
            {"status": "Failed", "state": {"reason": "why", "reason_code": 1517}},
            JobStatus.FAILED,
            "why",
            1517,
        ),
        (
            {"status": "Failed", "state": {"reason": "why", "reasonCode": "1517"}},
            JobStatus.FAILED,
            "why",
            1517,
        ),
        ({"state": {"status": "Running", "reason": ""}}, JobStatus.RUNNING, None, None),
        ({"status": "Cancelled - Ran too long", "state": {}}, JobStatus.CANCELLED, "Ran too long", None),
        ({"status": "Cancelled", "state": {"reason_code": 1305}}, JobStatus.CANCELLED, "Ran too long", 1305),
        ({"status": "Queued"}, JobStatus.QUEUED, None, None),
    ],
)
def test_status_and_reason_of_a_job_are_read_wherever_they_stand(told, status, reason, code):
    job = parse_job({"id": "j1", **told})
    assert (job.status, job.reason, job.reason_code) == (status, reason, code)


def test_a_job_is_read_with_all_its_fields():
    job = parse_job(
        {
            **JOB,
            "state": {"status": "Failed", "reason": "why", "reason_solution": "do that"},
            "created": "2021-10-04T13:52:09.456851Z",
            "backend": "ibm_a",
            "cost": 30,
            "tags": ["a", "b"],
            "session_id": "s1",
            "user_id": "u",
            "private": True,
            "runtime": "r:t",
            "calibration_id": "c",
            "estimated_running_time_seconds": 30.5,
            "new_field": 1,
        }
    )
    assert (job.program_id, job.backend, job.cost, job.tags) == ("sampler", "ibm_a", 30, ("a", "b"))
    assert (job.session_id, job.user_id, job.private, job.runtime) == ("s1", "u", True, "r:t")
    assert (job.calibration_id, job.estimated_running_time_seconds) == ("c", 30.5)
    assert (job.created, job.reason_solution) == ("2021-10-04T13:52:09.456851Z", "do that")
    assert job.document["new_field"] == 1


@pytest.mark.parametrize("document", [{"status": "Queued"}, {"id": "j1"}, {"id": "j1", "status": "Lost"}])
def test_a_job_without_id_or_with_an_unknown_status_is_outside_the_contract(document):
    with pytest.raises(ProtocolError):
        parse_job(document)


def test_no_presigned_url_of_a_job_is_kept():
    job = parse_job({**JOB, "remote_storage": {"presigned_url": "https://s3/x?X-Amz-Signature=abc"}})
    assert "abc" not in str(job)


def test_a_backend_of_the_oldest_version_is_a_name():
    assert parse_backend("ibm_a").name == "ibm_a"


@pytest.mark.parametrize("entry", [{}, "", 3, {"name": 3}])
def test_a_backend_without_a_name_is_outside_the_contract(entry):
    with pytest.raises(ProtocolError):
        parse_backend(entry)


def test_a_workload_is_read_with_its_old_and_its_new_usage():
    assert parse_workload({"usage_seconds": 5}).usage == Usage(5.0)
    new = {"usage_seconds": 5, "usage": {"qpu_charge_time_seconds": 6, "status": "complete"}}
    assert parse_workload(new).usage == Usage(6.0, "complete")


@pytest.mark.parametrize("version", ["2026-02-01", "2026-02-15", "2026-03-15", "2026-04-15"])
def test_transpiled_circuits_are_known_to_be_gone_without_a_request(version, build, script):
    with pytest.raises(InputError, match="no longer gives out transpiled circuits") as caught:
        build(api_version=version).jobs.transpiled_circuits("j1")
    assert "keep what you transpiled" in caught.value.advice
    assert script.asked == []


def test_an_older_version_still_gives_out_transpiled_circuits(build, script, reply):
    script.answer("GET /api/v1/jobs/j1/transpiled_circuits", reply({"url": "x"}))
    assert build(api_version="2025-05-01").jobs.transpiled_circuits("j1") == {"url": "x"}
    assert script.asked[0].headers["ibm-api-version"] == "2025-05-01"
